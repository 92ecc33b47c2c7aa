//! What scanners send, cut into codes.

#![allow(clippy::unwrap_used)]

use super::descriptor::{DescriptorError, ReportMap};
use super::framing::Framer;
use super::report::{ReportError, ReportReader};
use super::symbology;
use crate::device::{Scan, Symbology};
use proptest::prelude::*;

fn scans(pieces: &[&[u8]]) -> Vec<Scan> {
    let mut framer = Framer::default();
    let mut scans = Vec::new();
    for piece in pieces {
        framer.feed(piece);
        scans.extend(std::iter::from_fn(|| framer.next_scan()));
    }
    scans
}

fn payloads(pieces: &[&[u8]]) -> Vec<String> {
    scans(pieces).into_iter().map(|scan| scan.payload).collect()
}

#[test]
fn a_scan_ends_as_the_scanner_is_set() {
    for end in ["\r", "\n", "\r\n", "\n\r", "\x03"] {
        let sent = format!("4006381333931{end}96385074{end}");
        assert_eq!(payloads(&[sent.as_bytes()]), ["4006381333931", "96385074"], "{end:?}");
    }
    assert_eq!(payloads(&[b"4006", b"381333931", b"\r"]), ["4006381333931"], "in pieces");
    assert_eq!(payloads(&[b"half\x02whole\x03"]), ["whole"], "STX begins anew");
    assert!(payloads(&[b"\r\n \r\x03\x00\r", b"no end"]).is_empty());
}

#[test]
fn what_is_longer_than_any_code_is_dropped_to_its_end_and_the_next_one_is_whole() {
    let mut noise = vec![b'9'; 100_000];
    noise.push(b'\r');
    assert_eq!(payloads(&[&noise, b"4006381333931\r"]), ["4006381333931"]);
}

#[test]
fn scans_that_nobody_takes_do_not_pile_up() {
    let mut framer = Framer::default();
    for number in 0..1_000 {
        framer.feed(format!("{number}\r").as_bytes());
    }
    let kept: Vec<String> = std::iter::from_fn(|| framer.next_scan()).map(|scan| scan.payload).collect();
    assert_eq!(
        (kept.len(), kept.first().map(String::as_str), kept.last().map(String::as_str)),
        (256, Some("744"), Some("999"))
    );
}

#[test]
fn symbology_identifiers_are_as_iso_15424_has_them() {
    for (sent, symbology, payload) in [
        ("]E04006381333931", Some(Symbology::Ean13), "4006381333931"),
        ("]E496385074", Some(Symbology::Ean8), "96385074"),
        ("]C10109506000134352", Some(Symbology::Gs1_128), "0109506000134352"),
        ("]C0AB-12", Some(Symbology::Code128), "AB-12"),
        ("]e00109506000134352", Some(Symbology::Gs1DataBar), "0109506000134352"),
        ("]A0CODE39", Some(Symbology::Code39), "CODE39"),
        ("]I114006381333938", Some(Symbology::Interleaved2Of5), "14006381333938"),
        ("]Q1https://example.com", Some(Symbology::Qr), "https://example.com"),
        ("]Q30109506000134352", Some(Symbology::Gs1Qr), "0109506000134352"),
        ("]d1text", Some(Symbology::DataMatrix), "text"),
        ("]d20109506000134352", Some(Symbology::Gs1DataMatrix), "0109506000134352"),
        ("]X9else", Some(Symbology::Other('X', '9')), "else"),
        ("]", None, "]"),
        ("]]]", None, "]]]"),
        ("4006381333931", None, "4006381333931"),
    ] {
        assert_eq!(symbology::split(sent), (symbology, payload), "{sent}");
    }
}

/// A scanner without report numbers, lengths and identifiers: eight bytes of code and the flag that it goes on.
const BARE: [u8; 18] =
    [0x05, 0x8C, 0x75, 0x08, 0x95, 0x08, 0x09, 0xFE, 0x81, 0x02, 0x75, 0x01, 0x95, 0x01, 0x09, 0xFF, 0x81, 0x02];

#[test]
fn hid_reports_without_a_length_end_before_their_zeros_and_are_joined() {
    let mut reader = ReportReader::new(ReportMap::parse(&BARE).unwrap());
    assert_eq!(reader.take(b"]E040063\x01"), Ok(None));
    let scan = reader.take(b"81333931\x00").unwrap().unwrap();
    assert_eq!((scan.payload.as_str(), scan.symbology), ("4006381333931", Some(Symbology::Ean13)));
    assert_eq!(reader.take(b"7\0\0\0\0\0\0\0\0").unwrap().unwrap().payload, "7");
}

#[test]
fn a_hid_code_that_goes_on_and_on_is_dropped_to_its_end_and_the_next_one_is_whole() {
    let mut reader = ReportReader::new(ReportMap::parse(&BARE).unwrap());
    let overlong = (0..10_000).filter(|_| reader.take(b"99999999\x01") == Err(ReportError::Overlong)).count();
    assert_eq!(overlong, 1, "said once");
    assert_eq!(reader.take(b"99999999\x00"), Ok(None), "the end of what was dropped");
    assert_eq!(reader.take(b"7\0\0\0\0\0\0\0\0").unwrap().unwrap().payload, "7");
}

#[test]
fn descriptors_that_make_no_sense_say_so() {
    for (descriptor, error) in [
        (&[][..], DescriptorError::NoData),
        (&[0x05], DescriptorError::CutOff(0)),
        (&[0xFE, 9, 0], DescriptorError::CutOff(0)),
        (&[0xB4], DescriptorError::Nonsense(0)),
        (&[0x85, 0], DescriptorError::Nonsense(0)),
        (&[0x75, 8, 0x97, 0xFF, 0xFF, 0xFF, 0xFF], DescriptorError::Nonsense(2)),
        (&[0x76, 0, 0x10, 0x96, 0, 0x10, 0x81, 2], DescriptorError::Nonsense(6)),
        (&[0; 5_000], DescriptorError::TooLong),
    ] {
        assert_eq!(ReportMap::parse(descriptor), Err(error), "{descriptor:?}");
    }
}

proptest! {
    #[test]
    fn any_descriptor_and_any_report_give_an_answer(
        noise in prop::collection::vec(any::<u8>(), 0..40),
        reports in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70), 0..20),
    ) {
        for descriptor in [[&noise[..], &BARE].concat(), [&BARE[..], &noise].concat()] {
            let Ok(map) = ReportMap::parse(&descriptor) else { continue };
            let mut reader = ReportReader::new(map);
            for scan in reports.iter().filter_map(|report| reader.take(report).ok().flatten()) {
                prop_assert!(!scan.payload.is_empty());
            }
        }
    }

    #[test]
    fn any_bytes_give_clean_scans_in_any_pieces(bytes in prop::collection::vec(any::<u8>(), 0..300), piece in 1..40_usize) {
        let pieces: Vec<&[u8]> = bytes.chunks(piece).collect();
        let found = scans(&pieces);
        prop_assert_eq!(&found, &scans(&[&bytes]));
        for scan in found {
            prop_assert!(!scan.payload.is_empty());
            prop_assert!(scan.payload.chars().all(|c| !c.is_control() || c == '\u{1d}'), "{:?}", scan);
        }
    }
}

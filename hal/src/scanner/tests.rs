//! What scanners send, cut into codes.

use super::framing::Framer;
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

proptest! {
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

//! Scanners over a pseudo-terminal and over HID reports: nothing that was scanned is lost, doubled or out of order.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

use evertill_hal::conformance::{self, ScannerRig};
use evertill_hal::emulator::{EmulatedHidScanner, EmulatedScanner};
use evertill_hal::scanner::{HidScanner, SerialScanner};
use evertill_hal::{BarcodeScanner, FailureKind, Symbology};
use std::thread;
use std::time::Duration;

const ENOUGH: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(200);
/// Codes of the burst, and how many of them come at 20 a second before the scanner rests.
const CODES: usize = 200;
const PAUSE: Duration = Duration::from_millis(50);

struct SerialRig(SerialScanner, EmulatedScanner);

impl ScannerRig for SerialRig {
    fn scanner(&mut self) -> &mut dyn BarcodeScanner {
        &mut self.0
    }
    fn scan(&mut self, payload: &str) {
        self.1.scan(payload).unwrap();
    }
    fn set_unplugged(&mut self, unplugged: bool) {
        if unplugged { self.1.unplug() } else { self.1.plug_in().unwrap() }
    }
}

struct HidRig(HidScanner, EmulatedHidScanner);

impl ScannerRig for HidRig {
    fn scanner(&mut self) -> &mut dyn BarcodeScanner {
        &mut self.0
    }
    fn scan(&mut self, payload: &str) {
        self.1.scan(*b"]Q1", payload);
    }
    fn set_unplugged(&mut self, unplugged: bool) {
        self.1.set_unplugged(unplugged);
    }
}

fn hid() -> HidRig {
    let device = EmulatedHidScanner::new();
    HidRig(HidScanner::on(device.clone(), None), device)
}

fn serial(folder: &tempfile::TempDir) -> SerialRig {
    let device = EmulatedScanner::plugged_in(folder.path().join("scanner")).unwrap();
    let mut scanner = SerialScanner::new(device.path(), 9_600);
    // The driver opens the line first: what was sent before is not its business.
    assert_eq!(scanner.next_scan(SHORT), Ok(None));
    SerialRig(scanner, device)
}

fn take(scanner: &mut dyn BarcodeScanner, count: usize) -> Vec<String> {
    (0..count)
        .map(|number| scanner.next_scan(ENOUGH).unwrap().unwrap_or_else(|| panic!("{number} is lost")).payload)
        .collect()
}

fn code(number: usize) -> String {
    format!("{:013}", 4_000_000_000_000 + number * 7_919)
}

#[test]
fn the_serial_scanner_conforms() {
    conformance::scanner(&mut serial(&tempfile::tempdir().unwrap()));
}

#[test]
fn the_hid_scanner_conforms() {
    conformance::scanner(&mut hid());
}

#[test]
fn bursts_lose_nothing_however_their_bytes_come() {
    let folder = tempfile::tempdir().unwrap();
    let SerialRig(mut scanner, mut device) = serial(&folder);
    let sender = thread::spawn(move || {
        for number in 0..CODES {
            let line = format!("{}\r", code(number));
            // Split at every byte in turn, with a pause of a length that jitters.
            let (head, tail) = line.as_bytes().split_at(number % line.len());
            device.send(head).unwrap();
            thread::sleep(Duration::from_millis((number * 13 % 17) as u64));
            device.send(tail).unwrap();
            match number % 50 {
                // Noise of every control character, and a flood with no end but its own.
                20 => device.send(b"\x00\x01\x07\r\n\x02\x03\x1b\r").unwrap(),
                30 => {
                    device.send(&[b'x'; 2_000]).unwrap();
                    thread::sleep(PAUSE);
                    device.send(&[b'x'; 2_000]).unwrap();
                    device.send(b"\r").unwrap();
                }
                _ => {}
            }
            thread::sleep(PAUSE.saturating_sub(Duration::from_millis((number * 13 % 17) as u64)));
        }
        device
    });
    assert_eq!(take(&mut scanner, CODES), (0..CODES).map(code).collect::<Vec<_>>());
    let device = sender.join().unwrap();
    assert_eq!(scanner.next_scan(SHORT), Ok(None), "each once");
    drop(device);
}

#[test]
fn a_caller_who_was_busy_in_a_burst_gets_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let SerialRig(mut scanner, mut device) = serial(&folder);
    for number in 0..CODES {
        device.scan(&code(number)).unwrap();
    }
    let mut codes = take(&mut scanner, 1);
    // Longer than the silence that ends a code: the next one may have been read by half.
    thread::sleep(Duration::from_millis(1_100));
    codes.extend(take(&mut scanner, CODES - 1));
    assert_eq!(codes, (0..CODES).map(code).collect::<Vec<_>>());
}

#[test]
fn short_codes_that_come_in_one_read_are_all_kept() {
    let folder = tempfile::tempdir().unwrap();
    let SerialRig(mut scanner, mut device) = serial(&folder);
    device.send("7\r".repeat(250).as_bytes()).unwrap();
    assert_eq!(take(&mut scanner, 250), vec!["7"; 250]);
}

#[test]
fn a_hid_burst_with_noise_between_keeps_its_order() {
    let HidRig(mut scanner, device) = hid();
    let sender = thread::spawn(move || {
        for number in 0..CODES {
            device.scan(*b"]E0", &code(number));
            device.send(vec![]);
            device.send(vec![2, 255, b']']);
            device.send(vec![9; 64]);
            thread::sleep(PAUSE / 5);
        }
    });
    assert_eq!(take(&mut scanner, CODES), (0..CODES).map(code).collect::<Vec<_>>());
    sender.join().unwrap();
}

#[test]
fn a_long_hid_code_is_joined_and_says_its_kind() {
    let HidRig(mut scanner, device) = hid();
    let long: String = (0..300).map(|number| char::from(b'a' + (number % 26) as u8)).collect();
    device.scan(*b"]d2", &long);
    let scan = scanner.next_scan(ENOUGH).unwrap().unwrap();
    assert_eq!((scan.payload, scan.symbology), (long, Some(Symbology::Gs1DataMatrix)));
}

#[test]
fn a_hid_scanner_that_is_not_there_is_offline_and_names_the_remedy() {
    // No machine has this one.
    let mut scanner = HidScanner::new(Some("usb:ffff:fffe:none".parse().unwrap()));
    let failure = scanner.next_scan(SHORT).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Offline);
    assert!(failure.detail.contains("usb:ffff:fffe:none"), "{failure}");
}

#[test]
fn what_a_scanner_sends_besides_codes_is_taken_off_or_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut device = EmulatedScanner::plugged_in(folder.path().join("scanner")).unwrap();
    let mut scanner = SerialScanner::new(device.path(), 9_600);
    // The driver opens the line first: what was sent before is not its business.
    assert_eq!(scanner.next_scan(SHORT), Ok(None));
    device.send(b"\r\n\n").unwrap();
    device.send(&[b'x'; 3_500]).unwrap();
    device.send(b"\r\x02]E04006381333931\x03\xff\xfe\r]C10109506000134352\x1d10AB\r").unwrap();
    let scans: Vec<String> = (0..3).map(|_| scanner.next_scan(ENOUGH).unwrap().unwrap().payload).collect();
    assert_eq!(scans[0], "4006381333931");
    assert!(scans[1].chars().all(|c| c == '\u{fffd}'), "{scans:?}");
    assert_eq!(scans[2], "0109506000134352\u{1d}10AB");
}

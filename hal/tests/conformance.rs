//! Every implementation through the one suite: mocks, and the real drivers against emulated devices.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

use evertill_hal::conformance::{self, DrawerRig, Fault, PrinterRig, ScannerRig};
use evertill_hal::drawer::{DrawerSense, ModemLine, SerialDrawer};
use evertill_hal::emulator::{EmulatedDrawer, EmulatedScanner};
use evertill_hal::escpos::Profile;
use evertill_hal::mock::{MockDrawer, MockFaults, MockPrinter, MockScanner};
use evertill_hal::scanner::SerialScanner;
use evertill_hal::{BarcodeScanner, CashDrawer, FailureKind, Outcome, ReceiptPrinter, layout};

#[path = "wire/mod.rs"]
mod wire;

use wire::WireRig;

fn mock_faults(fault: Fault) -> MockFaults {
    MockFaults {
        unplugged: fault == Fault::Unplugged,
        paper_out: fault == Fault::PaperOut,
        cover_open: fault == Fault::CoverOpen,
        cutter_stuck: fault == Fault::CutterStuck,
        breaks_off: match fault {
            Fault::PaperOutMidway => Some(FailureKind::PaperOut),
            Fault::CoverOpenMidway => Some(FailureKind::CoverOpen),
            _ => None,
        },
        drawer_stuck: fault == Fault::DrawerStuck,
        lose_next_confirmation: fault == Fault::ConfirmationLost,
    }
}

struct MockPrinterRig(MockPrinter, MockPrinter);

impl PrinterRig for MockPrinterRig {
    fn printer(&mut self) -> &mut dyn ReceiptPrinter {
        &mut self.0
    }
    fn set(&mut self, fault: Fault) {
        self.1.faults(|faults| *faults = mock_faults(fault));
    }
    fn take_paper(&mut self) -> Vec<String> {
        self.1.take_printed().iter().map(|document| layout::text(document, &Profile::MM_80)).collect()
    }
}

struct MockDrawerRig {
    driver: MockDrawer,
    device: MockDrawer,
    has_sensor: bool,
    pulses_seen: u64,
}

impl MockDrawerRig {
    fn new(device: MockDrawer, has_sensor: bool) -> MockDrawerRig {
        MockDrawerRig { driver: device.clone(), device, has_sensor, pulses_seen: 0 }
    }
}

impl DrawerRig for MockDrawerRig {
    fn drawer(&mut self) -> &mut dyn CashDrawer {
        &mut self.driver
    }
    fn has_sensor(&self) -> bool {
        self.has_sensor
    }
    fn set(&mut self, fault: Fault) {
        self.device.faults(|faults| *faults = mock_faults(fault));
    }
    fn shut(&mut self) {
        self.device.shut();
    }
    fn take_pulses(&mut self) -> usize {
        let before = std::mem::replace(&mut self.pulses_seen, self.device.opened());
        (self.pulses_seen - before) as usize
    }
}

struct MockScannerRig(MockScanner, MockScanner);

impl ScannerRig for MockScannerRig {
    fn scanner(&mut self) -> &mut dyn BarcodeScanner {
        &mut self.0
    }
    fn scan(&mut self, payload: &str) {
        self.1.scan(payload);
    }
    fn set_unplugged(&mut self, unplugged: bool) {
        self.1.set_unplugged(unplugged);
    }
}

/// The real driver of a drawer at a pseudo-terminal, which has no modem lines and so no sensor.
struct SerialDrawerRig {
    driver: SerialDrawer,
    device: EmulatedDrawer,
}

impl DrawerRig for SerialDrawerRig {
    fn drawer(&mut self) -> &mut dyn CashDrawer {
        &mut self.driver
    }
    fn has_sensor(&self) -> bool {
        false
    }
    fn set(&mut self, fault: Fault) {
        self.device.set_stuck(fault == Fault::DrawerStuck);
        match fault {
            Fault::Unplugged => self.device.unplug(),
            _ if !self.device.path().exists() => self.device.plug_in().unwrap(),
            _ => {}
        }
    }
    fn shut(&mut self) {
        self.device.shut();
    }
    fn take_pulses(&mut self) -> usize {
        self.device.take_triggers().unwrap().len()
    }
}

/// The real driver at a pseudo-terminal.
struct SerialRig {
    scanner: SerialScanner,
    device: EmulatedScanner,
}

impl ScannerRig for SerialRig {
    fn scanner(&mut self) -> &mut dyn BarcodeScanner {
        &mut self.scanner
    }
    fn scan(&mut self, payload: &str) {
        self.device.scan(payload).unwrap();
    }
    fn set_unplugged(&mut self, unplugged: bool) {
        if unplugged { self.device.unplug() } else { self.device.plug_in().unwrap() }
    }
}

#[test]
fn mocks_conform() {
    let printer = MockPrinter::new();
    conformance::printer(&mut MockPrinterRig(printer.clone(), printer));
    conformance::drawer(&mut MockDrawerRig::new(MockDrawer::new(), false));
    conformance::drawer(&mut MockDrawerRig::new(MockDrawer::with_sensor(), true));
    let scanner = MockScanner::new();
    conformance::scanner(&mut MockScannerRig(scanner.clone(), scanner));
}

#[test]
fn the_escpos_printer_over_tcp_conforms() {
    conformance::printer(&mut WireRig::tcp(Profile::MM_80, DrawerSense::None));
}

#[test]
fn the_escpos_printer_over_a_serial_line_conforms() {
    let folder = tempfile::tempdir().unwrap();
    conformance::printer(&mut WireRig::serial(&folder, Profile::MM_80, DrawerSense::None));
}

#[test]
fn the_drawer_at_the_printer_conforms() {
    conformance::drawer(&mut WireRig::tcp(Profile::MM_80, DrawerSense::None));
    conformance::drawer(&mut WireRig::tcp(Profile::MM_80, DrawerSense::OpenIsHigh));
}

#[test]
fn the_drawer_at_a_serial_printer_conforms() {
    let folder = tempfile::tempdir().unwrap();
    conformance::drawer(&mut WireRig::serial(&folder, Profile::MM_80, DrawerSense::OpenIsHigh));
}

#[test]
fn the_serial_drawer_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let device = EmulatedDrawer::plugged_in(folder.path().join("drawer")).unwrap();
    let driver = SerialDrawer::new(device.path().to_str().unwrap(), 9_600);
    conformance::drawer(&mut SerialDrawerRig { driver, device });
}

#[test]
fn a_serial_drawer_takes_its_trigger_and_a_line_without_modem_wires_senses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut device = EmulatedDrawer::plugged_in(folder.path().join("drawer")).unwrap();
    let mut driver = SerialDrawer::new(device.path().to_str().unwrap(), 9_600)
        .with_trigger(*b"[[")
        .with_sensor(ModemLine::Cts, DrawerSense::OpenIsHigh);
    let second = std::time::Duration::from_secs(1);
    assert_eq!(driver.open(second), Outcome::Done);
    assert_eq!((driver.is_open(second), device.take_triggers().unwrap()), (Ok(None), b"[[".to_vec()));
    assert!(device.is_open());
    device.shut();
    device.set_stuck(true);
    assert_eq!(driver.open(second), Outcome::Done, "nothing senses that it is stuck");
    assert_eq!((device.take_triggers().unwrap().len(), device.is_open()), (2, false));
    // Pulled out and plugged in again: the port that was left open is of no use, and is opened anew.
    device.unplug();
    device.plug_in().unwrap();
    assert_eq!(driver.open(second), Outcome::Done);
    assert_eq!(device.take_triggers().unwrap(), b"[[");
}

#[test]
fn the_serial_scanner_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let device = EmulatedScanner::plugged_in(folder.path().join("scanner")).unwrap();
    let scanner = SerialScanner::new(device.path().to_str().unwrap(), 9_600);
    conformance::scanner(&mut SerialRig { scanner, device });
}

#[test]
fn what_a_scanner_sends_besides_codes_is_taken_off_or_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut device = EmulatedScanner::plugged_in(folder.path().join("scanner")).unwrap();
    let mut scanner = SerialScanner::new(device.path().to_str().unwrap(), 9_600);
    // The driver opens the line first: what was sent before is not its business.
    assert_eq!(scanner.next_scan(std::time::Duration::from_millis(200)), Ok(None));
    device.send(b"\r\n\n").unwrap();
    device.send(&[b'x'; 3_500]).unwrap();
    device.send(b"\r\x02]E04006381333931\x03\xff\xfe\r]C10109506000134352\x1d10AB\r").unwrap();
    let scans: Vec<String> =
        (0..3).map(|_| scanner.next_scan(std::time::Duration::from_secs(5)).unwrap().unwrap().payload).collect();
    assert_eq!(scans[0], "4006381333931");
    assert!(scans[1].chars().all(|c| c == '\u{fffd}'), "{scans:?}");
    assert_eq!(scans[2], "0109506000134352\u{1d}10AB");
}

//! Every implementation through the one suite: mocks, and the real drivers against emulated devices.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

use evertill_hal::conformance::{self, DrawerRig, Fault, PrinterRig, ScannerRig};
use evertill_hal::drawer::{DrawerSense, ModemLine, SerialDrawer};
use evertill_hal::emulator::EmulatedDrawer;
use evertill_hal::escpos::Profile;
use evertill_hal::mock::{MockDrawer, MockFaults, MockPrinter, MockScanner};
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
fn the_escpos_printer_behind_a_device_file_conforms() {
    let folder = tempfile::tempdir().unwrap();
    conformance::printer(&mut WireRig::device_file(&folder, Profile::MM_80, DrawerSense::None));
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
    let driver = SerialDrawer::new(device.path(), 9_600);
    conformance::drawer(&mut SerialDrawerRig { driver, device });
}

#[test]
fn a_serial_drawer_takes_its_trigger_and_a_line_without_modem_wires_senses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut device = EmulatedDrawer::plugged_in(folder.path().join("drawer")).unwrap();
    let mut driver = SerialDrawer::new(device.path(), 9_600)
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

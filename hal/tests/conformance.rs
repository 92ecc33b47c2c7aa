//! Every implementation through the one suite: mocks, and the real drivers against emulated devices.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

use evertill_hal::conformance::{self, DrawerRig, Fault, PrinterRig, ScannerRig};
use evertill_hal::emulator::{EmulatedPrinter, EmulatedScanner, Faults};
use evertill_hal::escpos::{DrawerPin, EscPosPrinter, PrinterDrawer, PrinterLink, Profile};
use evertill_hal::mock::{MockDrawer, MockFaults, MockPrinter, MockScanner};
use evertill_hal::scanner::SerialScanner;
use evertill_hal::transport::Tcp;
use evertill_hal::{BarcodeScanner, CashDrawer, ReceiptPrinter};
use std::net::SocketAddr;

fn mock_faults(fault: Fault) -> MockFaults {
    MockFaults {
        unplugged: fault == Fault::Unplugged,
        paper_out: fault == Fault::PaperOut,
        cover_open: fault == Fault::CoverOpen,
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
    fn take_printed(&mut self) -> usize {
        self.1.take_printed().len()
    }
}

struct MockDrawerRig(MockDrawer, MockDrawer, u64);

impl DrawerRig for MockDrawerRig {
    fn drawer(&mut self) -> &mut dyn CashDrawer {
        &mut self.0
    }
    fn set(&mut self, fault: Fault) {
        self.1.faults(|faults| *faults = mock_faults(fault));
    }
    fn take_pulses(&mut self) -> usize {
        let before = std::mem::replace(&mut self.2, self.1.opened());
        (self.2 - before) as usize
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

/// The real driver, and an emulated printer at the other end of a TCP connection.
struct TcpRig {
    printer: EscPosPrinter,
    drawer: PrinterDrawer,
    address: SocketAddr,
    profile: Profile,
    /// None while it is unplugged.
    device: Option<EmulatedPrinter>,
    pulses_seen: usize,
}

impl TcpRig {
    fn new(profile: Profile) -> TcpRig {
        let device = EmulatedPrinter::start("127.0.0.1:0".parse().unwrap(), &profile).unwrap();
        let address = device.address();
        let link = PrinterLink::new(Tcp::new(address));
        TcpRig {
            printer: EscPosPrinter::new(link.clone(), profile),
            drawer: PrinterDrawer::new(link, profile, DrawerPin::Two),
            address,
            profile,
            device: Some(device),
            pulses_seen: 0,
        }
    }

    fn break_or_mend(&mut self, fault: Fault) {
        if fault == Fault::Unplugged {
            self.device = None;
            self.pulses_seen = 0;
            return;
        }
        let (address, profile) = (self.address, self.profile);
        let device = self.device.get_or_insert_with(|| EmulatedPrinter::start(address, &profile).unwrap());
        device.set_faults(Faults {
            paper_out: fault == Fault::PaperOut,
            cover_open: fault == Fault::CoverOpen,
            // Behind the four questions for its status, in the middle of the job.
            disconnect_after_bytes: (fault == Fault::ConfirmationLost).then_some(100),
            ..Faults::default()
        });
    }
}

impl PrinterRig for TcpRig {
    fn printer(&mut self) -> &mut dyn ReceiptPrinter {
        &mut self.printer
    }
    fn set(&mut self, fault: Fault) {
        self.break_or_mend(fault);
    }
    fn take_printed(&mut self) -> usize {
        self.device.as_ref().map_or(0, |device| device.take_sheets().len())
    }
}

impl DrawerRig for TcpRig {
    fn drawer(&mut self) -> &mut dyn CashDrawer {
        &mut self.drawer
    }
    fn set(&mut self, fault: Fault) {
        self.break_or_mend(fault);
    }
    fn take_pulses(&mut self) -> usize {
        let pulses = self.device.as_ref().map_or(0, |device| device.pulses().len());
        pulses - std::mem::replace(&mut self.pulses_seen, pulses)
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
    let drawer = MockDrawer::new();
    conformance::drawer(&mut MockDrawerRig(drawer.clone(), drawer, 0));
    let scanner = MockScanner::new();
    conformance::scanner(&mut MockScannerRig(scanner.clone(), scanner));
}

#[test]
fn the_escpos_printer_over_tcp_conforms() {
    conformance::printer(&mut TcpRig::new(Profile::MM_80));
}

#[test]
fn the_drawer_at_the_printer_conforms() {
    conformance::drawer(&mut TcpRig::new(Profile::MM_80));
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

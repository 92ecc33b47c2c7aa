//! Drivers from the configuration. Nothing is opened here: a device that is not there yet is a normal state.

use super::print_queue::SharedPrinter;
use super::state::{Board, DeviceState, States};
use crate::config;
use evertill_hal::drawer::DrawerSense;
use evertill_hal::escpos::{DrawerPin, EscPosPrinter, PrinterDrawer, PrinterLink, Profile};
use evertill_hal::scanner::SerialScanner;
use evertill_hal::transport::{DeviceFile, Tcp};
use evertill_hal::{BarcodeScanner, CashDrawer};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// The devices of a till.
pub struct Devices {
    /// The receipt printer.
    pub printer: Option<SharedPrinter>,
    /// The cash drawer.
    pub drawer: Option<Arc<Mutex<Box<dyn CashDrawer>>>>,
    /// The barcode scanner.
    pub scanner: Option<Box<dyn BarcodeScanner>>,
    /// What the printer can do; the usual one when there is none, so that receipts can be drawn.
    pub profile: Profile,
    /// How each is connected, for people.
    pub described: Described,
    /// Where the workers write what they know.
    pub board: Board,
    /// What is known of each.
    pub states: watch::Receiver<States>,
}

/// How each device is connected, for people.
pub struct Described {
    /// The receipt printer.
    pub printer: String,
    /// The cash drawer.
    pub drawer: String,
    /// The barcode scanner.
    pub scanner: String,
}

/// Makes the drivers that the configuration asks for.
pub fn connect(printer: &config::Printer, drawer: &config::Drawer, scanner: &config::Scanner) -> Devices {
    let (link, profile, printer_kind, printer_text) = link(printer);
    let (drawer_device, drawer_kind, drawer_text) = match (drawer, &link) {
        (config::Drawer::Printer { pin }, Some(link)) => {
            let (pin, number) = match pin {
                config::Pin::Two => (DrawerPin::Two, 2),
                config::Pin::Five => (DrawerPin::Five, 5),
            };
            let device: Box<dyn CashDrawer> =
                Box::new(PrinterDrawer::new(link.clone(), profile, pin, DrawerSense::None));
            (Some(Arc::new(Mutex::new(device))), "printer", format!("pin {number} of the printer"))
        }
        _ => (None, "none", "none configured".to_owned()),
    };
    let (scanner_device, scanner_kind, scanner_text): (Option<Box<dyn BarcodeScanner>>, _, _) = match scanner {
        config::Scanner::None => (None, "none", String::new()),
        config::Scanner::Serial { path, baud } => {
            (Some(Box::new(SerialScanner::new(path, *baud))), "serial", format!("serial line {path} at {baud} baud"))
        }
    };
    let (board, states) = Board::new(States {
        printer: DeviceState::unknown(printer_kind),
        drawer: DeviceState::unknown(drawer_kind),
        scanner: DeviceState::unknown(scanner_kind),
        last_receipt: None,
    });
    Devices {
        printer: link
            .map(|link| -> SharedPrinter { Arc::new(Mutex::new(Box::new(EscPosPrinter::new(link, profile)))) }),
        drawer: drawer_device,
        scanner: scanner_device,
        profile,
        described: Described { printer: printer_text, drawer: drawer_text, scanner: scanner_text },
        board,
        states,
    }
}

fn link(printer: &config::Printer) -> (Option<PrinterLink>, Profile, &'static str, String) {
    let profile = |paper: &config::Paper| match paper {
        config::Paper::Mm80 => Profile::MM_80,
        config::Paper::Mm58 => Profile::MM_58,
    };
    match printer {
        config::Printer::None => (None, Profile::MM_80, "none", String::new()),
        config::Printer::Tcp { address, paper_mm } => {
            let profile = profile(paper_mm);
            let link = PrinterLink::new(Tcp::new(*address));
            (Some(link), profile, "tcp", format!("TCP {address}"))
        }
        config::Printer::File { path, paper_mm } => {
            let profile = profile(paper_mm);
            let link = PrinterLink::new(DeviceFile::new(path));
            (Some(link), profile, "file", path.display().to_string())
        }
    }
}

//! Drivers from the configuration. Nothing is opened here: a device that is not there yet is a normal state.

use super::display::SharedDisplay;
use super::print_queue::SharedPrinter;
use super::scale::SharedScale;
use super::state::{Board, Kinds, States};
use crate::config::{self, Config};
use evertill_hal::drawer::{DrawerSense, ModemLine, SerialDrawer};
use evertill_hal::escpos::{DrawerPin, EscPosPrinter, PrinterDrawer, PrinterLink, Profile};
use evertill_hal::scanner::SerialScanner;
use evertill_hal::transport::{DeviceFile, Tcp};
use evertill_hal::{BarcodeScanner, CashDrawer};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// Why the configuration's devices cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No such model.
    #[error("printer.model is \"{model}\", known are {known}; or name a file of models with printer.capabilities")]
    Model {
        /// What the configuration says.
        model: String,
        /// What it may say.
        known: String,
    },
}

/// A cash drawer that its worker and its watch share.
pub type SharedDrawer = Arc<Mutex<Box<dyn CashDrawer>>>;

/// The devices of a till.
pub struct Devices {
    /// The receipt printer.
    pub printer: Option<SharedPrinter>,
    /// The cash drawer.
    pub drawer: Option<SharedDrawer>,
    /// The barcode scanner.
    pub scanner: Option<Box<dyn BarcodeScanner>>,
    /// The customer's line display.
    pub display: Option<SharedDisplay>,
    /// The scale.
    pub scale: Option<SharedScale>,
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
    /// The customer's line display.
    pub display: String,
    /// The scale.
    pub scale: String,
}

/// One device, its kind as in till.toml, and how it is connected.
struct Connected<T> {
    device: Option<T>,
    kind: &'static str,
    text: String,
}

impl<T> Connected<T> {
    fn none() -> Connected<T> {
        Connected { device: None, kind: "none", text: "none configured".to_owned() }
    }

    fn new(device: T, kind: &'static str, text: String) -> Connected<T> {
        Connected { device: Some(device), kind, text }
    }
}

/// Makes the drivers that the configuration asks for.
pub fn connect(config: &Config) -> Result<Devices, ConnectError> {
    let profile = profile(&config.printer)?;
    let link = link(&config.printer);
    let drawer = drawer(&config.drawer, link.device.as_ref(), &profile);
    let scanner = scanner(&config.scanner);
    let display: Connected<SharedDisplay> = Connected::none();
    let scale: Connected<SharedScale> = Connected::none();
    let (board, states) = Board::new(States::unknown(Kinds {
        printer: link.kind,
        drawer: drawer.kind,
        scanner: scanner.kind,
        display: display.kind,
        scale: scale.kind,
    }));
    let printer = |link| -> SharedPrinter { Arc::new(Mutex::new(Box::new(EscPosPrinter::new(link, profile)))) };
    Ok(Devices {
        printer: link.device.map(printer),
        drawer: drawer.device,
        scanner: scanner.device,
        display: display.device,
        scale: scale.device,
        profile,
        described: Described {
            printer: link.text,
            drawer: drawer.text,
            scanner: scanner.text,
            display: display.text,
            scale: scale.text,
        },
        board,
        states,
    })
}

fn profile(printer: &config::Printer) -> Result<Profile, ConnectError> {
    let model = match printer {
        config::Printer::None => return Ok(Profile::MM_80),
        config::Printer::Tcp { model, .. }
        | config::Printer::Usb { model, .. }
        | config::Printer::Serial { model, .. } => model,
    };
    Profile::named(model).ok_or_else(|| ConnectError::Model { model: model.clone(), known: String::new() })
}

fn link(printer: &config::Printer) -> Connected<PrinterLink> {
    match printer {
        config::Printer::None => Connected::none(),
        config::Printer::Tcp { address, model, .. } => {
            Connected::new(PrinterLink::new(Tcp::new(*address)), "tcp", format!("{model} at TCP {address}"))
        }
        config::Printer::Usb { path, model, .. } => {
            Connected::new(PrinterLink::new(DeviceFile::new(path)), "usb", format!("{model} at {path}"))
        }
        config::Printer::Serial { .. } => Connected::none(),
    }
}

fn drawer(drawer: &config::Drawer, link: Option<&PrinterLink>, profile: &Profile) -> Connected<SharedDrawer> {
    let shared = |device: Box<dyn CashDrawer>| Arc::new(Mutex::new(device));
    match (drawer, link) {
        (config::Drawer::Printer { pin, sensor }, Some(link)) => {
            let (pin, number) = match pin {
                config::Pin::Two => (DrawerPin::Two, 2),
                config::Pin::Five => (DrawerPin::Five, 5),
            };
            let device = Box::new(PrinterDrawer::new(link.clone(), *profile, pin, sense(*sensor)));
            Connected::new(shared(device), "printer", format!("pin {number} of the printer"))
        }
        (config::Drawer::Serial { path, baud, opens_at, sensor, sensor_line }, _) => {
            let line = match sensor_line {
                config::SensorLine::Cts => ModemLine::Cts,
                config::SensorLine::Dsr => ModemLine::Dsr,
                config::SensorLine::Ri => ModemLine::Ri,
                config::SensorLine::Dcd => ModemLine::Dcd,
            };
            let drawer = SerialDrawer::new(path, *baud).with_trigger(opens_at.clone());
            let drawer = match sense(*sensor) {
                DrawerSense::None => drawer,
                sense => drawer.with_sensor(line, sense),
            };
            Connected::new(shared(Box::new(drawer)), "serial", format!("serial line {path} at {baud} baud"))
        }
        _ => Connected::none(),
    }
}

fn sense(sensor: config::Sensor) -> DrawerSense {
    match sensor {
        config::Sensor::None => DrawerSense::None,
        config::Sensor::HighIsOpen => DrawerSense::OpenIsHigh,
        config::Sensor::LowIsOpen => DrawerSense::OpenIsLow,
    }
}

fn scanner(scanner: &config::Scanner) -> Connected<Box<dyn BarcodeScanner>> {
    match scanner {
        config::Scanner::None | config::Scanner::Keyboard { .. } => Connected::none(),
        config::Scanner::Serial { path, baud } => Connected::new(
            Box::new(SerialScanner::new(path, *baud)),
            "serial",
            format!("serial line {path} at {baud} baud"),
        ),
        config::Scanner::Hid { .. } => Connected::none(),
    }
}

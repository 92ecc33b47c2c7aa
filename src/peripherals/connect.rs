//! Drivers from the configuration. Nothing is opened here: a device that is not there yet is a normal state.

use super::display::SharedDisplay;
use super::print_queue::SharedPrinter;
use super::scale::SharedScale;
use super::state::{Board, Kinds, States};
use crate::config::{self, Config};
use evertill_hal::display::{DisplayLanguage, SerialDisplay};
use evertill_hal::drawer::{DrawerSense, ModemLine, SerialDrawer};
use evertill_hal::escpos::capabilities::{self, CapabilitiesError};
use evertill_hal::escpos::code_page::{CP858, CodePage};
use evertill_hal::escpos::{DrawerPin, EscPosPrinter, PrinterDrawer, PrinterLink, Profile};
use evertill_hal::line::{Flow, LineSettings};
use evertill_hal::plugged::{Address, IdentityError};
use evertill_hal::scale::{Dialect, SerialScale};
use evertill_hal::scanner::{HidScanner, SerialScanner};
use evertill_hal::transport::{DeviceFile, Serial, Tcp};
use evertill_hal::{BarcodeScanner, CashDrawer, WeightUnit};
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
    /// A device is named by what it is, wrongly.
    #[error("{key}: {error}")]
    Identity {
        /// Which key of the configuration.
        key: &'static str,
        /// What is wrong with it.
        error: IdentityError,
    },
    /// The model cannot be had from the file of models.
    #[error("printer.capabilities: {0}")]
    Capabilities(#[from] CapabilitiesError),
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
    let link = link(&config.printer)?;
    let drawer = drawer(&config.drawer, link.device.as_ref(), &profile)?;
    let scanner = scanner(&config.scanner)?;
    let display = display(&config.display)?;
    let scale = scale(&config.scale)?;
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
    let (model, capabilities) = match printer {
        config::Printer::None => return Ok(Profile::MM_80),
        config::Printer::Tcp { model, capabilities, .. }
        | config::Printer::Usb { model, capabilities, .. }
        | config::Printer::Serial { model, capabilities, .. } => (model, capabilities),
    };
    if let Some(path) = capabilities {
        return Ok(capabilities::load(path, model)?);
    }
    Profile::named(model)
        .ok_or_else(|| ConnectError::Model { model: model.clone(), known: Profile::names().join(", ") })
}

fn link(printer: &config::Printer) -> Result<Connected<PrinterLink>, ConnectError> {
    Ok(match printer {
        config::Printer::None => Connected::none(),
        config::Printer::Tcp { address, model, .. } => {
            Connected::new(PrinterLink::new(Tcp::new(*address)), "tcp", format!("{model} at TCP {address}"))
        }
        config::Printer::Usb { path, model, .. } => {
            let device = DeviceFile::new(address("printer.path", path)?);
            Connected::new(PrinterLink::new(device), "usb", format!("{model} at {path}"))
        }
        config::Printer::Serial { path, baud, flow, model, .. } => {
            let flow = match flow {
                config::Flow::None => Flow::None,
                config::Flow::RtsCts => Flow::RtsCts,
                config::Flow::XonXoff => Flow::XonXoff,
            };
            let settings = LineSettings { flow, ..LineSettings::plain(*baud) };
            let line = Serial::new(address("printer.path", path)?, settings);
            Connected::new(PrinterLink::new(line), "serial", format!("{model} at serial line {path}, {baud} baud"))
        }
    })
}

fn drawer(
    drawer: &config::Drawer,
    link: Option<&PrinterLink>,
    profile: &Profile,
) -> Result<Connected<SharedDrawer>, ConnectError> {
    let shared = |device: Box<dyn CashDrawer>| Arc::new(Mutex::new(device));
    Ok(match (drawer, link) {
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
            let drawer = SerialDrawer::new(address("drawer.path", path)?, *baud).with_trigger(opens_at.clone());
            let drawer = match sense(*sensor) {
                DrawerSense::None => drawer,
                sense => drawer.with_sensor(line, sense),
            };
            Connected::new(shared(Box::new(drawer)), "serial", format!("serial line {path} at {baud} baud"))
        }
        _ => Connected::none(),
    })
}

fn sense(sensor: config::Sensor) -> DrawerSense {
    match sensor {
        config::Sensor::None => DrawerSense::None,
        config::Sensor::HighIsOpen => DrawerSense::OpenIsHigh,
        config::Sensor::LowIsOpen => DrawerSense::OpenIsLow,
    }
}

fn scanner(scanner: &config::Scanner) -> Result<Connected<Box<dyn BarcodeScanner>>, ConnectError> {
    Ok(match scanner {
        config::Scanner::None | config::Scanner::Keyboard { .. } => Connected::none(),
        config::Scanner::Serial { path, baud } => Connected::new(
            Box::new(SerialScanner::new(address("scanner.path", path)?, *baud)),
            "serial",
            format!("serial line {path} at {baud} baud"),
        ),
        config::Scanner::Hid { path: None } => {
            Connected::new(Box::new(HidScanner::new(None)), "hid", "the HID scanner that is plugged in".to_owned())
        }
        config::Scanner::Hid { path: Some(path) } => {
            let wrong = |error| ConnectError::Identity { key: "scanner.path", error };
            let device = HidScanner::new(Some(path.parse().map_err(wrong)?));
            Connected::new(Box::new(device), "hid", format!("HID scanner {path}"))
        }
    })
}

/// Where a device is, as the configuration's `key` says.
fn address(key: &'static str, text: &str) -> Result<Address, ConnectError> {
    text.parse().map_err(|error| ConnectError::Identity { key, error })
}

/// The page that has the euro and Western Europe's letters; what it lacks is written in letters that it has.
const DISPLAY_PAGE: CodePage = CP858;

fn display(display: &config::Display) -> Result<Connected<SharedDisplay>, ConnectError> {
    let config::Display::Serial { path, baud, commands } = display else { return Ok(Connected::none()) };
    let language = match commands {
        config::DisplayCommands::Escpos => DisplayLanguage::EscPos,
        config::DisplayCommands::Cd5220 => DisplayLanguage::Cd5220,
    };
    let settings = LineSettings::plain(*baud);
    let device = SerialDisplay::new(address("display.path", path)?, language, DISPLAY_PAGE, settings);
    let text = format!("serial line {path} at {baud} baud");
    Ok(Connected::new(Arc::new(Mutex::new(Box::new(device))), "serial", text))
}

/// What a scale of Dialog 06 is told to multiply by: it asks for a price, and with this one the amount checks the weight
/// to the gram.
const PRICE_THAT_CHECKS: u32 = 1_000;

fn scale(scale: &config::Scale) -> Result<Connected<SharedScale>, ConnectError> {
    let config::Scale::Serial { path, dialect, unit, decimals, baud } = scale else { return Ok(Connected::none()) };
    let (unit, usual_decimals) = match unit {
        config::Unit::Kg => (WeightUnit::Kilogram, 3),
        config::Unit::Lb => (WeightUnit::Pound, 2),
    };
    let dialect = match dialect {
        config::Dialect::Toledo8217 => {
            Dialect::Toledo8217 { unit, implied_decimals: decimals.unwrap_or(usual_decimals) }
        }
        config::Dialect::Dialog06 => Dialect::Dialog06 { price_per_kilogram: PRICE_THAT_CHECKS },
        config::Dialect::Continuous => Dialect::Continuous,
    };
    let usual = dialect.settings();
    let settings = LineSettings { baud: baud.unwrap_or(usual.baud), ..usual };
    let device = SerialScale::new(address("scale.path", path)?, dialect, settings);
    let text = format!("serial line {path} at {} baud", settings.baud);
    Ok(Connected::new(Arc::new(Mutex::new(Box::new(device))), "serial", text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_model_comes_from_the_file_of_models_where_one_is_named() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("hal/tests/fixtures/capabilities.json");
        let printer = |model: &str, capabilities| config::Printer::Tcp {
            address: ([127, 0, 0, 1], 9100).into(),
            model: model.to_owned(),
            capabilities,
        };
        assert_eq!(profile(&printer("KR-306", Some(path.clone()))).unwrap().name, "KR-306");
        assert_eq!(profile(&printer("58mm", None)).unwrap(), Profile::MM_58);
        let unknown = profile(&printer("58mm", Some(path.clone()))).unwrap_err().to_string();
        let expected = format!("printer.capabilities: {}: it has no model \"58mm\"", path.display());
        assert!(unknown.starts_with(&expected), "{unknown}");
    }
}

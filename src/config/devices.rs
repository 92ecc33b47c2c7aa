//! The devices of a till, as `till.toml` names them. A device is named by its path, or by what it is:
//! `usb:04b8:0e15` or `usb:04b8:0e15:SERIAL`, which is found again in whatever port it is plugged.

use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// How the printer is reached.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Printer {
    /// No printer: receipts wait as pending jobs until there is one.
    #[default]
    None,
    /// Raw TCP, port 9100 as a rule.
    Tcp {
        /// Its IP address and port, as `192.168.10.9:9100`.
        address: SocketAddr,
        /// Which model it is.
        #[serde(default = "default_model")]
        model: String,
        /// A file of models in the format of escpos-printer-db; `model` is a name in it then.
        capabilities: Option<PathBuf>,
    },
    /// The USB printer class.
    Usb {
        /// The device, as `/dev/usb/lp0` or `usb:04b8:0e15`.
        path: String,
        /// Which model it is.
        #[serde(default = "default_model")]
        model: String,
        /// A file of models in the format of escpos-printer-db; `model` is a name in it then.
        capabilities: Option<PathBuf>,
    },
    /// A serial line.
    Serial {
        /// The line, as `/dev/ttyS0`, `COM3` or `usb:0403:6001`.
        path: String,
        /// Speed in baud.
        #[serde(default = "default_printer_baud")]
        baud: u32,
        /// How the printer says that its buffer is full.
        #[serde(default)]
        flow: Flow,
        /// Which model it is.
        #[serde(default = "default_model")]
        model: String,
        /// A file of models in the format of escpos-printer-db; `model` is a name in it then.
        capabilities: Option<PathBuf>,
    },
}

impl Printer {
    /// The file of models, which is relative to the configuration's folder.
    pub(super) fn capabilities_mut(&mut self) -> Option<&mut PathBuf> {
        match self {
            Printer::None => None,
            Printer::Tcp { capabilities, .. }
            | Printer::Usb { capabilities, .. }
            | Printer::Serial { capabilities, .. } => capabilities.as_mut(),
        }
    }
}

/// How a device on a serial line says that it can take no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// By a wire: RTS/CTS.
    #[default]
    RtsCts,
    /// By a byte in the answers: XON/XOFF.
    XonXoff,
    /// Not at all.
    None,
}

/// How the cash drawer opens.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Drawer {
    /// No drawer.
    #[default]
    None,
    /// A pulse through the printer's drawer port.
    Printer {
        /// The pin of the port, 2 or 5.
        #[serde(default)]
        pin: Pin,
        /// What the port's sensor line says of an open drawer.
        #[serde(default)]
        sensor: Sensor,
    },
    /// A serial line of its own.
    Serial {
        /// The line, as `/dev/ttyS0`, `COM3` or `usb:0403:6001`.
        path: String,
        /// Speed in baud.
        #[serde(default = "default_baud")]
        baud: u32,
        /// The bytes that open it, as its switches are set.
        #[serde(default = "default_opens_at")]
        opens_at: Vec<u8>,
        /// What the sensor's line says of an open drawer.
        #[serde(default)]
        sensor: Sensor,
        /// The line that the sensor drives.
        #[serde(default)]
        sensor_line: SensorLine,
    },
}

/// What a drawer's sensor line says when the drawer is open; drawers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sensor {
    /// There is none, or its cable is not connected.
    #[default]
    None,
    /// High.
    HighIsOpen,
    /// Low.
    LowIsOpen,
}

/// The wire of a serial cable that a drawer's sensor drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SensorLine {
    /// Clear to send.
    #[default]
    Cts,
    /// Data set ready.
    Dsr,
    /// Ring indicator.
    Ri,
    /// Data carrier detect.
    Dcd,
}

/// Pins of a printer's drawer port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "u8")]
pub enum Pin {
    /// Drawer 1, the usual one.
    #[default]
    Two,
    /// Drawer 2.
    Five,
}

impl TryFrom<u8> for Pin {
    type Error = String;

    fn try_from(pin: u8) -> Result<Pin, String> {
        match pin {
            2 => Ok(Pin::Two),
            5 => Ok(Pin::Five),
            other => Err(format!("the drawer's pin is {other}, it must be 2 or 5")),
        }
    }
}

/// How the scanner is reached.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Scanner {
    /// No scanner of its own: codes are typed, or a scanner types them.
    #[default]
    None,
    /// One that types into the cashier's page, as a keyboard.
    Keyboard {
        /// The character that it is set to send before each code; without one it is told by its pace alone.
        #[serde(default)]
        prefix: Prefix,
    },
    /// A serial line.
    Serial {
        /// The line, as `/dev/ttyUSB0`, `COM3` or `usb:05e0:1701`.
        path: String,
        /// Speed in baud.
        #[serde(default = "default_baud")]
        baud: u32,
    },
    /// USB as a scanner (HID POS), not as a keyboard.
    Hid {
        /// The scanner, as `usb:05e0:1900`; the only one that is plugged in when it is left out.
        path: Option<String>,
    },
}

/// What a scanner that types sends before each code: one printable character, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct Prefix(pub Option<char>);

impl TryFrom<String> for Prefix {
    type Error = String;

    fn try_from(text: String) -> Result<Prefix, String> {
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (None, _) => Ok(Prefix(None)),
            (Some(one), None) if one.is_ascii_punctuation() && one != '*' => Ok(Prefix(Some(one))),
            _ => Err(format!(
                "prefix is '{}', it must be one of the keyboard's signs, such as ~ or |, and not *",
                text.escape_debug()
            )),
        }
    }
}

/// How the customer's line display is reached.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Display {
    /// No display.
    #[default]
    None,
    /// A display of two lines of 20 characters on a serial line.
    Serial {
        /// The line, as `/dev/ttyUSB1`, `COM4` or `usb:0416:f012`.
        path: String,
        /// Speed in baud.
        #[serde(default = "default_baud")]
        baud: u32,
        /// Its commands.
        #[serde(default)]
        commands: DisplayCommands,
    },
}

/// The commands of a line display.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisplayCommands {
    /// ESC/POS, as Epson's DM-D.
    #[default]
    Escpos,
    /// CD5220, as many others.
    Cd5220,
}

/// How the scale is reached.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Scale {
    /// No scale: weights are typed.
    #[default]
    None,
    /// A scale on a serial line.
    Serial {
        /// The line, as `/dev/ttyUSB2`, `COM5` or `usb:0403:6001`.
        path: String,
        /// What it speaks.
        dialect: Dialect,
        /// What it counts in; the store's price book must price by the same.
        #[serde(default)]
        unit: Unit,
        /// Digits behind the point where the scale sends none: 3 for kilograms and 2 for pounds when it is left out.
        decimals: Option<u8>,
        /// Speed in baud; the dialect's usual one when it is left out.
        baud: Option<u32>,
    },
}

/// What scales speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Dialect {
    /// Mettler Toledo's 8217.
    #[serde(rename = "toledo-8217")]
    Toledo8217,
    /// Dialog 06 of Bizerba and Mettler, also called ICS or EPOS; kilograms.
    #[serde(rename = "dialog-06")]
    Dialog06,
    /// Lines of text that come by themselves, as `ST,GS,+  0.532kg`.
    #[serde(rename = "continuous")]
    Continuous,
}

/// What a scale counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Kilograms.
    #[default]
    Kg,
    /// Pounds.
    Lb,
}

fn default_model() -> String {
    "80mm".to_owned()
}

fn default_opens_at() -> Vec<u8> {
    vec![0x07]
}

fn default_baud() -> u32 {
    9_600
}

/// Serial printers are delivered with it more often than with 9,600, and a receipt is long.
fn default_printer_baud() -> u32 {
    38_400
}

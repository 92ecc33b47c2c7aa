//! How a device is named, and what is plugged in.
//!
//! A path such as `/dev/ttyUSB0` belongs to whatever was plugged in first. So a USB device may be named by what it is
//! (vendor, product and, where two are alike, serial number), and its path is looked up each time it is opened: it is found
//! again in whatever port it is plugged.
//!
//! | room | what it does |
//! |---|---|
//! | `sysfs` | asks Linux what is plugged in |
//! | `system` | asks any other system |
//! | [`remedy`] | says why a device cannot be opened, and what to do |

pub mod remedy;
#[cfg(target_os = "linux")]
mod sysfs;
#[cfg(not(target_os = "linux"))]
mod system;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;

#[cfg(target_os = "linux")]
use sysfs as here;
#[cfg(not(target_os = "linux"))]
use system as here;

use crate::device::{Failure, FailureKind};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// What a USB device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The vendor's USB number.
    pub vendor: u16,
    /// The product's USB number.
    pub product: u16,
    /// The serial number, to tell two of the same kind apart.
    pub serial: Option<String>,
}

/// A name that is no identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" names no USB device: write usb:05e0:1900 or usb:05e0:1900:SERIAL, the vendor and the product as `till devices` shows them"
)]
pub struct IdentityError(String);

impl Identity {
    /// Whether `other`, a device that is plugged in, is meant.
    pub fn means(&self, other: &Identity) -> bool {
        (self.vendor, self.product) == (other.vendor, other.product)
            && self.serial.as_ref().is_none_or(|serial| other.serial.as_ref() == Some(serial))
    }
}

impl FromStr for Identity {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Identity, IdentityError> {
        let wrong = || IdentityError(text.escape_debug().to_string());
        let number = |part: Option<&str>| {
            let part = part.filter(|part| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
            u16::from_str_radix(part.ok_or_else(wrong)?, 16).map_err(|_| wrong())
        };
        let mut parts = text.strip_prefix(PREFIX).ok_or_else(wrong)?.splitn(3, ':');
        let (vendor, product) = (number(parts.next())?, number(parts.next())?);
        match parts.next() {
            Some("") => Err(wrong()),
            serial => Ok(Identity { vendor, product, serial: serial.map(str::to_owned) }),
        }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{:04x}:{:04x}", self.vendor, self.product)?;
        self.serial.iter().try_for_each(|serial| write!(f, ":{serial}"))
    }
}

/// What an identity begins with; no path does.
const PREFIX: &str = "usb:";

/// How a device is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// By its path, as `/dev/ttyS0` or `COM3`.
    Path(PathBuf),
    /// By what it is.
    Identity(Identity),
}

impl Address {
    /// Where it is now, as a device of `class`. One that is named by its path is taken to be there.
    pub fn find(&self, class: Class) -> Result<PathBuf, Failure> {
        self.find_in(class, here::list)
    }

    fn find_in(&self, class: Class, list: impl FnOnce() -> Vec<Plugged>) -> Result<PathBuf, Failure> {
        let wanted = match self {
            Address::Path(path) => return Ok(path.clone()),
            Address::Identity(wanted) => wanted,
        };
        let there = list();
        let meant: Vec<&Plugged> =
            there.iter().filter(|one| one.class == class && wanted.means(&one.identity)).collect();
        match meant.as_slice() {
            [] => {
                let detail = format!("no {class} {wanted} is plugged in; `till devices` shows what is");
                Err(Failure::new(FailureKind::Offline, detail))
            }
            [one] => Ok(one.path.clone()),
            [one, other, ..] => {
                let detail = format!(
                    "{} and {} are both {wanted}: name the one that is meant with its serial number, or by its path",
                    one.described(),
                    other.described()
                );
                Err(Failure::new(FailureKind::Unsupported, detail))
            }
        }
    }
}

impl FromStr for Address {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Address, IdentityError> {
        if text.starts_with(PREFIX) { text.parse().map(Address::Identity) } else { Ok(Address::Path(text.into())) }
    }
}

impl From<&Path> for Address {
    fn from(path: &Path) -> Address {
        Address::Path(path.to_owned())
    }
}

impl From<PathBuf> for Address {
    fn from(path: PathBuf) -> Address {
        Address::Path(path)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Path(path) => write!(f, "{}", path.display()),
            Address::Identity(identity) => write!(f, "{identity}"),
        }
    }
}

/// What the system takes a device for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A serial line.
    SerialLine,
    /// The USB printer class.
    Printer,
    /// A scanner of the HID POS page.
    Scanner,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::SerialLine => "serial line",
            Class::Printer => "USB printer",
            Class::Scanner => "HID scanner",
        })
    }
}

/// One device that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plugged {
    /// What the system takes it for.
    pub class: Class,
    /// Where it is now.
    pub path: PathBuf,
    /// What it is, so that it is found again.
    pub identity: Identity,
    /// What it calls itself: its maker and its name.
    pub name: String,
}

impl Plugged {
    /// Why the till may not use it, and the remedy; `None` when it may. Nothing is opened.
    pub fn refusal(&self) -> Option<String> {
        remedy::refusal(&self.path)
    }

    fn described(&self) -> String {
        format!("{} ({})", self.path.display(), self.identity)
    }
}

/// What is plugged in that a till may use: serial lines on USB, USB printers and HID scanners, in the order of their paths.
pub fn list() -> Vec<Plugged> {
    here::list()
}

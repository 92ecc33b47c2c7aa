//! Scanners: on a serial line (or posing as one over USB), and those that speak HID Point of Sale.
//!
//! | room | what it does |
//! |---|---|
//! | `content` | what a code says, once its bytes are whole |
//! | `descriptor` | where a HID scanner's reports hold what it read |
//! | `framing` | where a scan ends in a stream of bytes |
//! | `hid` | the driver of HID scanners |
//! | `report` | HID reports, joined into codes |
//! | `serial` | the driver of serial scanners |
//! | `symbology` | AIM symbology identifiers |

mod content;
mod descriptor;
mod framing;
mod hid;
mod report;
mod serial;
mod symbology;

#[cfg(test)]
mod tests;

pub use descriptor::{DescriptorError, Field, ReportMap, ScanReport};
pub use framing::Framer;
pub use hid::{HidBus, HidLine, HidScanner};
pub use report::{ReportError, ReportReader};
pub use serial::SerialScanner;

//! Devices that are none: a printer on TCP or on a pseudo-terminal that draws what it is sent; a scanner, a drawer, a scale
//! and a customer display on pseudo-terminals; and a scanner that sends HID reports.
//!
//! The drivers cannot tell them from real ones, and their faults are switches. The demo sells with them, and the
//! conformance suite breaks them.

#[cfg(unix)]
mod display;
#[cfg(unix)]
mod drawer;
mod hid_scanner;
#[cfg(unix)]
mod printer;
#[cfg(unix)]
mod pty;
#[cfg(unix)]
mod scale;
#[cfg(unix)]
mod scanner;
#[cfg(unix)]
mod worker;

#[cfg(unix)]
pub use display::EmulatedDisplay;
#[cfg(unix)]
pub use drawer::EmulatedDrawer;
pub use hid_scanner::EmulatedHidScanner;
#[cfg(unix)]
pub use printer::{EmulatedPrinter, Faults, PulseSeen};
#[cfg(unix)]
pub use pty::SerialPlug;
#[cfg(unix)]
pub use scale::{EmulatedScale, ScaleFaults};
#[cfg(unix)]
pub use scanner::EmulatedScanner;

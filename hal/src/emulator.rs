//! Devices that are none: a printer on TCP that draws what it is sent; a scanner, a scale and a customer display on
//! pseudo-terminals.
//!
//! The drivers cannot tell them from real ones, and their faults are switches. The demo sells with them, and the
//! conformance suite breaks them.

#[cfg(unix)]
mod display;
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
pub use printer::{EmulatedPrinter, Faults, PulseSeen};
#[cfg(unix)]
pub use pty::SerialPlug;
#[cfg(unix)]
pub use scale::{EmulatedScale, ScaleFaults};
#[cfg(unix)]
pub use scanner::EmulatedScanner;

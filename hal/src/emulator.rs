//! Devices that are none: a printer on TCP that draws what it is sent, and a scanner on a pseudo-terminal.
//!
//! The drivers cannot tell them from real ones, and their faults are switches. The demo sells with them, and the
//! conformance suite breaks them.

mod printer;
#[cfg(unix)]
mod pty;
#[cfg(unix)]
mod scanner;

pub use printer::{EmulatedPrinter, Faults, PulseSeen};
#[cfg(unix)]
pub use pty::SerialPlug;
#[cfg(unix)]
pub use scanner::EmulatedScanner;

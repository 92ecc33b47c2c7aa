//! ESC/POS, the language of receipt printers: what a document is in bytes, and what the bytes are on paper.
//!
//! Crate `escpos` encodes what it gets right; text, cuts, Code 128, pictures, pulses and status are our own bytes,
//! tested against Epson's ESC/POS reference.

mod answers;
pub mod capabilities;
pub mod code_page;
mod codes;
pub mod command;
mod dialogue;
mod drawer;
mod encoder;
mod exchange;
mod interpreter;
mod link;
mod parser;
mod printer;
mod profile;
pub mod status;
pub(crate) mod transliterate;

#[cfg(test)]
mod tests;

pub use answers::{Answer, Answers};
pub use drawer::PrinterDrawer;
pub use encoder::{EncodeError, encode};
pub use interpreter::{Event, Interpreter};
pub use link::PrinterLink;
pub use parser::{Command, Parser};
pub use printer::EscPosPrinter;
pub use profile::{Cutter, DrawerPin, Profile, Pulse, Sizes};

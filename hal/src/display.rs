//! Customer displays of two lines, on a serial line.

mod language;
mod serial;

pub use language::{DisplayLanguage, LINE_CHARACTERS};
pub use serial::SerialDisplay;

//! Scanners that speak on a serial line (or pose as one over USB).

mod framing;
mod serial;
mod symbology;

#[cfg(test)]
mod tests;

pub use framing::Framer;
pub use serial::SerialScanner;

//! Receipt printer, barcode scanner, cash drawer, customer display and scale, each behind a trait.
//!
//! Each trait has a real driver, a mock and an emulator, and all of them pass one conformance suite. Everything blocks,
//! and everything ends by the deadline that it is given. An operation answers [`Outcome::Done`], [`Outcome::Failed`]
//! (nothing left the till) or [`Outcome::Unknown`] (something may have, and nobody confirmed it).
//!
//! | room | what it holds |
//! |---|---|
//! | [`device`] | the traits, outcomes, failures, status |
//! | [`deadline`] | the moment by which an operation ends |
//! | [`drawer`] | drawers: what their sensors say, and those on a serial line |
//! | [`document`] | what stands on the paper, for any printer |
//! | [`layout`] | a document in lines of so many characters |
//! | [`escpos`] | the printer language: profiles, encoder, interpreter, driver |
//! | [`transport`] | TCP port 9100, serial lines and device files |
//! | [`plugged`] | how a device is named, and what is plugged in |
//! | [`render`] | the paper as a picture (PNG) and as text |
//! | [`scanner`] | scanners on a serial line, and HID POS scanners |
//! | [`scale`] | scales on a serial line: Toledo 8217, Dialog 06, continuous lines |
//! | [`display`] | customer displays on a serial line: ESC/POS and CD5220 |
//! | [`line`] | how a serial line is set, opened and found again |
//! | [`mock`] | devices in memory |
//! | `emulator` | devices on loopback and on a pseudo-terminal (feature `emulator`) |
//! | `conformance` | what every implementation promises (feature `emulator`) |

#[cfg(feature = "emulator")]
pub mod conformance;
pub mod deadline;
pub mod device;
pub mod display;
pub mod document;
pub mod drawer;
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod escpos;
pub mod layout;
pub mod line;
pub mod mock;
#[cfg(unix)]
mod patient_file;
pub mod plugged;
pub mod render;
pub mod scale;
pub mod scanner;
pub mod transport;

pub use device::{
    BarcodeScanner, CashDrawer, CustomerDisplay, Failure, FailureKind, Outcome, PaperLevel, PrinterStatus,
    ReceiptPrinter, Scale, Scan, Symbology, Weighing, WeightUnit,
};
pub use document::{Align, Barcode, Document, Element, Picture, QrPayload, Size, Style};

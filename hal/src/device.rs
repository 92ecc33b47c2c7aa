//! The devices, and what they answer.

use crate::document::Document;
use std::fmt;
use std::time::Duration;

/// A printer of receipts.
pub trait ReceiptPrinter: Send {
    /// Prints `document`. Ends within `deadline`, whatever the printer does.
    fn print(&mut self, document: &Document, deadline: Duration) -> Outcome;

    /// Asks the printer how it is. Ends within `deadline`; a printer that is not there, or does not answer, is a failure.
    fn status(&mut self, deadline: Duration) -> Result<PrinterStatus, Failure>;
}

/// A scanner of barcodes.
pub trait BarcodeScanner: Send {
    /// Waits at most `deadline` for the next scan; `None` when there was none. A scanner that is not there is looked for
    /// until the deadline, and is a failure only then: the caller may call again at once without spinning.
    fn next_scan(&mut self, deadline: Duration) -> Result<Option<Scan>, Failure>;
}

/// A cash drawer.
pub trait CashDrawer: Send {
    /// Opens the drawer. Ends within `deadline`.
    fn open(&mut self, deadline: Duration) -> Outcome;

    /// Whether the drawer stands open; `None` where nothing senses it. Ends within `deadline`.
    fn is_open(&mut self, deadline: Duration) -> Result<Option<bool>, Failure>;
}

/// A display of two lines that the customer sees.
pub trait CustomerDisplay: Send {
    /// Shows both lines, cut or filled to the display's width. Ends within `deadline`.
    fn show(&mut self, upper: &str, lower: &str, deadline: Duration) -> Outcome;
}

/// A scale in the counter.
pub trait Scale: Send {
    /// What lies on it now. Ends within `deadline`; a scale that is not there, or does not answer, is a failure.
    fn weigh(&mut self, deadline: Duration) -> Result<Weighing, Failure>;
}

/// What a scale answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighing {
    /// A weight that has come to rest, in 1/1000 of `unit`.
    Stable {
        /// The weight in 1/1000 of `unit`.
        thousandths: u32,
        /// What it is counted in.
        unit: WeightUnit,
    },
    /// It has not come to rest: ask again.
    Moving,
    /// Nothing lies on it.
    Empty,
    /// Less than nothing: something was taken off that stood on it when it was set to zero.
    BelowZero,
    /// More than it can weigh.
    TooHeavy,
}

/// What a scale counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightUnit {
    /// Kilograms.
    Kilogram,
    /// Pounds (avoirdupois).
    Pound,
}

/// What became of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a failed or unknown print must reach the cashier"]
pub enum Outcome {
    /// The device confirmed it (a device file that cannot be read back: the operating system took every byte).
    Done,
    /// It did not happen: nothing left the till, and it may be tried again.
    Failed(Failure),
    /// It may have happened, wholly or in part, and nobody confirmed it: someone has to look. Says why.
    Unknown(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Done => f.write_str("done"),
            Outcome::Failed(failure) => write!(f, "failed: {failure}"),
            Outcome::Unknown(reason) => write!(f, "unknown: {reason}"),
        }
    }
}

/// Why a device did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} ({detail})")]
pub struct Failure {
    /// What a cashier can act on.
    pub kind: FailureKind,
    /// What an engineer needs: the address or path, and what the operating system said.
    pub detail: String,
}

impl Failure {
    /// A failure of `kind`.
    pub fn new(kind: FailureKind, detail: impl Into<String>) -> Failure {
        Failure { kind, detail: detail.into() }
    }
}

/// What is wrong, as a cashier sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// Unplugged, switched off, or not reachable.
    Offline,
    /// An earlier operation has not ended.
    Busy,
    /// There is no paper.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// It is there and says nothing.
    NoAnswer,
    /// The cutter is stuck.
    Cutter,
    /// It reports an error of its own: head, voltage, mechanics.
    Device,
    /// It cannot do what was asked, or the document cannot be said in its language.
    Unsupported,
}

impl FailureKind {
    /// A plain sentence with the remedy.
    pub fn sentence(self) -> &'static str {
        match self {
            FailureKind::Offline => "the device is not there: check its cable and its power",
            FailureKind::Busy => {
                "the device is still busy with what it was asked before: wait, or switch it off and on"
            }
            FailureKind::PaperOut => "the paper is out: put in a new roll",
            FailureKind::CoverOpen => "the cover is open: close it",
            FailureKind::NoAnswer => "the device does not answer: switch it off and on",
            FailureKind::Cutter => {
                "the cutter is stuck: open the cover, take the jammed paper out, switch the printer off and on"
            }
            FailureKind::Device => {
                "the device reports an error: look at its lights, clear a paper jam, switch it off and on"
            }
            FailureKind::Unsupported => "the device cannot do this: check its profile in the settings",
        }
    }

    /// What happened to a receipt that was being printed when this came up.
    pub fn while_it_printed(self) -> &'static str {
        match self {
            FailureKind::PaperOut => "the paper ran out while it printed",
            FailureKind::CoverOpen => "the cover was opened while it printed",
            FailureKind::Cutter => "the cutter got stuck while it printed",
            FailureKind::Device => "the printer reported an error while it printed",
            FailureKind::Offline => "the connection to the printer was lost while it printed",
            FailureKind::Busy => "the printer was held up while it printed",
            FailureKind::NoAnswer | FailureKind::Unsupported => "the printer did not confirm that it printed",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

/// How much paper there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperLevel {
    /// Enough.
    Enough,
    /// The roll is nearly used up.
    NearEnd,
    /// None.
    Out,
}

/// How a printer is. `None` where it cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PrinterStatus {
    /// Whether it is offline: it takes bytes, and prints nothing.
    pub offline: Option<bool>,
    /// How much paper there is.
    pub paper: Option<PaperLevel>,
    /// Whether the cover is open.
    pub cover_open: Option<bool>,
    /// Whether someone holds its feed button down.
    pub feed_button: Option<bool>,
    /// Whether an error stops it; the next three say which, where it can tell.
    pub error: Option<bool>,
    /// Whether the cutter is stuck.
    pub cutter_error: Option<bool>,
    /// Whether it has an error that goes away: by itself (the head is too hot), or when it is cleared.
    pub recoverable_error: Option<bool>,
    /// Whether it has an error that only a repair mends, or switching it off and on.
    pub unrecoverable_error: Option<bool>,
    /// The level of the drawer connector's pin 3; which level means open depends on the drawer.
    pub drawer_pin_high: Option<bool>,
}

impl PrinterStatus {
    /// What keeps the printer from printing, the cashier's first remedy first. A printer that is offline for a reason it
    /// cannot name is a [`FailureKind::Device`]: what is sent to it would be kept, and come out at some later time.
    pub fn blocker(&self) -> Option<FailureKind> {
        let errors = [self.recoverable_error, self.unrecoverable_error, self.error];
        if self.cover_open == Some(true) {
            Some(FailureKind::CoverOpen)
        } else if self.paper == Some(PaperLevel::Out) {
            Some(FailureKind::PaperOut)
        } else if self.cutter_error == Some(true) {
            Some(FailureKind::Cutter)
        } else if errors.contains(&Some(true)) {
            Some(FailureKind::Device)
        } else if self.feed_button == Some(true) {
            Some(FailureKind::Busy)
        } else if self.offline == Some(true) {
            Some(FailureKind::Device)
        } else {
            None
        }
    }
}

/// What a scanner read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The code's content, without prefix and suffix. Bytes that are no text show as U+FFFD; the separator of GS1 codes
    /// stays as U+001D.
    pub payload: String,
    /// The kind of code, where the scanner is set to say it.
    pub symbology: Option<Symbology>,
}

/// The kind of a code, as AIM symbology identifiers tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Symbology {
    /// EAN-13, UPC-A and UPC-E, which all come as 13 digits.
    Ean13,
    /// EAN-8.
    Ean8,
    /// Code 128 with a content of anyone's own.
    Code128,
    /// GS1-128: application identifiers in a Code 128.
    Gs1_128,
    /// GS1 DataBar.
    Gs1DataBar,
    /// Code 39.
    Code39,
    /// Interleaved 2 of 5, so ITF-14 too.
    Interleaved2Of5,
    /// QR code.
    Qr,
    /// GS1 QR code.
    Gs1Qr,
    /// Data Matrix.
    DataMatrix,
    /// GS1 DataMatrix.
    Gs1DataMatrix,
    /// Any other: its identifier's letter and modifier.
    Other(char, char),
}

//! What one rendering shows: the strip, what was just said, the view and, over it, at most one question.
//!
//! Problem: the page must be provable without a till behind it. So these are plain values: amounts, dates and quantities
//! are already written in the store's manner, names are the shop's own words, and ids are handed back as they came. What
//! the page itself says stands in the message files; a `Screen` is the same in every language.

use super::alarm::{Alarm, Reason};
use super::notice::Notice;
use super::selling::Selling;
use super::shift::{CloseShift, Counted, ShiftClosed};

/// One rendering of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Screen {
    /// The idempotency key of this rendering, in every form of it: one rendering does one act.
    pub key: String,
    /// The address that shows this again: `/counter/view?panel=...`. The script refreshes `<main>` from it.
    pub here: String,
    /// The store's decimal mark, "." or ",", on the number pad.
    pub decimal_mark: String,
    /// What a scanner that types is set to send before each code.
    pub scanner_prefix: Option<char>,
    /// What is always there.
    pub strip: Strip,
    /// What must be seen to, under the strip.
    pub alarms: Vec<Alarm>,
    /// What the last act led to.
    pub notices: Vec<Notice>,
    /// What the till does at the moment.
    pub view: View,
    /// The question that must be answered first; the view under it stays as it is.
    pub dialog: Option<Dialog>,
}

/// What the till does at the moment.
#[derive(Debug, Clone, PartialEq)]
pub enum View {
    /// Nobody is signed on.
    SignOn(SignOn),
    /// A cashier is signed on and no shift is open.
    OpenShift(OpenShift),
    /// Selling and all that is done beside it.
    Selling(Selling),
    /// The blind count that ends a shift.
    CloseShift(CloseShift),
    /// The Z report, after the count.
    ShiftClosed(ShiftClosed),
}

impl View {
    /// Whether it has the entry field that scans go to.
    pub fn has_entry(&self) -> bool {
        matches!(self, View::Selling(_))
    }
}

/// The strip of truth.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// The till's name, such as "DE-0417/2".
    pub till: String,
    /// The pool whose servers it uses.
    pub pool: String,
    /// Whether head office answers.
    pub link: Link,
    /// How many sales no location has yet.
    pub unsent: u64,
    /// The receipt printer.
    pub printer: PrinterState,
    /// The cash drawer.
    pub drawer: DrawerState,
    /// The scanner.
    pub scanner: ScannerState,
    /// Who is signed on.
    pub cashier: Option<String>,
    /// Whether it is a training till, which must never be taken for a real one.
    pub training: bool,
}

/// Whether head office answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Link {
    /// It does.
    Online,
    /// It does not.
    Offline {
        /// Since when, as a time of day (or a date, when it is long ago).
        since: String,
    },
}

/// The receipt printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterState {
    /// It prints.
    Ready,
    /// It prints, and the roll ends soon.
    PaperLow,
    /// The roll is empty.
    PaperOut,
    /// Its cover is open.
    CoverOpen,
    /// It reports a fault of its own.
    Fault,
    /// It does not answer.
    Offline,
    /// Nobody knows yet.
    Unknown,
    /// The till has none.
    None,
}

/// The cash drawer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawerState {
    /// Shut.
    Closed,
    /// Open.
    Open,
    /// It has no sensor, or nobody knows yet.
    Unknown,
    /// The till has none.
    None,
}

/// The scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScannerState {
    /// It reads.
    Ready,
    /// It does not answer.
    Offline,
    /// A keyboard wedge: it cannot be asked.
    Keyboard,
    /// The till has none.
    None,
}

/// Nobody is signed on.
#[derive(Debug, Clone, PartialEq)]
pub struct SignOn {
    /// The cashier number of the last try, so that it need not be typed again.
    pub cashier: String,
    /// What stands in the way, if anything.
    pub standing: PinStanding,
    /// The cashier whose shift is open, if one is.
    pub shift_of: Option<String>,
}

/// How many tries of a PIN are left.
#[derive(Debug, Clone, PartialEq)]
pub enum PinStanding {
    /// No wrong PIN yet.
    Fresh,
    /// A wrong number or PIN was given.
    Wrong {
        /// Tries before the lock.
        tries_left: u32,
    },
    /// Locked.
    Locked {
        /// How long it lasts, as "2 min" or "45 s".
        remaining: String,
    },
}

impl PinStanding {
    /// Whether a PIN may be given now.
    pub fn is_open(&self) -> bool {
        !matches!(self, PinStanding::Locked { .. })
    }
}

/// No shift is open.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenShift {
    /// The business day, as the store writes it.
    pub business_day: String,
    /// The float that the store prescribes, as the store writes it and without the currency; empty if it prescribes none.
    pub float: String,
    /// The currency's mark beside amount fields.
    pub currency: String,
    /// The drawer's notes and coins, when the float is counted by piece; empty when one amount is enough.
    pub pieces: Vec<Counted>,
    /// How many digits stand behind the decimal mark of an amount.
    pub minor_digits: u32,
}

/// A question that must be answered before the view goes on.
#[derive(Debug, Clone, PartialEq)]
pub enum Dialog {
    /// Another person's PIN is needed.
    Override(Override),
    /// The customer's age is needed.
    Age(AgeQuestion),
}

/// Another person's PIN is needed; the basket stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    /// What waits for the answer: handed back by the form.
    pub pending: String,
    /// What the PIN is for.
    pub reason: Reason,
    /// Whether a supervisor is not enough.
    pub needs_manager: bool,
    /// The number of the last try.
    pub supervisor: String,
    /// What stands in the way.
    pub standing: PinStanding,
}

/// The customer's age is needed.
#[derive(Debug, Clone, PartialEq)]
pub struct AgeQuestion {
    /// What waits for the answer: handed back by the form.
    pub pending: String,
    /// The item.
    pub item: String,
    /// The age it asks for, in years.
    pub age: u32,
    /// The last birth date that is old enough today, as the store writes it.
    pub born_by: String,
    /// In which order the store writes a date.
    pub order: DateOrder,
}

/// In which order a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// 31 12 2026
    DayFirst,
    /// 12 31 2026
    MonthFirst,
    /// 2026 12 31
    YearFirst,
}

/// One field of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatePart {
    /// The day of the month.
    Day,
    /// The month, as a number.
    Month,
    /// The year, four digits.
    Year,
}

impl DateOrder {
    /// The fields in this order.
    pub fn parts(self) -> [DatePart; 3] {
        use DatePart::{Day, Month, Year};
        match self {
            DateOrder::DayFirst => [Day, Month, Year],
            DateOrder::MonthFirst => [Month, Day, Year],
            DateOrder::YearFirst => [Year, Month, Day],
        }
    }
}

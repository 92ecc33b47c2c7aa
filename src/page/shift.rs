//! The shift's own screens: the blind count, reports, money into and out of the drawer.
//!
//! The count is blind: nothing here tells what the drawer should hold before the count is given.

use super::selling::Sum;

/// The blind count that ends a shift.
#[derive(Debug, Clone, PartialEq)]
pub struct CloseShift {
    /// Notes and coins, the largest first.
    pub pieces: Vec<Counted>,
    /// What else the drawer holds and is counted as one amount, such as vouchers: id and name.
    pub others: Vec<Counted>,
    /// The currency's mark beside amount fields.
    pub currency: String,
    /// How many digits stand behind the decimal mark of an amount.
    pub minor_digits: u32,
    /// Suspended baskets that the close throws away.
    pub suspended: u32,
}

/// A note, a coin, or a bundle that is counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// Its id: the form's field is `count_` and this.
    pub id: String,
    /// What it is called: "50 €".
    pub name: String,
    /// Its worth in minor units, so that the script can add up; 0 when it is counted as an amount.
    pub worth_minor: i64,
    /// What was counted before a correction.
    pub count: String,
}

/// The Z report, after the count.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftClosed {
    /// Its number, handed back by the form that prints it again.
    pub number: String,
    /// What it says.
    pub report: Report,
    /// How the count compares.
    pub difference: Difference,
    /// Whether the day is closed, too; until then the report is the day's so far.
    pub is_day_closed: bool,
}

/// How a count compares with what should be there.
#[derive(Debug, Clone, PartialEq)]
pub enum Difference {
    /// To the unit.
    Exact,
    /// More than there should be.
    Over(String),
    /// Less.
    Short(String),
}

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its head: "X report 12" and such, in the store's words.
    pub title: String,
    /// Who, when, which business day.
    pub subtitle: String,
    /// Its parts, in order.
    pub parts: Vec<ReportPart>,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportPart {
    /// Its head.
    pub title: String,
    /// Its rows.
    pub rows: Vec<Sum>,
}

/// Money into or out of the drawer without a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementKind {
    /// Money comes in.
    PaidIn,
    /// Money goes out for an expense.
    PaidOut,
    /// Notes go to the safe.
    PickUp,
}

impl MovementKind {
    /// As the form names it.
    pub fn tag(self) -> &'static str {
        match self {
            MovementKind::PaidIn => "paid_in",
            MovementKind::PaidOut => "paid_out",
            MovementKind::PickUp => "pick_up",
        }
    }
}

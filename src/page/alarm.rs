//! What must be seen to, and what a second person's PIN is needed for: as values, which the message files put in words.

use super::words::{Message, Words};

/// What must be seen to.
#[derive(Debug, Clone, PartialEq)]
pub enum Alarm {
    /// Receipts wait for the printer.
    ReceiptsWaiting {
        /// How many.
        count: u32,
    },
    /// Nobody knows whether a paper came out whole, or it did not come out at all.
    PaperInDoubt {
        /// Its print job: a person who looked settles it.
        job: i64,
        /// The receipt's number; `None` for a slip or a report.
        receipt: Option<String>,
        /// Whether it may have come out.
        is_unknown: bool,
    },
    /// The drawer has stood open for too long.
    DrawerLeftOpen,
    /// The disk is nearly full.
    DiskNearlyFull,
    /// The disk is full: the open basket can be finished, no new one begun.
    DiskFull,
    /// A damaged journal was set aside.
    JournalDamaged,
    /// The till was restored or cloned.
    Forked,
    /// Head office does not accept this till's identity.
    IdentityRefused,
    /// The clock is wrong.
    ClockWrong,
    /// The shift has been open since another day.
    ShiftTooOld {
        /// Since when.
        since: String,
    },
    /// Too much cash in the drawer.
    PickUpDue,
    /// What the till's programs say, in their own words.
    Other {
        /// The sentence.
        text: String,
    },
}

impl Alarm {
    /// Its sentence.
    pub fn text(&self, w: &Words) -> Message {
        match self {
            Alarm::ReceiptsWaiting { count } => w.alarm_receipts_waiting.with("count", count),
            Alarm::PaperInDoubt { receipt: Some(receipt), is_unknown: true, .. } => {
                w.alarm_receipt_unknown.with("receipt", receipt)
            }
            Alarm::PaperInDoubt { receipt: Some(receipt), .. } => w.alarm_receipt_failed.with("receipt", receipt),
            Alarm::PaperInDoubt { is_unknown: true, .. } => w.alarm_slip_unknown.clone(),
            Alarm::PaperInDoubt { .. } => w.alarm_slip_failed.clone(),
            Alarm::DrawerLeftOpen => w.alarm_drawer_open.clone(),
            Alarm::DiskNearlyFull => w.alarm_disk_nearly_full.clone(),
            Alarm::DiskFull => w.alarm_disk_full.clone(),
            Alarm::JournalDamaged => w.alarm_journal_damaged.clone(),
            Alarm::Forked => w.alarm_forked.clone(),
            Alarm::IdentityRefused => w.alarm_identity.clone(),
            Alarm::ClockWrong => w.alarm_clock.clone(),
            Alarm::ShiftTooOld { since } => w.alarm_shift_old.with("since", since),
            Alarm::PickUpDue => w.alarm_pick_up.clone(),
            Alarm::Other { text } => Message::plain(text),
        }
    }

    /// The print job that a person who looked can settle.
    pub fn paper(&self) -> Option<i64> {
        match self {
            Alarm::PaperInDoubt { job, .. } => Some(*job),
            _ => None,
        }
    }
}

/// What another person's PIN is needed for.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// A line, or a whole basket, is taken back.
    VoidLine {
        /// The item.
        item: String,
    },
    /// The basket is thrown away.
    Abandon {
        /// Its total.
        total: String,
    },
    /// A discount above what the cashier may give.
    Discount {
        /// How much.
        discount: String,
    },
    /// A refund.
    Refund {
        /// How much.
        amount: String,
    },
    /// The last sale is voided.
    VoidSale {
        /// Its receipt.
        receipt: String,
    },
    /// The drawer is opened without a sale.
    NoSale,
    /// Money leaves the drawer.
    PaidOut {
        /// How much.
        amount: String,
    },
    /// An age is not proven by a date.
    Age {
        /// The item.
        item: String,
    },
    /// The shift is closed.
    CloseShift,
    /// A report is read.
    Report,
}

impl Reason {
    /// The dialog's sentence.
    pub fn text(&self, w: &Words) -> Message {
        match self {
            Reason::VoidLine { item } => w.reason_void_line.with("item", item),
            Reason::Abandon { total } => w.reason_abandon.with("total", total),
            Reason::Discount { discount } => w.reason_discount.with("discount", discount),
            Reason::Refund { amount } => w.reason_refund.with("amount", amount),
            Reason::VoidSale { receipt } => w.reason_void_sale.with("receipt", receipt),
            Reason::NoSale => w.reason_no_sale.clone(),
            Reason::PaidOut { amount } => w.reason_paid_out.with("amount", amount),
            Reason::Age { item } => w.reason_age.with("item", item),
            Reason::CloseShift => w.reason_close_shift.clone(),
            Reason::Report => w.reason_report.clone(),
        }
    }
}

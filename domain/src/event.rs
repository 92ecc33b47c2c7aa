//! What an entry says: its body as the type of its kind, checked.
//!
//! Reports, shifts and voucher books are folds over these. A kind that this version does not know is
//! [`Event::Other`] and says nothing to them.

use crate::cashier::{SignOff, SignOn};
use crate::entry::Entry;
use crate::ids::Kind;
use crate::money::MoneyError;
use crate::refund::{Refund, VoidedSale};
use crate::report::DayClosed;
use crate::role::Override;
use crate::sale::Sale;
use crate::shift::{CashMovement, NoSale, ShiftClosed, ShiftOpened};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// An entry of a known kind that this version cannot use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq} ({kind}) cannot be used: {detail}")]
pub struct EventError {
    /// The entry's number.
    pub seq: u64,
    /// Its kind.
    pub kind: String,
    /// What is wrong with it.
    pub detail: String,
}

/// A receipt was printed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptCopy {
    /// Which.
    pub receipt_number: u64,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Goods were sold.
    Sale(Box<Sale>),
    /// Goods came back.
    Refund(Box<Refund>),
    /// The last sale was taken back.
    VoidSale(Box<VoidedSale>),
    /// The drawer was opened without a sale.
    NoSale(NoSale),
    /// A shift began.
    ShiftOpened(ShiftOpened),
    /// A shift ended.
    ShiftClosed(ShiftClosed),
    /// Cash came or went without goods.
    CashMovement(CashMovement),
    /// The day was closed.
    DayClosed(Box<DayClosed>),
    /// A cashier signed on.
    SignOn(SignOn),
    /// A cashier signed off.
    SignOff(SignOff),
    /// Somebody allowed what the cashier's role does not.
    Override(Override),
    /// A receipt was printed again.
    ReceiptCopy(ReceiptCopy),
    /// Nothing that this version counts.
    Other,
}

impl Event {
    /// Reads and checks the body of `entry`.
    pub fn of(entry: &Entry) -> Result<Event, EventError> {
        let event = match entry.kind.as_str() {
            Kind::SALE => Event::Sale(body(entry)?),
            Kind::REFUND => Event::Refund(body(entry)?),
            Kind::VOID_SALE => Event::VoidSale(body(entry)?),
            Kind::NO_SALE => Event::NoSale(body(entry)?),
            Kind::SHIFT_OPENED => Event::ShiftOpened(body(entry)?),
            Kind::SHIFT_CLOSED => Event::ShiftClosed(body(entry)?),
            Kind::CASH_MOVEMENT => Event::CashMovement(body(entry)?),
            Kind::DAY_CLOSED => Event::DayClosed(body(entry)?),
            Kind::SIGN_ON => Event::SignOn(body(entry)?),
            Kind::SIGN_OFF => Event::SignOff(body(entry)?),
            Kind::OVERRIDE => Event::Override(body(entry)?),
            Kind::RECEIPT_COPY => Event::ReceiptCopy(body(entry)?),
            _ => Event::Other,
        };
        event.check().map_err(|detail| unusable(entry, detail))?;
        Ok(event)
    }

    fn check(&self) -> Result<(), String> {
        match self {
            Event::Sale(sale) => sale.check().map_err(|error| error.to_string()),
            Event::Refund(refund) => refund.check().map_err(|error| error.to_string()),
            Event::VoidSale(void) => void.check().map_err(|error| error.to_string()),
            Event::ShiftClosed(closed) => closed.check().map_err(|error| error.to_string()),
            Event::CashMovement(movement) => movement.check().map_err(|error| error.to_string()),
            Event::DayClosed(closed) => closed.report.check().map_err(|error| error.to_string()),
            _ => Ok(()),
        }
    }

    /// By how much the drawer's content grew; negative when cash went out. A float and a count say what is in it, and
    /// are no growth.
    pub fn cash_minor(&self) -> Result<i64, MoneyError> {
        let negative = |minor: i64| minor.checked_neg().ok_or(MoneyError::Overflow);
        match self {
            Event::Sale(sale) => sale.cash_minor(),
            Event::Refund(refund) => refund.cash_minor().and_then(negative),
            Event::VoidSale(void) => void.cash_minor().and_then(negative),
            Event::CashMovement(movement) => movement.cash_minor(),
            _ => Ok(0),
        }
    }

    /// The receipt number that the entry took.
    pub fn receipt_number(&self) -> Option<u64> {
        match self {
            Event::Sale(sale) => Some(sale.receipt_number),
            Event::Refund(refund) => Some(refund.receipt_number),
            Event::VoidSale(void) => Some(void.receipt_number),
            _ => None,
        }
    }
}

fn body<T: DeserializeOwned>(entry: &Entry) -> Result<T, EventError> {
    serde_json::from_str(&entry.body).map_err(|error| unusable(entry, error.to_string()))
}

fn unusable(entry: &Entry, detail: String) -> EventError {
    EventError { seq: entry.seq, kind: entry.kind.to_string(), detail }
}

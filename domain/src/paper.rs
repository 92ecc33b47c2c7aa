//! What is printed for an entry, by its kind.

use crate::catalogue::StoreInfo;
use crate::entry::Entry;
use crate::event::{Event, EventError};
use crate::ids::Kind;
use crate::money::Money;
use crate::receipt::{self, Element, Receipt, ReceiptContext};
use crate::report::{self, Report, ReportContext};
use crate::sale::Sale;
use crate::voucher::{self, VoucherNumber};
use serde::{Deserialize, Serialize};

/// Why there is no paper.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// The entry cannot be read.
    #[error(transparent)]
    Event(#[from] EventError),
    /// Entries of this kind are not printed, or this one does not come out even.
    #[error("entry {seq} ({kind}) cannot be printed: {detail}")]
    Kind {
        /// The entry's number.
        seq: u64,
        /// Its kind.
        kind: String,
        /// What is wrong.
        detail: String,
    },
}

/// The totals of the day so far were read: the body of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct XReport {
    /// The totals.
    pub report: Report,
    /// Who read them, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<String>,
}

/// The paper of `entry`. One that is printed again says COPY.
pub fn of_entry(entry: &Entry, store: &StoreInfo, copy: bool) -> Result<Receipt, PaperError> {
    let Entry { till, at, business_day, hash, sig, .. } = entry;
    let wrong = |detail: String| PaperError::Kind { seq: entry.seq, kind: entry.kind.to_string(), detail };
    let context = ReceiptContext { till, at, business_day, copy, hash: Some(*hash), sig: Some(*sig) };
    let report = |report: &Report, closes: bool, cashier: Option<&str>| {
        let context = ReportContext { till, at, business_day, closes, copy, cashier, hash: Some(*hash) };
        report::document(report, store, &context).map_err(|error| wrong(error.to_string()))
    };
    if entry.kind.as_str() == Kind::X_REPORT {
        let read: XReport = serde_json::from_str(&entry.body).map_err(|error| wrong(error.to_string()))?;
        return report(&read.report, false, read.cashier.as_deref());
    }
    match Event::of(entry)? {
        Event::Sale(sale) => {
            let mut receipt = receipt::of_sale(&sale, store, &context);
            receipt.elements.extend(slips(&sale, store, copy));
            Ok(receipt)
        }
        Event::Refund(refund) => Ok(refund.document(store, &context)),
        Event::VoidSale(void) => Ok(void.document(store, &context)),
        Event::DayClosed(closed) => report(&closed.report, true, closed.cashier.as_deref()),
        Event::CashMovement(movement) => Ok(movement.slip(store, &context)),
        Event::ShiftClosed(closed) => Ok(closed.slip(store, &context)),
        _ => Err(wrong("entries of this kind have no paper".to_owned())),
    }
}

/// The slips of the gift vouchers that were sold, each behind the receipt's cut.
fn slips<'a>(sale: &'a Sale, store: &'a StoreInfo, copy: bool) -> impl Iterator<Item = Element> + 'a {
    sale.lines
        .iter()
        .filter_map(move |line| {
            let number: VoucherNumber = line.code.parse().ok()?;
            let last_day = line.label.as_ref()?.expiry.as_ref()?;
            let value = Money::new(line.amount_minor, sale.currency);
            Some(voucher::slip(value, &number, last_day, store, copy))
        })
        .flatten()
}

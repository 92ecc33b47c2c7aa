//! The rows of a report.

use crate::money::{MoneyError, Rate, sum_minor};
use crate::tax::TaxRow;
use serde::{Deserialize, Serialize};

/// How often, and how much together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// How often.
    pub count: u64,
    /// How much, in minor units.
    pub amount_minor: i64,
}

impl Tally {
    /// Counts one more of `amount_minor`.
    pub(super) fn count(&mut self, amount_minor: i64) -> Result<(), MoneyError> {
        self.amount_minor = sum_minor([self.amount_minor, amount_minor])?;
        self.count = self.count.saturating_add(1);
        Ok(())
    }
}

/// First and last receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptNumbers {
    /// The first.
    pub first: u64,
    /// The last.
    pub last: u64,
}

/// One tax group at one rate: a rate that changes begins a new row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupTotal {
    /// Its code.
    pub code: String,
    /// Its name.
    pub label: String,
    /// All its rates together.
    pub rate: Rate,
    /// Without tax.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
    /// With tax.
    pub gross_minor: i64,
}

impl GroupTotal {
    pub(super) fn is_even(&self) -> bool {
        self.net_minor.checked_add(self.tax_minor) == Some(self.gross_minor)
    }

    /// Adds `row`, or takes it away when `sign` is -1.
    pub(super) fn count(&mut self, row: &TaxRow, sign: i64) -> Result<(), MoneyError> {
        let signed = |minor: i64| minor.checked_mul(sign).ok_or(MoneyError::Overflow);
        self.net_minor = sum_minor([self.net_minor, signed(row.net_minor)?])?;
        self.tax_minor = sum_minor([self.tax_minor, signed(row.tax_minor)?])?;
        self.gross_minor = sum_minor([self.gross_minor, signed(row.gross_minor)?])?;
        Ok(())
    }
}

/// A kind of tender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenderKind {
    /// Notes and coins.
    Cash,
    /// Cards.
    Card,
    /// Gift vouchers.
    Voucher,
}

/// One kind of tender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenderTotal {
    /// Which.
    pub kind: TenderKind,
    /// In sales, less change.
    pub taken: Tally,
    /// In refunds and voids.
    pub given_back: Tally,
}

/// What one cashier did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CashierTotal {
    /// Who, as the entries name them; none where they do not.
    pub cashier: Option<String>,
    /// Sales.
    pub sales: Tally,
    /// Refunds.
    pub refunds: Tally,
    /// Voided sales.
    pub voids: Tally,
}

/// One closed shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftTotal {
    /// Its number.
    pub shift: u64,
    /// What it began with.
    pub float_minor: i64,
    /// What the entries give.
    pub expected_minor: i64,
    /// What was counted.
    pub counted_minor: i64,
    /// Counted less expected.
    pub over_short_minor: i64,
    /// Who opened it, where that is known.
    pub cashier: Option<String>,
}

/// The row of `row`'s group and rate, in the order of both.
pub(super) fn group<'a>(groups: &'a mut Vec<GroupTotal>, row: &TaxRow) -> &'a mut GroupTotal {
    let key = (row.code.as_str(), row.rate);
    let place = groups.binary_search_by(|group| (group.code.as_str(), group.rate).cmp(&key)).unwrap_or_else(|place| {
        let (code, label) = (row.code.clone(), row.label.clone());
        groups.insert(place, GroupTotal { code, label, rate: row.rate, net_minor: 0, tax_minor: 0, gross_minor: 0 });
        place
    });
    &mut groups[place]
}

/// The row of `kind`, in the order of kinds.
pub(super) fn tender(tenders: &mut Vec<TenderTotal>, kind: TenderKind) -> &mut TenderTotal {
    let place = tenders.binary_search_by_key(&kind, |tender| tender.kind).unwrap_or_else(|place| {
        tenders.insert(place, TenderTotal { kind, taken: Tally::default(), given_back: Tally::default() });
        place
    });
    &mut tenders[place]
}

/// The row of `name`, in the order of names.
pub(super) fn cashier<'a>(cashiers: &'a mut Vec<CashierTotal>, name: &Option<String>) -> &'a mut CashierTotal {
    let place = cashiers.binary_search_by(|cashier| cashier.cashier.cmp(name)).unwrap_or_else(|place| {
        cashiers.insert(place, CashierTotal { cashier: name.clone(), ..CashierTotal::default() });
        place
    });
    &mut cashiers[place]
}

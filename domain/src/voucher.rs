//! Gift vouchers: what a number is worth, as far as this till knows.
//!
//! A till takes a voucher without asking anybody, so it can only know what it was told: head office's list, and what
//! it sold, printed or took itself. What it was never told of is refused with that reason. Two tills that are both
//! offline can each take the same voucher; head office sees both entries. A voucher is sold without tax, because the
//! tax is due when it is spent (a multi-purpose voucher, EU directive 2016/1065).
//!
//! The book is kept, not folded again from the journal: what is spent is counted on from the latest list, and the
//! order of lists and sales is in no entry.

mod number;
mod slip;
#[cfg(test)]
mod tests;

pub use number::{NumberError, VoucherNumber};
pub use slip::slip;

use crate::catalogue::Terms;
use crate::event::Event;
use crate::ids::BusinessDay;
use crate::money::{Currency, Money, MoneyError, Rate, sum_minor};
use crate::refund::GivenBack;
use crate::sale::SaleLine;
use crate::tender::Tender;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most vouchers that a till knows.
pub const VOUCHERS_MAX: usize = 200_000;
/// The highest value of one voucher, in minor units.
pub const VOUCHER_MAX_MINOR: i64 = 1_000_000;

/// Why a voucher is not sold, taken or given back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoucherError {
    /// Never heard of.
    #[error("this till does not know voucher {0}: take another tender, or ask head office")]
    Unknown(VoucherNumber),
    /// Too late.
    #[error("voucher {number} was valid until {last_day}: take another tender")]
    Expired {
        /// The voucher.
        number: VoucherNumber,
        /// Its last day.
        last_day: BusinessDay,
    },
    /// Nothing is left of it.
    #[error("voucher {0} is redeemed already: take another tender")]
    Redeemed(VoucherNumber),
    /// It was given back, or the sale of it was voided.
    #[error("voucher {0} was given back and is worth nothing: take another tender")]
    Cancelled(VoucherNumber),
    /// Of another currency.
    #[error("voucher {number} is worth {value}, which is another currency than the basket's")]
    OtherCurrency {
        /// The voucher.
        number: VoucherNumber,
        /// Its value.
        value: Money,
    },
    /// Nothing to pay.
    #[error("nothing is due: no voucher is needed")]
    NothingDue,
    /// A part of it was spent, so it cannot be returned.
    #[error("voucher {0} is spent in part: it cannot be given back")]
    Spent(VoucherNumber),
    /// Sold before.
    #[error("voucher {0} exists already: take the next one")]
    Exists(VoucherNumber),
    /// A value beyond reason.
    #[error("a voucher of {0} cannot be sold: check the amount")]
    Amount(Money),
    /// No tax group to sell it in.
    #[error("the price book has no tax group without tax: head office adds one, so that vouchers can be sold")]
    NoTaxGroup,
    /// Too many.
    #[error("the list of vouchers is longer than {VOUCHERS_MAX} and is not taken")]
    TooMany,
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// A voucher as head office lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voucher {
    /// Its number.
    pub number: VoucherNumber,
    /// What it was issued for.
    pub amount_minor: i64,
    /// Of which currency.
    pub currency: Currency,
    /// The last day on which it is taken.
    pub last_day: BusinessDay,
    /// What head office knows to be spent of it.
    #[serde(default)]
    pub spent_minor: i64,
    /// Whether it is worth nothing any more.
    #[serde(default)]
    pub cancelled: bool,
}

/// How long a new voucher is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// Whole years.
    pub years: u16,
    /// Whether it then runs to the year's end, as in Germany (BGB sections 195 and 199: 3 years).
    #[serde(default)]
    pub to_year_end: bool,
}

impl Validity {
    /// The last day of a voucher that is sold on `day`.
    pub fn last_day(self, day: &BusinessDay) -> BusinessDay {
        let (year, month_day) = day.as_str().split_at(4);
        let year = year.parse::<u16>().unwrap_or(0).saturating_add(self.years).min(9_999);
        let month_day = if self.to_year_end { "-12-31" } else { month_day };
        // Only 29 February may be missing in another year.
        let same = format!("{year:04}{month_day}").parse();
        same.or_else(|_| format!("{year:04}-02-28").parse()).expect("every year has all other days and 28 February")
    }
}

/// What this till knows of vouchers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoucherBook {
    validity: Validity,
    vouchers: BTreeMap<VoucherNumber, Voucher>,
}

impl VoucherBook {
    /// An empty book; vouchers that this till sells are valid for `validity`.
    pub fn new(validity: Validity) -> VoucherBook {
        VoucherBook { validity, vouchers: BTreeMap::new() }
    }

    /// What is known of `number`.
    pub fn find(&self, number: &VoucherNumber) -> Option<&Voucher> {
        self.vouchers.get(number)
    }

    /// Takes head office's list. What this till knows to be spent stays spent, though the list may not know it yet.
    pub fn take_list(&mut self, list: &[Voucher]) -> Result<(), VoucherError> {
        let new = list.iter().filter(|voucher| !self.vouchers.contains_key(&voucher.number)).count();
        if self.vouchers.len().saturating_add(new) > VOUCHERS_MAX {
            return Err(VoucherError::TooMany);
        }
        for voucher in list {
            let known = self.vouchers.get(&voucher.number);
            let spent_minor = voucher.spent_minor.max(known.map_or(0, |known| known.spent_minor));
            let cancelled = voucher.cancelled || known.is_some_and(|known| known.cancelled);
            self.vouchers.insert(voucher.number.clone(), Voucher { spent_minor, cancelled, ..voucher.clone() });
        }
        Ok(())
    }

    /// Whether a voucher of `amount_minor` can be sold under `number`, and the tax group of its line, whose code is the
    /// number.
    pub fn issue<'a>(
        &self,
        number: &VoucherNumber,
        amount_minor: i64,
        terms: &'a Terms,
    ) -> Result<&'a str, VoucherError> {
        if self.vouchers.contains_key(number) {
            return Err(VoucherError::Exists(number.clone()));
        }
        if self.vouchers.len() >= VOUCHERS_MAX {
            return Err(VoucherError::TooMany);
        }
        if !(1..=VOUCHER_MAX_MINOR).contains(&amount_minor) {
            return Err(VoucherError::Amount(Money::new(amount_minor, terms.currency)));
        }
        let untaxed = terms.taxes.iter().find(|group| group.rate() == Ok(Rate(0)));
        untaxed.map(|group| group.code.as_str()).ok_or(VoucherError::NoTaxGroup)
    }

    /// What is left of `number` on the day `today`.
    pub fn left_minor(
        &self,
        number: &VoucherNumber,
        currency: Currency,
        today: &BusinessDay,
    ) -> Result<i64, VoucherError> {
        let voucher = self.find(number).ok_or_else(|| VoucherError::Unknown(number.clone()))?;
        if voucher.cancelled {
            return Err(VoucherError::Cancelled(number.clone()));
        }
        if voucher.currency != currency {
            let value = Money::new(voucher.amount_minor, voucher.currency);
            return Err(VoucherError::OtherCurrency { number: number.clone(), value });
        }
        // Days are written so that their texts are in the order of the calendar.
        if *today > voucher.last_day {
            return Err(VoucherError::Expired { number: number.clone(), last_day: voucher.last_day.clone() });
        }
        let left = voucher.amount_minor.saturating_sub(voucher.spent_minor);
        if left > 0 { Ok(left) } else { Err(VoucherError::Redeemed(number.clone())) }
    }

    /// The tender that `number` gives towards `due_minor`: all that is left of it, or what is due. `tendered` are the
    /// basket's tenders so far: one voucher does not pay twice.
    pub fn redeem(
        &self,
        number: &VoucherNumber,
        due: Money,
        tendered: &[Tender],
        today: &BusinessDay,
    ) -> Result<Tender, VoucherError> {
        if due.minor <= 0 {
            return Err(VoucherError::NothingDue);
        }
        let left = self.left_minor(number, due.currency, today)?;
        let same = |tender: &&Tender| matches!(tender, Tender::Voucher { number: other, .. } if other == number);
        let here = sum_minor(tendered.iter().filter(same).map(Tender::amount_minor))?;
        let left = left.saturating_sub(here);
        if left <= 0 {
            return Err(VoucherError::Redeemed(number.clone()));
        }
        Ok(Tender::Voucher { amount_minor: left.min(due.minor), number: number.clone() })
    }

    /// Whether the voucher itself may be refunded, or its sale be voided: nothing of it may be spent.
    pub fn may_return(&self, number: &VoucherNumber) -> Result<(), VoucherError> {
        match self.find(number) {
            Some(voucher) if voucher.spent_minor > 0 => Err(VoucherError::Spent(number.clone())),
            Some(_) => Ok(()),
            None => Err(VoucherError::Unknown(number.clone())),
        }
    }

    /// Remembers what an entry of `day` says of vouchers.
    pub fn add(&mut self, event: &Event, day: &BusinessDay) {
        match event {
            Event::Sale(sale) => {
                for SaleLine { code, amount_minor, .. } in &sale.lines {
                    if let Ok(number) = code.parse() {
                        self.issued(number, *amount_minor, sale.currency, self.validity.last_day(day));
                    }
                }
                for tender in &sale.tenders {
                    if let Tender::Voucher { amount_minor, number } = tender {
                        self.spent(number, *amount_minor);
                    }
                }
            }
            Event::Refund(refund) => {
                refund.lines.iter().filter_map(|line| line.code.parse().ok()).for_each(|number| self.cancel(&number));
                self.given_back(&refund.given_back, refund.currency);
            }
            Event::VoidSale(void) => {
                void.vouchers.iter().for_each(|number| self.cancel(number));
                self.given_back(&void.given_back, void.currency);
            }
            _ => {}
        }
    }

    fn given_back(&mut self, given_back: &[GivenBack], currency: Currency) {
        for back in given_back {
            match back {
                GivenBack::Voucher { amount_minor, number, last_day } => {
                    self.issued(number.clone(), *amount_minor, currency, last_day.clone());
                }
                GivenBack::Restored { amount_minor, number } => self.spent(number, amount_minor.saturating_neg()),
                GivenBack::Cash { .. } | GivenBack::Card { .. } => {}
            }
        }
    }

    fn issued(&mut self, number: VoucherNumber, amount_minor: i64, currency: Currency, last_day: BusinessDay) {
        let new =
            Voucher { number: number.clone(), amount_minor, currency, last_day, spent_minor: 0, cancelled: false };
        self.vouchers.entry(number).or_insert(new);
    }

    fn spent(&mut self, number: &VoucherNumber, amount_minor: i64) {
        if let Some(voucher) = self.vouchers.get_mut(number) {
            voucher.spent_minor = voucher.spent_minor.saturating_add(amount_minor).max(0);
        }
    }

    fn cancel(&mut self, number: &VoucherNumber) {
        if let Some(voucher) = self.vouchers.get_mut(number) {
            voucher.cancelled = true;
        }
    }
}

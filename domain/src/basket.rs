//! The open basket: lines, promotions, discounts, totals, tenders, until it is paid.
//!
//! It keeps the terms (currency, taxes, rounding) of the price book that it began with, and the promotions of what was
//! scanned, so that its total never moves because a new price book arrived. At every change all lines are priced anew:
//! ```text
//! amount      quantity x price of one
//!   - savings     of promotions: what is cheapest for the customer (promotion::best)
//!   - discount    of the line, an amount or a share of what it costs by now
//!   - share       of the basket's discount, split by what the lines cost by now
//! = paid      what is taxed, totalled, and given back when it comes back
//! ```
//! Every change is checked first and then made whole, or refused and nothing is changed.

mod ages;
mod discounts;
mod error;
mod lines;
#[cfg(test)]
mod price_tests;
mod pricing;
mod tenders;
#[cfg(test)]
#[path = "basket_tests.rs"]
mod tests;

pub use error::BasketError;

use crate::age::AgeConfirmed;
use crate::catalogue::{PieceLabel, PriceBook, SoldBy, Terms};
use crate::discount::Discount;
use crate::money::{Money, sum_minor};
use crate::promotion::best::Take;
use crate::promotion::{Offer, Saving};
use crate::quantity::Quantity;
use crate::tax::{self, TaxRow};
use crate::tender::Tender;
use serde::{Deserialize, Serialize};
use std::ops::Not;

/// Most lines of a basket, void ones included.
pub const LINES_MAX: usize = 500;
/// Most tenders of a basket.
pub const TENDERS_MAX: usize = 20;
/// The highest total and the highest tender, in minor units. A barcode typed into the amount is larger.
pub const AMOUNT_MAX_MINOR: i64 = 9_999_999_999;
/// The most pieces (or kilograms) of one line. Codes of goods without a barcode have four digits and more.
pub const QUANTITY_MAX_WHOLE: i64 = 999;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BasketLine {
    /// Its number, from 1; stays the same when another line is voided.
    pub line: u32,
    /// The item's GTIN of 14 digits, or its PLU.
    pub code: String,
    /// The item's name.
    pub name: String,
    /// How much.
    pub quantity_milli: Quantity,
    /// How it is counted.
    pub sold_by: SoldBy,
    /// Price of one unit.
    pub unit_price_minor: i64,
    /// Quantity x price: what it costs before anything is taken off.
    pub amount_minor: i64,
    /// Code of its tax group.
    pub tax: String,
    /// Whether it was voided: it costs nothing then.
    #[serde(default)]
    pub void: bool,
    /// What the label says of the piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<PieceLabel>,
    /// Whether its quantity is said by a label, a serial number or a voucher, and is not changed by hand.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub fixed_quantity: bool,
    /// Whether nothing may be taken off its price.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub fixed_price: bool,
    /// How old a customer must be, in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_years: Option<u8>,
    /// What it takes part in, by the place in the basket's list of offers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes: Vec<Take>,
    /// What promotions take off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub savings: Vec<Saving>,
    /// What is taken off by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
    /// Its share of the basket's discount.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub basket_discount_minor: i64,
}

pub(crate) fn is_zero(minor: &i64) -> bool {
    *minor == 0
}

/// How a paid basket came out even: total + rounding = tenders - change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// What cash payment added to the total (or took off), because there is no smaller coin.
    pub cash_rounding_minor: i64,
    /// What the customer gets back, in cash.
    pub change_minor: i64,
}

/// What a basket costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The lines, after all that is taken off.
    pub lines_minor: i64,
    /// What promotions take off.
    pub savings_minor: i64,
    /// What is taken off by hand, lines and basket together.
    pub discounts_minor: i64,
    /// The taxes, one row a group.
    pub taxes: Vec<TaxRow>,
    /// With tax: what is to pay.
    pub total_minor: i64,
}

/// The open basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basket {
    price_book: u64,
    terms: Terms,
    lines: Vec<BasketLine>,
    tenders: Vec<Tender>,
    settlement: Option<Settlement>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    offers: Vec<Offer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    discount: Option<Discount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    age: Option<AgeConfirmed>,
}

impl BasketLine {
    /// What the promotions take off together.
    pub fn savings_minor(&self) -> i64 {
        // They were split from what the line costs, so that their sum fits.
        self.savings.iter().fold(0, |sum, saving| sum.saturating_add(saving.saving_minor))
    }

    /// What is taken off by hand, with its share of the basket's discount.
    pub fn discounts_minor(&self) -> i64 {
        let own = self.discount.as_ref().map_or(0, |discount| discount.discount_minor);
        own.saturating_add(self.basket_discount_minor)
    }

    /// What it costs after all that is taken off; nothing when it is void.
    pub fn paid_minor(&self) -> i64 {
        let off = self.savings_minor().saturating_add(self.discounts_minor());
        if self.void { 0 } else { self.amount_minor.saturating_sub(off) }
    }
}

impl Basket {
    /// An empty basket on the terms of `book`.
    pub fn new(book: &PriceBook) -> Basket {
        Basket {
            price_book: book.version,
            terms: book.terms.clone(),
            lines: Vec::new(),
            tenders: Vec::new(),
            settlement: None,
            offers: Vec::new(),
            discount: None,
            age: None,
        }
    }

    /// Version of the price book that it began with.
    pub fn price_book(&self) -> u64 {
        self.price_book
    }

    /// Currency, taxes, rounding.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// All lines, void ones included.
    pub fn lines(&self) -> &[BasketLine] {
        &self.lines
    }

    /// What is tendered so far.
    pub fn tenders(&self) -> &[Tender] {
        &self.tenders
    }

    /// How it came out even, once it is paid.
    pub fn settlement(&self) -> Option<Settlement> {
        self.settlement
    }

    /// What is taken off the basket as a whole.
    pub fn discount(&self) -> Option<&Discount> {
        self.discount.as_ref()
    }

    /// How old the customer is known to be.
    pub fn age(&self) -> Option<&AgeConfirmed> {
        self.age.as_ref()
    }

    /// Whether nothing happened in it yet.
    pub fn is_untouched(&self) -> bool {
        self.lines.is_empty() && self.tenders.is_empty()
    }

    /// What it costs.
    pub fn totals(&self) -> Result<Totals, BasketError> {
        let sold = || self.lines.iter().filter(|line| !line.void);
        let paid = || sold().map(|line| (line.tax.as_str(), line.paid_minor()));
        let taxes = tax::rows(self.terms.tax_mode, self.terms.rounding, &self.terms.taxes, paid())?;
        Ok(Totals {
            lines_minor: sum_minor(paid().map(|(_, minor)| minor))?,
            savings_minor: sum_minor(sold().map(BasketLine::savings_minor))?,
            discounts_minor: sum_minor(sold().map(BasketLine::discounts_minor))?,
            total_minor: sum_minor(taxes.iter().map(|row| row.gross_minor))?,
            taxes,
        })
    }

    /// Changes a copy and prices it anew; it takes the place of this basket when the outcome is within the bounds.
    fn change<T>(&mut self, change: impl FnOnce(&mut Basket) -> Result<T, BasketError>) -> Result<T, BasketError> {
        if self.settlement.is_some() {
            return Err(BasketError::Paid);
        }
        let mut changed = self.clone();
        let value = change(&mut changed)?;
        changed.price()?;
        if changed.totals()?.total_minor > AMOUNT_MAX_MINOR {
            return Err(BasketError::TooMuch(self.money(AMOUNT_MAX_MINOR)));
        }
        // What is due must stay above what is tendered: nothing but cash can be given back, and only on payment.
        if !changed.tenders.is_empty() && changed.due_minor()? <= 0 {
            return Err(BasketError::BelowTendered(self.money(changed.tendered_minor()?)));
        }
        *self = changed;
        Ok(value)
    }

    /// The line with this number that still counts.
    fn line_mut(&mut self, line: u32) -> Result<&mut BasketLine, BasketError> {
        let found = self.lines.iter_mut().find(|other| other.line == line).ok_or(BasketError::NoLine(line))?;
        if found.void { Err(BasketError::VoidAlready(line)) } else { Ok(found) }
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.terms.currency)
    }
}

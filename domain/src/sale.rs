//! The sale: what a paid basket becomes, and the JSON body of its journal entry.
//!
//! A sale carries everything that is needed to check it again: [`Sale::check`] recalculates it, on the till before it is
//! recorded and at head office when it arrives.

use crate::age::AgeConfirmed;
use crate::basket::{Basket, BasketError, BasketLine, is_zero};
use crate::catalogue::PieceLabel;
use crate::discount::Discount;
use crate::money::{Currency, MoneyError, Rounding, sum_minor};
use crate::promotion::Saving;
use crate::quantity::Quantity;
use crate::tax::{TaxMode, TaxRow};
use crate::tender::Tender;
use serde::{Deserialize, Serialize};
use std::ops::Not;

/// Why something is no sale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaleError {
    /// Not paid yet.
    #[error("the basket is not paid: {due_minor} minor units are due")]
    NotPaid {
        /// What is still to pay.
        due_minor: i64,
    },
    /// The basket cannot be calculated.
    #[error(transparent)]
    Basket(#[from] BasketError),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// Numbers of receipts and lines count from 1.
    #[error("the sale's {0}")]
    Form(&'static str),
    /// A line does not cost quantity x price.
    #[error("line {line} costs {found}, its quantity and price give {expected}")]
    Line {
        /// The line.
        line: u32,
        /// What it says.
        found: i64,
        /// What it must say.
        expected: i64,
    },
    /// What is taken off a line is not what its discount says, or more than it costs.
    #[error("what is taken off line {0} does not follow from its price, savings and discount")]
    Off(u32),
    /// What is taken off the sale as a whole is not what its discount says, or not what the lines share.
    #[error("what is taken off the sale as a whole does not follow from its lines")]
    BasketOff,
    /// Something was sold to somebody whose age nobody confirmed.
    #[error("line {line} is for customers of {years} years and older, and the sale does not say that it was confirmed")]
    Age {
        /// The line.
        line: u32,
        /// The age.
        years: u8,
    },
    /// A tax row does not follow from the lines.
    #[error("the tax of group {code} does not follow from its lines")]
    Tax {
        /// The group.
        code: String,
    },
    /// The taxes do not give the total.
    #[error("the total is {found}, the taxes' gross amounts give {expected}")]
    Total {
        /// What it says.
        found: i64,
        /// What it must say.
        expected: i64,
    },
    /// Total after cash rounding is not tenders less change.
    #[error("{total} after cash rounding was to be paid, the tenders less change give {paid}")]
    Unpaid {
        /// Total after cash rounding.
        total: i64,
        /// Tenders less change.
        paid: i64,
    },
    /// Change or rounding without the cash for it.
    #[error("there is change or cash rounding that no cash tender explains")]
    Change,
}

/// One line of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleLine {
    /// Its number in the basket; a number that is missing was voided.
    pub line: u32,
    /// The item's GTIN of 14 digits, or its PLU.
    pub code: String,
    /// The item's name.
    pub name: String,
    /// How much, in 1/1000.
    pub quantity_milli: Quantity,
    /// Price of one unit.
    pub unit_price_minor: i64,
    /// Quantity x price, before anything is taken off.
    pub amount_minor: i64,
    /// Code of its tax group.
    pub tax: String,
    /// What promotions took off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub savings: Vec<Saving>,
    /// What was taken off by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
    /// Its share of the sale's discount.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub basket_discount_minor: i64,
    /// Whether nothing may be taken off its price.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub fixed_price: bool,
    /// What the label said of the piece.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<PieceLabel>,
    /// How old a customer must be, in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_years: Option<u8>,
}

/// A recorded sale. All amounts in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// Consecutive at its till.
    pub receipt_number: u64,
    /// Version of the price book.
    pub price_book: u64,
    /// Of all amounts.
    pub currency: Currency,
    /// Whether prices hold the tax.
    pub tax_mode: TaxMode,
    /// What happened to half a minor unit.
    pub rounding: Rounding,
    /// What was sold.
    pub lines: Vec<SaleLine>,
    /// What was taken off it as a whole; the lines share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
    /// One row a tax group.
    pub taxes: Vec<TaxRow>,
    /// With tax, before cash rounding.
    pub total_minor: i64,
    /// What cash payment added, because there is no smaller coin.
    pub cash_rounding_minor: i64,
    /// What it was paid with, in order.
    pub tenders: Vec<Tender>,
    /// What the customer got back, in cash.
    pub change_minor: i64,
    /// Who sold it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<String>,
    /// How old the customer is known to be, where that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeConfirmed>,
}

/// A paid sale that waits for its receipt number, which the journal gives in the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnnumberedSale(Sale);

impl UnnumberedSale {
    /// The sale of a fully paid basket.
    pub fn of(basket: &Basket, cashier: Option<String>) -> Result<UnnumberedSale, SaleError> {
        let Some(settlement) = basket.settlement() else {
            return Err(SaleError::NotPaid { due_minor: basket.due_minor()? });
        };
        let (totals, terms) = (basket.totals()?, basket.terms());
        let sale = Sale {
            receipt_number: 0,
            price_book: basket.price_book(),
            currency: terms.currency,
            tax_mode: terms.tax_mode,
            rounding: terms.rounding,
            lines: basket.lines().iter().filter(|line| !line.void).map(SaleLine::from).collect(),
            discount: basket.discount().cloned(),
            taxes: totals.taxes,
            total_minor: totals.total_minor,
            cash_rounding_minor: settlement.cash_rounding_minor,
            tenders: basket.tenders().to_vec(),
            change_minor: settlement.change_minor,
            cashier,
            age: basket.age().cloned(),
        };
        sale.reconcile()?;
        Ok(UnnumberedSale(sale))
    }

    /// The sale with its number, from 1.
    pub fn number(self, receipt_number: u64) -> Sale {
        Sale { receipt_number, ..self.0 }
    }
}

impl From<&BasketLine> for SaleLine {
    fn from(line: &BasketLine) -> SaleLine {
        SaleLine {
            line: line.line,
            code: line.code.clone(),
            name: line.name.clone(),
            quantity_milli: line.quantity_milli,
            unit_price_minor: line.unit_price_minor,
            amount_minor: line.amount_minor,
            tax: line.tax.clone(),
            savings: line.savings.clone(),
            discount: line.discount.clone(),
            basket_discount_minor: line.basket_discount_minor,
            fixed_price: line.fixed_price,
            label: line.label.clone(),
            age_years: line.age_years,
        }
    }
}

impl SaleLine {
    /// What promotions took off together.
    pub fn savings_minor(&self) -> Result<i64, MoneyError> {
        sum_minor(self.savings.iter().map(|saving| saving.saving_minor))
    }

    /// What was paid for it: what is taxed, and given back when it comes back.
    pub fn paid_minor(&self) -> Result<i64, MoneyError> {
        let off = [
            self.before_basket_discount_minor()?,
            self.basket_discount_minor.checked_neg().ok_or(MoneyError::Overflow)?,
        ];
        sum_minor(off)
    }

    fn before_basket_discount_minor(&self) -> Result<i64, MoneyError> {
        let own = self.discount.as_ref().map_or(0, |discount| discount.discount_minor);
        let off = sum_minor([self.savings_minor()?, own])?;
        self.amount_minor.checked_sub(off).ok_or(MoneyError::Overflow)
    }

    /// Whether what was taken off follows from what it cost.
    fn check_off(&self, rounding: Rounding) -> Result<(), SaleError> {
        let wrong = SaleError::Off(self.line);
        if self.savings.iter().any(|saving| saving.saving_minor <= 0) || self.basket_discount_minor < 0 {
            return Err(wrong);
        }
        let rest = self.amount_minor.checked_sub(self.savings_minor()?).ok_or(MoneyError::Overflow)?;
        let is_right = match &self.discount {
            Some(discount) => {
                discount.off.is_possible() && discount.off.minor(rest, rounding)? == discount.discount_minor
            }
            None => true,
        };
        let untouched = self.savings.is_empty() && self.discount.is_none() && self.basket_discount_minor == 0;
        // A line of a price below zero was never sold; one that nothing was taken off is not judged here.
        let is_fixed = self.fixed_price && !untouched;
        let enough = untouched || (rest >= 0 && self.paid_minor()? >= 0);
        if is_right && enough && !is_fixed { Ok(()) } else { Err(wrong) }
    }
}

impl Sale {
    /// Whether everything in it follows from its lines, and it came out even.
    pub fn check(&self) -> Result<(), SaleError> {
        if self.receipt_number == 0 {
            return Err(SaleError::Form("receipt number is 0: they count from 1"));
        }
        self.reconcile()
    }

    /// What was paid with cash, less change: by so much the drawer's content grew.
    pub fn cash_minor(&self) -> Result<i64, MoneyError> {
        let cash = self.tenders.iter().filter(|tender| tender.is_cash()).map(Tender::amount_minor);
        sum_minor(cash)?.checked_sub(self.change_minor).ok_or(MoneyError::Overflow)
    }

    /// All that was taken off, by promotions and by hand.
    pub fn taken_off_minor(&self) -> Result<i64, MoneyError> {
        let off = |line: &SaleLine| line.amount_minor.checked_sub(line.paid_minor()?).ok_or(MoneyError::Overflow);
        sum_minor(self.lines.iter().map(off).collect::<Result<Vec<i64>, MoneyError>>()?)
    }

    fn reconcile(&self) -> Result<(), SaleError> {
        self.check_lines()?;
        self.check_discount()?;
        self.check_taxes()?;
        self.check_payment()
    }

    fn check_lines(&self) -> Result<(), SaleError> {
        if self.lines.is_empty() {
            return Err(SaleError::Form("list of lines is empty"));
        }
        let mut last = 0;
        for line in &self.lines {
            if line.line <= last {
                return Err(SaleError::Form("lines are not in the order of their numbers, from 1"));
            }
            last = line.line;
            let expected = line.quantity_milli.price_minor(line.unit_price_minor, self.rounding)?;
            if line.amount_minor != expected {
                return Err(SaleError::Line { line: line.line, found: line.amount_minor, expected });
            }
            line.check_off(self.rounding)?;
            let known = self.age.as_ref().map_or(0, |age| age.years);
            if let Some(years) = line.age_years.filter(|years| *years > known) {
                return Err(SaleError::Age { line: line.line, years });
            }
        }
        Ok(())
    }

    /// Whether the lines share what was taken off as a whole. How they share it is the till's rule of that day.
    fn check_discount(&self) -> Result<(), SaleError> {
        let shared = sum_minor(self.lines.iter().map(|line| line.basket_discount_minor))?;
        let open = self.lines.iter().filter(|line| !line.fixed_price).map(SaleLine::before_basket_discount_minor);
        let base = sum_minor(open.collect::<Result<Vec<i64>, MoneyError>>()?)?;
        let expected = match &self.discount {
            Some(discount) if !discount.off.is_possible() => return Err(SaleError::BasketOff),
            Some(discount) => (discount.off.minor(base, self.rounding)?, discount.discount_minor),
            None => (0, 0),
        };
        if expected == (shared, shared) { Ok(()) } else { Err(SaleError::BasketOff) }
    }

    fn check_taxes(&self) -> Result<(), SaleError> {
        for (index, row) in self.taxes.iter().enumerate() {
            let wrong = || SaleError::Tax { code: row.code.clone() };
            if row.rate.0 < 0 || self.taxes[..index].iter().any(|other| other.code == row.code) {
                return Err(wrong());
            }
            let own = self.lines.iter().filter(|line| line.tax == row.code);
            let paid: Result<Vec<i64>, MoneyError> = own.map(SaleLine::paid_minor).collect();
            if !row.follows(self.tax_mode, self.rounding, sum_minor(paid?)?)? {
                return Err(wrong());
            }
        }
        if let Some(line) = self.lines.iter().find(|line| !self.taxes.iter().any(|row| row.code == line.tax)) {
            return Err(SaleError::Tax { code: line.tax.clone() });
        }
        let expected = sum_minor(self.taxes.iter().map(|row| row.gross_minor))?;
        if self.total_minor == expected { Ok(()) } else { Err(SaleError::Total { found: self.total_minor, expected }) }
    }

    fn check_payment(&self) -> Result<(), SaleError> {
        if self.tenders.is_empty() || self.tenders.iter().any(|tender| tender.amount_minor() < 0) {
            return Err(SaleError::Form("tenders are missing, or one is below zero"));
        }
        let total = self.total_minor.checked_add(self.cash_rounding_minor).ok_or(MoneyError::Overflow)?;
        let tendered = sum_minor(self.tenders.iter().map(Tender::amount_minor))?;
        let paid = tendered.checked_sub(self.change_minor).ok_or(MoneyError::Overflow)?;
        if total != paid {
            return Err(SaleError::Unpaid { total, paid });
        }
        let uses_cash = self.tenders.iter().any(Tender::is_cash);
        let explained = self.change_minor >= 0 && self.cash_minor()? >= 0;
        let rounded = self.cash_rounding_minor != 0 || self.change_minor != 0;
        if !explained || (rounded && !uses_cash) { Err(SaleError::Change) } else { Ok(()) }
    }
}

#[cfg(test)]
#[path = "sale_tests.rs"]
mod tests;

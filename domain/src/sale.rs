//! The sale: what a paid basket becomes, and the JSON body of its journal entry.
//!
//! A sale carries everything that is needed to check it again: [`Sale::check`] recalculates it, on the till before it is
//! recorded and at head office when it arrives.

use crate::basket::{Basket, BasketError, BasketLine};
use crate::money::{Currency, MoneyError, Rounding, sum_minor};
use crate::quantity::Quantity;
use crate::tax::{self, TaxMode, TaxRow};
use crate::tender::Tender;
use serde::{Deserialize, Serialize};

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
    /// Price of the line.
    pub amount_minor: i64,
    /// Code of its tax group.
    pub tax: String,
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
            taxes: totals.taxes,
            total_minor: totals.total_minor,
            cash_rounding_minor: settlement.cash_rounding_minor,
            tenders: basket.tenders().to_vec(),
            change_minor: settlement.change_minor,
            cashier,
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
        }
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

    fn reconcile(&self) -> Result<(), SaleError> {
        self.check_lines()?;
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
        }
        Ok(())
    }

    fn check_taxes(&self) -> Result<(), SaleError> {
        for (index, row) in self.taxes.iter().enumerate() {
            let wrong = || SaleError::Tax { code: row.code.clone() };
            if row.rate.0 < 0 || self.taxes[..index].iter().any(|other| other.code == row.code) {
                return Err(wrong());
            }
            let amount =
                sum_minor(self.lines.iter().filter(|line| line.tax == row.code).map(|line| line.amount_minor))?;
            let split = tax::split(self.tax_mode, self.rounding, row.rate, amount)?;
            let parts = sum_minor(row.parts.iter().map(|part| part.tax_minor))?;
            let parts_fit = row.parts.is_empty() || parts == row.tax_minor;
            if split != (row.net_minor, row.tax_minor, row.gross_minor) || !parts_fit {
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

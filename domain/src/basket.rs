//! The open basket: lines, totals, tenders, until it is paid.
//!
//! It keeps the terms (currency, taxes, rounding) of the price book that it began with, so that its total never moves
//! because a new price book arrived. Every change is checked first and then made whole, or refused and nothing is changed.

use crate::catalogue::{Item, PriceBook, SoldBy, Terms};
use crate::money::{Money, MoneyError, sum_minor};
use crate::quantity::{Quantity, QuantityError};
use crate::tax::{self, TaxError, TaxRow};
use crate::tender::Tender;
use serde::{Deserialize, Serialize};

/// Most lines of a basket, void ones included.
pub const LINES_MAX: usize = 500;
/// Most tenders of a basket.
pub const TENDERS_MAX: usize = 20;
/// The highest total and the highest tender, in minor units. A barcode typed into the amount is larger.
pub const AMOUNT_MAX_MINOR: i64 = 9_999_999_999;

/// Why the basket refuses. It is unchanged then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BasketError {
    /// Too many lines.
    #[error("the basket has {LINES_MAX} lines, which is the most: let the customer pay and begin another")]
    Full,
    /// Pieces are whole.
    #[error("{name} is sold by the piece, {quantity} is no whole number")]
    NotWhole {
        /// The item.
        name: String,
        /// The quantity that was asked for.
        quantity: String,
    },
    /// A quantity out of bounds.
    #[error("{name}: {error}")]
    Quantity {
        /// The item.
        name: String,
        /// What is wrong.
        error: QuantityError,
    },
    /// The total would be too high.
    #[error("the total would exceed {}: check the quantity, or let the customer pay and begin another basket", .0)]
    TooMuch(Money),
    /// Another currency or other taxes since the basket began.
    #[error("the price book has changed its currency or taxes: complete or abandon this basket first")]
    OtherTerms,
    /// No such line.
    #[error("there is no line {0} in the basket")]
    NoLine(u32),
    /// Voided before.
    #[error("line {0} is void already")]
    VoidAlready(u32),
    /// A line that is paid for cannot go.
    #[error("line {line} cannot be voided: {tendered} is tendered already; abandon the basket and give it back")]
    Tendered {
        /// The line.
        line: u32,
        /// What is tendered.
        tendered: Money,
    },
    /// Nothing in it.
    #[error("the basket is empty: scan something first")]
    Empty,
    /// A tender below its least amount.
    #[error("{0} cannot be tendered: the amount must be above zero")]
    NoAmount(Money),
    /// A tender beyond reason.
    #[error("{0} cannot be tendered: check the amount")]
    AmountTooHigh(Money),
    /// Cards pay exactly.
    #[error("{amount} is more than the {due} that is due: only cash gives change")]
    CardTooHigh {
        /// What was tendered.
        amount: Money,
        /// What is due.
        due: Money,
    },
    /// Not payable in coins.
    #[error("{amount} cannot be paid in cash: the smallest coin is {coin}")]
    Coin {
        /// What was tendered.
        amount: Money,
        /// The smallest coin.
        coin: Money,
    },
    /// Too many tenders.
    #[error("a sale has {TENDERS_MAX} tenders at most: pay the rest in one")]
    TooManyTenders,
    /// Nothing more can happen to it.
    #[error("the basket is paid: begin another")]
    Paid,
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// Tax cannot be calculated.
    #[error(transparent)]
    Tax(#[from] TaxError),
}

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
    /// Price of the line.
    pub amount_minor: i64,
    /// Code of its tax group.
    pub tax: String,
    /// Whether it was voided: it costs nothing then.
    #[serde(default)]
    pub void: bool,
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
    /// The lines as priced.
    pub lines_minor: i64,
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
}

impl Basket {
    /// An empty basket on the terms of `book`.
    pub fn new(book: &PriceBook) -> Basket {
        let (price_book, terms) = (book.version, book.terms.clone());
        Basket { price_book, terms, lines: Vec::new(), tenders: Vec::new(), settlement: None }
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

    /// Whether nothing happened in it yet.
    pub fn is_untouched(&self) -> bool {
        self.lines.is_empty() && self.tenders.is_empty()
    }

    /// Adds `quantity` of an item of `book`, and gives the line's number. The same piece again counts the last line up.
    pub fn add(&mut self, book: &PriceBook, item: &Item, quantity: Quantity) -> Result<u32, BasketError> {
        if self.terms != book.terms {
            return Err(BasketError::OtherTerms);
        }
        if item.sold_by == SoldBy::Piece && !quantity.is_whole() {
            let quantity = quantity.text(crate::money::DecimalMark::Point);
            return Err(BasketError::NotWhole { name: item.name.clone(), quantity });
        }
        let code = item.code();
        let rounding = self.terms.rounding;
        self.change(|lines| {
            if let Some(last) = lines.last_mut().filter(|last| !last.void && is_again(last, item, &code)) {
                let sum = last.quantity_milli.checked_add(quantity);
                last.quantity_milli = sum.map_err(|error| BasketError::Quantity { name: item.name.clone(), error })?;
                last.amount_minor = last.quantity_milli.price_minor(last.unit_price_minor, rounding)?;
                return Ok(last.line);
            }
            if lines.len() >= LINES_MAX {
                return Err(BasketError::Full);
            }
            let line = lines.len() as u32 + 1;
            lines.push(BasketLine {
                line,
                code,
                name: item.name.clone(),
                quantity_milli: quantity,
                sold_by: item.sold_by,
                unit_price_minor: item.price_minor,
                amount_minor: quantity.price_minor(item.price_minor, rounding)?,
                tax: item.tax.clone(),
                void: false,
            });
            Ok(line)
        })
    }

    /// Voids a line: it stays, marked, and costs nothing.
    pub fn void_line(&mut self, line: u32) -> Result<(), BasketError> {
        let mut changed = self.clone();
        changed.change(|lines| {
            let voided = lines.iter_mut().find(|other| other.line == line).ok_or(BasketError::NoLine(line))?;
            if voided.void {
                return Err(BasketError::VoidAlready(line));
            }
            voided.void = true;
            Ok(())
        })?;
        // What is due must stay above what is tendered: nothing but cash can be given back, and only on payment.
        if !changed.tenders.is_empty() && changed.due_minor()? <= 0 {
            let tendered = self.money(self.tendered_minor()?);
            return Err(BasketError::Tendered { line, tendered });
        }
        *self = changed;
        Ok(())
    }

    /// Changes the lines, when the outcome is within the bounds.
    fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Vec<BasketLine>) -> Result<T, BasketError>,
    ) -> Result<T, BasketError> {
        if self.settlement.is_some() {
            return Err(BasketError::Paid);
        }
        let mut lines = self.lines.clone();
        let value = change(&mut lines)?;
        if totals(&self.terms, &lines)?.total_minor > AMOUNT_MAX_MINOR {
            return Err(BasketError::TooMuch(self.money(AMOUNT_MAX_MINOR)));
        }
        self.lines = lines;
        Ok(value)
    }

    /// What it costs.
    pub fn totals(&self) -> Result<Totals, BasketError> {
        totals(&self.terms, &self.lines)
    }

    /// What is tendered so far.
    pub fn tendered_minor(&self) -> Result<i64, BasketError> {
        Ok(sum_minor(self.tenders.iter().map(Tender::amount_minor))?)
    }

    /// What is still to pay, before any rounding to coins; 0 once it is paid.
    pub fn due_minor(&self) -> Result<i64, BasketError> {
        if self.settlement.is_some() {
            return Ok(0);
        }
        let (total, tendered) = (self.totals()?.total_minor, self.tendered_minor()?);
        Ok(total.checked_sub(tendered).ok_or(MoneyError::Overflow)?)
    }

    /// What is still to pay in cash.
    pub fn cash_due_minor(&self) -> Result<i64, BasketError> {
        Ok(self.terms.rounding.to_step(self.due_minor()?, self.terms.cash_rounding_minor)?)
    }

    /// Takes a tender. When it covers what is due, the basket is paid: [`Basket::settlement`] says how.
    pub fn tender(&mut self, tender: Tender) -> Result<(), BasketError> {
        if self.settlement.is_some() {
            return Err(BasketError::Paid);
        }
        if self.lines.iter().all(|line| line.void) {
            return Err(BasketError::Empty);
        }
        if self.tenders.len() >= TENDERS_MAX {
            return Err(BasketError::TooManyTenders);
        }
        let amount_minor = tender.amount_minor();
        if amount_minor > AMOUNT_MAX_MINOR {
            return Err(BasketError::AmountTooHigh(self.money(amount_minor)));
        }
        let settlement =
            if tender.is_cash() { self.settle_cash(amount_minor)? } else { self.settle_card(amount_minor)? };
        self.tenders.push(tender);
        self.settlement = settlement;
        Ok(())
    }

    fn settle_cash(&self, amount_minor: i64) -> Result<Option<Settlement>, BasketError> {
        let (due, cash_due, coin) = (self.due_minor()?, self.cash_due_minor()?, self.terms.cash_rounding_minor);
        // A basket of free goods, or of less than half a coin, is paid by nothing.
        if amount_minor < 0 || (amount_minor == 0 && cash_due > 0) {
            return Err(BasketError::NoAmount(self.money(amount_minor)));
        }
        if amount_minor % coin != 0 {
            return Err(BasketError::Coin { amount: self.money(amount_minor), coin: self.money(coin) });
        }
        let paid = amount_minor >= cash_due;
        Ok(paid.then(|| Settlement { cash_rounding_minor: cash_due - due, change_minor: amount_minor - cash_due }))
    }

    fn settle_card(&self, amount_minor: i64) -> Result<Option<Settlement>, BasketError> {
        let due = self.due_minor()?;
        if amount_minor <= 0 {
            return Err(BasketError::NoAmount(self.money(amount_minor)));
        }
        if amount_minor > due {
            return Err(BasketError::CardTooHigh { amount: self.money(amount_minor), due: self.money(due) });
        }
        Ok((amount_minor == due).then_some(Settlement { cash_rounding_minor: 0, change_minor: 0 }))
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.terms.currency)
    }
}

fn is_again(last: &BasketLine, item: &Item, code: &str) -> bool {
    item.sold_by == SoldBy::Piece
        && last.sold_by == SoldBy::Piece
        && last.code == code
        && last.unit_price_minor == item.price_minor
        && last.tax == item.tax
}

fn totals(terms: &Terms, lines: &[BasketLine]) -> Result<Totals, BasketError> {
    let sold = || lines.iter().filter(|line| !line.void).map(|line| (line.tax.as_str(), line.amount_minor));
    let taxes = tax::rows(terms.tax_mode, terms.rounding, &terms.taxes, sold())?;
    let lines_minor = sum_minor(sold().map(|(_, amount)| amount))?;
    let total_minor = sum_minor(taxes.iter().map(|row| row.gross_minor))?;
    Ok(Totals { lines_minor, taxes, total_minor })
}

#[cfg(test)]
#[path = "basket_tests.rs"]
mod tests;

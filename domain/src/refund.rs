//! The refund: goods come back, money goes out, and the JSON body of its journal entry.
//!
//! With a receipt, each piece gives back what was really paid for it, after all that was taken off, with the tax that
//! it bore then; how much of each line came back before is remembered ([`Refunded`]), and never more than was sold does.
//! Without a receipt, goods are taken back at today's price, and a reason is needed. All amounts are what goes out, so
//! they are positive. Cash is rounded to coins for each refund by itself, as for each sale.

mod document;
mod draft;
mod refunded;
mod share;
#[cfg(test)]
mod tests;
mod void;

pub use draft::{RefundDraft, Returned};
pub use refunded::Refunded;
pub use void::{UnnumberedVoid, VoidedSale};

use crate::ids::{BusinessDay, TillId};
use crate::money::{Currency, Money, MoneyError, sum_minor};
use crate::quantity::{Quantity, QuantityError};
use crate::reason::Reason;
use crate::tax::{TaxError, TaxMode, TaxRow};
use crate::tender::AuthorisationReference;
use crate::voucher::VoucherNumber;
use serde::{Deserialize, Serialize};

/// Most ways in which one refund gives money back.
pub const GIVEN_BACK_MAX: usize = 20;

/// Why money is not given back. Nothing is changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefundError {
    /// Nothing comes back.
    #[error("nothing is to be refunded: choose what comes back")]
    Nothing,
    /// The receipt has no such line.
    #[error("receipt {receipt_number} has no line {line}: look at the receipt again")]
    NoLine {
        /// The receipt.
        receipt_number: u64,
        /// The line that was asked for.
        line: u32,
    },
    /// One line twice in one refund.
    #[error("line {0} is there twice: give its whole quantity once")]
    Twice(u32),
    /// More than is left.
    #[error("{asked} x {name} cannot come back: of {sold} sold, {before} came back before")]
    TooMany {
        /// The item.
        name: String,
        /// How much was asked for, in its unit.
        asked: String,
        /// How much was sold.
        sold: String,
        /// How much of it was refunded before.
        before: String,
        /// How much can still come back, in 1/1000.
        left_milli: i64,
    },
    /// Half a piece.
    #[error("{0} was sold by the piece: give a whole number")]
    NotWhole(String),
    /// The sale was voided.
    #[error("receipt {0} was voided: there is nothing left to refund")]
    Voided(u64),
    /// The sale cannot be voided any more.
    #[error("receipt {0} has refunds: refund what is left instead of voiding it")]
    HasRefunds(u64),
    /// Only the last sale is voided.
    #[error("receipt {asked} is not the last one ({last}): only the last sale can be voided, refund it instead")]
    NotLast {
        /// The receipt that was asked for.
        asked: u64,
        /// The last one of the till.
        last: u64,
    },
    /// Goods without a receipt.
    #[error("a refund without receipt needs a reason")]
    NoReason,
    /// Bought in another currency.
    #[error("it was paid in {paid}, the store now trades in {now}: ask head office for this refund")]
    OtherCurrency {
        /// That of the sale.
        paid: Currency,
        /// That of the price book.
        now: Currency,
    },
    /// Cash that is not what is due.
    #[error("{given} in cash does not settle the refund: {due} is due in cash")]
    Cash {
        /// What was to be given.
        given: Money,
        /// What is due, in coins.
        due: Money,
    },
    /// Too much or too little is given back.
    #[error("{given} is given back, {owed} is owed: correct the amounts")]
    Unsettled {
        /// What was to be given.
        given: Money,
        /// What is owed.
        owed: Money,
    },
    /// A void reverses each card payment on the terminal.
    #[error(
        "{cards} card payments are to be reversed, there are {references} references: reverse each on the terminal"
    )]
    References {
        /// How many payments.
        cards: usize,
        /// How many references.
        references: usize,
    },
    /// A body that does not follow from itself, or from its sale.
    #[error("the refund's {0}")]
    Form(&'static str),
    /// A quantity out of bounds.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// Tax cannot be calculated.
    #[error(transparent)]
    Tax(#[from] TaxError),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The sale that a refund is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Original {
    /// The till that sold.
    pub till: TillId,
    /// The receipt.
    pub receipt_number: u64,
}

impl Original {
    /// What the barcode on the receipt says: `R2-00000017`, the till's number in its store and the receipt's.
    pub fn barcode(&self) -> String {
        format!("R{}-{:08}", self.till.number, self.receipt_number)
    }

    /// The receipt of `here`'s store that a barcode names.
    pub fn of_barcode(text: &str, here: &TillId) -> Option<Original> {
        let (number, receipt_number) = text.trim().strip_prefix(['R', 'r'])?.split_once('-')?;
        let till = TillId { number: number.parse().ok().filter(|number| *number > 0)?, ..here.clone() };
        Some(Original { till, receipt_number: receipt_number.parse().ok()? })
    }
}

/// One line of a refund: `gross_minor = net_minor + tax_minor`, always.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundLine {
    /// Its number on the original receipt; without one they count from 1.
    pub line: u32,
    /// The item's GTIN of 14 digits, or its PLU.
    pub code: String,
    /// The item's name.
    pub name: String,
    /// How much comes back, in 1/1000.
    pub quantity_milli: Quantity,
    /// Without tax.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
    /// With tax.
    pub gross_minor: i64,
    /// Code of its tax group.
    pub tax: String,
}

/// One way in which money is given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GivenBack {
    /// Notes and coins.
    Cash {
        /// In minor units.
        amount_minor: i64,
    },
    /// To a card, by its own terminal.
    Card {
        /// In minor units.
        amount_minor: i64,
        /// What the terminal printed.
        reference: AuthorisationReference,
    },
    /// As a new gift voucher, printed with the refund.
    Voucher {
        /// Its value, in minor units.
        amount_minor: i64,
        /// Its number.
        number: VoucherNumber,
        /// The last day on which it is taken.
        last_day: BusinessDay,
    },
    /// Back onto the voucher that it was paid with; only when a sale is voided.
    Restored {
        /// In minor units.
        amount_minor: i64,
        /// The voucher's number.
        number: VoucherNumber,
    },
}

impl GivenBack {
    /// How much.
    pub fn amount_minor(&self) -> i64 {
        match self {
            GivenBack::Cash { amount_minor }
            | GivenBack::Card { amount_minor, .. }
            | GivenBack::Voucher { amount_minor, .. }
            | GivenBack::Restored { amount_minor, .. } => *amount_minor,
        }
    }

    /// Whether it is taken out of the drawer.
    pub fn is_cash(&self) -> bool {
        matches!(self, GivenBack::Cash { .. })
    }
}

/// A recorded refund. All amounts in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Consecutive at its till, in one row with those of sales.
    pub receipt_number: u64,
    /// What it refunds; none without a receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Original>,
    /// Of all amounts.
    pub currency: Currency,
    /// Whether prices held the tax.
    pub tax_mode: TaxMode,
    /// What came back.
    pub lines: Vec<RefundLine>,
    /// One row a tax group: the sums of the lines.
    pub taxes: Vec<TaxRow>,
    /// With tax, before cash rounding.
    pub total_minor: i64,
    /// What cash added, because there is no smaller coin.
    pub cash_rounding_minor: i64,
    /// How it was given back.
    pub given_back: Vec<GivenBack>,
    /// Why; always there without a receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Who did it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<String>,
}

/// A settled refund that waits for its receipt number, which the journal gives in the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnnumberedRefund(Refund);

impl UnnumberedRefund {
    /// The refund with its number, from 1.
    pub fn number(self, receipt_number: u64) -> Refund {
        Refund { receipt_number, ..self.0 }
    }
}

impl Refund {
    /// Whether everything in it follows from its lines, and it came out even.
    pub fn check(&self) -> Result<(), RefundError> {
        if self.receipt_number == 0 {
            return Err(RefundError::Form("receipt number is 0: they count from 1"));
        }
        if self.original.is_none() && self.reason.is_none() {
            return Err(RefundError::NoReason);
        }
        self.check_lines()?;
        self.check_taxes()?;
        check_settled(self.currency, self.total_minor, self.cash_rounding_minor, &self.given_back)
    }

    /// What the drawer's content went down by.
    pub fn cash_minor(&self) -> Result<i64, MoneyError> {
        cash_minor(&self.given_back)
    }

    fn check_lines(&self) -> Result<(), RefundError> {
        if self.lines.is_empty() {
            return Err(RefundError::Nothing);
        }
        let mut last = 0;
        for line in &self.lines {
            if line.line <= last {
                return Err(RefundError::Form("lines are not in the order of their numbers, from 1"));
            }
            last = line.line;
            if sum_minor([line.net_minor, line.tax_minor])? != line.gross_minor || line.gross_minor < 0 {
                return Err(RefundError::Form("lines have a gross amount that is not net and tax"));
            }
        }
        Ok(())
    }

    fn check_taxes(&self) -> Result<(), RefundError> {
        let wrong = Err(RefundError::Form("taxes do not follow from its lines"));
        for (index, row) in self.taxes.iter().enumerate() {
            let sum = |amount: fn(&RefundLine) -> i64| {
                sum_minor(self.lines.iter().filter(|line| line.tax == row.code).map(amount))
            };
            let sums = (sum(|line| line.net_minor)?, sum(|line| line.tax_minor)?, sum(|line| line.gross_minor)?);
            let parts = sum_minor(row.parts.iter().map(|part| part.tax_minor))?;
            let is_twice = self.taxes[..index].iter().any(|other| other.code == row.code);
            let parts_fit = row.parts.is_empty() || parts == row.tax_minor;
            if is_twice || !parts_fit || sums != (row.net_minor, row.tax_minor, row.gross_minor) {
                return wrong;
            }
        }
        if !self.lines.iter().all(|line| self.taxes.iter().any(|row| row.code == line.tax)) {
            return wrong;
        }
        if sum_minor(self.taxes.iter().map(|row| row.gross_minor))? != self.total_minor {
            return Err(RefundError::Form("total is not what its taxes' gross amounts give"));
        }
        Ok(())
    }
}

fn cash_minor(given_back: &[GivenBack]) -> Result<i64, MoneyError> {
    sum_minor(given_back.iter().filter(|back| back.is_cash()).map(GivenBack::amount_minor))
}

/// Total and cash rounding are what is given back, and only cash is rounded.
fn check_settled(
    currency: Currency,
    total_minor: i64,
    cash_rounding_minor: i64,
    given_back: &[GivenBack],
) -> Result<(), RefundError> {
    if given_back.len() > GIVEN_BACK_MAX || given_back.iter().any(|back| back.amount_minor() < 0) {
        return Err(RefundError::Form("amounts given back are too many, or one is below zero"));
    }
    if cash_rounding_minor != 0 && !given_back.iter().any(GivenBack::is_cash) {
        return Err(RefundError::Form("cash rounding has no cash"));
    }
    let owed = sum_minor([total_minor, cash_rounding_minor])?;
    let given = sum_minor(given_back.iter().map(GivenBack::amount_minor))?;
    let money = |minor| Money::new(minor, currency);
    if owed == given { Ok(()) } else { Err(RefundError::Unsettled { given: money(given), owed: money(owed) }) }
}

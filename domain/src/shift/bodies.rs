//! The JSON bodies of the entries that a shift leaves in the journal. All amounts in minor units of `currency`.

use super::{ShiftError, denominations};
use crate::money::{Currency, MoneyError};
use crate::reason::Reason;
use serde::{Deserialize, Serialize};

/// A shift began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftOpened {
    /// Consecutive at its till, from 1.
    pub shift: u64,
    /// Of all amounts of the shift.
    pub currency: Currency,
    /// What was counted into the drawer.
    pub float_minor: i64,
    /// Who opened it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<String>,
}

/// Which way cash went, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Into the drawer: change from the bank.
    PaidIn,
    /// Out of it, for a bill: the window cleaner.
    PaidOut,
    /// Out of it, to the safe.
    PickUp,
}

/// Cash came or went without goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashMovement {
    /// The shift it belongs to.
    pub shift: u64,
    /// Which way.
    pub direction: Direction,
    /// Of the amount.
    pub currency: Currency,
    /// How much; above zero.
    pub amount_minor: i64,
    /// What for.
    pub reason: Reason,
    /// Who did it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<String>,
}

impl CashMovement {
    /// By how much the drawer's content grew.
    pub fn cash_minor(&self) -> Result<i64, MoneyError> {
        match self.direction {
            Direction::PaidIn => Ok(self.amount_minor),
            Direction::PaidOut | Direction::PickUp => self.amount_minor.checked_neg().ok_or(MoneyError::Overflow),
        }
    }

    /// Whether its amount is one.
    pub fn check(&self) -> Result<(), ShiftError> {
        if self.amount_minor > 0 { Ok(()) } else { Err(ShiftError::Form("cash movement is not above zero")) }
    }
}

/// The drawer was opened without a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoSale {
    /// Why.
    pub reason: Reason,
    /// Who did it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<String>,
}

/// How many of one note or coin were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// What one is worth.
    pub value_minor: i64,
    /// How many.
    pub pieces: u32,
}

/// A shift ended: the drawer was counted blind, and emptied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftClosed {
    /// The shift.
    pub shift: u64,
    /// Of all amounts.
    pub currency: Currency,
    /// What it began with.
    pub float_minor: i64,
    /// Notes and coins.
    pub count: Vec<Counted>,
    /// What they give.
    pub counted_minor: i64,
    /// What the entries give.
    pub expected_minor: i64,
    /// Counted less expected: above zero is over, below is short.
    pub over_short_minor: i64,
    /// Who opened it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<String>,
    /// Who closed it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<String>,
}

impl ShiftClosed {
    /// Whether its sums follow from its count.
    pub fn check(&self) -> Result<(), ShiftError> {
        let counted = denominations::sum(self.currency, &self.count)?;
        let over_short = counted.checked_sub(self.expected_minor).ok_or(MoneyError::Overflow)?;
        let same = counted == self.counted_minor && over_short == self.over_short_minor;
        if same { Ok(()) } else { Err(ShiftError::Form("sums do not follow from its count")) }
    }
}

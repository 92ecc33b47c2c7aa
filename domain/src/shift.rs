//! The cash of one shift: what the drawer held at first, what came and went, what was counted at the end.
//!
//! ```text
//! Closed --open(float)--> Open --close(count)--> Closed
//!                         Open: sales, refunds, paid-in, paid-out, pick-ups
//! expected = float + cash of sales - cash of refunds and voids + paid in - paid out - picked up
//! over (+) or short (-) = counted - expected
//! ```
//! The verbs check and give the body of the entry; the state moves when the entry is recorded and [`Shift::add`] sees
//! it, so that a restart finds the same state from the journal. The count is blind: who counts is not told what is
//! expected, and no refusal names it.

mod bodies;
mod denominations;
mod slip;
#[cfg(test)]
mod tests;

pub use bodies::{CashMovement, Counted, Direction, NoSale, ShiftClosed, ShiftOpened};
pub use denominations::denominations;

use crate::basket::AMOUNT_MAX_MINOR;
use crate::event::Event;
use crate::money::{Currency, Money, MoneyError};
use crate::reason::Reason;
use serde::{Deserialize, Serialize};

/// Why a shift refuses. It is unchanged then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShiftError {
    /// Not opened yet.
    #[error("no shift is open: open one and count the float into the drawer")]
    NotOpen,
    /// Opened before.
    #[error("shift {0} is open: close it before another is opened")]
    Open(u64),
    /// Below zero or beyond reason.
    #[error("{0} is no amount for the drawer: check it")]
    Amount(Money),
    /// More goes out than can be in it. The amount that is in it is not named: the count is blind.
    #[error("there cannot be {0} in the drawer: check the amount")]
    NotThere(Money),
    /// No such note or coin.
    #[error("there is no note or coin of {0}: count by what is printed on them")]
    Denomination(Money),
    /// A note or coin twice, or too many of it.
    #[error("{0} is counted twice or too often: give each note and coin once")]
    Pieces(Money),
    /// A body that does not follow from itself.
    #[error("the shift's {0}")]
    Form(&'static str),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The shift of a till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Shift {
    /// Nobody's drawer.
    Closed {
        /// Number of the last shift; 0 before the first.
        last: u64,
    },
    /// Somebody's.
    Open(OpenShift),
}

/// What an open shift knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenShift {
    /// Consecutive at its till, from 1.
    pub number: u64,
    /// Of all amounts.
    pub currency: Currency,
    /// What the drawer held at first.
    pub float_minor: i64,
    /// What came in, less what went out, since then.
    pub flow_minor: i64,
    /// Who opened it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<String>,
}

impl OpenShift {
    /// What the drawer should hold.
    pub fn expected_minor(&self) -> Result<i64, MoneyError> {
        self.float_minor.checked_add(self.flow_minor).ok_or(MoneyError::Overflow)
    }
}

impl Default for Shift {
    fn default() -> Shift {
        Shift::Closed { last: 0 }
    }
}

impl Shift {
    /// The open shift.
    pub fn open_shift(&self) -> Result<&OpenShift, ShiftError> {
        match self {
            Shift::Open(open) => Ok(open),
            Shift::Closed { .. } => Err(ShiftError::NotOpen),
        }
    }

    /// Opens the next shift with `float_minor` in the drawer.
    pub fn open(
        &self,
        currency: Currency,
        float_minor: i64,
        cashier: Option<String>,
    ) -> Result<ShiftOpened, ShiftError> {
        match self {
            Shift::Open(open) => Err(ShiftError::Open(open.number)),
            Shift::Closed { .. } if !(0..=AMOUNT_MAX_MINOR).contains(&float_minor) => {
                Err(ShiftError::Amount(Money::new(float_minor, currency)))
            }
            Shift::Closed { last } => Ok(ShiftOpened { shift: last.saturating_add(1), currency, float_minor, cashier }),
        }
    }

    /// Cash comes or goes without goods.
    pub fn movement(
        &self,
        direction: Direction,
        amount_minor: i64,
        reason: Reason,
        cashier: Option<String>,
    ) -> Result<CashMovement, ShiftError> {
        let open = self.open_shift()?;
        let amount = Money::new(amount_minor, open.currency);
        if !(1..=AMOUNT_MAX_MINOR).contains(&amount_minor) {
            return Err(ShiftError::Amount(amount));
        }
        if direction != Direction::PaidIn && amount_minor > open.expected_minor()? {
            return Err(ShiftError::NotThere(amount));
        }
        let (shift, currency) = (open.number, open.currency);
        Ok(CashMovement { shift, direction, currency, amount_minor, reason, cashier })
    }

    /// Closes the shift with what was counted, note by note and coin by coin.
    pub fn close(&self, count: &[Counted], cashier: Option<String>) -> Result<ShiftClosed, ShiftError> {
        let open = self.open_shift()?;
        let counted_minor = denominations::sum(open.currency, count)?;
        let expected_minor = open.expected_minor()?;
        Ok(ShiftClosed {
            shift: open.number,
            currency: open.currency,
            float_minor: open.float_minor,
            count: count.iter().filter(|counted| counted.pieces > 0).copied().collect(),
            counted_minor,
            expected_minor,
            over_short_minor: counted_minor.checked_sub(expected_minor).ok_or(MoneyError::Overflow)?,
            opened_by: open.cashier.clone(),
            cashier,
        })
    }

    /// Moves on by what was recorded. Cash outside a shift, or in another currency, moves nothing.
    pub fn add(&mut self, event: &Event) -> Result<(), MoneyError> {
        match event {
            Event::ShiftOpened(ShiftOpened { shift, currency, float_minor, cashier }) => {
                let (number, currency, float_minor) = (*shift, *currency, *float_minor);
                let cashier = cashier.clone();
                *self = Shift::Open(OpenShift { number, currency, float_minor, flow_minor: 0, cashier });
            }
            Event::ShiftClosed(closed) => *self = Shift::Closed { last: closed.shift },
            _ => {
                let growth_minor = event.cash_minor()?;
                if let Shift::Open(open) = self {
                    open.flow_minor = open.flow_minor.checked_add(growth_minor).ok_or(MoneyError::Overflow)?;
                }
            }
        }
        Ok(())
    }
}

//! Why the counter did not do what was asked. The basket is as it was then.

use crate::journal::JournalError;
use evertill_domain::barcode::{BarcodeError, Code};
use evertill_domain::basket::BasketError;
use evertill_domain::quantity::QuantityError;
use evertill_domain::sale::SaleError;

/// Why a verb failed.
#[derive(Debug, thiserror::Error)]
pub enum CounterError {
    /// The disk: nothing was recorded, or whether it was is found out before the next verb.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The shop's rules.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What the shop's rules refuse, in words for the cashier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is known of items and prices.
    #[error("there is no price book yet: connect the till to head office, which brings it")]
    NoPriceBook,
    /// Misread or mistyped.
    #[error(transparent)]
    Code(#[from] BarcodeError),
    /// The number before the `*` is none.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// Not in the price book.
    #[error("no item has the code {0}: check the label, or look the item up")]
    UnknownItem(Code),
    /// Sold by weight, and no weight was given.
    #[error("{name} is sold by weight: enter the weight before its code, as 0.532*{code}")]
    NoWeight {
        /// The item.
        name: String,
        /// How it was named.
        code: String,
    },
    /// The basket refuses.
    #[error(transparent)]
    Basket(#[from] BasketError),
    /// The paid basket makes no sale.
    #[error(transparent)]
    Sale(#[from] SaleError),
}

impl From<BasketError> for CounterError {
    fn from(error: BasketError) -> CounterError {
        CounterError::Refused(error.into())
    }
}

//! Why a basket refuses, in the words that the cashier reads.

use super::{LINES_MAX, QUANTITY_MAX_WHOLE, TENDERS_MAX};
use crate::age::BirthDateError;
use crate::money::{Money, MoneyError};
use crate::quantity::QuantityError;
use crate::tax::TaxError;

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
    /// More than anybody buys of one thing: most likely something else was typed.
    #[error("{quantity} x {name} is more than the {QUANTITY_MAX_WHOLE} of one line: was a code typed as the quantity?")]
    Absurd {
        /// The item.
        name: String,
        /// The quantity that was asked for.
        quantity: String,
    },
    /// Weighed goods without a weight.
    #[error("{0} is sold by weight: weigh it first")]
    NoWeight(String),
    /// What a label says of one piece is not multiplied.
    #[error("{0}: its own label or number says how much it is: scan each one, or void the line")]
    FixedQuantity(String),
    /// A piece cannot be bought twice.
    #[error("this piece of {name} is in the basket already, as line {line}: scan another")]
    SerialAgain {
        /// The item.
        name: String,
        /// Where it is.
        line: u32,
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
    /// What is tendered already would be more than the total.
    #[error("this would leave nothing to pay, and {0} is tendered already: give it back and abandon the basket")]
    BelowTendered(Money),
    /// Nothing can be taken off a price that is fixed.
    #[error("nothing can be taken off {0}: its price is fixed")]
    FixedPrice(String),
    /// Nothing, or more than all.
    #[error("a discount is an amount above zero, or a percentage above 0 and up to 100: correct it")]
    NoDiscount,
    /// More than there is.
    #[error("{off} cannot be taken off {from}: nothing costs less than nothing")]
    TooMuchOff {
        /// What was to be taken off.
        off: Money,
        /// Of what.
        from: Money,
    },
    /// There is none to take back.
    #[error("there is no discount to take back")]
    NoSuchDiscount,
    /// Nobody may sell it yet.
    #[error("{name} is for customers of {years} years and older: ask for the birth date first")]
    Age {
        /// The item with the highest age.
        name: String,
        /// That age.
        years: u8,
    },
    /// The customer is too young.
    #[error("the customer is {age} and must be {years} to buy {name}: void the line")]
    TooYoung {
        /// How old the customer is.
        age: u8,
        /// How old they must be.
        years: u8,
        /// For what.
        name: String,
    },
    /// No such birth date.
    #[error(transparent)]
    BirthDate(#[from] BirthDateError),
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

//! Why the counter did not do what was asked. The basket is as it was then.

use super::ScaleTrouble;
use crate::journal::JournalError;
use evertill_domain::basket::BasketError;
use evertill_domain::catalogue::ScanError;
use evertill_domain::lockout::Locked;
use evertill_domain::money::{Money, MoneyError};
use evertill_domain::quantity::QuantityError;
use evertill_domain::refund::RefundError;
use evertill_domain::report::ReportError;
use evertill_domain::role;
use evertill_domain::sale::SaleError;
use evertill_domain::shift::ShiftError;
use evertill_domain::tender::ReferenceError;
use evertill_domain::voucher::{NumberError, VoucherError};

/// Why a verb failed.
#[derive(Debug, thiserror::Error)]
pub enum CounterError {
    /// The disk: nothing was recorded, or whether it was is found out before the next verb.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The shop's rules.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The act ended before its outcome was known.
    #[error("the act broke off: whether it was recorded is not known; repeat it with the same key")]
    BrokeOff,
}

/// What the shop's rules refuse, in words for the cashier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is known of items and prices.
    #[error("there is no price book yet: connect the till to head office, which brings it")]
    NoPriceBook,
    /// Misread, unknown, expired or recalled.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The number before the `*` is none.
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// The basket refuses.
    #[error(transparent)]
    Basket(#[from] BasketError),
    /// The paid basket makes no sale.
    #[error(transparent)]
    Sale(#[from] SaleError),
    /// Nobody answers for what is done.
    #[error("nobody is signed on: enter your number and PIN")]
    NobodySignedOn,
    /// The PIN is wrong, or nobody has the number; which of both is not said.
    #[error("number or PIN is wrong: {tries_left} more tries before a pause")]
    WrongPin {
        /// How many more wrong ones there may be.
        tries_left: u32,
    },
    /// Too many wrong PINs.
    #[error(transparent)]
    Locked(#[from] Locked),
    /// The role does not allow it.
    #[error(transparent)]
    Role(#[from] role::Refusal),
    /// The shift refuses.
    #[error(transparent)]
    Shift(#[from] ShiftError),
    /// The report refuses.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The refund is none.
    #[error(transparent)]
    Refund(#[from] RefundError),
    /// A refund or a void has a receipt number, too.
    #[error("receipt {0} is of a refund or a voided sale: nothing was sold with it")]
    NotASale(u64),
    /// No till of the store has such a receipt.
    #[error("there is no receipt {0} in this store: look at its number again")]
    NoReceipt(String),
    /// Another till's, and head office cannot be asked.
    #[error("receipt {0} is another till's, and head office does not answer: try later, or refund without receipt")]
    ReceiptAway(String),
    /// Somebody's goods are on the counter.
    #[error("a basket is open: complete, suspend or abandon it first")]
    BasketOpen,
    /// Customers are expected back.
    #[error("{0} suspended baskets wait: complete or abandon them before the day is closed")]
    BasketsWait(usize),
    /// No such basket.
    #[error("basket {0} does not wait any more: look at the list again")]
    NoneWaits(i64),
    /// A payment would wait with it.
    #[error("a part of the basket is paid: complete it, or abandon it and give the money back")]
    TenderedWaits,
    /// Too many baskets wait.
    #[error("too many baskets wait: complete or abandon one first")]
    TooManyWait,
    /// A discount that was allowed comes to more of what is left.
    #[error("{off} off {from} is more than was allowed: take the discount back, or have it allowed again")]
    DiscountGrew {
        /// What is taken off.
        off: Money,
        /// Of what.
        from: Money,
    },
    /// The text is no voucher's number.
    #[error(transparent)]
    VoucherNumber(NumberError),
    /// The voucher is not sold, taken or given.
    #[error(transparent)]
    Voucher(#[from] VoucherError),
    /// The price book has no rule for vouchers.
    #[error("this store sells no gift vouchers: head office says in the price book how long they are valid")]
    NoVouchers,
    /// No random number.
    #[error("the system gives no random number: restart the till")]
    NoRandom,
    /// The card terminal's reference is none.
    #[error(transparent)]
    Reference(ReferenceError),
    /// What was typed is no day.
    #[error("this is no day: enter day, month and year as on the customer's paper")]
    NoBirthDate,
    /// The clock's word is no date.
    #[error("the till's clock says no date: set it")]
    NoDate,
    /// There is no weight.
    #[error(transparent)]
    Scale(#[from] ScaleTrouble),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl From<BasketError> for CounterError {
    fn from(error: BasketError) -> CounterError {
        CounterError::Refused(error.into())
    }
}

//! The counter: what a cashier does, one verb a file.
//!
//! Problem: a double click, a lost answer or a power cut at any instruction must neither lose nor double a scan or a sale.
//! Method: one basket behind one lock; every verb carries a key minted by its caller; a change is on the disk before it is
//! answered; a sale is one commit that also ends the basket. What memory holds is trusted only while the outcome of the
//! last write is known; otherwise the journal is read again. Paper and drawer are commands in the answer, never done here.
//!
//! | room | what |
//! |---|---|
//! | [`desk`] | [`Counter`]: the basket, its lock, its keys, and how it is kept |
//! | [`scan`], [`change_line`], [`void_line`], [`age`], [`tender`], [`voucher`], [`abandon`], [`suspend`], [`reprint`] | the verbs of a basket |
//! | [`weigh`] | what lies on the scale |
//! | [`elsewhere`] | what other tills know of a receipt |
//! | [`refund`], [`drawer`], [`reports`] | money that goes out, the cash of a shift, the day's totals |
//! | [`sign_on`], [`permit`], [`pin`] | who does it, and whether they may |
//! | [`record`] | one act that is one entry |
//! | [`ledger`] | the running totals: a fold over the journal |
//! | [`reply`] | what is answered |
//! | [`error`] | why not |

mod abandon;
mod age;
mod change_line;
mod desk;
mod drawer;
mod elsewhere;
mod error;
mod ledger;
mod permit;
mod pin;
mod record;
mod refund;
mod reply;
mod reports;
mod reprint;
mod scan;
mod sign_on;
mod suspend;
mod tender;
mod void_line;
mod voucher;
mod weigh;

#[cfg(test)]
mod day_tests;
#[cfg(test)]
mod elsewhere_tests;
#[cfg(test)]
mod random_day_tests;
#[cfg(test)]
mod tests;

pub use desk::{Books, Counter, KEYS_MAX};
pub use elsewhere::Elsewhere;
pub use error::{CounterError, Refusal};
pub use permit::Permission;
pub use pin::Credentials;
pub use refund::{Back, Goods, Refundable};
pub use reply::{
    BasketView, CashierView, CounterReply, DeviceCommand, LineView, RecordedView, SaleView, SuspendedView,
};
pub use suspend::SUSPENDED_MAX;
pub use weigh::{Scale, ScaleTrouble, Weight};

/// A key for an act of the counter's own.
fn new_key() -> evertill_domain::ids::IdempotencyKey {
    uuid::Uuid::now_v7().to_string().parse().expect("a UUID is a valid key")
}

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
//! | [`scan`], [`void_line`], [`tender`], [`abandon`], [`reprint`] | the verbs |
//! | [`reply`] | what is answered |
//! | [`error`] | why not |

mod abandon;
mod desk;
mod error;
mod reply;
mod reprint;
mod scan;
mod tender;
mod void_line;

#[cfg(test)]
mod tests;

pub use abandon::VOID_SALE;
pub use desk::{Books, Counter, KEYS_MAX};
pub use error::{CounterError, Refusal};
pub use reply::{BasketView, CounterReply, DeviceCommand, LineView, SaleView};

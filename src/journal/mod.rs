//! The journal: one SQLite file that holds every sale before paper moves or the drawer opens.
//!
//! Problem: a till loses power at any instruction, its disk lies or fills up, and no sale that the cashier saw
//! confirmed may be lost, doubled or renumbered. Method: one writer, one commit a business event (`append`),
//! WAL with `synchronous=FULL`, a hash chain over what was written, and a failed commit treated as an unknown
//! outcome (`writer`). Reads go to a second, read-only connection, so that they never stand in a sale's way.
//!
//! | room | what |
//! |---|---|
//! | [`schema`] | opening the file: pragmas, migrations |
//! | [`lock`] | one agent a journal |
//! | [`tail`] | the bounded check on start |
//! | [`damaged`] | setting a damaged file aside, and saving what can be read of it |
//! | [`writer`] | the one writer, and what a failed commit means |
//! | [`append`] | the commit of one event |
//! | [`keep`] | what is kept beside the entries: basket, price book, print jobs, watermarks |
//! | [`books`] | the price book's file beside it |
//! | [`query`] | reading |
//! | [`verify`] | the full check, for `till journal verify` |
//! | [`export`] | every entry, for `till journal export` |
//! | [`handle`] | [`Journal`], the way in for everyone else |

mod append;
mod books;
mod damaged;
mod error;
mod export;
mod handle;
mod keep;
mod lock;
mod query;
mod schema;
mod tail;
mod types;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use error::JournalError;
pub use export::export;
pub use handle::Journal;
pub use types::{
    Appended, Copied, Draft, EpochHead, JobState, Opened, Options, PrintJob, PrintOutcome, Record, Suspended,
};
pub use verify::{Finding, Report, verify};

/// Name of the journal in the data folder.
pub const JOURNAL_FILE: &str = "journal.db";

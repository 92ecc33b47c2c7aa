//! What goes into the journal and what comes out.

use super::{Journal, JournalError};
use ed25519_dalek::SigningKey;
use evertill_domain::chain::Head;
use evertill_domain::entry::Entry;
use evertill_domain::ids::{BusinessDay, Epoch, Kind, TillId, Timestamp};
use evertill_domain::sale::UnnumberedSale;
use std::path::PathBuf;

/// How to open a journal.
#[derive(Clone)]
pub struct Options {
    /// The database file; its folder must exist.
    pub path: PathBuf,
    /// Whose journal it is.
    pub till: TillId,
    /// The till's key, which signs every entry.
    pub key: SigningKey,
    /// The clock's word for the entries that opening may write.
    pub at: Timestamp,
    /// The trading day of those entries.
    pub business_day: BusinessDay,
}

/// An opened journal and what was noticed on the way.
pub struct Opened {
    /// The journal.
    pub journal: Journal,
    /// Where a damaged journal was set aside, and what was wrong with it.
    pub damaged: Option<(PathBuf, String)>,
}

/// One event to be recorded.
pub struct Draft {
    /// The clock's word.
    pub at: Timestamp,
    /// The trading day it belongs to.
    pub business_day: BusinessDay,
    /// What happened.
    pub record: Record,
}

/// What happened.
pub enum Record {
    /// A paid sale. It gets its receipt number, its projection and its print job, and closes the open basket, in one
    /// commit.
    Sale(Box<UnnumberedSale>),
    /// Anything without a projection.
    Plain {
        /// Its kind.
        kind: Kind,
        /// Its JSON text.
        body: String,
    },
}

/// What an append left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The entry.
    pub entry: Entry,
    /// Its receipt number, when it is a sale.
    pub receipt_number: Option<u64>,
    /// Its print job, when it is a sale.
    pub print_job: Option<i64>,
    /// Whether the key was known: nothing was written, this is the first result.
    pub repeated: bool,
}

/// Where the current epoch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochHead {
    /// The epoch.
    pub epoch: Epoch,
    /// Its last entry.
    pub head: Head,
}

/// How the last print job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintOutcome {
    /// The receipt.
    pub receipt_number: u64,
    /// Printed, failed or unknown.
    pub state: JobState,
    /// Why, unless it was printed.
    pub detail: String,
}

/// What is known of a print job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Not begun.
    Pending,
    /// Begun: bytes may have left.
    Printing,
    /// The printer confirmed it.
    Printed,
    /// Nothing came out, and why is known.
    Failed,
    /// Whether it came out is not known; only a person can say.
    Unknown,
}

impl JobState {
    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            JobState::Pending => "pending",
            JobState::Printing => "printing",
            JobState::Printed => "printed",
            JobState::Failed => "failed",
            JobState::Unknown => "unknown",
        }
    }

    pub(super) fn parse(text: &str) -> Result<JobState, JournalError> {
        let all = [JobState::Pending, JobState::Printing, JobState::Printed, JobState::Failed, JobState::Unknown];
        all.into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| JournalError::Damaged { detail: format!("a print job has the state '{text}'") })
    }
}

/// One receipt that the printer owes or owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintJob {
    /// Its number.
    pub id: i64,
    /// The receipt.
    pub receipt_number: u64,
    /// Whether it is a reprint, which says COPY.
    pub copy: bool,
    /// What is known of it.
    pub state: JobState,
    /// Why, in one sentence; empty when all is well.
    pub detail: String,
    /// The sale's entry.
    pub sale: Entry,
}

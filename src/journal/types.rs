//! What goes into the journal and what comes out.

use super::{Journal, JournalError};
use ed25519_dalek::SigningKey;
use evertill_domain::chain::Head;
use evertill_domain::entry::Entry;
use evertill_domain::ids::{BusinessDay, Epoch, Kind, TillId, Timestamp};
use evertill_domain::refund::{UnnumberedRefund, UnnumberedVoid};
use evertill_domain::role::Override;
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
    /// Who allowed what the cashier's role does not: an entry of its own before the event's, in the same commit.
    pub allowed: Option<Override>,
    /// What happened.
    pub record: Record,
}

impl Draft {
    /// An event that needed nobody's permission.
    pub fn new(at: Timestamp, business_day: BusinessDay, record: Record) -> Draft {
        Draft { at, business_day, allowed: None, record }
    }
}

/// What happened.
pub enum Record {
    /// A paid sale. It gets its receipt number, its projection and its print job, and closes the open basket, in one
    /// commit.
    Sale(Box<UnnumberedSale>),
    /// A refund, with its receipt number, projections and print job.
    Refund(Box<UnnumberedRefund>),
    /// The last sale taken back, with its receipt number, projections and print job.
    VoidSale(Box<UnnumberedVoid>),
    /// Anything without a receipt number.
    Plain {
        /// Its kind.
        kind: Kind,
        /// Its JSON text.
        body: String,
        /// Whether it is printed.
        prints: bool,
    },
}

impl Record {
    /// An event of `kind`, one of [`Kind`]'s constants, that leaves no paper.
    pub fn plain(kind: &str, body: String) -> Record {
        Record::Plain { kind: kind.parse().expect("kinds of this program are valid"), body, prints: false }
    }

    /// The same with paper.
    pub fn printed(kind: &str, body: String) -> Record {
        Record::Plain { kind: kind.parse().expect("kinds of this program are valid"), body, prints: true }
    }
}

/// What is printed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// The receipt of a sale, a refund or a voided sale, by its number.
    Receipt(u64),
    /// A Z report, by its number.
    ZReport(u64),
    /// Whatever paper this print job was for, by the job's number.
    Job(i64),
}

/// A basket that waits for its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspended {
    /// Its number.
    pub id: i64,
    /// Since when.
    pub at: Timestamp,
    /// The basket as JSON.
    pub basket: String,
}

/// What an append left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The entry.
    pub entry: Entry,
    /// Its receipt number, when it has one.
    pub receipt_number: Option<u64>,
    /// Its print job, when it has paper and nobody began it.
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
    /// The job's number.
    pub job: i64,
    /// The receipt's number, where the paper has one.
    pub receipt_number: Option<u64>,
    /// The kind of the entry that it prints.
    pub kind: Kind,
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
    /// The printer confirmed it, or a person saw it.
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

/// One paper that the printer owes or owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintJob {
    /// Its number.
    pub id: i64,
    /// The receipt's number, where the paper has one.
    pub receipt_number: Option<u64>,
    /// Whether it is a reprint, which says COPY.
    pub copy: bool,
    /// What is known of it.
    pub state: JobState,
    /// Why, in one sentence; empty when all is well.
    pub detail: String,
    /// The entry that it prints.
    pub entry: Entry,
}

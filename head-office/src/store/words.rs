//! The words in which the service speaks to its store.

use bytes::Bytes;
use evertill_domain::chain::Head;
use evertill_domain::entry::{Entry, Hash};
use evertill_domain::ids::{Epoch, StoreId, TillId};
use evertill_domain::publication::Claim;

/// So many versions of a publication are kept, the newest: those from which a till may be led on.
pub const VERSIONS_KEPT: i64 = 5;

/// Why the store could not do its work.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The disk or the server said no.
    #[error("the database failed: {0}: look at its log, and at its disk's room and health")]
    Failed(String),
    /// A newer version of head office changed the schema.
    #[error("{path}: the database has schema version {found}, this program knows {known}: run the newer program")]
    NewerSchema {
        /// The database.
        path: String,
        /// Its version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// Something is not as it was written.
    #[error("the database is damaged: {0}: run `head-office verify`")]
    Damaged(String),
    /// The store has stopped.
    #[error("the store has stopped")]
    Closed,
}

/// One till's entries, checked as one chain by [`crate::batch`].
#[derive(Debug)]
pub struct Batch {
    /// The till, as its request's signature says.
    pub till: TillId,
    /// Its public key.
    pub public_key: [u8; 32],
    /// The epoch of all entries.
    pub epoch: Epoch,
    /// The entries, consecutive.
    pub entries: Vec<Entry>,
    /// A signed entry behind them that continues another chain.
    pub branch: Option<Box<Entry>>,
    /// Highest receipt number in the entries.
    pub receipt_number: u64,
    /// Head office's clock, RFC 3339 in UTC.
    pub at: String,
}

/// An entry that is kept as bytes.
#[derive(Debug)]
pub struct Aside {
    /// The till, as its request's signature says.
    pub till: TillId,
    /// Its public key.
    pub public_key: [u8; 32],
    /// Its epoch.
    pub epoch: Epoch,
    /// Its number, at most [`crate::limits::SEQ_MAX`].
    pub seq: u64,
    /// Hash of the entry before it.
    pub prev: Hash,
    /// Its hash, which the next entry names.
    pub hash: Hash,
    /// Why it was refused.
    pub reason: String,
    /// The bytes that came.
    pub bytes: Vec<u8>,
    /// Its business day, when the bytes still tell it.
    pub business_day: Option<String>,
    /// Its receipt number, 0 when the bytes tell none.
    pub receipt_number: u64,
    /// Head office's clock, RFC 3339 in UTC.
    pub at: String,
}

/// What became of a batch or of an entry set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All of it is here.
    Taken(Head),
    /// Numbers are missing before it.
    Gap(Head),
    /// It contradicts what is here from number `seq` on; the contradiction is recorded.
    Fork {
        /// Where the chain stands here.
        head: Head,
        /// The number.
        seq: u64,
    },
    /// The epoch was begun with another key.
    OtherKey,
    /// This epoch has more entries beside the chain than are kept.
    TooMany(Head),
}

/// Where a till stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The head of the epoch that was asked for, [`Head::START`] when nothing is here.
    pub head: Head,
    /// Highest receipt number over all epochs.
    pub receipt_number: u64,
}

/// A till's heartbeat.
#[derive(Debug)]
pub struct Beat {
    /// The till.
    pub till: TillId,
    /// Its epoch.
    pub epoch: Epoch,
    /// Its last number.
    pub head: u64,
    /// The heartbeat as JSON.
    pub body: String,
    /// Head office's clock, RFC 3339 in UTC.
    pub at: String,
}

/// Something that an operator did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Head office's clock, RFC 3339 in UTC.
    pub at: String,
    /// The operator's name, as it was given.
    pub who: String,
    /// What: `signed_on`, `refused`, `signed_off`, `published`.
    pub what: String,
    /// The rest, for people.
    pub detail: String,
}

impl AuditLine {
    /// What `who` did just now.
    pub fn now(who: &str, what: &str, detail: String) -> AuditLine {
        let text = |text: &str| text.replace('\0', ""); // no column of text takes it
        AuditLine { at: crate::clock::now(), who: text(who), what: text(what), detail: text(&detail) }
    }
}

/// Something published, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// What its signature says that it is.
    pub claim: Claim,
    /// The hash of its bytes.
    pub sha256: Hash,
    /// The minisign signature, as text.
    pub signature: String,
    /// How many bytes it has.
    pub length: u64,
    /// When it came, by head office's clock, RFC 3339 in UTC.
    pub at: String,
    /// The operator who brought it.
    pub who: String,
}

impl Published {
    /// The store that a claim is for, as the database has it.
    pub(super) fn store_column(claim: &Claim) -> &str {
        claim.store.as_ref().map_or("*", StoreId::as_str)
    }
}

/// Something published.
#[derive(Debug, Clone)]
pub struct Publication {
    /// What it is.
    pub published: Published,
    /// Its bytes, as they were signed.
    pub bytes: Bytes,
}

/// What became of a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is here now.
    Taken,
    /// It was here already.
    Known,
    /// Something else is here under the same version.
    Differs,
    /// A newer version of the subject is here.
    Behind {
        /// The newest.
        newest: u64,
    },
}

impl Accepted {
    /// Whether it is written; a known one with its new signature, after the region changed its key.
    pub(super) fn is_kept(self) -> bool {
        matches!(self, Accepted::Taken | Accepted::Known)
    }
}

/// What `head-office verify` found of one epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// The till.
    pub till: String,
    /// The epoch.
    pub epoch: String,
    /// Where the chain stands, as far as it is whole.
    pub head: Head,
    /// Entries kept as bytes in the chain.
    pub set_aside: u64,
    /// Entries of other branches.
    pub forks: u64,
    /// What is wrong, or nothing.
    pub broken: Option<String>,
}

//! What can go wrong with the journal.

use evertill_domain::ids::IdempotencyKey;
use std::path::PathBuf;

/// Why the journal did not do what was asked. Nothing was written unless a variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another agent has the journal open.
    #[error("the journal {path} is in use by process {pid}: stop that agent first, or give this one another data_dir")]
    Locked {
        /// The journal.
        path: PathBuf,
        /// The other process, as it wrote its name into the lock file.
        pid: String,
    },
    /// The folder or file cannot be used.
    #[error("cannot open the journal {path}: {detail}")]
    Open {
        /// The journal.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// The file belongs to another till, or was signed with another key.
    #[error(
        "the journal {path} belongs to {found}, not to {expected}: check `till` and the key file in till.toml's data_dir"
    )]
    OtherTill {
        /// The journal.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose it should be.
        expected: String,
    },
    /// Written by a newer agent.
    #[error("the journal {path} has schema {found}, this agent knows up to {known}: install the newer agent again")]
    NewerSchema {
        /// The journal.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest that this agent knows.
        known: i64,
    },
    /// SQLITE_FULL or SQLITE_IOERR: nothing was recorded. Both mean no room or a bad disk.
    #[error("the disk is full or failing, nothing was recorded: free some space or change the disk ({detail})")]
    Disk {
        /// What SQLite said.
        detail: String,
    },
    /// The file contradicts itself.
    #[error("the journal is damaged: {detail}; run `till journal verify`")]
    Damaged {
        /// What was found.
        detail: String,
    },
    /// The key was used for another act before.
    #[error("the idempotency key {key} was used for another act before: mint a new one for each act")]
    KeyReused {
        /// The key.
        key: IdempotencyKey,
    },
    /// The sale could not be given its number.
    #[error("the sale cannot be recorded: {detail}")]
    Sale {
        /// What is wrong with it.
        detail: String,
    },
    /// No such sale, print job or epoch.
    #[error("there is no {what} in this journal")]
    Missing {
        /// What was looked for.
        what: String,
    },
    /// SQLite refused for another reason.
    #[error("the journal refused: {0}")]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> JournalError {
        use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase, SystemIoFailure};
        match error.sqlite_error_code() {
            Some(DiskFull | SystemIoFailure) => JournalError::Disk { detail: error.to_string() },
            Some(DatabaseCorrupt | NotADatabase) => JournalError::Damaged { detail: error.to_string() },
            _ => JournalError::Sqlite(error),
        }
    }
}

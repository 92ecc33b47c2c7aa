//! The writer: the only place that changes the journal, and the judge of a failed commit.
//!
//! A failed COMMIT is an unknown outcome: after an fsync error SQLite's connection and the reopened file may disagree
//! about the last event. So the writer never trusts the connection after one: it drops it, opens the file again,
//! reads where the chain stands, and the caller's key is looked up there before anybody is answered.

use super::lock::Lock;
use super::query::{self, EpochRow};
use super::{EpochHead, JournalError, Options, schema};
use evertill_domain::chain::Head;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::sync::Arc;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Mutex, watch};

/// A `T` that one caller at a time works with, on the caller's own thread: a thread of its own costs two wake-ups, which
/// were a fifth of a sale's commit. Whoever waits is served in order.
pub(super) struct Exclusive<T> {
    owned: Arc<Mutex<T>>,
}

impl<T> Clone for Exclusive<T> {
    fn clone(&self) -> Exclusive<T> {
        Exclusive { owned: self.owned.clone() }
    }
}

impl<T: Send> Exclusive<T> {
    pub(super) fn new(owned: T) -> Exclusive<T> {
        Exclusive { owned: Arc::new(Mutex::new(owned)) }
    }

    /// Runs `job`, to its end once it has begun: a caller who stops waiting stops before it or not at all.
    pub(super) async fn call<R>(
        &self,
        job: impl FnOnce(&mut T) -> Result<R, JournalError> + Send,
    ) -> Result<R, JournalError> {
        let mut owned = self.owned.lock().await;
        let run = || job(&mut owned);
        match Handle::current().runtime_flavor() {
            // The other tasks of this thread move on to another one meanwhile.
            RuntimeFlavor::MultiThread => tokio::task::block_in_place(run),
            _ => run(),
        }
    }
}

/// Owns the writing connection and knows where the chain stands.
pub(super) struct Writer {
    pub(super) options: Options,
    /// `None` after a failed commit, until the file was opened again.
    connection: Option<Connection>,
    pub(super) epoch: EpochRow,
    pub(super) head: Head,
    pub(super) last_receipt_number: u64,
    heads: watch::Sender<EpochHead>,
    #[cfg(test)]
    pub(super) commit_fault: Option<CommitFault>,
    _lock: Lock,
}

/// What a test lets go wrong at the next commit.
#[cfg(test)]
#[derive(Debug, Clone, Copy)]
pub(super) enum CommitFault {
    /// The commit reaches the disk, and the connection says that it failed.
    AfterTheDisk,
    /// The commit fails, and nothing is on the disk.
    BeforeTheDisk,
}

impl Writer {
    pub(super) fn new(options: Options, connection: Connection, lock: Lock) -> Result<Writer, JournalError> {
        let (epoch, head, last_receipt_number) = position(&connection)?;
        let (heads, _) = watch::channel(EpochHead { epoch: epoch.epoch, head });
        Ok(Writer {
            options,
            connection: Some(connection),
            epoch,
            head,
            last_receipt_number,
            heads,
            #[cfg(test)]
            commit_fault: None,
            _lock: lock,
        })
    }

    pub(super) fn heads(&self) -> watch::Receiver<EpochHead> {
        self.heads.subscribe()
    }

    /// The connection; opens the file again if the last commit failed.
    pub(super) fn connection(&mut self) -> Result<&mut Connection, JournalError> {
        if self.connection.is_none() {
            let connection = schema::open_for_writing(&self.options.path)?;
            (self.epoch, self.head, self.last_receipt_number) = position(&connection)?;
            self.connection = Some(connection);
            self.announce();
        }
        Ok(self.connection.as_mut().expect("it was opened just above"))
    }

    /// Runs `work` in one commit. On any failure of the commit itself the outcome is unknown: the file is opened
    /// again, and the caller has to look there.
    pub(super) fn commit<R>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<R, JournalError>,
    ) -> Result<R, CommitError> {
        #[cfg(test)]
        let fault = self.commit_fault.take();
        let connection = self.connection().map_err(CommitError::NotWritten)?;
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| CommitError::NotWritten(error.into()))?;
        let result = work(&transaction).map_err(CommitError::NotWritten)?;
        #[cfg(test)]
        if matches!(fault, Some(CommitFault::BeforeTheDisk)) {
            drop(transaction);
            self.connection = None;
            return Err(CommitError::Unknown(JournalError::Disk { detail: "test".to_owned() }));
        }
        let committed = transaction.commit();
        #[cfg(test)]
        let committed = match fault {
            Some(CommitFault::AfterTheDisk) => committed.and(Err(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_FSYNC),
                None,
            ))),
            _ => committed,
        };
        committed.map_err(|error| {
            tracing::error!(%error, "a commit failed: its outcome is unknown, the journal is opened again");
            self.connection = None;
            CommitError::Unknown(error.into())
        })?;
        Ok(result)
    }

    /// Tells everyone who waits for new entries where the chain stands.
    pub(super) fn announce(&self) {
        self.heads.send_replace(EpochHead { epoch: self.epoch.epoch, head: self.head });
    }
}

/// How a commit ended when it did not end well.
pub(super) enum CommitError {
    /// Nothing was written.
    NotWritten(JournalError),
    /// It may or may not be on the disk.
    Unknown(JournalError),
}

impl From<CommitError> for JournalError {
    fn from(error: CommitError) -> JournalError {
        match error {
            CommitError::NotWritten(error) | CommitError::Unknown(error) => error,
        }
    }
}

/// Where the journal stands: the current epoch, its head, the last receipt number.
fn position(connection: &Connection) -> Result<(EpochRow, Head, u64), JournalError> {
    let epoch = query::epoch_rows(connection)?
        .pop()
        .ok_or_else(|| JournalError::Damaged { detail: "there is no epoch".to_owned() })?;
    let head = query::head_of(connection, epoch.ordinal)?;
    Ok((epoch, head, query::last_receipt_number(connection)?))
}

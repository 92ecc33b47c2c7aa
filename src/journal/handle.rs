//! The way into the journal for everyone else: cheap to clone, every call asynchronous.

use super::writer::{Exclusive, Writer};
use super::{
    Appended, Copied, Draft, EpochHead, JobState, JournalError, Opened, Options, PrintJob, PrintOutcome, Suspended,
    append, books, damaged, keep, lock, query, schema, tail,
};
use evertill_domain::chain::Head;
use evertill_domain::entry::Entry;
use evertill_domain::ids::{BusinessDay, Epoch, IdempotencyKey, Location, Timestamp};
use evertill_domain::refund::Original;
use rusqlite::Connection;
use std::path::PathBuf;
use tokio::sync::watch;

/// The till's journal.
#[derive(Clone)]
pub struct Journal {
    pub(super) writer: Exclusive<Writer>,
    reader: Exclusive<Connection>,
    /// The database's file.
    path: PathBuf,
    heads: watch::Receiver<EpochHead>,
}

impl Journal {
    /// Opens the journal, or makes it. Blocks; checks the tail of the chain, sets a damaged file aside, and marks the
    /// print jobs that a crash cut off as unknown.
    pub fn open(options: Options) -> Result<Opened, JournalError> {
        let lock = lock::acquire(&options.path)?;
        let (connection, damaged) = match tail::open_checked(&options) {
            Ok(connection) => (connection, None),
            Err(JournalError::Damaged { detail }) => {
                let (connection, aside) = damaged::set_aside(&options, &detail)?;
                (connection, Some((aside, detail)))
            }
            Err(error) => return Err(error),
        };
        let reader = schema::open_for_reading(&options.path)?;
        let (at, day) = (options.at.clone(), options.business_day.clone());
        let path = options.path.clone();
        let mut writer = Writer::new(options, connection, lock)?;
        for job in query::print_jobs(writer.connection()?, JobState::Printing)? {
            let detail = "the till stopped while it was printing";
            keep::set_print_job(&mut writer, job.id, JobState::Unknown, detail, at.clone(), day.clone())?;
        }
        let heads = writer.heads();
        let (writer, reader) = (Exclusive::new(writer), Exclusive::new(reader));
        Ok(Opened { journal: Journal { writer, reader, path, heads }, damaged })
    }

    /// Where the current epoch stands; changes at every append.
    pub fn heads(&self) -> watch::Receiver<EpochHead> {
        self.heads.clone()
    }

    /// Records one event, once for `key`: the same key gets the first result again. What is returned is on the disk.
    pub async fn append(&self, key: IdempotencyKey, draft: Draft) -> Result<Appended, JournalError> {
        self.writer.call(move |writer| append::append(writer, &key, draft)).await
    }

    /// What the act with this key left behind, if it was recorded. Asks the writer: a cashier does not wait for a batch that
    /// is read for sending.
    pub async fn find(&self, key: &IdempotencyKey) -> Result<Option<Appended>, JournalError> {
        let key = key.clone();
        let found = self.writer.call(move |writer| query::by_key(writer.connection()?, &key)).await?;
        Ok(found.map(|(entry, receipt_number, print_job)| Appended {
            entry,
            receipt_number,
            print_job,
            repeated: true,
        }))
    }

    /// All epochs with their heads, oldest first; the last is the current one.
    pub async fn epochs(&self) -> Result<Vec<EpochHead>, JournalError> {
        self.reader.call(|connection| query::epochs(connection)).await
    }

    /// Entries of `epoch` behind `after_seq`, in order: at most `max_entries`, and no more than `max_bytes` of bodies
    /// but for a first one that is larger.
    pub async fn entries(
        &self,
        epoch: Epoch,
        after_seq: u64,
        max_entries: usize,
        max_bytes: usize,
    ) -> Result<Vec<Entry>, JournalError> {
        self.reader.call(move |connection| query::entries(connection, epoch, after_seq, max_entries, max_bytes)).await
    }

    /// Up to where `location` has `epoch`; [`Head::START`] when it has nothing.
    pub async fn watermark(&self, location: &Location, epoch: Epoch) -> Result<Head, JournalError> {
        let location = location.clone();
        self.reader.call(move |connection| query::watermark(connection, &location, epoch)).await
    }

    /// Remembers that `location` has `epoch` up to `head`. Never goes back.
    pub async fn set_watermark(&self, location: &Location, epoch: Epoch, head: Head) -> Result<(), JournalError> {
        let location = location.clone();
        self.writer.call(move |writer| keep::set_watermark(writer, &location, epoch, head)).await
    }

    /// Begins a new epoch, because a fork was found. Receipt numbers go on above `receipt_number_at_least`.
    pub async fn begin_epoch(
        &self,
        reason: &str,
        receipt_number_at_least: u64,
        at: Timestamp,
        day: BusinessDay,
    ) -> Result<Epoch, JournalError> {
        let reason = reason.to_owned();
        let begin = move |writer: &mut Writer| append::begin_epoch(writer, &reason, receipt_number_at_least, at, day);
        self.writer.call(begin).await
    }

    /// The open basket, as it was saved last.
    pub async fn basket(&self) -> Result<Option<String>, JournalError> {
        self.reader.call(|connection| query::basket(connection)).await
    }

    /// Saves the open basket; `None` when there is none any more.
    pub async fn save_basket(&self, json: Option<String>) -> Result<(), JournalError> {
        self.writer.call(move |writer| keep::save_basket(writer, json.as_deref())).await
    }

    /// The price book in force.
    pub async fn price_book(&self) -> Result<Option<String>, JournalError> {
        let row = self.reader.call(|connection| query::price_book(connection)).await?;
        let path = self.path.clone();
        let read = move || row.and_then(|(version, hash)| books::read(&path, version, &hash));
        Ok(tokio::task::spawn_blocking(read).await.unwrap_or_default())
    }

    /// Stores a price book, with the entry that says so.
    pub async fn save_price_book(
        &self,
        version: u64,
        json: String,
        at: Timestamp,
        day: BusinessDay,
    ) -> Result<(), JournalError> {
        let path = self.path.clone();
        // Its bytes first, and without the writer: no sale waits for them.
        let write = move || books::write(&path, version, &json);
        let hash = tokio::task::spawn_blocking(write)
            .await
            .map_err(|error| JournalError::Disk { detail: error.to_string() })??;
        self.writer.call(move |writer| keep::save_price_book(writer, version, hash, at, day)).await?;
        let path = self.path.clone();
        // What is left over is no harm, so nobody waits for it.
        tokio::task::spawn_blocking(move || books::forget_others(&path, version));
        Ok(())
    }

    /// The list of cashiers in force, as JSON; `None` while the price book's counts.
    pub async fn cashiers(&self) -> Result<Option<String>, JournalError> {
        self.reader.call(|connection| query::cashiers(connection)).await
    }

    /// Stores a list of cashiers, with the entry that says so.
    pub async fn save_cashiers(
        &self,
        version: u64,
        json: String,
        at: Timestamp,
        day: BusinessDay,
    ) -> Result<(), JournalError> {
        self.writer.call(move |writer| keep::save_cashiers(writer, version, &json, at, day)).await
    }

    /// The oldest print jobs in `state`, at most 200. Printed ones are done with: they are not listed.
    pub async fn print_jobs(&self, state: JobState) -> Result<Vec<PrintJob>, JournalError> {
        self.reader.call(move |connection| query::print_jobs(connection, state)).await
    }

    /// How many receipts are not printed yet, the one being printed included.
    pub async fn receipts_waiting(&self) -> Result<u64, JournalError> {
        self.reader.call(|connection| query::receipts_waiting(connection)).await
    }

    /// How the newest print job ended that has ended.
    pub async fn last_print_outcome(&self) -> Result<Option<PrintOutcome>, JournalError> {
        self.reader.call(|connection| query::last_print_outcome(connection)).await
    }

    /// Changes a print job's state; an outcome becomes an entry too.
    pub async fn set_print_job(
        &self,
        id: i64,
        state: JobState,
        detail: &str,
        at: Timestamp,
        day: BusinessDay,
    ) -> Result<(), JournalError> {
        let detail = detail.to_owned();
        self.writer.call(move |writer| keep::set_print_job(writer, id, state, &detail, at, day)).await
    }

    /// Queues a reprint that says COPY, once for `key`, with the entry that says so.
    pub async fn request_copy(
        &self,
        key: IdempotencyKey,
        copied: Copied,
        at: Timestamp,
        day: BusinessDay,
    ) -> Result<PrintJob, JournalError> {
        self.writer.call(move |writer| keep::request_copy(writer, &key, copied, at, day)).await
    }

    /// The sale, refund or voided sale with this receipt number.
    pub async fn receipt(&self, receipt_number: u64) -> Result<Option<Entry>, JournalError> {
        self.reader.call(move |connection| query::receipt(connection, receipt_number)).await
    }

    /// The refunds and voids that name the sale `original`, oldest first.
    pub async fn returns_of(&self, original: Original) -> Result<Vec<Entry>, JournalError> {
        self.reader.call(move |connection| query::returns_of(connection, &original)).await
    }

    /// The highest receipt number that is used or must not be used again, 0 when there is none.
    pub async fn last_receipt_number(&self) -> Result<u64, JournalError> {
        self.reader.call(|connection| query::last_receipt_number(connection)).await
    }

    /// How the newest print job of a receipt stands; `None` when it has none.
    pub async fn paper_of(&self, receipt_number: u64) -> Result<Option<JobState>, JournalError> {
        self.reader.call(move |connection| query::paper_of(connection, receipt_number)).await
    }

    /// The newest `most` entries that have receipts, the newest first.
    pub async fn last_receipts(&self, most: usize) -> Result<Vec<Entry>, JournalError> {
        self.reader.call(move |connection| query::last_receipts(connection, most)).await
    }

    /// The entries that closed the last `most` days, the newest first.
    pub async fn closed_days(&self, most: usize) -> Result<Vec<Entry>, JournalError> {
        self.reader.call(move |connection| query::closed_days(connection, most)).await
    }

    /// Baskets that wait for their customers, oldest first.
    pub async fn suspended(&self) -> Result<Vec<Suspended>, JournalError> {
        self.reader.call(|connection| query::suspended(connection)).await
    }

    /// Puts the open basket aside as `basket` and gives its number.
    pub async fn suspend(&self, at: Timestamp, basket: String) -> Result<i64, JournalError> {
        self.writer.call(move |writer| keep::suspend(writer, &at, &basket)).await
    }

    /// Takes basket `id` from those that wait and saves `open` as the open one.
    pub async fn recall(&self, id: i64, open: String) -> Result<(), JournalError> {
        self.writer.call(move |writer| keep::recall(writer, id, &open)).await
    }

    /// What the counter keeps under `name`.
    pub async fn kept(&self, name: &'static str) -> Result<Option<String>, JournalError> {
        self.reader.call(move |connection| query::kept(connection, name)).await
    }

    /// Keeps `json` under `name`; `None` forgets it.
    pub async fn keep(&self, name: &'static str, json: Option<String>) -> Result<(), JournalError> {
        self.writer.call(move |writer| keep::keep(writer, name, json.as_deref())).await
    }
}

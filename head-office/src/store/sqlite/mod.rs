//! The store on SQLite: one writer thread that commits many tills' batches at once, and a few readers beside it.

mod audit;
mod facts;
mod fleet;
mod published;
mod reader;
mod receipts;
mod rows;
mod schema;
mod verify;
mod write;
mod writer;

use super::{Accepted, Aside, AuditLine, Batch, Beat, Outcome, Publication, Published, Standing, StoreError};
use crate::completeness::TillFacts;
use crate::fleet::TillState;
use bytes::Bytes;
use evertill_domain::entry::Entry;
use evertill_domain::ids::{BusinessDay, Epoch, StoreId, TillId};
use evertill_domain::publication::Claim;
use reader::Readers;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use writer::Writer;

pub use facts::store_facts;
pub use schema::{SCHEMA, open_for_reading};
pub use verify::verify;

/// The handle; clones share the writer and the readers.
#[derive(Debug, Clone)]
pub struct Sqlite {
    path: Arc<PathBuf>,
    writer: Writer,
    readers: Arc<Readers>,
}

impl Sqlite {
    /// Opens the database at `path`, creating it and its folder, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`] when the disk refuses or a newer program owns the file.
    pub fn open(path: &Path) -> Result<Sqlite, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| StoreError::Failed(format!("{}: {error}", folder.display())))?;
        }
        let writer = Writer::start(path)?;
        Ok(Sqlite { path: Arc::new(path.to_owned()), writer, readers: Arc::new(Readers::new(path)) })
    }

    /// Takes a batch in. What is in the answer is durable.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn take(&self, batch: Batch) -> Result<Outcome, StoreError> {
        self.writer.run(move |transaction| write::take(transaction, &batch)).await
    }

    /// Keeps an entry as bytes.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn set_aside(&self, aside: Aside) -> Result<Outcome, StoreError> {
        self.writer.run(move |transaction| write::set_aside(transaction, &aside)).await
    }

    /// Remembers what a till says of itself.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn heartbeat(&self, beat: Beat) -> Result<(), StoreError> {
        self.writer.run(move |transaction| write::heartbeat(transaction, &beat)).await
    }

    /// Notes what an operator did.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn note(&self, line: AuditLine) -> Result<(), StoreError> {
        self.writer.run(move |transaction| audit::note(transaction, &line)).await
    }

    /// The newest `lines_max` things that operators did, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn audit(&self, lines_max: u32) -> Result<Vec<AuditLine>, StoreError> {
        self.readers.run(move |connection| audit::newest(connection, lines_max)).await
    }

    /// Keeps something published, unless it contradicts what is here.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn publish(&self, publication: Publication) -> Result<Accepted, StoreError> {
        self.writer.run(move |transaction| published::publish(transaction, &publication)).await
    }

    /// Everything published that is kept, without its bytes.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn published(&self) -> Result<Vec<Published>, StoreError> {
        self.readers.run(published::list).await
    }

    /// The bytes of what was published under `claim`, if it is still kept.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn published_bytes(&self, claim: &Claim) -> Result<Option<Bytes>, StoreError> {
        let claim = claim.to_string();
        self.readers.run(move |connection| published::bytes(connection, &claim)).await
    }

    /// Whether the store can write. After a failure this tries, so that a healed disk is noticed without traffic.
    ///
    /// # Errors
    /// What the disk says.
    pub async fn ready(&self) -> Result<(), StoreError> {
        if self.writer.is_healthy() {
            return Ok(());
        }
        self.writer.run(write::probe).await
    }

    /// Where a till stands.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn standing(&self, till: &TillId, epoch: Epoch) -> Result<Standing, StoreError> {
        let till = till.to_string();
        self.readers.run(move |connection| rows::standing(connection, &till, epoch)).await
    }

    /// What is here of a store's tills for a business day; `registered` are tills that may never have spoken.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn store_facts(
        &self,
        registered: Vec<TillId>,
        region_store: (String, StoreId),
        day: BusinessDay,
    ) -> Result<Vec<TillFacts>, StoreError> {
        let (region, store) = region_store;
        self.readers.run(move |connection| store_facts(connection, &registered, &region, &store, &day)).await
    }

    /// What is known of every till; `registered` are tills that may never have spoken.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn fleet(&self, registered: Vec<TillId>) -> Result<Vec<TillState>, StoreError> {
        self.readers.run(move |connection| fleet::fleet(connection, &registered)).await
    }

    /// The sale with a receipt number of `till`, and every refund and void of it that is here, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn receipt(&self, till: &TillId, receipt_number: u64) -> Result<Vec<Entry>, StoreError> {
        let till = till.to_string();
        self.readers.run(move |connection| receipts::known(connection, &till, receipt_number)).await
    }

    /// Finishes what waits and closes the file; every later call fails.
    pub async fn close(&self) {
        self.readers.close();
        self.writer.close().await;
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

//! The store on PostgreSQL, and on what speaks its protocol: many instances of the service on one database.
//!
//! | room | what |
//! |---|---|
//! | [`connect`], [`error`], [`transaction`] | connections, what the server says, one transaction tried again |
//! | [`schema`] | migrations under load |
//! | [`gather`], [`take`] | many tills' batches in one commit |
//! | [`beside`] | what is written beside the chains |
//! | [`published`] | what was published |
//! | [`read`], [`facts`], [`verify`], [`rows`] | what is asked |

mod beside;
mod connect;
mod error;
mod facts;
mod gather;
mod published;
mod read;
mod rows;
pub mod schema;
mod take;
mod transaction;
mod verify;

use super::OpenError;
use super::{
    Accepted, Aside, AuditLine, Batch, Beat, ChainReport, Outcome, Publication, Published, Standing, StoreError,
};
use crate::completeness::TillFacts;
use crate::config::{ConfigError, PostgresConfig};
use crate::fleet::TillState;
use beside::{Note, Probe};
use bytes::Bytes;
use connect::connection;
use deadpool_postgres::Pool;
use evertill_domain::entry::Entry;
use evertill_domain::ids::{BusinessDay, Epoch, StoreId, TillId};
use evertill_domain::publication::Claim;
use gather::Gather;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use transaction::{Work, commit};

/// Whether the database takes anything is asked no more often than this; balancers ask every instance every few seconds.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// What the database said when it was last asked.
#[derive(Debug)]
struct Probed {
    at: Instant,
    said: Result<(), StoreError>,
}

/// The handle; clones share the connections.
#[derive(Debug, Clone)]
pub struct Postgres {
    pool: Pool,
    gather: Gather,
    probed: Arc<Mutex<Option<Probed>>>,
}

impl Postgres {
    /// Connects, and brings the schema up to date.
    ///
    /// # Errors
    /// [`OpenError`] when the database is not reached, refuses, or is a newer program's.
    pub async fn open(config: &PostgresConfig) -> Result<Postgres, OpenError> {
        let store = Postgres::connect(config)?;
        schema::migrate(&mut *connection(&store.pool).await?, &config.name, schema::MIGRATIONS).await?;
        Ok(store)
    }

    /// The same beside a running service: the schema stays as it is. Nothing is connected before something is asked.
    ///
    /// # Errors
    /// [`ConfigError`] for a file that the configuration names.
    pub fn connect(config: &PostgresConfig) -> Result<Postgres, ConfigError> {
        let pool = connect::pool(config)?;
        Ok(Postgres { gather: Gather::start(pool.clone()), pool, probed: Arc::default() })
    }

    /// Takes a batch in. What is in the answer is durable.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn take(&self, batch: Batch) -> Result<Outcome, StoreError> {
        self.gather.take(batch).await
    }

    /// Keeps an entry as bytes.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn set_aside(&self, aside: Aside) -> Result<Outcome, StoreError> {
        self.write(aside).await
    }

    /// Remembers what a till says of itself.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn heartbeat(&self, beat: Beat) -> Result<(), StoreError> {
        self.write(beat).await
    }

    /// Notes what an operator did.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn note(&self, line: AuditLine) -> Result<(), StoreError> {
        self.write(Note::of(line)?).await
    }

    /// Keeps something published, unless it contradicts what is here.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn publish(&self, publication: Publication) -> Result<Accepted, StoreError> {
        self.write(publication).await
    }

    /// Everything published that is kept, without its bytes.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn published(&self) -> Result<Vec<Published>, StoreError> {
        Ok(published::list(&connection(&self.pool).await?).await?)
    }

    /// The bytes of what was published under `claim`, if it is still kept.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn published_bytes(&self, claim: &Claim) -> Result<Option<Bytes>, StoreError> {
        Ok(published::bytes(&connection(&self.pool).await?, &claim.to_string()).await?)
    }

    async fn write<W: Work>(&self, work: W) -> Result<W::Answer, StoreError> {
        Ok(commit(&self.pool, &work).await?)
    }

    /// The newest `lines_max` things that operators did, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn audit(&self, lines_max: u32) -> Result<Vec<AuditLine>, StoreError> {
        Ok(read::audit(&connection(&self.pool).await?, lines_max).await?)
    }

    /// Whether the database takes what it is given: it is written to, so that one that is full, or only to be read, says so.
    ///
    /// # Errors
    /// What it says.
    pub async fn ready(&self) -> Result<(), StoreError> {
        let mut probed = self.probed.lock().await;
        if let Some(Probed { said, .. }) = probed.as_ref().filter(|probed| probed.at.elapsed() < PROBE_EVERY) {
            return said.clone();
        }
        let said = commit(&self.pool, &Probe).await.map_err(StoreError::from);
        *probed = Some(Probed { at: Instant::now(), said: said.clone() });
        said
    }

    /// Where a till stands.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn standing(&self, till: &TillId, epoch: Epoch) -> Result<Standing, StoreError> {
        Ok(read::standing(&connection(&self.pool).await?, &till.to_string(), epoch).await?)
    }

    /// What is here of a store's tills for a business day; `registered` are tills that may never have spoken.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn store_facts(
        &self,
        registered: &[TillId],
        region: &str,
        store: &StoreId,
        day: &BusinessDay,
    ) -> Result<Vec<TillFacts>, StoreError> {
        let client = connection(&self.pool).await?;
        Ok(facts::store_facts(&client, registered, region, store, day).await?)
    }

    /// What is known of every till; `registered` are tills that may never have spoken.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn fleet(&self, registered: &[TillId]) -> Result<Vec<TillState>, StoreError> {
        Ok(read::fleet(&connection(&self.pool).await?, registered).await?)
    }

    /// The sale with a receipt number of `till`, and every refund and void of it that is here, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn receipt(&self, till: &TillId, receipt_number: u64) -> Result<Vec<Entry>, StoreError> {
        Ok(read::receipt(&connection(&self.pool).await?, &till.to_string(), receipt_number).await?)
    }

    /// Checks every chain from its start and tells `each` one's result as it comes. True when all are whole.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read; a broken chain is no error, but a report.
    pub async fn verify(&self, each: &mut dyn FnMut(&ChainReport)) -> Result<bool, StoreError> {
        Ok(verify::verify(&mut *connection(&self.pool).await?, each).await?)
    }

    /// Finishes what waits and closes the connections; every later call fails.
    pub async fn close(&self) {
        self.gather.close().await;
        self.pool.close();
    }
}

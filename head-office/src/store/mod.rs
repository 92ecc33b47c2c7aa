//! Where entries are kept. The rest of the service speaks to [`Store`] in the words of this file: asynchronous, about
//! tills and heads, never about a database.
//!
//! | room | what |
//! |---|---|
//! | [`words`] | what goes in and what comes out |
//! | [`verdict`], [`walk`], [`numbered`] | the rules that are the same on every engine |
//! | [`sqlite`] | in a file of the instance: for the demo and for small chains |
//! | [`postgres`] | on a server that many instances share |
//!
//! Everything written is durable when its function returns; an error means that the outcome is unknown, and the till,
//! which resends until it hears a yes, settles it.

mod numbered;
pub mod postgres;
pub mod sqlite;
mod verdict;
mod walk;
mod words;

use crate::completeness::TillFacts;
use crate::config::{Config, ConfigError};
use crate::fleet::TillState;
use bytes::Bytes;
use evertill_domain::entry::Entry;
use evertill_domain::ids::{BusinessDay, Epoch, StoreId, TillId};
use evertill_domain::publication::Claim;
use postgres::Postgres;
use sqlite::Sqlite;
pub use words::{
    Accepted, Aside, AuditLine, Batch, Beat, ChainReport, Outcome, Publication, Published, Standing, StoreError,
};

/// The handle on the engine that the configuration names; clones share it.
#[derive(Debug, Clone)]
pub enum Store {
    /// A file of the instance.
    Sqlite(Sqlite),
    /// A server.
    Postgres(Postgres),
}

impl Store {
    /// Opens what `config` names, and brings its schema up to date.
    ///
    /// # Errors
    /// [`OpenError`] when the disk or the server refuses, or a newer program owns it.
    pub async fn open(config: &Config) -> Result<Store, OpenError> {
        Ok(match &config.postgres {
            Some(postgres) => Store::Postgres(Postgres::open(postgres).await?),
            None => Store::Sqlite(Sqlite::open(&config.database())?),
        })
    }

    /// The engine and the number of migrations that this program knows, as `postgresql-2`.
    pub fn schema(&self) -> String {
        match self {
            Store::Sqlite(_) => format!("sqlite-{}", sqlite::SCHEMA),
            Store::Postgres(_) => format!("postgresql-{}", postgres::schema::MIGRATIONS.len()),
        }
    }

    /// Takes a batch in. What is in the answer is durable.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn take(&self, batch: Batch) -> Result<Outcome, StoreError> {
        match self {
            Store::Sqlite(store) => store.take(batch).await,
            Store::Postgres(store) => store.take(batch).await,
        }
    }

    /// Keeps an entry as bytes.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn set_aside(&self, aside: Aside) -> Result<Outcome, StoreError> {
        match self {
            Store::Sqlite(store) => store.set_aside(aside).await,
            Store::Postgres(store) => store.set_aside(aside).await,
        }
    }

    /// Remembers what a till says of itself.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn heartbeat(&self, beat: Beat) -> Result<(), StoreError> {
        match self {
            Store::Sqlite(store) => store.heartbeat(beat).await,
            Store::Postgres(store) => store.heartbeat(beat).await,
        }
    }

    /// Notes what an operator did.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn note(&self, line: AuditLine) -> Result<(), StoreError> {
        match self {
            Store::Sqlite(store) => store.note(line).await,
            Store::Postgres(store) => store.note(line).await,
        }
    }

    /// The newest `lines_max` things that operators did, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn audit(&self, lines_max: u32) -> Result<Vec<AuditLine>, StoreError> {
        match self {
            Store::Sqlite(store) => store.audit(lines_max).await,
            Store::Postgres(store) => store.audit(lines_max).await,
        }
    }

    /// Keeps something published, unless it contradicts what is here.
    ///
    /// # Errors
    /// [`StoreError`]: the outcome is unknown.
    pub async fn publish(&self, publication: Publication) -> Result<Accepted, StoreError> {
        match self {
            Store::Sqlite(store) => store.publish(publication).await,
            Store::Postgres(store) => store.publish(publication).await,
        }
    }

    /// Everything published that is kept, without its bytes.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn published(&self) -> Result<Vec<Published>, StoreError> {
        match self {
            Store::Sqlite(store) => store.published().await,
            Store::Postgres(store) => store.published().await,
        }
    }

    /// The bytes of what was published under `claim`, if it is still kept.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub async fn published_bytes(&self, claim: &Claim) -> Result<Option<Bytes>, StoreError> {
        match self {
            Store::Sqlite(store) => store.published_bytes(claim).await,
            Store::Postgres(store) => store.published_bytes(claim).await,
        }
    }

    /// Whether the store can write. After a failure this tries, so that a healed one is noticed without traffic.
    ///
    /// # Errors
    /// What it says.
    pub async fn ready(&self) -> Result<(), StoreError> {
        match self {
            Store::Sqlite(store) => store.ready().await,
            Store::Postgres(store) => store.ready().await,
        }
    }

    /// Where a till stands.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn standing(&self, till: &TillId, epoch: Epoch) -> Result<Standing, StoreError> {
        match self {
            Store::Sqlite(store) => store.standing(till, epoch).await,
            Store::Postgres(store) => store.standing(till, epoch).await,
        }
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
        match self {
            Store::Sqlite(store) => store.store_facts(registered, region_store, day).await,
            Store::Postgres(store) => store.store_facts(&registered, &region_store.0, &region_store.1, &day).await,
        }
    }

    /// What is known of every till; `registered` are tills that may never have spoken.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn fleet(&self, registered: Vec<TillId>) -> Result<Vec<TillState>, StoreError> {
        match self {
            Store::Sqlite(store) => store.fleet(registered).await,
            Store::Postgres(store) => store.fleet(&registered).await,
        }
    }

    /// The sale with a receipt number of `till`, and every refund and void of it that is here, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn receipt(&self, till: &TillId, receipt_number: u64) -> Result<Vec<Entry>, StoreError> {
        match self {
            Store::Sqlite(store) => store.receipt(till, receipt_number).await,
            Store::Postgres(store) => store.receipt(till, receipt_number).await,
        }
    }

    /// Finishes what waits and closes; every later call fails.
    pub async fn close(&self) {
        match self {
            Store::Sqlite(store) => store.close().await,
            Store::Postgres(store) => store.close().await,
        }
    }
}

/// Why the store does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file that the configuration names.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The disk or the server.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The store that a till is listed under.
fn store_of(till: &TillId) -> String {
    format!("{}/{}", till.region, till.store)
}

/// A name that this service wrote itself.
fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|error| StoreError::Damaged(format!("{error}")))
}

/// Databases have no unsigned integers; numbers beyond their range are kept as the highest they have.
fn to_i64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn to_u64(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

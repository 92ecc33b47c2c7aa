//! What is published to the tills of the region, as this location has it.
//!
//! ```text
//! head-office publish --> accept: signature, region, content, version --> database
//!                                                                          | every Limits::reload
//! till <-- bytes <-- memory <-- shared cache (Redis) <-- database        index: what there is
//! ```
//! The index is small and in the memory of every instance; bytes are many and are named by their hash, so whatever a
//! cache hands out is checked by it, and nothing in a cache ever has to be taken back. A cache that is gone, slow or
//! full of garbage makes an answer slower, and never wrong.
//!
//! | room | what |
//! |---|---|
//! | [`content`] | whether bytes are what their signature says |
//! | [`index`] | what is in force for a store |
//! | [`memory`], [`shared`] | the caches |

pub mod content;
mod index;
mod memory;
mod shared;

pub use index::Index;

use crate::config::{Config, ConfigError};
use crate::metrics::{Metrics, Tier};
use crate::store::{Accepted, Publication, Published, Store, StoreError};
use bytes::Bytes;
use evertill_domain::entry::Hash;
use evertill_domain::ids::Region;
use evertill_domain::piloting::Endpoints;
use evertill_domain::publication::{Claim, PublishKeys, SealError, Subject};
use memory::Memory;
use sha2::{Digest, Sha256};
use shared::SharedCache;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Semaphore;

/// So many are fetched from behind the memory at once; whoever waits finds most of what it wants in the memory then.
const LOADS_MAX: usize = 4;

/// Why something published is not taken.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// Nobody of the region signed it.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Another region's.
    #[error("it is published for region {theirs}, this is {ours}")]
    Foreign {
        /// Whose it is.
        theirs: Region,
        /// Whose this is.
        ours: Region,
    },
    /// Its content has mistakes, or is not what its signature says.
    #[error("{0}")]
    Content(String),
    /// Something else is here under the same version.
    #[error("something else is here as {0}: raise the version")]
    Differs(Claim),
    /// A newer one is here.
    #[error("{subject} {newest} is here, and versions rise: publish it with version {} or above", newest + 1)]
    Behind {
        /// The subject.
        subject: Subject,
        /// Its newest version here.
        newest: u64,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is published, and where it is kept.
#[derive(Debug)]
pub struct Publications {
    store: Store,
    region: Region,
    keys: PublishKeys,
    index: RwLock<Arc<Index>>,
    memory: Memory,
    shared: Option<SharedCache>,
    loads: Semaphore,
    metrics: Arc<Metrics>,
}

impl Publications {
    /// Nothing yet; [`Publications::refresh`] finds what is there.
    ///
    /// # Errors
    /// [`ConfigError`] for what the configuration names.
    pub fn new(config: &Config, store: Store, metrics: Arc<Metrics>) -> Result<Publications, ConfigError> {
        let shared = config.cache.redis.as_ref().map(|redis| SharedCache::new(redis, &config.region));
        Ok(Publications {
            store,
            region: config.region.clone(),
            keys: config.publish_keys.clone(),
            index: RwLock::default(),
            memory: Memory::new(config.cache.memory_bytes),
            shared: shared.transpose()?,
            loads: Semaphore::new(LOADS_MAX),
            metrics,
        })
    }

    /// What there is.
    pub fn index(&self) -> Arc<Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks what there is. What was known stays when the database does not answer.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let index = Index::of(self.store.published().await?);
        self.metrics.publish(&index);
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(index);
        Ok(())
    }

    /// Takes what an operator, `who`, brings.
    ///
    /// # Errors
    /// [`AcceptError`]: nothing changed.
    pub async fn accept(&self, bytes: Bytes, signature: String, who: &str) -> Result<(Claim, Accepted), AcceptError> {
        let (keys, ours) = (self.keys.clone(), self.region.clone());
        let endpoints = self.endpoints().await?;
        let checked = bytes.clone();
        // A price book of 50,000 items takes a moment.
        let check = move || {
            let claim = keys.verify(&checked, &signature)?;
            if claim.region != ours {
                return Err(AcceptError::Foreign { theirs: claim.region, ours });
            }
            content::check(&claim, &checked, endpoints.as_ref()).map_err(AcceptError::Content)?;
            Ok((claim, sha256(&checked), signature))
        };
        let checked = tokio::task::spawn_blocking(check).await;
        let (claim, sha256, signature) =
            checked.map_err(|error| StoreError::Failed(format!("the check ended early: {error}")))??;
        let (length, at) = (bytes.len() as u64, crate::clock::now());
        let published = Published { claim: claim.clone(), sha256, signature, length, at, who: who.to_owned() };
        let accepted = self.store.publish(Publication { published, bytes }).await?;
        self.refresh().await?;
        match accepted {
            Accepted::Taken | Accepted::Known => Ok((claim, accepted)),
            Accepted::Differs => Err(AcceptError::Differs(claim)),
            Accepted::Behind { newest } => Err(AcceptError::Behind { subject: claim.subject, newest }),
        }
    }

    /// The endpoints in force, if there are any.
    async fn endpoints(&self) -> Result<Option<Endpoints>, StoreError> {
        let index = self.index();
        let Some(published) = index.of_region(Subject::Endpoints) else { return Ok(None) };
        let bytes = self.bytes(published).await?;
        // They were checked when they came.
        Ok(bytes.and_then(|bytes| Endpoints::parse(&bytes).ok()))
    }

    /// The bytes of `published`, from where they are found first. `None` when a newer version took their place.
    ///
    /// # Errors
    /// [`StoreError`] when no cache has them and the database fails.
    pub async fn bytes(&self, published: &Published) -> Result<Option<Bytes>, StoreError> {
        let sha256 = &published.sha256;
        if let Some(bytes) = self.memory.get(sha256) {
            self.metrics.read_from(Tier::Memory);
            return Ok(Some(bytes));
        }
        let _place = self.loads.acquire().await.map_err(|_| StoreError::Closed)?;
        if let Some(bytes) = self.memory.get(sha256) {
            self.metrics.read_from(Tier::Memory);
            return Ok(Some(bytes));
        }
        // Hashes of PINs lie in the database and nowhere else.
        let shared = self.shared.as_ref().filter(|_| published.claim.subject != Subject::Cashiers);
        if let Some(shared) = shared
            && let Some(bytes) = shared.get(sha256, published.length).await
        {
            if self::sha256(&bytes) == *sha256 {
                self.metrics.read_from(Tier::Shared);
                self.memory.put(*sha256, bytes.clone());
                return Ok(Some(bytes));
            }
            tracing::warn!(claim = %published.claim, "the shared cache holds garbage; it is written anew");
        }
        let Some(bytes) = self.store.published_bytes(&published.claim).await? else { return Ok(None) };
        self.metrics.read_from(Tier::Database);
        self.memory.put(*sha256, bytes.clone());
        if let Some(shared) = shared {
            shared.put(sha256, &bytes).await;
        }
        Ok(Some(bytes))
    }
}

fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// Looks every `interval`, for ever, what there is: another instance may have taken something.
pub async fn keep_fresh(publications: Arc<Publications>, interval: Duration) {
    let mut was_good = true;
    loop {
        tokio::time::sleep(interval).await;
        let looked = publications.refresh().await;
        if let Err(error) = &looked
            && was_good
        {
            tracing::warn!(%error, "what is published is not known anew; what was known stays");
        }
        was_good = looked.is_ok();
    }
}

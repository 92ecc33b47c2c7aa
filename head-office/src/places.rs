//! Places for requests in memory: so many for all, and of those so many for each till.
//!
//! A till has one batch under way, a probe and a question beside it. One that asks for more at a time is broken or not
//! itself; it is told to wait (429), and takes no place of the others. When all places are taken, a request waits for a
//! moment, and is then told to come again (503 with Retry-After): a till keeps what it has, and memory keeps its bound.

use crate::limits::{ADMISSION_MAX, BODIES_MAX, TILL_REQUESTS_MAX};
use crate::problem::Refusal;
use evertill_domain::ids::TillId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// The places of an instance.
#[derive(Debug)]
pub struct Places {
    all: Semaphore,
    tills: Mutex<HashMap<TillId, usize>>,
}

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub struct Place<'a> {
    _own: Own<'a>,
    _shared: SemaphorePermit<'a>,
}

#[derive(Debug)]
struct Own<'a> {
    places: &'a Places,
    till: TillId,
}

impl Default for Places {
    fn default() -> Places {
        Places { all: Semaphore::new(BODIES_MAX), tills: Mutex::default() }
    }
}

impl Places {
    /// A place for a request of `till`.
    ///
    /// # Errors
    /// [`Refusal::TooMany`] when that till has too many, [`Refusal::Busy`] when there is none for long.
    pub async fn enter(&self, till: &TillId) -> Result<Place<'_>, Refusal> {
        {
            let mut tills = self.lock();
            let taken = tills.entry(till.clone()).or_default();
            if *taken >= TILL_REQUESTS_MAX {
                return Err(Refusal::TooMany(till.clone()));
            }
            *taken += 1;
        }
        // From here on it is given back, whatever happens.
        let own = Own { places: self, till: till.clone() };
        let shared = timeout(ADMISSION_MAX, self.all.acquire()).await.map_err(|_| Refusal::Busy)?;
        Ok(Place { _own: own, _shared: shared.map_err(|_| Refusal::Busy)? })
    }

    /// Places that nobody has.
    pub fn free(&self) -> usize {
        self.all.available_permits()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TillId, usize>> {
        self.tills.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Own<'_> {
    fn drop(&mut self) {
        let mut tills = self.places.lock();
        match tills.get_mut(&self.till) {
            Some(taken) if *taken > 1 => *taken -= 1,
            _ => drop(tills.remove(&self.till)),
        }
    }
}

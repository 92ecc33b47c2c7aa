//! Readers beside the writer: a few connections, opened when they are first needed, lent to one caller at a time.

use super::schema;
use crate::store::StoreError;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Most reads at a time; the others wait.
const READERS_MAX: usize = 4;

/// The connections that nobody uses right now.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    free: Mutex<Vec<Connection>>,
    permits: Semaphore,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Readers {
        Readers { path: path.to_owned(), free: Mutex::new(Vec::new()), permits: Semaphore::new(READERS_MAX) }
    }

    /// Lends no more, and closes the connections that nobody uses.
    pub(super) fn close(&self) {
        self.permits.close();
        self.free.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Runs `work` on a connection, away from the runtime's threads.
    pub(super) async fn run<R: Send + 'static>(
        self: &Arc<Readers>,
        work: impl FnOnce(&Connection) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let _permit = self.permits.acquire().await.map_err(|_| StoreError::Closed)?;
        let readers = self.clone();
        let read = move || {
            let free = readers.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = free.map_or_else(|| schema::open_for_reading(&readers.path), Ok)?;
            let result = work(&connection);
            // A connection that failed is not lent again: the next caller opens the file anew.
            if result.is_ok() {
                readers.free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            }
            result
        };
        tokio::task::spawn_blocking(read).await.map_err(|error| StoreError::Failed(error.to_string()))?
    }
}

//! Opening the file: pragmas and migrations.

use crate::store::StoreError;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// Every migration, in order. A database's `user_version` says how many it has.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/sqlite/0001_ingest.sql"),
    include_str!("../../../migrations/sqlite/0002_returns.sql"),
    include_str!("../../../migrations/sqlite/0003_audit.sql"),
    include_str!("../../../migrations/sqlite/0004_publications.sql"),
];
/// How many there are.
pub const SCHEMA: usize = MIGRATIONS.len();
/// How long a connection waits for another process's lock.
const BUSY_TIMEOUT_MS: u64 = 5_000;
/// Pages of WAL before they are moved into the file: 32 MiB, so that a page that many batches touch is moved once.
const WAL_CHECKPOINT_PAGES: u32 = 8_192;
/// Prepared statements that a connection keeps.
const STATEMENTS_MAX: usize = 64;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        StoreError::Failed(error.to_string())
    }
}

/// Opens the database for writing and brings its schema up to date.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, StoreError> {
    let mut connection =
        Connection::open(path).map_err(|error| StoreError::Failed(format!("{}: {error}", path.display())))?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit returns only once the WAL is on the platter. A till forgets what was acknowledged.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "wal_autocheckpoint", WAL_CHECKPOINT_PAGES)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    migrate(&mut connection, path)?;
    Ok(connection)
}

/// Opens the database for reading beside the writer, also from another process.
///
/// # Errors
/// [`StoreError::Failed`] when there is no such file or it cannot be read.
pub fn open_for_reading(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| StoreError::Failed(format!("{}: {error}", path.display())))?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(connection)
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let known = MIGRATIONS.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(StoreError::NewerSchema { path: path.display().to_string(), found, known });
    }
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(usize::try_from(found).unwrap_or(0)) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", index as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

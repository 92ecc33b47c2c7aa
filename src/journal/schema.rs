//! Opening the file: pragmas and migrations.

use super::JournalError;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Every migration, in order. A database's `user_version` says how many it has.
const MIGRATIONS: &[&str] =
    &[include_str!("../../migrations/0001_journal.sql"), include_str!("../../migrations/0002_cashiers.sql")];

/// Small pages: a sale touches about seven trees, and flash wears by the page.
const PAGE_SIZE_BYTES: u32 = 2048;

/// How long a connection waits for another's lock before it gives up.
const BUSY_TIMEOUT_MS: u64 = 5_000;

/// Opens the journal for writing and brings its schema up to date.
pub(super) fn open_for_writing(path: &Path) -> Result<Connection, JournalError> {
    let mut connection = Connection::open(path).map_err(|error| open_error(path, error))?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
    connection.pragma_update(None, "page_size", PAGE_SIZE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit returns only once the WAL is on the platter, so a power cut cannot take a confirmed sale back.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.set_prepared_statement_cache_capacity(64);
    migrate(&mut connection, path)?;
    Ok(connection)
}

/// Opens the journal for reading beside a writer.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| open_error(path, error))?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT_MS))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

fn open_error(path: &Path, error: rusqlite::Error) -> JournalError {
    JournalError::Open { path: path.to_owned(), detail: error.to_string() }
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), JournalError> {
    let known = MIGRATIONS.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(JournalError::NewerSchema { path: path.to_owned(), found, known });
    }
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(found.max(0) as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", index as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

//! What operators did.

use crate::store::{AuditLine, StoreError};
use rusqlite::{Connection, params};

/// Adds a line.
pub(super) fn note(connection: &Connection, line: &AuditLine) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO audit (at, who, what, detail) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![line.at, line.who, line.what, line.detail])?;
    Ok(())
}

/// The newest `lines_max` lines, newest first.
pub(super) fn newest(connection: &Connection, lines_max: u32) -> Result<Vec<AuditLine>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT at, who, what, detail FROM audit ORDER BY id DESC LIMIT ?1")?;
    let lines = statement.query_map([lines_max], |row| {
        Ok(AuditLine { at: row.get(0)?, who: row.get(1)?, what: row.get(2)?, detail: row.get(3)? })
    })?;
    Ok(lines.collect::<rusqlite::Result<_>>()?)
}

//! A damaged journal: set aside whole, never deleted; what can be read of it goes on to head office.
//!
//! The rows are copied as they are, altered ones too: head office judges each, and a broken one is set aside there
//! under its number and hash, so that the chain behind it still verifies. A new epoch begins, and selling goes on.

use super::query::last_receipt_number;
use super::tail::make;
use super::{JournalError, Options, schema};
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params_from_iter};
use std::path::{Path, PathBuf};

/// What is carried over, parents first.
const TABLES: [(&str, usize); 8] = [
    ("epochs", 3),
    ("entries", 9),
    ("idempotency_keys", 2),
    ("receipts", 4),
    ("returns", 3),
    ("suspended", 3),
    ("kept", 2),
    ("watermarks", 4),
];

/// Moves the damaged file away and opens a fresh one with what was still readable. Answers where the old one is.
pub(super) fn set_aside(options: &Options, detail: &str) -> Result<(Connection, PathBuf), JournalError> {
    let aside = with_suffix(&options.path, &format!(".damaged-{}", uuid::Uuid::now_v7()));
    for suffix in ["-wal", "-shm", ""] {
        let (from, to) = (with_suffix(&options.path, suffix), with_suffix(&aside, suffix));
        match std::fs::rename(&from, &to) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let detail = format!("damaged ({detail}), and it cannot be set aside as {}: {error}", to.display());
                return Err(JournalError::Open { path: options.path.clone(), detail });
            }
        }
    }
    tracing::error!(aside = %aside.display(), detail, "the journal was damaged and is set aside; a new epoch begins");
    let mut fresh = schema::open_for_writing(&options.path)?;
    make(&mut fresh, options, "the journal was damaged", |transaction| {
        // Reading a damaged file may fail anywhere; what was read until then is kept.
        if let Err(error) = salvage(&aside, transaction) {
            tracing::warn!(%error, "the damaged journal could not be read to its end");
        }
        Ok(())
    })?;
    Ok((fresh, aside))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn salvage(aside: &Path, into: &Transaction<'_>) -> Result<(), JournalError> {
    let damaged = schema::open_for_reading(aside)?;
    for (table, columns) in TABLES {
        if let Err(error) = copy_table(&damaged, into, table, columns) {
            tracing::warn!(%error, table, "not all of this table of the damaged journal could be read");
        }
    }
    // Basket and price book are what the cashier stands in front of; they are good if they are readable.
    if let Ok(basket) = damaged.query_row("SELECT basket FROM till", [], |row| row.get::<_, Option<String>>(0)) {
        into.execute("UPDATE till SET basket = ?1", [basket])?;
    }
    copy_table(&damaged, into, "price_book", 3)?;
    // A journal of an earlier version has none; without them the price book's list counts.
    if let Err(error) = copy_table(&damaged, into, "cashiers", 3) {
        tracing::warn!(%error, "the list of cashiers of the damaged journal could not be read; it is fetched anew");
    }
    if let Ok(floor) = last_receipt_number(&damaged) {
        into.execute("UPDATE till SET receipt_floor = ?1", [floor as i64])?;
    }
    Ok(())
}

fn copy_table(from: &Connection, into: &Transaction<'_>, table: &str, columns: usize) -> Result<(), JournalError> {
    let holes = (1..=columns).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
    let mut insert = into.prepare(&format!("INSERT OR IGNORE INTO {table} VALUES ({holes})"))?;
    let mut select = from.prepare(&format!("SELECT * FROM {table}"))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let values = (0..columns).map(|column| row.get(column)).collect::<Result<Vec<Value>, _>>()?;
        // A row whose parent was not readable, or whose type was damaged, cannot be kept here; it is in the file.
        if let Err(error) = insert.execute(params_from_iter(values)) {
            tracing::warn!(%error, table, "a row of the damaged journal does not fit any more");
        }
    }
    Ok(())
}

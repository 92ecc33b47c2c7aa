//! The check on start: bounded, so that a till with a million entries is ready as fast as an empty one.
//!
//! It reads what the next sale stands on: schema, owner, the newest entries with their chain and signatures, and the
//! newest sale. Everything else is `till journal verify`'s.

use super::append::begin_epoch_in;
use super::{JournalError, Options, query, schema};
use evertill_domain::chain::{Head, Verifier};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// How many of the newest entries are checked.
const TAIL_ENTRIES: u64 = 64;

/// Opens the journal, makes it if it is new, and checks its tail.
pub(super) fn open_checked(options: &Options) -> Result<Connection, JournalError> {
    let mut connection = schema::open_for_writing(&options.path)?;
    if owner(&connection)?.is_none() {
        make(&mut connection, options, "new journal", |_| Ok(()))?;
    }
    check_owner(&connection, options)?;
    check_tail(&connection, options)?;
    Ok(connection)
}

/// Fills an empty file: the owner, what `fill` brings along, and a new epoch, in one commit.
pub(super) fn make(
    connection: &mut Connection,
    options: &Options,
    reason: &str,
    fill: impl FnOnce(&Transaction<'_>) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    let transaction = connection.transaction()?;
    let values = params![options.till.to_string(), options.key.verifying_key().to_bytes()];
    transaction.execute("INSERT INTO till (id, till, public_key) VALUES (1, ?1, ?2)", values)?;
    fill(&transaction)?;
    begin_epoch_in(&transaction, options, reason)?;
    transaction.commit()?;
    Ok(())
}

fn owner(connection: &Connection) -> Result<Option<(String, Vec<u8>)>, JournalError> {
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(connection.query_row("SELECT till, public_key FROM till", [], row).optional()?)
}

fn check_owner(connection: &Connection, options: &Options) -> Result<(), JournalError> {
    let Some((till, key)) = owner(connection)? else { return Ok(()) };
    let expected_key = options.key.verifying_key().to_bytes();
    if till == options.till.to_string() && key == expected_key {
        return Ok(());
    }
    let other_key = if key == expected_key { "" } else { " with another key" };
    Err(JournalError::OtherTill {
        path: options.path.clone(),
        found: format!("{till}{other_key}"),
        expected: options.till.to_string(),
    })
}

fn check_tail(connection: &Connection, options: &Options) -> Result<(), JournalError> {
    let damaged = |detail: String| JournalError::Damaged { detail };
    let Some(row) = query::epoch_rows(connection)?.pop() else {
        return Err(damaged("there is no epoch".to_owned()));
    };
    let head = query::head_of(connection, row.ordinal)?;
    let from = head.seq.saturating_sub(TAIL_ENTRIES);
    let before = match from {
        0 => Head::START,
        _ => Head { seq: from, hash: query::hash_at(connection, row.ordinal, from)? },
    };
    let tail = query::entries(connection, row.epoch, from, TAIL_ENTRIES as usize, usize::MAX)?;
    let mut verifier = Verifier::new(options.till.clone(), row.epoch, options.key.verifying_key(), before);
    for entry in &tail {
        verifier.check(entry).map_err(|error| damaged(error.to_string()))?;
    }
    // The next sale takes the number behind the newest: if that row points nowhere, numbers could be used again.
    let newest = query::last_receipt_number(connection)?;
    if newest > 0 && query::receipt(connection, newest)?.is_none() && !query::is_receipt_floor(connection, newest)? {
        return Err(damaged(format!("receipt {newest} points to no entry")));
    }
    Ok(())
}

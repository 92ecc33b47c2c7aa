//! What the writer does for a batch, an entry set aside, a heartbeat. Each runs in a savepoint of its own.

use super::rows::{self, Chain, id_of};
use crate::store::verdict::{BESIDE_MAX, Day, Known, Verdict, cry_fork, days, verdict};
use crate::store::{Aside, Batch, Beat, Outcome, StoreError, store_of, to_i64};
use evertill_domain::chain::Head;
use evertill_domain::entry::Entry;
use evertill_domain::ids::{Epoch, TillId};
use rusqlite::{Connection, params};

/// Takes a batch in: compares what is here already, appends the rest, records a contradiction.
pub(super) fn take(connection: &Connection, batch: &Batch) -> Result<Outcome, StoreError> {
    let Batch { till, public_key, epoch, receipt_number, at, .. } = batch;
    heard(connection, till, *receipt_number, at)?;
    let chain = rows::chain(connection, &till.to_string(), *epoch)?;
    let known = chain.map(|chain| chain.known);
    let stored = |seq| match chain {
        Some(chain) => rows::hash_at(connection, chain.chain, seq),
        None => Err(StoreError::Damaged(format!("{till}: nothing of {epoch} is here"))),
    };
    let Verdict { append: new, fork, outcome } = verdict(known, batch, stored)?;
    if new.is_empty() && fork.is_none() {
        return Ok(outcome);
    }
    let chain = match chain {
        Some(chain) => chain.chain,
        None => begin(connection, till, *epoch, public_key)?,
    };
    append(connection, chain, new)?;
    if let Some(last) = new.last() {
        advance(connection, chain, Head::of(last))?;
    }
    if let Some(entry) = fork {
        keep_fork(connection, chain, entry, at)?;
    }
    Ok(outcome)
}

/// Keeps an entry as bytes: in the chain when it continues it, else beside it.
pub(super) fn set_aside(connection: &Connection, aside: &Aside) -> Result<Outcome, StoreError> {
    let Aside { till, public_key, epoch, seq, prev, hash, receipt_number, at, .. } = aside;
    heard(connection, till, *receipt_number, at)?;
    let chain = match rows::chain(connection, &till.to_string(), *epoch)? {
        Some(Chain { known, .. }) if known.public_key != *public_key => return Ok(Outcome::OtherKey),
        Some(chain) => chain,
        None => Chain { chain: begin(connection, till, *epoch, public_key)?, known: Known::begun(*public_key) },
    };
    let head = chain.known.head;
    if *seq == head.seq + 1 && *prev == head.hash {
        keep_bytes(connection, chain.chain, aside, true)?;
        let head = Head { seq: *seq, hash: *hash };
        advance(connection, chain.chain, head)?;
        return Ok(Outcome::Taken(head));
    }
    if *seq <= head.seq && rows::hash_at(connection, chain.chain, *seq)? == *hash {
        return Ok(Outcome::Taken(head));
    }
    if count(connection, "SELECT COUNT(*) FROM set_aside WHERE chain = ?1 AND in_chain = 0", chain.chain)? >= BESIDE_MAX
    {
        return Ok(Outcome::TooMany(head));
    }
    keep_bytes(connection, chain.chain, aside, false)?;
    Ok(Outcome::Taken(head))
}

/// Remembers what a till says of itself.
pub(super) fn heartbeat(connection: &Connection, beat: &Beat) -> Result<(), StoreError> {
    let Beat { till, epoch, head, body, at } = beat;
    heard(connection, till, 0, at)?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO heartbeats (till, at, epoch, head, body) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![till.to_string(), at, epoch.to_string(), to_i64(*head), body])?;
    Ok(())
}

/// Writes as little as can be written, to see whether the disk takes it.
pub(super) fn probe(connection: &Connection) -> Result<(), StoreError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    connection.pragma_update(None, "user_version", version)?;
    Ok(())
}

/// Notes that the till was heard, and its highest receipt number.
fn heard(connection: &Connection, till: &TillId, receipt_number: u64, at: &str) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO tills (till, store, receipt_number, heard_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (till) DO UPDATE
             SET receipt_number = max(receipt_number, excluded.receipt_number), heard_at = excluded.heard_at",
        )?
        .execute(params![till.to_string(), store_of(till), to_i64(receipt_number), at])?;
    Ok(())
}

/// Begins the chain of an epoch, and tells its number.
fn begin(connection: &Connection, till: &TillId, epoch: Epoch, public_key: &[u8; 32]) -> Result<i64, StoreError> {
    let head = Head::START;
    connection
        .prepare_cached("INSERT INTO chains (till, epoch, public_key, seq, hash) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![till.to_string(), epoch.to_string(), public_key, to_i64(head.seq), head.hash.0])?;
    Ok(connection.last_insert_rowid())
}

/// Moves the anchor: from here on, what lies below is acknowledged.
fn advance(connection: &Connection, chain: i64, head: Head) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE chains SET seq = ?2, hash = ?3 WHERE chain = ?1 AND seq < ?2")?
        .execute(params![chain, to_i64(head.seq), head.hash.0])?;
    Ok(())
}

fn append(connection: &Connection, chain: i64, entries: &[Entry]) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO entries (id, v, at, business_day, kind, body, prev, hash, sig)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for entry in entries {
        let Entry { v, seq, at, business_day, kind, body, prev, hash, sig, .. } = entry;
        let (at, kind) = (at.as_str(), kind.as_str());
        statement.execute(params![
            id_of(chain, *seq),
            v,
            at,
            business_day.as_str(),
            kind,
            body,
            prev.0,
            hash.0,
            sig.0
        ])?;
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO days (chain, business_day, first_seq, last_seq, entries, sales) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (chain, business_day) DO UPDATE
         SET last_seq = excluded.last_seq, entries = entries + excluded.entries, sales = sales + excluded.sales",
    )?;
    for (day, Day { first_seq, last_seq, entries, sales }) in days(entries) {
        statement.execute(params![chain, day.as_str(), to_i64(first_seq), to_i64(last_seq), entries, sales])?;
    }
    Ok(())
}

/// Records that `entry` contradicts the chain; it is never merged.
fn keep_fork(connection: &Connection, chain: i64, entry: &Entry, at: &str) -> Result<(), StoreError> {
    cry_fork(entry);
    if count(connection, "SELECT COUNT(*) FROM forks WHERE chain = ?1", chain)? >= BESIDE_MAX {
        return Ok(());
    }
    let (seq, day) = (to_i64(entry.seq), entry.business_day.as_str());
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO forks (chain, seq, hash, business_day, line, seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![chain, seq, entry.hash.0, day, entry.to_line(), at])?;
    Ok(())
}

fn keep_bytes(connection: &Connection, chain: i64, aside: &Aside, in_chain: bool) -> Result<(), StoreError> {
    let Aside { seq, prev, hash, reason, bytes, business_day, at, .. } = aside;
    tracing::warn!(till = %aside.till, seq, reason, in_chain, "an entry is set aside");
    // The same bytes may have come first as another branch and continue the chain now.
    connection
        .prepare_cached(
            "INSERT INTO set_aside (chain, seq, hash, prev, in_chain, reason, business_day, bytes, received_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (chain, seq, hash) DO UPDATE SET in_chain = max(in_chain, excluded.in_chain)",
        )?
        .execute(params![chain, to_i64(*seq), hash.0, prev.0, in_chain, reason, business_day, bytes, at])?;
    Ok(())
}

fn count(connection: &Connection, sql: &str, chain: i64) -> Result<i64, StoreError> {
    Ok(connection.prepare_cached(sql)?.query_row([chain], |row| row.get(0))?)
}

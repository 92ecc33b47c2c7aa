//! What the writer does for a batch, an entry set aside, a heartbeat. Each runs in a savepoint of its own.

use super::rows::{self, Chain, id_of, to_i64};
use crate::ingest::{Decision, decide};
use crate::store::{Aside, Batch, Beat, Outcome, StoreError};
use evertill_domain::chain::Head;
use evertill_domain::entry::Entry;
use evertill_domain::ids::{Epoch, Kind, TillId};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// Most entries that are kept beside one chain, of forks and of other branches each: a till gone mad must not fill
/// the disk, and a person needs the first ones.
const BESIDE_MAX: i64 = 1_000;

/// Takes a batch in: compares what is here already, appends the rest, records a contradiction.
pub(super) fn take(connection: &Connection, batch: &Batch) -> Result<Outcome, StoreError> {
    let Batch { till, public_key, epoch, entries, branch, receipt_number, at } = batch;
    heard(connection, till, *receipt_number, at)?;
    let chain = match rows::chain(connection, &till.to_string(), *epoch)? {
        Some(chain) if chain.public_key != *public_key => return Ok(Outcome::OtherKey),
        Some(chain) => chain,
        // A chain is begun by its first entry only; a gap or a fork leaves no trace of an empty one.
        None if entries.first().is_some_and(|first| first.seq == 1 && first.prev == Head::START.hash) => {
            begin(connection, till, *epoch, public_key)?
        }
        None => return Ok(Outcome::Gap(Head::START)),
    };
    let skip = match decide(chain.head, entries, |seq| rows::hash_at(connection, chain.chain, seq))? {
        Decision::Append { skip } => skip,
        Decision::Gap => return Ok(Outcome::Gap(chain.head)),
        Decision::Fork { index } => return fork(connection, &chain, &entries[index], at),
    };
    let new = &entries[skip..];
    append(connection, chain.chain, new)?;
    let head = new.last().map_or(chain.head, Head::of);
    advance(connection, chain.chain, head)?;
    let chain = Chain { head, ..chain };
    match branch {
        // Behind the head it is not a contradiction yet: the numbers between are missing.
        Some(branch) if branch.seq <= head.seq + 1 => fork(connection, &chain, branch, at),
        Some(_) => Ok(Outcome::Gap(head)),
        None => Ok(Outcome::Taken(head)),
    }
}

/// Keeps an entry as bytes: in the chain when it continues it, else beside it.
pub(super) fn set_aside(connection: &Connection, aside: &Aside) -> Result<Outcome, StoreError> {
    let Aside { till, public_key, epoch, seq, prev, hash, receipt_number, at, .. } = aside;
    heard(connection, till, *receipt_number, at)?;
    let chain = match rows::chain(connection, &till.to_string(), *epoch)? {
        Some(chain) if chain.public_key != *public_key => return Ok(Outcome::OtherKey),
        Some(chain) => chain,
        None => begin(connection, till, *epoch, public_key)?,
    };
    let head = chain.head;
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

/// The store that a till is listed under.
pub(super) fn store_of(till: &TillId) -> String {
    format!("{}/{}", till.region, till.store)
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

/// Begins the chain of an epoch.
fn begin(connection: &Connection, till: &TillId, epoch: Epoch, public_key: &[u8; 32]) -> Result<Chain, StoreError> {
    let head = Head::START;
    connection
        .prepare_cached("INSERT INTO chains (till, epoch, public_key, seq, hash) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![till.to_string(), epoch.to_string(), public_key, to_i64(head.seq), head.hash.0])?;
    Ok(Chain { chain: connection.last_insert_rowid(), public_key: *public_key, head })
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
    // First and last number, entries and sales of each business day of the batch.
    let mut days: BTreeMap<&str, (u64, u64, i64, i64)> = BTreeMap::new();
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
        let day = days.entry(business_day.as_str()).or_insert((*seq, *seq, 0, 0));
        *day = (day.0, *seq, day.2 + 1, day.3 + i64::from(kind == Kind::SALE));
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO days (chain, business_day, first_seq, last_seq, entries, sales) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (chain, business_day) DO UPDATE
         SET last_seq = excluded.last_seq, entries = entries + excluded.entries, sales = sales + excluded.sales",
    )?;
    for (day, (first, last, entries, sales)) in days {
        statement.execute(params![chain, day, to_i64(first), to_i64(last), entries, sales])?;
    }
    Ok(())
}

/// Records that `entry` contradicts the chain; it is never merged.
fn fork(connection: &Connection, chain: &Chain, entry: &Entry, at: &str) -> Result<Outcome, StoreError> {
    let seq = entry.seq;
    tracing::error!(till = %entry.till, epoch = %entry.epoch, seq, "fork: the till sent another branch of its journal");
    if count(connection, "SELECT COUNT(*) FROM forks WHERE chain = ?1", chain.chain)? < BESIDE_MAX {
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO forks (chain, seq, hash, business_day, line, seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                chain.chain,
                to_i64(seq),
                entry.hash.0,
                entry.business_day.as_str(),
                entry.to_line(),
                at
            ])?;
    }
    Ok(Outcome::Fork { head: chain.head, seq })
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

//! Reading: entries, epochs, sales, print jobs, watermarks. Works on any connection.

use super::books::BookHash;
use super::{EpochHead, JobState, JournalError, PrintJob, PrintOutcome, Suspended};
use evertill_domain::chain::Head;
use evertill_domain::entry::{Entry, Hash, Signature};
use evertill_domain::ids::{Epoch, IdempotencyKey, Kind, Location, TillId};
use evertill_domain::refund::Original;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Bits of `entries.id` that hold the number in its epoch; the ordinal of the epoch lies above.
const SEQ_BITS: u32 = 40;
/// The kinds of entries that have a receipt number.
pub(super) const RECEIPT_KINDS: [&str; 3] = [Kind::SALE, Kind::REFUND, Kind::VOID_SALE];
/// Most closed days that are looked through for a Z report: over five years.
const DAYS_MAX: i64 = 2_000;
/// Most jobs that one answer lists.
const JOBS_MAX: i64 = 200;

pub(super) fn entry_id(ordinal: i64, seq: u64) -> i64 {
    (ordinal << SEQ_BITS) | seq as i64
}

fn split_id(id: i64) -> (i64, u64) {
    (id >> SEQ_BITS, (id & ((1 << SEQ_BITS) - 1)) as u64)
}

/// An epoch with its place in this file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EpochRow {
    pub(super) ordinal: i64,
    pub(super) epoch: Epoch,
}

pub(super) fn till_of(connection: &Connection) -> Result<TillId, JournalError> {
    let text: String = connection.query_row("SELECT till FROM till", [], |row| row.get(0))?;
    text.parse().map_err(damaged)
}

/// Epochs, oldest first.
pub(super) fn epoch_rows(connection: &Connection) -> Result<Vec<EpochRow>, JournalError> {
    let mut statement = connection.prepare_cached("SELECT ordinal, epoch FROM epochs ORDER BY ordinal")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (ordinal, epoch) = row?;
        Ok(EpochRow { ordinal, epoch: epoch.parse().map_err(damaged)? })
    })
    .collect()
}

pub(super) fn head_of(connection: &Connection, ordinal: i64) -> Result<Head, JournalError> {
    let sql = "SELECT id, hash FROM entries WHERE id > ?1 AND id < ?2 ORDER BY id DESC LIMIT 1";
    let row = connection
        .prepare_cached(sql)?
        .query_row(params![entry_id(ordinal, 0), entry_id(ordinal + 1, 0)], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?))
        })
        .optional()?;
    Ok(row.map_or(Head::START, |(id, hash)| Head { seq: split_id(id).1, hash: Hash(hash) }))
}

pub(super) fn epochs(connection: &Connection) -> Result<Vec<EpochHead>, JournalError> {
    let rows = epoch_rows(connection)?;
    rows.iter().map(|row| Ok(EpochHead { epoch: row.epoch, head: head_of(connection, row.ordinal)? })).collect()
}

pub(super) fn ordinal_of(connection: &Connection, epoch: Epoch) -> Result<i64, JournalError> {
    connection
        .prepare_cached("SELECT ordinal FROM epochs WHERE epoch = ?1")?
        .query_row([epoch.to_string()], |row| row.get(0))
        .optional()?
        .ok_or_else(|| JournalError::Missing { what: format!("epoch {epoch}") })
}

/// The hash of one entry.
pub(super) fn hash_at(connection: &Connection, ordinal: i64, seq: u64) -> Result<Hash, JournalError> {
    let hash = connection
        .query_row("SELECT hash FROM entries WHERE id = ?1", [entry_id(ordinal, seq)], |row| row.get(0))
        .optional()?;
    hash.map(Hash).ok_or_else(|| damaged(format!("entry {seq} is missing")))
}

/// Number and hash of the first entry behind `after_seq`, whatever the rest of its row looks like.
pub(super) fn place_after(
    connection: &Connection,
    ordinal: i64,
    after_seq: u64,
) -> Result<Option<(u64, Hash)>, JournalError> {
    let sql = "SELECT id, hash FROM entries WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT 1";
    let row = connection
        .query_row(sql, params![entry_id(ordinal, after_seq), entry_id(ordinal + 1, 0)], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1).unwrap_or_default()))
        })
        .optional()?;
    Ok(row.map(|(id, hash)| (split_id(id).1, Hash(hash))))
}

const ENTRY_COLUMNS: &str = "e.id, e.v, e.at, e.business_day, e.kind, e.body, e.prev, e.hash, e.sig, p.epoch";
const ENTRY_TABLES: &str = "entries e JOIN epochs p ON p.ordinal = (e.id >> 40)";

fn read_entry(row: &Row<'_>, till: &TillId) -> Result<Entry, JournalError> {
    let text = |column: usize| -> Result<String, JournalError> {
        // A flipped bit may leave text that is no UTF-8; it is shown as damage, not as a failure of the program.
        row.get(column)
            .map_err(|error| damaged(format!("column {column} of entry {:?}: {error}", row.get::<_, i64>(0))))
    };
    let (_, seq) = split_id(row.get(0)?);
    Ok(Entry {
        v: row.get(1).map_err(damaged)?,
        till: till.clone(),
        epoch: text(9)?.parse().map_err(damaged)?,
        seq,
        at: text(2)?.parse().map_err(damaged)?,
        business_day: text(3)?.parse().map_err(damaged)?,
        kind: text(4)?.parse().map_err(damaged)?,
        body: text(5)?,
        prev: Hash(row.get(6).map_err(damaged)?),
        hash: Hash(row.get(7).map_err(damaged)?),
        sig: Signature(row.get(8).map_err(damaged)?),
    })
}

fn damaged(error: impl std::fmt::Display) -> JournalError {
    JournalError::Damaged { detail: error.to_string() }
}

/// Up to `max_entries` entries of `epoch` behind number `after_seq`, in order; ends once `max_bytes` of bodies are
/// reached, but never before the first entry.
pub(super) fn entries(
    connection: &Connection,
    epoch: Epoch,
    after_seq: u64,
    max_entries: usize,
    max_bytes: usize,
) -> Result<Vec<Entry>, JournalError> {
    let till = till_of(connection)?;
    let ordinal = ordinal_of(connection, epoch)?;
    let sql =
        format!("SELECT {ENTRY_COLUMNS} FROM {ENTRY_TABLES} WHERE e.id > ?1 AND e.id < ?2 ORDER BY e.id LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows =
        statement.query(params![entry_id(ordinal, after_seq), entry_id(ordinal + 1, 0), max_entries as i64])?;
    let (mut entries, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let entry = read_entry(row, &till)?;
        bytes += entry.body.len();
        if bytes > max_bytes && !entries.is_empty() {
            break;
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn entry_by_id(connection: &Connection, id: i64) -> Result<Option<Entry>, JournalError> {
    let till = till_of(connection)?;
    let sql = format!("SELECT {ENTRY_COLUMNS} FROM {ENTRY_TABLES} WHERE e.id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(|row| read_entry(row, &till)).transpose()
}

/// What an act left behind: entry, receipt number, and its print job while nobody began it.
pub(super) type Recorded = (Entry, Option<u64>, Option<i64>);

/// What the act with this key left behind.
pub(super) fn by_key(connection: &Connection, key: &IdempotencyKey) -> Result<Option<Recorded>, JournalError> {
    let id = connection
        .prepare_cached("SELECT entry_id FROM idempotency_keys WHERE key = ?1")?
        .query_row([key.as_str()], |row| row.get(0))
        .optional()?;
    let Some(id) = id else { return Ok(None) };
    let entry =
        entry_by_id(connection, id)?.ok_or_else(|| damaged(format!("the idempotency key {key} points to no entry")))?;
    let number = receipt_number_of(&entry)?;
    let sql = "SELECT min(id) FROM print_jobs WHERE state <> 'printed' AND state = 'pending' AND entry_id = ?1";
    let job = connection.prepare_cached(sql)?.query_row([id], |row| row.get(0))?;
    Ok(Some((entry, number, job)))
}

/// The number that the entry's receipt has, when its kind has receipts.
fn receipt_number_of(entry: &Entry) -> Result<Option<u64>, JournalError> {
    #[derive(serde::Deserialize)]
    struct Numbered {
        receipt_number: u64,
    }
    if !RECEIPT_KINDS.contains(&entry.kind.as_str()) {
        return Ok(None);
    }
    serde_json::from_str(&entry.body).map(|Numbered { receipt_number }| Some(receipt_number)).map_err(damaged)
}

/// The entry of the sale, refund or voided sale with this receipt number.
pub(super) fn receipt(connection: &Connection, receipt_number: u64) -> Result<Option<Entry>, JournalError> {
    let id = connection
        .prepare_cached("SELECT entry_id FROM receipts WHERE receipt_number = ?1")?
        .query_row([receipt_number], |row| row.get(0))
        .optional()?;
    id.map_or(Ok(None), |id| entry_by_id(connection, id))
}

/// The entries of refunds and voids that name the sale `original`, oldest first.
pub(super) fn returns_of(connection: &Connection, original: &Original) -> Result<Vec<Entry>, JournalError> {
    let sql = "SELECT entry_id FROM returns WHERE till = ?1 AND receipt_number = ?2 ORDER BY entry_id";
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement
        .query_map(params![original.till.to_string(), original.receipt_number as i64], |row| row.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    ids.into_iter().filter_map(|id| entry_by_id(connection, id).transpose()).collect()
}

/// The highest receipt number that is used or must not be used again, 0 when there is none.
pub(super) fn last_receipt_number(connection: &Connection) -> Result<u64, JournalError> {
    let sql = "SELECT max(receipt_floor, ifnull((SELECT max(receipt_number) FROM receipts), 0)) FROM till";
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

/// Whether `number` was never used here, but is kept from being used again.
pub(super) fn is_receipt_floor(connection: &Connection, number: u64) -> Result<bool, JournalError> {
    let floor: u64 = connection.query_row("SELECT receipt_floor FROM till", [], |row| row.get(0))?;
    Ok(floor == number)
}

/// Entry, total and currency that the table of receipts has for a number.
pub(super) fn projection_of(
    connection: &Connection,
    receipt_number: u64,
) -> Result<Option<(i64, i64, String)>, JournalError> {
    let sql = "SELECT entry_id, total_minor, currency FROM receipts WHERE receipt_number = ?1";
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    Ok(connection.prepare_cached(sql)?.query_row([receipt_number as i64], row).optional()?)
}

/// Idempotency keys that point nowhere.
pub(super) fn keys_without_entry(connection: &Connection) -> Result<Vec<String>, JournalError> {
    let sql = "SELECT key FROM idempotency_keys WHERE entry_id NOT IN (SELECT id FROM entries) LIMIT 10";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Up to where each location has an epoch.
pub(super) fn watermarks_of(connection: &Connection, ordinal: i64) -> Result<Vec<(String, u64)>, JournalError> {
    let mut statement = connection.prepare("SELECT location, seq FROM watermarks WHERE ordinal = ?1")?;
    let rows = statement.query_map([ordinal], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn watermark(connection: &Connection, location: &Location, epoch: Epoch) -> Result<Head, JournalError> {
    let ordinal = ordinal_of(connection, epoch)?;
    let row = connection
        .prepare_cached("SELECT seq, hash FROM watermarks WHERE location = ?1 AND ordinal = ?2")?
        .query_row(params![location.as_str(), ordinal], |row| Ok(Head { seq: row.get(0)?, hash: Hash(row.get(1)?) }))
        .optional()?;
    Ok(row.unwrap_or(Head::START))
}

pub(super) fn basket(connection: &Connection) -> Result<Option<String>, JournalError> {
    Ok(connection.query_row("SELECT basket FROM till", [], |row| row.get(0))?)
}

/// Version and hash of the price book in force.
pub(super) fn price_book(connection: &Connection) -> Result<Option<(u64, BookHash)>, JournalError> {
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    Ok(connection.query_row("SELECT version, hash FROM price_book", [], row).optional()?)
}

/// The list of cashiers in force, as JSON.
pub(super) fn cashiers(connection: &Connection) -> Result<Option<String>, JournalError> {
    Ok(connection.query_row("SELECT json FROM cashiers", [], |row| row.get(0)).optional()?)
}

const JOB_COLUMNS: &str = "id, receipt_number, copy, state, detail, entry_id";

fn read_job(connection: &Connection, row: &Row<'_>) -> Result<PrintJob, JournalError> {
    let state: String = row.get(3)?;
    let id = row.get(0)?;
    let entry =
        entry_by_id(connection, row.get(5)?)?.ok_or_else(|| damaged(format!("print job {id} points to no entry")))?;
    Ok(PrintJob {
        id,
        receipt_number: row.get(1)?,
        copy: row.get(2)?,
        state: JobState::parse(&state)?,
        detail: row.get(4)?,
        entry,
    })
}

/// The oldest jobs in `state`, at most 200. Printed ones are done with: they are not listed.
pub(super) fn print_jobs(connection: &Connection, state: JobState) -> Result<Vec<PrintJob>, JournalError> {
    let sql =
        format!("SELECT {JOB_COLUMNS} FROM print_jobs WHERE state <> 'printed' AND state = ?1 ORDER BY id LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![state.as_str(), JOBS_MAX])?;
    let mut jobs = Vec::new();
    while let Some(row) = rows.next()? {
        jobs.push(read_job(connection, row)?);
    }
    Ok(jobs)
}

/// How many receipts are not printed yet, the one being printed included.
pub(super) fn receipts_waiting(connection: &Connection) -> Result<u64, JournalError> {
    let sql = "SELECT count(*) FROM print_jobs WHERE state <> 'printed' AND state IN ('pending', 'printing')";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// How the newest job ended that has ended; `None` when none has, or when a newer job is to print the same.
pub(super) fn last_print_outcome(connection: &Connection) -> Result<Option<PrintOutcome>, JournalError> {
    let sql = "SELECT j.receipt_number, j.state, j.detail, e.kind, j.id FROM print_jobs j
               JOIN entries e ON e.id = j.entry_id
               WHERE j.id = (SELECT max(id) FROM print_jobs WHERE state IN ('printed', 'failed', 'unknown'))
               AND NOT EXISTS (SELECT 1 FROM print_jobs n WHERE n.id > j.id AND n.entry_id = j.entry_id)";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let state = JobState::parse(&row.get::<_, String>(1)?)?;
    let kind = row.get::<_, String>(3)?.parse().map_err(damaged)?;
    Ok(Some(PrintOutcome { job: row.get(4)?, receipt_number: row.get(0)?, kind, state, detail: row.get(2)? }))
}

pub(super) fn print_job(connection: &Connection, id: i64) -> Result<PrintJob, JournalError> {
    let sql = format!("SELECT {JOB_COLUMNS} FROM print_jobs WHERE id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id])?;
    match rows.next()? {
        Some(row) => read_job(connection, row),
        None => Err(JournalError::Missing { what: format!("print job {id}") }),
    }
}

/// The entry that closed the day with this Z report.
pub(super) fn z_report(connection: &Connection, z_number: u64) -> Result<Option<Entry>, JournalError> {
    #[derive(serde::Deserialize)]
    struct Closed {
        report: Numbered,
    }
    #[derive(serde::Deserialize)]
    struct Numbered {
        z_number: u64,
    }
    let mut statement = connection
        .prepare_cached("SELECT id, body FROM entries WHERE kind = 'day_closed' ORDER BY id DESC LIMIT ?1")?;
    let mut rows = statement.query([DAYS_MAX])?;
    while let Some(row) = rows.next()? {
        let closed: Closed = serde_json::from_str(&row.get::<_, String>(1)?).map_err(damaged)?;
        if closed.report.z_number == z_number {
            return entry_by_id(connection, row.get(0)?);
        }
    }
    Ok(None)
}

/// Baskets that wait, oldest first.
pub(super) fn suspended(connection: &Connection) -> Result<Vec<Suspended>, JournalError> {
    let mut statement = connection.prepare_cached("SELECT id, at, basket FROM suspended ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?)))?;
    rows.map(|row| {
        let (id, at, basket) = row?;
        Ok(Suspended { id, at: at.parse().map_err(damaged)?, basket })
    })
    .collect()
}

/// What is kept under `name`.
pub(super) fn kept(connection: &Connection, name: &str) -> Result<Option<String>, JournalError> {
    let sql = "SELECT json FROM kept WHERE name = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?)
}

/// How the newest print job of a receipt stands; `None` when it has none.
pub(super) fn paper_of(connection: &Connection, receipt_number: u64) -> Result<Option<JobState>, JournalError> {
    let sql = "SELECT state FROM print_jobs WHERE receipt_number = ?1 ORDER BY id DESC LIMIT 1";
    let state: Option<String> =
        connection.prepare_cached(sql)?.query_row([receipt_number as i64], |row| row.get(0)).optional()?;
    state.map(|state| JobState::parse(&state)).transpose()
}

/// The newest entries that have receipts, the newest first.
pub(super) fn last_receipts(connection: &Connection, most: usize) -> Result<Vec<Entry>, JournalError> {
    entries_of(connection, "SELECT entry_id FROM receipts ORDER BY receipt_number DESC LIMIT ?1", most)
}

/// The entries that closed the last days, the newest first.
pub(super) fn closed_days(connection: &Connection, most: usize) -> Result<Vec<Entry>, JournalError> {
    entries_of(connection, "SELECT id FROM entries WHERE kind = 'day_closed' ORDER BY id DESC LIMIT ?1", most)
}

fn entries_of(connection: &Connection, sql: &str, most: usize) -> Result<Vec<Entry>, JournalError> {
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map([most as i64], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    ids.into_iter().filter_map(|id| entry_by_id(connection, id).transpose()).collect()
}

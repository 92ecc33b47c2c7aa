//! What is kept beside the entries: open basket, price book, print jobs, watermarks.

use super::append::append_beside;
use super::books::BookHash;
use super::writer::Writer;
use super::{Copied, JobState, JournalError, PrintJob, query};
use evertill_domain::chain::Head;
use evertill_domain::entry::Entry;
use evertill_domain::ids::{BusinessDay, Epoch, IdempotencyKey, Kind, Location, Timestamp};
use rusqlite::{Connection, params};

pub(super) fn save_basket(writer: &mut Writer, json: Option<&str>) -> Result<(), JournalError> {
    writer.commit(|transaction| {
        transaction.prepare_cached("UPDATE till SET basket = ?1")?.execute([json])?;
        Ok(())
    })?;
    Ok(())
}

/// Puts the price book of this version and hash in force, with the entry that says so, in one commit.
pub(super) fn save_price_book(
    writer: &mut Writer,
    version: u64,
    hash: BookHash,
    at: Timestamp,
    day: BusinessDay,
) -> Result<(), JournalError> {
    let body = serde_json::json!({ "version": version }).to_string();
    append_beside(writer, Kind::PRICE_BOOK_APPLIED, body, at, day, |transaction| {
        let sql = "INSERT OR REPLACE INTO price_book (id, version, hash) VALUES (1, ?1, ?2)";
        transaction.execute(sql, params![version as i64, hash])?;
        Ok(())
    })?;
    Ok(())
}

/// Puts a list of cashiers in force, with the entry that says so, in one commit.
pub(super) fn save_cashiers(
    writer: &mut Writer,
    version: u64,
    json: &str,
    at: Timestamp,
    day: BusinessDay,
) -> Result<(), JournalError> {
    let body = serde_json::json!({ "version": version }).to_string();
    append_beside(writer, Kind::CASHIERS_APPLIED, body, at, day, |transaction| {
        let sql = "INSERT OR REPLACE INTO cashiers (id, version, json) VALUES (1, ?1, ?2)";
        transaction.execute(sql, params![version as i64, json])?;
        Ok(())
    })?;
    Ok(())
}

/// Moves a watermark. It never goes back: a location that lags behind its own word is not believed.
pub(super) fn set_watermark(
    writer: &mut Writer,
    location: &Location,
    epoch: Epoch,
    head: Head,
) -> Result<(), JournalError> {
    let ordinal = query::ordinal_of(writer.connection()?, epoch)?;
    let sql = "INSERT INTO watermarks (location, ordinal, seq, hash) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO UPDATE SET seq = excluded.seq, hash = excluded.hash WHERE excluded.seq > seq";
    writer.commit(|transaction| {
        let values = params![location.as_str(), ordinal, head.seq as i64, head.hash.0];
        transaction.prepare_cached(sql)?.execute(values)?;
        Ok(())
    })?;
    Ok(())
}

/// Changes the state of a print job. An outcome (all but pending and printing) is an entry too.
pub(super) fn set_print_job(
    writer: &mut Writer,
    id: i64,
    state: JobState,
    detail: &str,
    at: Timestamp,
    day: BusinessDay,
) -> Result<(), JournalError> {
    let job = query::print_job(writer.connection()?, id)?;
    let update = |transaction: &rusqlite::Transaction<'_>| -> Result<(), JournalError> {
        let sql = "UPDATE print_jobs SET state = ?2, detail = ?3 WHERE id = ?1";
        transaction.prepare_cached(sql)?.execute(params![id, state.as_str(), detail])?;
        Ok(())
    };
    if matches!(state, JobState::Pending | JobState::Printing) {
        writer.commit(update)?;
        return Ok(());
    }
    let body = serde_json::json!({
        "device": "printer",
        "job": id,
        "receipt_number": job.receipt_number,
        "copy": job.copy,
        "outcome": state.as_str(),
        "detail": detail,
    });
    append_beside(writer, Kind::DEVICE_OUTCOME, body.to_string(), at, day, update)?;
    Ok(())
}

/// Queues a reprint, once for `key`.
pub(super) fn request_copy(
    writer: &mut Writer,
    key: &IdempotencyKey,
    copied: Copied,
    at: Timestamp,
    day: BusinessDay,
) -> Result<PrintJob, JournalError> {
    let connection = writer.connection()?;
    if let Some((entry, ..)) = query::by_key(connection, key)? {
        let is_copy = [Kind::RECEIPT_COPY, Kind::Z_REPORT_COPY, Kind::PAPER_COPY].contains(&entry.kind.as_str());
        let job = is_copy
            .then(|| serde_json::from_str::<serde_json::Value>(&entry.body).ok()?.get("job")?.as_i64())
            .flatten()
            .ok_or_else(|| JournalError::KeyReused { key: key.clone() })?;
        return query::print_job(connection, job);
    }
    let Paper { entry, kind, field, number } = paper(connection, copied)?;
    let printed_id = query::entry_id(query::ordinal_of(connection, entry.epoch)?, entry.seq);
    let id: i64 = connection.query_row("SELECT ifnull(max(id), 0) + 1 FROM print_jobs", [], |row| row.get(0))?;
    let body = serde_json::json!({ field: number, "job": id }).to_string();
    let copy_id = query::entry_id(writer.epoch.ordinal, writer.head.seq + 1);
    append_beside(writer, kind, body, at, day, |transaction| {
        let receipt_number = (kind == Kind::RECEIPT_COPY).then_some(number as i64);
        let sql = "INSERT INTO print_jobs (id, entry_id, receipt_number, copy, state, detail)
                   VALUES (?1, ?2, ?3, 1, 'pending', '')";
        transaction.execute(sql, params![id, printed_id, receipt_number])?;
        let sql = "INSERT INTO idempotency_keys (key, entry_id) VALUES (?1, ?2)";
        transaction.execute(sql, params![key.as_str(), copy_id])?;
        Ok(())
    })?;
    query::print_job(writer.connection()?, id)
}

/// What is printed again, and how the entry that says so names it.
struct Paper {
    entry: Entry,
    kind: &'static str,
    field: &'static str,
    number: u64,
}

fn paper(connection: &Connection, copied: Copied) -> Result<Paper, JournalError> {
    let missing = |what: &str, number: u64| JournalError::Missing { what: format!("{what} {number}") };
    Ok(match copied {
        Copied::Receipt(number) => {
            let entry = query::receipt(connection, number)?.ok_or_else(|| missing("receipt", number))?;
            Paper { entry, kind: Kind::RECEIPT_COPY, field: "receipt_number", number }
        }
        Copied::ZReport(number) => {
            let entry = query::z_report(connection, number)?.ok_or_else(|| missing("Z report", number))?;
            Paper { entry, kind: Kind::Z_REPORT_COPY, field: "z_number", number }
        }
        Copied::Job(job) => {
            let PrintJob { receipt_number, entry, .. } = query::print_job(connection, job)?;
            match receipt_number {
                Some(number) => Paper { entry, kind: Kind::RECEIPT_COPY, field: "receipt_number", number },
                None => {
                    let number = entry.seq;
                    Paper { entry, kind: Kind::PAPER_COPY, field: "entry", number }
                }
            }
        }
    })
}

/// Puts the open basket aside, in one commit.
pub(super) fn suspend(writer: &mut Writer, at: &Timestamp, basket: &str) -> Result<i64, JournalError> {
    writer
        .commit(|transaction| {
            let sql = "INSERT INTO suspended (at, basket) VALUES (?1, ?2)";
            transaction.prepare_cached(sql)?.execute(params![at.as_str(), basket])?;
            let id = transaction.last_insert_rowid();
            transaction.prepare_cached("UPDATE till SET basket = NULL")?.execute([])?;
            Ok(id)
        })
        .map_err(JournalError::from)
}

/// Takes a basket that waits away and saves `open` as the open one, in one commit.
pub(super) fn recall(writer: &mut Writer, id: i64, open: &str) -> Result<(), JournalError> {
    writer.commit(|transaction| {
        transaction.prepare_cached("DELETE FROM suspended WHERE id = ?1")?.execute([id])?;
        transaction.prepare_cached("UPDATE till SET basket = ?1")?.execute([open])?;
        Ok(())
    })?;
    Ok(())
}

/// Keeps `json` under `name`; `None` forgets it.
pub(super) fn keep(writer: &mut Writer, name: &str, json: Option<&str>) -> Result<(), JournalError> {
    writer.commit(|transaction| {
        match json {
            Some(json) => {
                let sql = "INSERT OR REPLACE INTO kept (name, json) VALUES (?1, ?2)";
                transaction.prepare_cached(sql)?.execute([name, json])?
            }
            None => transaction.prepare_cached("DELETE FROM kept WHERE name = ?1")?.execute([name])?,
        };
        Ok(())
    })?;
    Ok(())
}

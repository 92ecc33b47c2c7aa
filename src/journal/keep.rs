//! What is kept beside the entries: open basket, price book, print jobs, watermarks.

use super::append::append_beside;
use super::writer::Writer;
use super::{JobState, JournalError, PrintJob, query};
use evertill_domain::chain::Head;
use evertill_domain::ids::{BusinessDay, Epoch, IdempotencyKey, Kind, Location, Timestamp};
use rusqlite::params;

pub(super) fn save_basket(writer: &mut Writer, json: Option<&str>) -> Result<(), JournalError> {
    writer.commit(|transaction| {
        transaction.prepare_cached("UPDATE till SET basket = ?1")?.execute([json])?;
        Ok(())
    })?;
    Ok(())
}

/// Stores the price book and the entry that says it is in force, in one commit.
pub(super) fn save_price_book(
    writer: &mut Writer,
    version: u64,
    json: &str,
    at: Timestamp,
    day: BusinessDay,
) -> Result<(), JournalError> {
    let body = serde_json::json!({ "version": version }).to_string();
    append_beside(writer, Kind::PRICE_BOOK_APPLIED, body, at, day, |transaction| {
        transaction.execute("INSERT OR REPLACE INTO price_book (id, json) VALUES (1, ?1)", [json])?;
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
    receipt_number: u64,
    at: Timestamp,
    day: BusinessDay,
) -> Result<PrintJob, JournalError> {
    let connection = writer.connection()?;
    if let Some((entry, ..)) = query::by_key(connection, key)? {
        let job = (entry.kind.as_str() == Kind::RECEIPT_COPY)
            .then(|| serde_json::from_str::<serde_json::Value>(&entry.body).ok()?.get("job")?.as_i64())
            .flatten()
            .ok_or_else(|| JournalError::KeyReused { key: key.clone() })?;
        return query::print_job(connection, job);
    }
    if query::sale(connection, receipt_number)?.is_none() {
        return Err(JournalError::Missing { what: format!("receipt {receipt_number}") });
    }
    let id: i64 = connection.query_row("SELECT ifnull(max(id), 0) + 1 FROM print_jobs", [], |row| row.get(0))?;
    let body = serde_json::json!({ "receipt_number": receipt_number, "job": id }).to_string();
    let entry_ordinal = writer.epoch.ordinal;
    let entry_seq = writer.head.seq + 1;
    append_beside(writer, Kind::RECEIPT_COPY, body, at, day, |transaction| {
        let sql = "INSERT INTO print_jobs (id, receipt_number, copy, state, detail) VALUES (?1, ?2, 1, 'pending', '')";
        transaction.execute(sql, params![id, receipt_number as i64])?;
        let sql = "INSERT INTO idempotency_keys (key, entry_id) VALUES (?1, ?2)";
        transaction.execute(sql, params![key.as_str(), query::entry_id(entry_ordinal, entry_seq)])?;
        Ok(())
    })?;
    query::print_job(writer.connection()?, id)
}

//! The commit of one event: its number, its entry, its projections, its key, together or not at all.

use super::query::{self, EpochRow, entry_id};
use super::writer::{CommitError, Writer};
use super::{Appended, Draft, JournalError, Options, Record};
use evertill_domain::chain::Head;
use evertill_domain::entry::{Content, Entry};
use evertill_domain::ids::{BusinessDay, Epoch, IdempotencyKey, Kind, Timestamp};
use evertill_domain::sale::Sale;
use rusqlite::{ErrorCode, Transaction, params};

/// Records `draft`, once for `key`: the same key gets the first result again.
pub(super) fn append(writer: &mut Writer, key: &IdempotencyKey, draft: Draft) -> Result<Appended, JournalError> {
    let kind: Kind = match &draft.record {
        Record::Sale(_) => Kind::SALE.parse().expect("SALE is a kind"),
        Record::Plain { kind, .. } => kind.clone(),
    };
    // A commit of unknown outcome may have moved the head: number and seal only against a connection that is open.
    writer.connection()?;
    let receipt_number = writer.last_receipt_number + 1;
    let (body, sale) = match draft.record {
        Record::Sale(unnumbered) => {
            let sale = unnumbered.number(receipt_number);
            let body =
                serde_json::to_string(&sale).map_err(|error| JournalError::Sale { detail: error.to_string() })?;
            (body, Some(sale))
        }
        Record::Plain { body, .. } => (body, None),
    };
    let till = writer.options.till.clone();
    let content = Content { till, at: draft.at, business_day: draft.business_day, kind: kind.clone(), body };
    match write(writer, content, Some(key), sale.as_ref()) {
        Ok(appended) => Ok(appended),
        // Keys are new as a rule: looking first would cost every sale what only a repeat needs.
        Err(CommitError::NotWritten(JournalError::KeyReused { key })) => {
            recorded(writer, &key, &kind)?.ok_or(JournalError::KeyReused { key })
        }
        Err(CommitError::NotWritten(error)) => Err(error),
        // The file was closed; it is opened again by this look-up, and what it says is the truth.
        Err(CommitError::Unknown(error)) => match recorded(writer, key, &kind)? {
            Some(survived) => Ok(Appended { repeated: false, ..survived }),
            None => Err(error),
        },
    }
}

/// Begins a new epoch in a journal that is open.
pub(super) fn begin_epoch(
    writer: &mut Writer,
    reason: &str,
    receipt_number_at_least: u64,
    at: Timestamp,
    business_day: BusinessDay,
) -> Result<Epoch, JournalError> {
    let options = Options { at, business_day, ..writer.options.clone() };
    let (epoch, entry) = writer.commit(|transaction| {
        transaction
            .execute("UPDATE till SET receipt_floor = max(receipt_floor, ?1)", [receipt_number_at_least as i64])?;
        begin_epoch_in(transaction, &options, reason)
    })?;
    writer.epoch = epoch;
    writer.head = Head::of(&entry);
    writer.last_receipt_number = writer.last_receipt_number.max(receipt_number_at_least);
    writer.announce();
    Ok(epoch.epoch)
}

/// Writes a new epoch's row and its first entry, which says why it began and where the one before it stood.
pub(super) fn begin_epoch_in(
    transaction: &Transaction<'_>,
    options: &Options,
    reason: &str,
) -> Result<(EpochRow, Entry), JournalError> {
    let previous = query::epoch_rows(transaction)?.pop();
    let previous_head = previous.map_or(Ok(Head::START), |row| query::head_of(transaction, row.ordinal))?;
    let row = EpochRow { ordinal: previous.map_or(0, |row| row.ordinal) + 1, epoch: Epoch(uuid::Uuid::now_v7()) };
    let body = serde_json::json!({
        "reason": reason,
        "previous_epoch": previous.map(|row| row.epoch),
        "previous_head": previous_head.seq,
        "previous_hash": previous_head.hash,
    });
    let content = Content {
        till: options.till.clone(),
        at: options.at.clone(),
        business_day: options.business_day.clone(),
        kind: Kind::EPOCH_BEGUN.parse().expect("EPOCH_BEGUN is a kind"),
        body: body.to_string(),
    };
    let entry = Entry::seal(content, row.epoch, 1, Head::START.hash, &options.key);
    let sql = "INSERT INTO epochs (ordinal, epoch, reason) VALUES (?1, ?2, ?3)";
    transaction.execute(sql, params![row.ordinal, row.epoch.to_string(), reason])?;
    insert_entry(transaction, row.ordinal, &entry)?;
    Ok((row, entry))
}

/// Appends an entry that no caller repeats, beside `also` in the same commit.
pub(super) fn append_beside(
    writer: &mut Writer,
    kind: &str,
    body: String,
    at: Timestamp,
    business_day: BusinessDay,
    also: impl FnOnce(&Transaction<'_>) -> Result<(), JournalError>,
) -> Result<Entry, JournalError> {
    let kind = kind.parse().expect("kinds of this program are valid");
    let content = Content { till: writer.options.till.clone(), at, business_day, kind, body };
    // A commit of unknown outcome may have moved the head: seal only against a connection that is open.
    writer.connection()?;
    let entry = seal_next(writer, content);
    let ordinal = writer.epoch.ordinal;
    writer.commit(|transaction| {
        insert_entry(transaction, ordinal, &entry)?;
        also(transaction)
    })?;
    writer.head = Head::of(&entry);
    writer.announce();
    Ok(entry)
}

fn recorded(writer: &mut Writer, key: &IdempotencyKey, kind: &Kind) -> Result<Option<Appended>, JournalError> {
    match query::by_key(writer.connection()?, key)? {
        Some((entry, receipt_number, print_job)) if entry.kind == *kind => {
            Ok(Some(Appended { entry, receipt_number, print_job, repeated: true }))
        }
        Some(_) => Err(JournalError::KeyReused { key: key.clone() }),
        None => Ok(None),
    }
}

fn seal_next(writer: &Writer, content: Content) -> Entry {
    let entry = Entry::seal(content, writer.epoch.epoch, writer.head.seq + 1, writer.head.hash, &writer.options.key);
    debug_assert_eq!(entry.prev, writer.head.hash);
    entry
}

fn write(
    writer: &mut Writer,
    content: Content,
    key: Option<&IdempotencyKey>,
    sale: Option<&Sale>,
) -> Result<Appended, CommitError> {
    let entry = seal_next(writer, content);
    let ordinal = writer.epoch.ordinal;
    let print_job = writer.commit(|transaction| {
        insert_entry(transaction, ordinal, &entry)?;
        let id = entry_id(ordinal, entry.seq);
        if let Some(key) = key {
            insert_key(transaction, key, id)?;
        }
        sale.map(|sale| project_sale(transaction, id, sale)).transpose()
    })?;
    writer.head = Head::of(&entry);
    let receipt_number = sale.map(|sale| sale.receipt_number);
    writer.last_receipt_number = receipt_number.unwrap_or(writer.last_receipt_number);
    writer.announce();
    Ok(Appended { entry, receipt_number, print_job, repeated: false })
}

fn insert_entry(transaction: &Transaction<'_>, ordinal: i64, entry: &Entry) -> Result<(), JournalError> {
    let sql = "INSERT INTO entries (id, v, at, business_day, kind, body, prev, hash, sig)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    transaction.prepare_cached(sql)?.execute(params![
        entry_id(ordinal, entry.seq),
        entry.v,
        entry.at.as_str(),
        entry.business_day.as_str(),
        entry.kind.as_str(),
        entry.body,
        entry.prev.0,
        entry.hash.0,
        entry.sig.0,
    ])?;
    Ok(())
}

/// Remembers what the act with `key` recorded; [`JournalError::KeyReused`] when it has recorded something already.
fn insert_key(transaction: &Transaction<'_>, key: &IdempotencyKey, entry_id: i64) -> Result<(), JournalError> {
    let sql = "INSERT INTO idempotency_keys (key, entry_id) VALUES (?1, ?2)";
    match transaction.prepare_cached(sql)?.execute(params![key.as_str(), entry_id]) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Err(JournalError::KeyReused { key: key.clone() })
        }
        inserted => Ok(inserted.map(drop)?),
    }
}

/// The sale's row, its print job, and the end of the open basket.
fn project_sale(transaction: &Transaction<'_>, entry_id: i64, sale: &Sale) -> Result<i64, JournalError> {
    let sql = "INSERT INTO sales (receipt_number, entry_id, total_minor, currency) VALUES (?1, ?2, ?3, ?4)";
    transaction.prepare_cached(sql)?.execute(params![
        sale.receipt_number as i64,
        entry_id,
        sale.total_minor,
        sale.currency.to_string()
    ])?;
    let sql = "INSERT INTO print_jobs (receipt_number, copy, state, detail) VALUES (?1, 0, 'pending', '')";
    transaction.prepare_cached(sql)?.execute([sale.receipt_number as i64])?;
    let job = transaction.last_insert_rowid();
    transaction.prepare_cached("UPDATE till SET basket = NULL")?.execute([])?;
    Ok(job)
}

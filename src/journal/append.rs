//! The commit of one event: its number, its entry, its projections, its key, together or not at all.

use super::query::{self, EpochRow, entry_id};
use super::writer::{CommitError, Writer};
use super::{Appended, Draft, JournalError, Options, Record};
use evertill_domain::chain::Head;
use evertill_domain::entry::{Content, Entry};
use evertill_domain::ids::{BusinessDay, Epoch, IdempotencyKey, Kind, Timestamp};
use evertill_domain::refund::Original;
use rusqlite::{ErrorCode, Transaction, params};

/// What an entry leaves in the tables beside it.
#[derive(Default)]
struct Projection {
    /// Receipt number, what came in, currency.
    receipt: Option<(u64, i64, String)>,
    /// The sale that goods came back of.
    returned: Option<Original>,
    /// Whether it ends the open basket.
    ends_basket: bool,
    /// Whether it is printed.
    prints: bool,
}

/// Records `draft`, once for `key`: the same key gets the first result again.
pub(super) fn append(writer: &mut Writer, key: &IdempotencyKey, draft: Draft) -> Result<Appended, JournalError> {
    // A commit of unknown outcome may have moved the head: number and seal only against a connection that is open.
    writer.connection()?;
    let Draft { at, business_day, allowed, record } = draft;
    let (kind, body, projection) = number(record, writer.last_receipt_number + 1)?;
    let till = writer.options.till.clone();
    let content = |kind: &Kind, body: String| Content {
        till: till.clone(),
        at: at.clone(),
        business_day: business_day.clone(),
        kind: kind.clone(),
        body,
    };
    let before = allowed.map(|allowed| {
        let kind = Kind::OVERRIDE.parse().expect("OVERRIDE is a kind");
        content(&kind, serde_json::to_string(&allowed).expect("an override holds only text"))
    });
    match write(writer, before, content(&kind, body), key, projection) {
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

/// Kind, body and projection of `record`, which gets `receipt_number` if it needs one.
fn number(record: Record, receipt_number: u64) -> Result<(Kind, String, Projection), JournalError> {
    let (kind, body, projection) = match record {
        Record::Plain { kind, body, prints } => {
            return Ok((kind, body, Projection { prints, ..Projection::default() }));
        }
        Record::Sale(unnumbered) => {
            let sale = unnumbered.number(receipt_number);
            let receipt = Some((receipt_number, sale.total_minor, sale.currency.to_string()));
            let projection = Projection { receipt, ends_basket: true, prints: true, ..Projection::default() };
            (Kind::SALE, serde_json::to_string(&sale), projection)
        }
        Record::Refund(unnumbered) => {
            let refund = unnumbered.number(receipt_number);
            let receipt = Some((receipt_number, refund.total_minor.saturating_neg(), refund.currency.to_string()));
            let returned = refund.original.clone();
            (
                Kind::REFUND,
                serde_json::to_string(&refund),
                Projection { receipt, returned, ends_basket: false, prints: true },
            )
        }
        Record::VoidSale(unnumbered) => {
            let void = unnumbered.number(receipt_number);
            let receipt = Some((receipt_number, void.total_minor.saturating_neg(), void.currency.to_string()));
            let returned = Some(void.original.clone());
            (
                Kind::VOID_SALE,
                serde_json::to_string(&void),
                Projection { receipt, returned, ends_basket: false, prints: true },
            )
        }
    };
    let body = body.map_err(|error| JournalError::Sale { detail: error.to_string() })?;
    Ok((kind.parse().expect("kinds of this program are valid"), body, projection))
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
    let entry = seal_behind(writer, writer.head, content);
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

/// Seals `content` as the entry behind `head`.
fn seal_behind(writer: &Writer, head: Head, content: Content) -> Entry {
    Entry::seal(content, writer.epoch.epoch, head.seq + 1, head.hash, &writer.options.key)
}

fn write(
    writer: &mut Writer,
    before: Option<Content>,
    content: Content,
    key: &IdempotencyKey,
    projection: Projection,
) -> Result<Appended, CommitError> {
    let before = before.map(|before| seal_behind(writer, writer.head, before));
    let head = before.as_ref().map_or(writer.head, Head::of);
    let entry = seal_behind(writer, head, content);
    let ordinal = writer.epoch.ordinal;
    let print_job = writer.commit(|transaction| {
        if let Some(before) = &before {
            insert_entry(transaction, ordinal, before)?;
        }
        insert_entry(transaction, ordinal, &entry)?;
        let id = entry_id(ordinal, entry.seq);
        insert_key(transaction, key, id)?;
        project(transaction, id, &projection)
    })?;
    writer.head = Head::of(&entry);
    let receipt_number = projection.receipt.map(|(number, ..)| number);
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

/// The rows beside an entry, and its print job.
fn project(transaction: &Transaction<'_>, entry_id: i64, projection: &Projection) -> Result<Option<i64>, JournalError> {
    if let Some((number, total_minor, currency)) = &projection.receipt {
        let sql = "INSERT INTO receipts (receipt_number, entry_id, total_minor, currency) VALUES (?1, ?2, ?3, ?4)";
        transaction.prepare_cached(sql)?.execute(params![*number as i64, entry_id, total_minor, currency])?;
    }
    if let Some(Original { till, receipt_number }) = &projection.returned {
        let sql = "INSERT INTO returns (entry_id, till, receipt_number) VALUES (?1, ?2, ?3)";
        transaction.prepare_cached(sql)?.execute(params![entry_id, till.to_string(), *receipt_number as i64])?;
    }
    if projection.ends_basket {
        transaction.prepare_cached("UPDATE till SET basket = NULL")?.execute([])?;
    }
    if !projection.prints {
        return Ok(None);
    }
    let number = projection.receipt.as_ref().map(|(number, ..)| *number as i64);
    let sql =
        "INSERT INTO print_jobs (entry_id, receipt_number, copy, state, detail) VALUES (?1, ?2, 0, 'pending', '')";
    transaction.prepare_cached(sql)?.execute(params![entry_id, number])?;
    Ok(Some(transaction.last_insert_rowid()))
}

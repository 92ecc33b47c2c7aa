//! The full check: every entry of every epoch through the chain, and every projection against its entry.
//!
//! SQLite does not checksum its pages, so most damage of a disk shows only here.

use super::{JournalError, query, schema};
use ed25519_dalek::VerifyingKey;
use evertill_domain::chain::{Head, Verifier};
use evertill_domain::entry::Entry;
use evertill_domain::event::Event;
use evertill_domain::ids::TillId;
use rusqlite::Connection;
use std::path::Path;

/// Entries that are read at a time.
const PAGE_ENTRIES: usize = 500;
/// Most findings that a report lists.
const FINDINGS_MAX: usize = 50;

/// Something that does not hold, with the entry that it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which entry, or which part of the file.
    pub place: String,
    /// What does not hold.
    pub detail: String,
}

/// What a full check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Entries that were checked.
    pub entries: u64,
    /// Epochs that were checked.
    pub epochs: u64,
    /// Sales, refunds and voided sales among the entries.
    pub receipts: u64,
    /// All that does not hold; empty when the journal is whole.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether everything holds.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, place: String, detail: impl ToString) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { place, detail: detail.to_string() });
        }
    }
}

/// Checks the journal at `path` against the till and its public key. Reads beside a running agent; blocks.
pub fn verify(path: &Path, till: &TillId, key: &VerifyingKey) -> Result<Report, JournalError> {
    if !path.exists() {
        return Err(JournalError::Open { path: path.to_owned(), detail: "there is no such file".to_owned() });
    }
    let connection = schema::open_for_reading(path)?;
    // One read transaction, so that a sale that is recorded meanwhile does not look like a contradiction.
    let snapshot = connection.unchecked_transaction()?;
    let mut report = Report::default();
    if let Err(error) = check_all(&snapshot, till, key, &mut report) {
        report.find("the file".to_owned(), error);
    }
    Ok(report)
}

fn check_all(
    connection: &Connection,
    till: &TillId,
    key: &VerifyingKey,
    report: &mut Report,
) -> Result<(), JournalError> {
    let owner = query::till_of(connection)?;
    if owner != *till {
        report.find("the file".to_owned(), format!("it says that it belongs to {owner}, not to {till}"));
        return Ok(());
    }
    let rows = query::epoch_rows(connection)?;
    for row in &rows {
        report.epochs += 1;
        check_epoch(connection, row, Verifier::new(till.clone(), row.epoch, *key, Head::START), report)?;
    }
    if rows.is_empty() {
        report.find("the file".to_owned(), "there is no epoch");
    }
    check_projections(connection, report)?;
    let integrity: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if integrity != "ok" {
        report.find("the file".to_owned(), integrity);
    }
    Ok(())
}

/// Walks one epoch. After a break the walk goes on behind it, so that one altered entry is one finding.
fn check_epoch(
    connection: &Connection,
    row: &query::EpochRow,
    mut verifier: Verifier,
    report: &mut Report,
) -> Result<(), JournalError> {
    let mut position = 0;
    loop {
        let page = match query::entries(connection, row.epoch, position, PAGE_ENTRIES, usize::MAX) {
            Ok(page) => page,
            // One unreadable row hides its page: step through it row by row.
            Err(_) => match query::entries(connection, row.epoch, position, 1, usize::MAX) {
                Ok(page) => page,
                Err(error) => {
                    report.find(format!("entry {} of epoch {}", position + 1, row.epoch), error);
                    let Some((seq, hash)) = query::place_after(connection, row.ordinal, position)? else { break };
                    position = seq;
                    verifier = verifier.resume_at(Head { seq, hash });
                    continue;
                }
            },
        };
        let Some(last) = page.last() else { break };
        position = last.seq;
        for entry in &page {
            report.entries += 1;
            if let Err(error) = verifier.check(entry) {
                report.find(format!("entry {} of epoch {}", entry.seq, row.epoch), error);
                verifier = verifier.resume_at(Head::of(entry));
            }
            check_receipt(connection, row.ordinal, entry, report)?;
        }
    }
    for (location, seq) in query::watermarks_of(connection, row.ordinal)? {
        if seq > verifier.head().seq {
            let detail = format!("{location} has entries up to {seq}: the newest of this journal are gone");
            report.find(format!("entry {} of epoch {}", verifier.head().seq + 1, row.epoch), detail);
        }
    }
    Ok(())
}

/// The body of what has a receipt must reconcile, and its projection must say the same.
fn check_receipt(
    connection: &Connection,
    ordinal: i64,
    entry: &Entry,
    report: &mut Report,
) -> Result<(), JournalError> {
    if !query::RECEIPT_KINDS.contains(&entry.kind.as_str()) {
        return Ok(());
    }
    report.receipts += 1;
    let place = format!("entry {} of epoch {}", entry.seq, entry.epoch);
    let (number, total_minor, currency) = match Event::of(entry) {
        Ok(Event::Sale(sale)) => (sale.receipt_number, sale.total_minor, sale.currency),
        Ok(Event::Refund(refund)) => (refund.receipt_number, refund.total_minor.saturating_neg(), refund.currency),
        Ok(Event::VoidSale(void)) => (void.receipt_number, void.total_minor.saturating_neg(), void.currency),
        Ok(_) => return Ok(()),
        Err(error) => {
            report.find(place, error);
            return Ok(());
        }
    };
    let expected = (query::entry_id(ordinal, entry.seq), total_minor, currency.to_string());
    match query::projection_of(connection, number) {
        Ok(Some(found)) if found == expected => {}
        Ok(_) => report.find(place, "its row in the table of receipts says something else"),
        Err(error) => report.find(place, format!("its row in the table of receipts cannot be read: {error}")),
    }
    Ok(())
}

fn check_projections(connection: &Connection, report: &mut Report) -> Result<(), JournalError> {
    let sql = "SELECT count(*) FROM receipts";
    let rows: u64 = connection.query_row(sql, [], |row| row.get(0))?;
    if rows != report.receipts {
        report.find("the table of receipts".to_owned(), format!("it has {rows} rows for {} receipts", report.receipts));
    }
    for key in query::keys_without_entry(connection)? {
        report.find(format!("the idempotency key {key}"), "it points to no entry");
    }
    Ok(())
}

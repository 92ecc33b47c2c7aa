//! A sale's commit: `Journal::append` (numbering, JSON, hash, signature, one transaction) against bare SQLite
//! that writes the very same rows with the same pragmas and nothing else.
//!
//! Both files lie in `target/`, on the disk of the checkout. They take turns, so that a disk that slows down slows both.

use super::region::{self, AT, DAY};
use super::table::{Reach, Row};
use anyhow::Context;
use evertill::journal::{Appended, Draft, Record};
use evertill_domain::entry::Entry;
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::sale::UnnumberedSale;
use rusqlite::{Connection, TransactionBehavior, params};
use std::path::Path;
use std::time::{Duration, Instant};

const ROUNDS: u64 = 20;
const SALES_A_ROUND: u64 = 100;
/// DESIGN, section 13.
const REACH: Reach = Reach::AtMost(1.25);

/// Measures the row.
pub fn row() -> anyhow::Result<Row> {
    println!("sale commit: {} sales of 5 lines, in turns ...", ROUNDS * SALES_A_ROUND);
    let folder = region::folder()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let journal = region::journal(&folder.path().join("journal.db"))?;
    let mut bare = Bare::open(&folder.path().join("bare.db"))?;
    let sale = region::sale()?;
    let (mut ours, mut limit) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut written = Vec::new();
        for number in 0..SALES_A_ROUND {
            let key: IdempotencyKey = format!("bench-{round}-{number}").parse()?;
            let draft = draft(&sale)?;
            let begun = Instant::now();
            let appended = runtime.block_on(journal.append(key.clone(), draft))?;
            ours.push(begun.elapsed());
            written.push((key, appended));
        }
        for (key, appended) in &written {
            let begun = Instant::now();
            bare.write(key, appended)?;
            limit.push(begun.elapsed());
        }
    }
    let how = format!(
        "p50 of {} commits each, in turns on one disk; p99 {} us against {} us",
        ours.len(),
        micros(percentile(&mut ours, 99)),
        micros(percentile(&mut limit, 99))
    );
    let (ours, limit) = (micros(percentile(&mut ours, 50)), micros(percentile(&mut limit, 50)));
    Ok(Row::ratio("sale commit, p50, against bare SQLite", "us", ours, limit, REACH, how))
}

fn draft(sale: &UnnumberedSale) -> anyhow::Result<Draft> {
    Ok(Draft::new(AT.parse()?, DAY.parse()?, Record::Sale(Box::new(sale.clone()))))
}

/// SQLite as anyone would use it, with the journal's schema and pragmas.
struct Bare {
    connection: Connection,
}

impl Bare {
    fn open(path: &Path) -> anyhow::Result<Bare> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "page_size", 2_048)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.execute_batch(include_str!("../../../migrations/0001_journal.sql"))?;
        Ok(Bare { connection })
    }

    /// Writes the rows that the journal wrote for this sale.
    fn write(&mut self, key: &IdempotencyKey, appended: &Appended) -> anyhow::Result<()> {
        let Appended { entry, receipt_number, .. } = appended;
        let Entry { v, seq, at, business_day, kind, body, prev, hash, sig, .. } = entry;
        let number = receipt_number.context("a sale has a receipt number")? as i64;
        let id = *seq as i64;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction
            .prepare_cached("INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?
            .execute(params![id, v, at.as_str(), business_day.as_str(), kind.as_str(), body, prev.0, hash.0, sig.0])?;
        transaction
            .prepare_cached("INSERT INTO idempotency_keys VALUES (?1, ?2)")?
            .execute(params![key.as_str(), id])?;
        transaction
            .prepare_cached("INSERT INTO receipts VALUES (?1, ?2, ?3, 'EUR')")?
            .execute(params![number, id, 1_999])?;
        let job = "INSERT INTO print_jobs (entry_id, receipt_number, copy, state, detail)
                   VALUES (?1, ?2, 0, 'pending', '')";
        transaction.prepare_cached(job)?.execute([id, number])?;
        transaction.prepare_cached("UPDATE till SET basket = NULL")?.execute([])?;
        transaction.commit()?;
        Ok(())
    }
}

pub(super) fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() - 1) * percent / 100]
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

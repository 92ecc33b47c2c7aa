//! A group of batches, each of another till, in one transaction.
//!
//! ```text
//! the tills' rows are written, hence locked   and their chains read     one way there and back
//! numbers that are here already are compared  only for resends
//! entries, days, heads, returns               each one multi-row insert one way there and back
//! ```

use super::beside::keep_fork;
use super::error::Error;
use super::rows;
use super::transaction::Work;
use crate::store::numbered::{Numbered, Original};
use crate::store::verdict::{Day, Known, Verdict, days, verdict};
use crate::store::{Batch, Outcome, StoreError, store_of, to_i64, to_u64};
use deadpool_postgres::Transaction;
use evertill_domain::chain::Head;
use evertill_domain::entry::{Entry, Hash};
use evertill_domain::ids::Epoch;
use std::collections::HashMap;
use tokio::try_join;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

const HEARD: &str = "INSERT INTO tills (till, store, receipt_number, heard_at)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
    ON CONFLICT (till) DO UPDATE
    SET receipt_number = GREATEST(tills.receipt_number, excluded.receipt_number), heard_at = excluded.heard_at";
const KNOWN: &str = "SELECT chains.till, chains.seq, chains.hash, chains.public_key FROM chains
    JOIN unnest($1::text[], $2::uuid[]) AS asked (till, epoch)
    ON chains.till = asked.till AND chains.epoch = asked.epoch";
const HASHES: &str = "SELECT seq, hash FROM entries WHERE till = $1 AND epoch = $2 AND seq BETWEEN $3 AND $4
    UNION ALL SELECT seq, hash FROM set_aside
    WHERE till = $1 AND epoch = $2 AND seq BETWEEN $3 AND $4 AND in_chain";
const ENTRIES: &str = "INSERT INTO entries
      (till, epoch, seq, v, at, business_day, kind, receipt_number, body, prev, hash, sig)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[],
      $8::bigint[], $9::bytea[], $10::bytea[], $11::bytea[], $12::bytea[])";
const DAYS: &str = "INSERT INTO days (till, epoch, business_day, first_seq, last_seq, entries, sales)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
    ON CONFLICT (till, epoch, business_day) DO UPDATE SET last_seq = excluded.last_seq,
      entries = days.entries + excluded.entries, sales = days.sales + excluded.sales";
const HEADS: &str = "INSERT INTO chains (till, epoch, public_key, seq, hash)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::bytea[], $4::bigint[], $5::bytea[])
    ON CONFLICT (till, epoch) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";
const RETURNS: &str = "INSERT INTO returns (till, epoch, seq, of_till, of_receipt_number)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::bigint[])";

/// The group, in the order of its tills.
pub(super) struct Take<'a>(pub(super) &'a [Batch]);

impl Work for Take<'_> {
    type Answer = Vec<Outcome>;

    async fn run(&self, transaction: &Transaction<'_>) -> Result<Vec<Outcome>, Error> {
        let known = heard(transaction, self.0).await?;
        let mut verdicts = Vec::with_capacity(self.0.len());
        for batch in self.0 {
            let name = batch.till.to_string();
            let known = known.get(&name).copied();
            let stored = match known {
                Some(known) => overlap(transaction, &name, known.head, batch).await?,
                None => HashMap::new(),
            };
            let missing = |seq| StoreError::Damaged(format!("{name} has no entry {seq} below its head"));
            let verdict = verdict(known, batch, |seq| stored.get(&seq).copied().ok_or_else(|| missing(seq)))?;
            if let Some(entry) = verdict.fork {
                keep_fork(transaction, &name, entry, &batch.at).await?;
            }
            verdicts.push((batch, verdict));
        }
        append(transaction, &verdicts).await?;
        Ok(verdicts.iter().map(|(_, verdict)| verdict.outcome).collect())
    }
}

/// Notes that the tills were heard, which locks their rows until the commit, and reads where their epochs stand.
async fn heard(transaction: &Transaction<'_>, batches: &[Batch]) -> Result<HashMap<String, Known>, Error> {
    let tills: Vec<String> = batches.iter().map(|batch| batch.till.to_string()).collect();
    let stores: Vec<String> = batches.iter().map(|batch| store_of(&batch.till)).collect();
    let numbers: Vec<i64> = batches.iter().map(|batch| to_i64(batch.receipt_number)).collect();
    let at: Vec<&str> = batches.iter().map(|batch| batch.at.as_str()).collect();
    let epochs: Vec<Uuid> = batches.iter().map(|batch| batch.epoch.0).collect();
    let (write, read) = try_join!(transaction.prepare_cached(HEARD), transaction.prepare_cached(KNOWN))?;
    // Sent in this order on one connection, so the second sees what the lock of the first kept still.
    let written: [&(dyn ToSql + Sync); 4] = [&tills, &stores, &numbers, &at];
    let asked: [&(dyn ToSql + Sync); 2] = [&tills, &epochs];
    let (_, rows) = try_join!(biased; transaction.execute(&write, &written), transaction.query(&read, &asked))?;
    let known = rows.iter().map(|row| Ok((row.try_get(0)?, rows::known(row, 1)?)));
    known.collect()
}

/// The hashes that are here of the numbers of `batch` up to `head`.
async fn overlap(
    transaction: &Transaction<'_>,
    till: &str,
    head: Head,
    batch: &Batch,
) -> Result<HashMap<u64, Hash>, Error> {
    let (first, last) = match (batch.entries.first(), batch.entries.last()) {
        (Some(first), Some(last)) if first.seq <= head.seq => (first.seq, last.seq.min(head.seq)),
        _ => return Ok(HashMap::new()),
    };
    hashes(transaction, till, batch.epoch, first, last).await
}

/// The hashes that are in the chain from `first` to `last`, be they of entries or of what was set aside.
pub(super) async fn hashes(
    transaction: &Transaction<'_>,
    till: &str,
    epoch: Epoch,
    first: u64,
    last: u64,
) -> Result<HashMap<u64, Hash>, Error> {
    let statement = transaction.prepare_cached(HASHES).await?;
    let rows = transaction.query(&statement, &[&till, &epoch.0, &to_i64(first), &to_i64(last)]).await?;
    rows.iter().map(|row| Ok((to_u64(row.try_get(0)?), Hash(rows::bytes_32(row, 1)?)))).collect()
}

/// What a batch adds to its chain.
struct Part<'a> {
    till: String,
    batch: &'a Batch,
    entries: &'a [Entry],
}

/// An entry to be written.
struct Line<'a> {
    till: &'a str,
    entry: &'a Entry,
    numbered: Option<Numbered>,
}

/// Writes what is new of all batches.
async fn append(transaction: &Transaction<'_>, verdicts: &[(&Batch, Verdict<'_>)]) -> Result<(), Error> {
    let parts: Vec<Part<'_>> = (verdicts.iter())
        .filter(|(_, verdict)| !verdict.append.is_empty())
        .map(|(batch, verdict)| Part { till: batch.till.to_string(), batch, entries: verdict.append })
        .collect();
    if parts.is_empty() {
        return Ok(());
    }
    let lines = parts.iter().flat_map(|part| part.entries.iter().map(|entry| (part.till.as_str(), entry)));
    let lines: Vec<Line<'_>> = lines.map(|(till, entry)| Line { till, entry, numbered: Numbered::of(entry) }).collect();
    // Sent one behind the other without waiting for the answers between.
    try_join!(
        entries(transaction, &lines),
        heads(transaction, &parts),
        add_days(transaction, &parts),
        returns(transaction, &lines),
    )?;
    Ok(())
}

async fn entries(transaction: &Transaction<'_>, lines: &[Line<'_>]) -> Result<(), Error> {
    let number = |line: &Line<'_>| line.numbered.as_ref().map_or(0, |numbered| to_i64(numbered.receipt_number));
    let tills: Vec<&str> = lines.iter().map(|line| line.till).collect();
    let epochs: Vec<Uuid> = lines.iter().map(|line| line.entry.epoch.0).collect();
    let seqs: Vec<i64> = lines.iter().map(|line| to_i64(line.entry.seq)).collect();
    let versions: Vec<i32> = lines.iter().map(|line| i32::from(line.entry.v)).collect();
    let at: Vec<&str> = lines.iter().map(|line| line.entry.at.as_str()).collect();
    let days: Vec<&str> = lines.iter().map(|line| line.entry.business_day.as_str()).collect();
    let kinds: Vec<&str> = lines.iter().map(|line| line.entry.kind.as_str()).collect();
    let receipts: Vec<i64> = lines.iter().map(number).collect();
    let bodies: Vec<&[u8]> = lines.iter().map(|line| line.entry.body.as_bytes()).collect();
    let prevs: Vec<&[u8]> = lines.iter().map(|line| &line.entry.prev.0[..]).collect();
    let hashes: Vec<&[u8]> = lines.iter().map(|line| &line.entry.hash.0[..]).collect();
    let sigs: Vec<&[u8]> = lines.iter().map(|line| &line.entry.sig.0[..]).collect();
    let columns: [&(dyn ToSql + Sync); 12] =
        [&tills, &epochs, &seqs, &versions, &at, &days, &kinds, &receipts, &bodies, &prevs, &hashes, &sigs];
    let statement = transaction.prepare_cached(ENTRIES).await?;
    transaction.execute(&statement, &columns).await?;
    Ok(())
}

/// Moves the anchors: from here on, what lies below is acknowledged. A chain that is not here yet begins.
async fn heads(transaction: &Transaction<'_>, parts: &[Part<'_>]) -> Result<(), Error> {
    let heads: Vec<Head> = parts.iter().filter_map(|part| part.entries.last().map(Head::of)).collect();
    let tills: Vec<&str> = parts.iter().map(|part| part.till.as_str()).collect();
    let epochs: Vec<Uuid> = parts.iter().map(|part| part.batch.epoch.0).collect();
    let keys: Vec<&[u8]> = parts.iter().map(|part| &part.batch.public_key[..]).collect();
    let seqs: Vec<i64> = heads.iter().map(|head| to_i64(head.seq)).collect();
    let hashes: Vec<&[u8]> = heads.iter().map(|head| &head.hash.0[..]).collect();
    let statement = transaction.prepare_cached(HEADS).await?;
    transaction.execute(&statement, &[&tills, &epochs, &keys, &seqs, &hashes]).await?;
    Ok(())
}

async fn add_days(transaction: &Transaction<'_>, parts: &[Part<'_>]) -> Result<(), Error> {
    let each: Vec<(&Part<'_>, &str, Day)> = (parts.iter())
        .flat_map(|part| days(part.entries).into_iter().map(move |(day, sum)| (part, day.as_str(), sum)))
        .collect();
    let tills: Vec<&str> = each.iter().map(|(part, ..)| part.till.as_str()).collect();
    let epochs: Vec<Uuid> = each.iter().map(|(part, ..)| part.batch.epoch.0).collect();
    let names: Vec<&str> = each.iter().map(|(_, name, _)| *name).collect();
    let firsts: Vec<i64> = each.iter().map(|(.., day)| to_i64(day.first_seq)).collect();
    let lasts: Vec<i64> = each.iter().map(|(.., day)| to_i64(day.last_seq)).collect();
    let counts: Vec<i64> = each.iter().map(|(.., day)| day.entries).collect();
    let sales: Vec<i64> = each.iter().map(|(.., day)| day.sales).collect();
    let statement = transaction.prepare_cached(DAYS).await?;
    transaction.execute(&statement, &[&tills, &epochs, &names, &firsts, &lasts, &counts, &sales]).await?;
    Ok(())
}

async fn returns(transaction: &Transaction<'_>, lines: &[Line<'_>]) -> Result<(), Error> {
    let each: Vec<(&Line<'_>, &Original)> =
        lines.iter().filter_map(|line| Some((line, line.numbered.as_ref()?.original.as_ref()?))).collect();
    if each.is_empty() {
        return Ok(());
    }
    let tills: Vec<&str> = each.iter().map(|(line, _)| line.till).collect();
    let epochs: Vec<Uuid> = each.iter().map(|(line, _)| line.entry.epoch.0).collect();
    let seqs: Vec<i64> = each.iter().map(|(line, _)| to_i64(line.entry.seq)).collect();
    let of_tills: Vec<&str> = each.iter().map(|(_, original)| original.till.as_str()).collect();
    let of_numbers: Vec<i64> = each.iter().map(|(_, original)| to_i64(original.receipt_number)).collect();
    let statement = transaction.prepare_cached(RETURNS).await?;
    transaction.execute(&statement, &[&tills, &epochs, &seqs, &of_tills, &of_numbers]).await?;
    Ok(())
}

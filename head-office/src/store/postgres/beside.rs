//! What is written beside the chains' own entries: contradictions, bytes set aside, heartbeats, what operators did.

use super::error::Error;
use super::rows;
use super::take::hashes;
use super::transaction::Work;
use crate::store::verdict::{BESIDE_MAX, Known, cry_fork};
use crate::store::{Aside, AuditLine, Beat, Outcome, StoreError, store_of, to_i64};
use deadpool_postgres::Transaction;
use evertill_domain::chain::Head;
use evertill_domain::entry::Entry;
use evertill_domain::ids::TillId;
use uuid::Uuid;

/// Records that `entry` contradicts the chain; it is never merged.
pub(super) async fn keep_fork(transaction: &Transaction<'_>, till: &str, entry: &Entry, at: &str) -> Result<(), Error> {
    cry_fork(entry);
    let (epoch, day) = (entry.epoch.0, entry.business_day.as_str());
    let counted = "SELECT COUNT(*) FROM forks WHERE till = $1 AND epoch = $2";
    let count: i64 = transaction.query_one(counted, &[&till, &epoch]).await?.try_get(0)?;
    if count >= BESIDE_MAX {
        return Ok(());
    }
    let (seq, hash, line) = (to_i64(entry.seq), &entry.hash.0[..], entry.to_line().into_bytes());
    transaction
        .execute(
            "INSERT INTO forks (till, epoch, seq, hash, business_day, line, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (till, epoch, seq, hash) DO NOTHING",
            &[&till, &epoch, &seq, &hash, &day, &line, &at],
        )
        .await?;
    Ok(())
}

/// Notes that the till was heard, which locks its row until the commit.
async fn heard(transaction: &Transaction<'_>, till: &TillId, receipt_number: u64, at: &str) -> Result<(), Error> {
    let statement = transaction
        .prepare_cached(
            "INSERT INTO tills (till, store, receipt_number, heard_at) VALUES ($1, $2, $3, $4) ON CONFLICT (till) DO UPDATE
             SET receipt_number = GREATEST(tills.receipt_number, excluded.receipt_number), heard_at = excluded.heard_at",
        )
        .await?;
    let (name, store) = (till.to_string(), store_of(till));
    transaction.execute(&statement, &[&name, &store, &to_i64(receipt_number), &at]).await?;
    Ok(())
}

/// Keeps an entry as bytes: in the chain when it continues it, else beside it.
impl Work for Aside {
    type Answer = Outcome;

    async fn run(&self, transaction: &Transaction<'_>) -> Result<Outcome, Error> {
        let Aside { till, public_key, epoch, seq, prev, hash, receipt_number, at, .. } = self;
        heard(transaction, till, *receipt_number, at).await?;
        let name = till.to_string();
        let row = transaction
            .query_opt("SELECT seq, hash, public_key FROM chains WHERE till = $1 AND epoch = $2", &[&name, &epoch.0])
            .await?;
        let known = row.map(|row| rows::known(&row, 0)).transpose()?.unwrap_or(Known::begun(*public_key));
        if known.public_key != *public_key {
            return Ok(Outcome::OtherKey);
        }
        let head = known.head;
        if *seq == head.seq + 1 && *prev == head.hash {
            keep_bytes(transaction, self, true).await?;
            let head = Head { seq: *seq, hash: *hash };
            stand_at(transaction, self, head).await?;
            return Ok(Outcome::Taken(head));
        }
        if *seq <= head.seq && hashes(transaction, &name, *epoch, *seq, *seq).await?.get(seq) == Some(hash) {
            return Ok(Outcome::Taken(head));
        }
        let counted = "SELECT COUNT(*) FROM set_aside WHERE till = $1 AND epoch = $2 AND NOT in_chain";
        let count: i64 = transaction.query_one(counted, &[&name, &epoch.0]).await?.try_get(0)?;
        if count >= BESIDE_MAX {
            return Ok(Outcome::TooMany(head));
        }
        keep_bytes(transaction, self, false).await?;
        stand_at(transaction, self, head).await?;
        Ok(Outcome::Taken(head))
    }
}

/// Moves the chain's anchor to `head`; a chain that is not here yet begins.
async fn stand_at(transaction: &Transaction<'_>, aside: &Aside, head: Head) -> Result<(), Error> {
    let (till, key, hash) = (aside.till.to_string(), &aside.public_key[..], &head.hash.0[..]);
    transaction
        .execute(
            "INSERT INTO chains (till, epoch, public_key, seq, hash) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (till, epoch) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
            &[&till, &aside.epoch.0, &key, &to_i64(head.seq), &hash],
        )
        .await?;
    Ok(())
}

async fn keep_bytes(transaction: &Transaction<'_>, aside: &Aside, in_chain: bool) -> Result<(), Error> {
    let Aside { till, epoch, seq, prev, hash, reason, bytes, business_day, at, .. } = aside;
    tracing::warn!(%till, seq, reason, in_chain, "an entry is set aside");
    let (till, hash, prev) = (till.to_string(), &hash.0[..], &prev.0[..]);
    // The same bytes may have come first as another branch and continue the chain now.
    transaction
        .execute(
            "INSERT INTO set_aside (till, epoch, seq, hash, prev, in_chain, reason, business_day, bytes, received_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (till, epoch, seq, hash) DO UPDATE SET in_chain = set_aside.in_chain OR excluded.in_chain",
            &[&till, &epoch.0, &to_i64(*seq), &hash, &prev, &in_chain, reason, business_day, bytes, at],
        )
        .await?;
    Ok(())
}

/// Remembers what a till says of itself.
impl Work for Beat {
    type Answer = ();

    async fn run(&self, transaction: &Transaction<'_>) -> Result<(), Error> {
        let Beat { till, epoch, head, body, at } = self;
        heard(transaction, till, 0, at).await?;
        let statement = transaction
            .prepare_cached(
                "INSERT INTO heartbeats (till, at, epoch, head, body) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (till) DO UPDATE
                 SET at = excluded.at, epoch = excluded.epoch, head = excluded.head, body = excluded.body",
            )
            .await?;
        transaction.execute(&statement, &[&till.to_string(), at, &epoch.0, &to_i64(*head), body]).await?;
        Ok(())
    }
}

/// A line that is added to what operators did; its id makes it one line, also when the commit's answer was lost.
pub(super) struct Note {
    pub(super) id: Uuid,
    pub(super) line: AuditLine,
}

impl Note {
    /// `line` with an id that grows with time.
    pub(super) fn of(line: AuditLine) -> Result<Note, StoreError> {
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(|error| StoreError::Failed(format!("no randomness: {error}")))?;
        let now_ms = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0);
        Ok(Note { id: uuid::Builder::from_unix_timestamp_millis(now_ms, &random).into_uuid(), line })
    }
}

impl Work for Note {
    type Answer = ();

    async fn run(&self, transaction: &Transaction<'_>) -> Result<(), Error> {
        let Note { id, line: AuditLine { at, who, what, detail } } = self;
        let insert =
            "INSERT INTO audit (id, at, who, what, detail) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING";
        transaction.execute(insert, &[id, at, who, what, detail]).await?;
        Ok(())
    }
}

/// Writes as little as can be written, to see whether the database takes it.
pub(super) struct Probe;

impl Work for Probe {
    type Answer = ();

    async fn run(&self, transaction: &Transaction<'_>) -> Result<(), Error> {
        let upsert = "INSERT INTO probes (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = excluded.at";
        transaction.execute(upsert, &[&crate::clock::now()]).await?;
        Ok(())
    }
}

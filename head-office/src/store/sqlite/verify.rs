//! Every chain from its start: hashes, signatures, numbers, and the anchor at its end.

use super::rows::{bytes_32, entry, id_of, seq_of, to_i64, to_u64};
use super::schema::open_for_reading;
use crate::limits::SEQ_MAX;
use crate::store::{ChainReport, StoreError};
use ed25519_dalek::VerifyingKey;
use evertill_domain::chain::{Head, Verifier};
use evertill_domain::entry::Hash;
use evertill_domain::ids::{Epoch, TillId};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::path::Path;

/// A chain as the database names it.
struct Named {
    chain: i64,
    till: String,
    epoch: String,
    public_key: [u8; 32],
    anchor: Head,
}

/// Checks the database at `path` and tells `each` chain's result as it comes. True when all are whole.
///
/// # Errors
/// [`StoreError`] when the database cannot be read; a broken chain is no error, but a report.
pub fn verify(path: &Path, mut each: impl FnMut(&ChainReport)) -> Result<bool, StoreError> {
    let connection = open_for_reading(path)?;
    // One snapshot: ingest may go on meanwhile.
    let connection = connection.unchecked_transaction()?;
    let mut statement =
        connection.prepare("SELECT chain, till, epoch, public_key, seq, hash FROM chains ORDER BY till, chain")?;
    let rows = statement.query_map([], |row| {
        let anchor = Head { seq: to_u64(row.get(4)?), hash: Hash(bytes_32(row, 5)?) };
        let (chain, till, epoch) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Named { chain, till, epoch, public_key: bytes_32(row, 3)?, anchor })
    })?;
    let mut whole = true;
    for named in rows {
        let report = verify_chain(&connection, named?)?;
        whole &= report.broken.is_none();
        each(&report);
    }
    Ok(whole)
}

fn verify_chain(connection: &Connection, named: Named) -> Result<ChainReport, StoreError> {
    let Named { chain, till, epoch, public_key, anchor } = named;
    let mut statement =
        connection.prepare_cached("SELECT seq, prev, hash FROM set_aside WHERE chain = ?1 AND in_chain = 1")?;
    let rows = statement
        .query_map([chain], |row| Ok((to_u64(row.get(0)?), (Hash(bytes_32(row, 1)?), Hash(bytes_32(row, 2)?)))))?;
    let set_aside: BTreeMap<u64, (Hash, Hash)> = rows.collect::<rusqlite::Result<_>>()?;
    let forks: i64 = connection
        .prepare_cached("SELECT COUNT(*) FROM forks WHERE chain = ?1")?
        .query_row([chain], |row| row.get(0))?;
    let mut head = Head::START;
    let walked = start(&till, &epoch, &public_key).and_then(|verifier| {
        let mut walk = Walk { verifier, set_aside: &set_aside };
        let result = walk.all(connection, chain, anchor);
        head = walk.verifier.head();
        result
    });
    let report =
        |broken| ChainReport { till, epoch, head, set_aside: set_aside.len() as u64, forks: to_u64(forks), broken };
    Ok(report(walked.err()))
}

fn start(till: &str, epoch: &str, public_key: &[u8; 32]) -> Result<Verifier, String> {
    let till: TillId = till.parse().map_err(|error| format!("{error}"))?;
    let epoch: Epoch = epoch.parse().map_err(|error| format!("{error}"))?;
    let key = VerifyingKey::from_bytes(public_key).map_err(|_| "the chain's public key is none".to_owned())?;
    Ok(Verifier::new(till, epoch, key, Head::START))
}

struct Walk<'a> {
    verifier: Verifier,
    set_aside: &'a BTreeMap<u64, (Hash, Hash)>,
}

impl Walk<'_> {
    fn all(&mut self, connection: &Connection, chain: i64, anchor: Head) -> Result<(), String> {
        let said = |error: rusqlite::Error| format!("the entries cannot be read: {error}");
        let mut statement = connection
            .prepare_cached(
                "SELECT entries.id, entries.v, entries.at, entries.business_day, entries.kind, entries.body,
                        entries.prev, entries.hash, entries.sig, chains.till, chains.epoch
                 FROM entries JOIN chains ON chains.chain = ?1 WHERE entries.id BETWEEN ?2 AND ?3 ORDER BY entries.id",
            )
            .map_err(said)?;
        let mut rows = statement.query(params![chain, id_of(chain, 0), id_of(chain, SEQ_MAX)]).map_err(said)?;
        while let Some(row) = rows.next().map_err(said)? {
            self.skip_set_aside()?;
            let number = seq_of(row.get(0).map_err(said)?);
            let entry = entry(row).map_err(|error| format!("entry {number} is not what was written: {error}"))?;
            self.verifier.check(&entry).map_err(|error| error.to_string())?;
        }
        self.skip_set_aside()?;
        let head = self.verifier.head();
        if head != anchor {
            let (here, acknowledged) = (head.seq, to_i64(anchor.seq));
            return Err(format!("the chain ends at {here}, but {acknowledged} was acknowledged, or with another hash"));
        }
        Ok(())
    }

    /// Steps over entries that are kept as bytes: their hash is the till's word, which the next entry confirms.
    fn skip_set_aside(&mut self) -> Result<(), String> {
        while let Some((prev, hash)) = self.set_aside.get(&(self.verifier.head().seq + 1)) {
            let head = self.verifier.head();
            if *prev != head.hash {
                return Err(format!("entry {} was set aside and does not continue {}", head.seq + 1, head.seq));
            }
            self.verifier = self.verifier.clone().resume_at(Head { seq: head.seq + 1, hash: *hash });
        }
        Ok(())
    }
}

//! Every chain of the file, in one snapshot, for [`Walk`].

use super::rows::{bytes_32, entry, id_of, seq_of};
use super::schema::open_for_reading;
use crate::limits::SEQ_MAX;
use crate::store::walk::{Named, Walk};
use crate::store::{ChainReport, StoreError, to_u64};
use evertill_domain::chain::Head;
use evertill_domain::entry::Hash;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::path::Path;

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
        let (set_aside, forks) = (BTreeMap::new(), 0);
        Ok((chain, Named { till, epoch, public_key: bytes_32(row, 3)?, anchor, forks, set_aside }))
    })?;
    let mut whole = true;
    for row in rows {
        let (chain, named) = row?;
        let report = verify_chain(&connection, chain, named)?;
        whole &= report.broken.is_none();
        each(&report);
    }
    Ok(whole)
}

fn verify_chain(connection: &Connection, chain: i64, named: Named) -> Result<ChainReport, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT seq, prev, hash FROM set_aside WHERE chain = ?1 AND in_chain = 1")?;
    let rows = statement
        .query_map([chain], |row| Ok((to_u64(row.get(0)?), (Hash(bytes_32(row, 1)?), Hash(bytes_32(row, 2)?)))))?;
    let set_aside = rows.collect::<rusqlite::Result<_>>()?;
    let forks: i64 = connection
        .prepare_cached("SELECT COUNT(*) FROM forks WHERE chain = ?1")?
        .query_row([chain], |row| row.get(0))?;
    let mut walk = Walk::of(Named { set_aside, forks: to_u64(forks), ..named });
    let mut statement = connection.prepare_cached(
        "SELECT entries.id, entries.v, entries.at, entries.business_day, entries.kind, entries.body,
                entries.prev, entries.hash, entries.sig, chains.till, chains.epoch
         FROM entries JOIN chains ON chains.chain = ?1 WHERE entries.id BETWEEN ?2 AND ?3 ORDER BY entries.id",
    )?;
    let mut rows = statement.query(params![chain, id_of(chain, 0), id_of(chain, SEQ_MAX)])?;
    while let Some(row) = rows.next()? {
        if !walk.step(seq_of(row.get(0)?), entry(row)) {
            break;
        }
    }
    Ok(walk.end())
}

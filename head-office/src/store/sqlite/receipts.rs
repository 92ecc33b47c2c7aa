//! A receipt and what came back of it, for another till of its store.
//!
//! Receipt numbers grow with the entries of an epoch, so a sale is found by halving: no index of sales has to be kept
//! up to date while they stream in.

use super::rows::{self, id_of};
use crate::store::{StoreError, to_i64, to_u64};
use evertill_domain::entry::Entry;
use evertill_domain::ids::Kind;
use evertill_domain::wire::RECEIPT_MAX_ENTRIES;
use rusqlite::{Connection, OptionalExtension, params};

const COLUMNS: &str =
    "entries.id, entries.v, entries.at, entries.business_day, entries.kind, entries.body, entries.prev,
     entries.hash, entries.sig, chains.till, chains.epoch FROM entries JOIN chains ON chains.chain = entries.id >> 40";

/// The sale, if it is here and in the chain, and its refunds and voids behind it, oldest first.
pub(super) fn known(connection: &Connection, till: &str, receipt_number: u64) -> Result<Vec<Entry>, StoreError> {
    let mut known = Vec::new();
    let mut statement = connection.prepare_cached("SELECT chain, seq FROM chains WHERE till = ?1 ORDER BY chain")?;
    let chains = statement.query_map([till], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for chain in chains {
        let (chain, head): (i64, i64) = chain?;
        if let Some(id) = find(connection, chain, to_u64(head), receipt_number)? {
            known.extend(sale(connection, id)?);
        }
    }
    known.extend(returns(connection, till, receipt_number)?);
    Ok(known)
}

/// The id of the entry with `receipt_number` in `chain`, whose last number is `head`.
fn find(connection: &Connection, chain: i64, head: u64, receipt_number: u64) -> Result<Option<i64>, StoreError> {
    let mut next = connection.prepare_cached(
        "SELECT id, json_extract(body, '$.receipt_number') FROM entries
         WHERE id >= ?1 AND id < ?2 AND kind IN ('sale', 'refund', 'void_sale') AND json_valid(body)
         ORDER BY id LIMIT 1",
    )?;
    let (mut low, mut high) = (id_of(chain, 0), id_of(chain, head) + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let numbered = next.query_row([middle, high], |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?)));
        match numbered.optional()? {
            Some((id, Some(found))) if to_u64(found) == receipt_number => return Ok(Some(id)),
            Some((id, found)) if to_u64(found.unwrap_or(0)) < receipt_number => low = id + 1,
            _ => high = middle,
        }
    }
    Ok(None)
}

fn sale(connection: &Connection, id: i64) -> Result<Option<Entry>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} WHERE entries.id = ?1"))?;
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let entry = rows::entry(row).map_err(StoreError::Damaged)?;
    Ok(Some(entry).filter(|entry| entry.kind.as_str() == Kind::SALE))
}

fn returns(connection: &Connection, till: &str, receipt_number: u64) -> Result<Vec<Entry>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} WHERE entries.kind IN ('refund', 'void_sale') AND json_valid(entries.body)
         AND json_extract(entries.body, '$.original.till') = ?1
         AND json_extract(entries.body, '$.original.receipt_number') = ?2 ORDER BY entries.id LIMIT ?3"
    ))?;
    let mut rows = statement.query(params![till, to_i64(receipt_number), RECEIPT_MAX_ENTRIES as i64])?;
    let mut returns = Vec::new();
    while let Some(row) = rows.next()? {
        returns.push(rows::entry(row).map_err(StoreError::Damaged)?);
    }
    Ok(returns)
}

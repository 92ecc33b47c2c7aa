//! Chains, entries and where they stand, as rows.

use crate::store::verdict::Known;
use crate::store::{Standing, StoreError, to_i64, to_u64};
use evertill_domain::chain::Head;
use evertill_domain::entry::{Entry, Hash, Signature};
use evertill_domain::ids::Epoch;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Bits of an entry's id that hold its number; the chain is above them.
const SEQ_BITS: u32 = 40;

/// A row of `chains`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chain {
    pub(super) chain: i64,
    pub(super) known: Known,
}

/// The id of an entry. `seq` is at most [`crate::limits::SEQ_MAX`].
pub(super) fn id_of(chain: i64, seq: u64) -> i64 {
    chain << SEQ_BITS | to_i64(seq)
}

/// The number of the entry with this id.
pub(super) fn seq_of(id: i64) -> u64 {
    (id & ((1 << SEQ_BITS) - 1)) as u64
}

/// 32 bytes of column `index`.
pub(super) fn bytes_32(row: &Row<'_>, index: usize) -> rusqlite::Result<[u8; 32]> {
    let bytes: Vec<u8> = row.get(index)?;
    bytes.try_into().map_err(|bytes: Vec<u8>| {
        rusqlite::Error::FromSqlConversionFailure(index, Type::Blob, format!("{} bytes, not 32", bytes.len()).into())
    })
}

/// The chain of an epoch, if anything of it is here.
pub(super) fn chain(connection: &Connection, till: &str, epoch: Epoch) -> Result<Option<Chain>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT chain, public_key, seq, hash FROM chains WHERE till = ?1 AND epoch = ?2")?;
    let row = statement.query_row(params![till, epoch.to_string()], |row| {
        let head = Head { seq: to_u64(row.get(2)?), hash: Hash(bytes_32(row, 3)?) };
        Ok(Chain { chain: row.get(0)?, known: Known { public_key: bytes_32(row, 1)?, head } })
    });
    Ok(row.optional()?)
}

/// The hash that is in the chain under `seq`, be it an entry's or one's that was set aside.
pub(super) fn hash_at(connection: &Connection, chain: i64, seq: u64) -> Result<Hash, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT hash FROM entries WHERE id = ?1
         UNION ALL SELECT hash FROM set_aside WHERE chain = ?2 AND seq = ?3 AND in_chain = 1",
    )?;
    let found = statement.query_row(params![id_of(chain, seq), chain, to_i64(seq)], |row| Ok(Hash(bytes_32(row, 0)?)));
    found.optional()?.ok_or_else(|| StoreError::Damaged(format!("chain {chain} has no entry {seq} below its head")))
}

/// Where a till stands.
pub(super) fn standing(connection: &Connection, till: &str, epoch: Epoch) -> Result<Standing, StoreError> {
    let head = chain(connection, till, epoch)?.map_or(Head::START, |chain| chain.known.head);
    let mut statement = connection.prepare_cached("SELECT receipt_number FROM tills WHERE till = ?1")?;
    let receipt_number: Option<i64> = statement.query_row([till], |row| row.get(0)).optional()?;
    Ok(Standing { head, receipt_number: to_u64(receipt_number.unwrap_or(0)) })
}

/// The entry of a row, as the till wrote it: id, v, at, business day, kind, body, prev, hash, sig, till, epoch.
pub(super) fn entry(row: &Row<'_>) -> Result<Entry, String> {
    fn column<T: rusqlite::types::FromSql>(row: &Row<'_>, index: usize) -> Result<T, String> {
        row.get(index).map_err(|error| error.to_string())
    }
    fn named<T: std::str::FromStr<Err: std::fmt::Display>>(row: &Row<'_>, index: usize) -> Result<T, String> {
        column::<String>(row, index)?.parse().map_err(|error| format!("{error}"))
    }
    let sig: Vec<u8> = column(row, 8)?;
    let hash = |index| bytes_32(row, index).map(Hash).map_err(|error| error.to_string());
    Ok(Entry {
        v: column(row, 1)?,
        till: named(row, 9)?,
        epoch: named(row, 10)?,
        seq: seq_of(column(row, 0)?),
        at: named(row, 2)?,
        business_day: named(row, 3)?,
        kind: named(row, 4)?,
        body: column(row, 5)?,
        prev: hash(6)?,
        hash: hash(7)?,
        sig: Signature(sig.try_into().map_err(|_| "the signature has not 64 bytes".to_owned())?),
    })
}

//! Chains and entries as rows.

use crate::store::verdict::Known;
use crate::store::{StoreError, to_u64};
use evertill_domain::chain::Head;
use evertill_domain::entry::{Entry, Hash, Signature};
use evertill_domain::ids::Epoch;
use tokio_postgres::Row;

/// The columns that [`entry`] reads, in its order.
pub(super) const ENTRY: &str = "till, epoch, seq, v, at, business_day, kind, body, prev, hash, sig";

/// 32 bytes of column `index`.
pub(super) fn bytes_32(row: &Row, index: usize) -> Result<[u8; 32], StoreError> {
    let bytes: &[u8] = row.try_get(index)?;
    bytes.try_into().map_err(|_| StoreError::Damaged(format!("a hash or key has {} bytes, not 32", bytes.len())))
}

/// Number, hash and key of a row of `chains`, from column `index` on.
pub(super) fn known(row: &Row, index: usize) -> Result<Known, StoreError> {
    let head = Head { seq: to_u64(row.try_get(index)?), hash: Hash(bytes_32(row, index + 1)?) };
    Ok(Known { public_key: bytes_32(row, index + 2)?, head })
}

/// The entry of a row of [`ENTRY`], as the till wrote it.
pub(super) fn entry(row: &Row) -> Result<Entry, String> {
    fn column<'a, T: tokio_postgres::types::FromSql<'a>>(row: &'a Row, index: usize) -> Result<T, String> {
        row.try_get(index).map_err(|error| error.to_string())
    }
    fn named<T: std::str::FromStr<Err: std::fmt::Display>>(row: &Row, index: usize) -> Result<T, String> {
        column::<&str>(row, index)?.parse().map_err(|error| format!("{error}"))
    }
    let hash = |index| bytes_32(row, index).map(Hash).map_err(|error| error.to_string());
    let (v, body, sig): (i32, Vec<u8>, &[u8]) = (column(row, 3)?, column(row, 7)?, column(row, 10)?);
    Ok(Entry {
        v: v.try_into().map_err(|_| format!("the version {v} is none"))?,
        till: named(row, 0)?,
        epoch: Epoch(column(row, 1)?),
        seq: to_u64(column(row, 2)?),
        at: named(row, 4)?,
        business_day: named(row, 5)?,
        kind: named(row, 6)?,
        body: String::from_utf8(body).map_err(|_| "the body is no text".to_owned())?,
        prev: hash(8)?,
        hash: hash(9)?,
        sig: Signature(sig.try_into().map_err(|_| "the signature has not 64 bytes".to_owned())?),
    })
}

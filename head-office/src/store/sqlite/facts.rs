//! What is here of a store's tills for one business day: the facts that [`crate::completeness`] judges.

use crate::completeness::{DayFacts, EpochFacts, TillFacts};
use crate::store::{StoreError, parsed, store_of, to_u64};
use evertill_domain::ids::{BusinessDay, Epoch, StoreId, TillId};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;

/// The facts of `store` in `region` for `day`; `registered` are tills that may never have spoken.
///
/// # Errors
/// [`StoreError`] when the database cannot be read or holds a name that is none.
pub fn store_facts(
    connection: &Connection,
    registered: &[TillId],
    region: &str,
    store: &StoreId,
    day: &BusinessDay,
) -> Result<Vec<TillFacts>, StoreError> {
    let mut tills: BTreeSet<TillId> = registered.iter().cloned().collect();
    let mut statement = connection.prepare_cached("SELECT till FROM tills WHERE store = ?1")?;
    for till in statement.query_map([format!("{region}/{store}")], |row| row.get::<_, String>(0))? {
        tills.insert(parsed(&till?)?);
    }
    tills.into_iter().map(|till| till_facts(connection, till, day)).collect()
}

fn till_facts(connection: &Connection, till: TillId, day: &BusinessDay) -> Result<TillFacts, StoreError> {
    let name = till.to_string();
    let heard_at: Option<String> = connection
        .prepare_cached("SELECT heard_at FROM tills WHERE till = ?1 AND store = ?2")?
        .query_row([&name, &store_of(&till)], |row| row.get(0))
        .optional()?;
    let said: Option<(String, i64)> = connection
        .prepare_cached("SELECT epoch, head FROM heartbeats WHERE till = ?1")?
        .query_row([&name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let mut statement =
        connection.prepare_cached("SELECT chain, epoch, seq FROM chains WHERE till = ?1 ORDER BY chain")?;
    let chains: Vec<(i64, String, i64)> = statement
        .query_map([&name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let said = said.map(|(epoch, head)| Ok::<_, StoreError>((parsed::<Epoch>(&epoch)?, to_u64(head)))).transpose()?;
    let mut epochs = Vec::new();
    for (chain, epoch, seq) in chains {
        let epoch = parsed(&epoch)?;
        let said_head = said.filter(|(said, _)| *said == epoch).map(|(_, head)| head);
        epochs.push(epoch_facts(connection, chain, epoch, to_u64(seq), said_head, day)?);
    }
    Ok(TillFacts::of(till, heard_at, said, epochs))
}

fn epoch_facts(
    connection: &Connection,
    chain: i64,
    epoch: Epoch,
    watermark: u64,
    said_head: Option<u64>,
    day: &BusinessDay,
) -> Result<EpochFacts, StoreError> {
    let day_facts = connection
        .prepare_cached("SELECT first_seq, last_seq, entries, sales FROM days WHERE chain = ?1 AND business_day = ?2")?
        .query_row(params![chain, day.as_str()], |row| {
            let [first_seq, last_seq, entries, sales] =
                [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?].map(to_u64);
            Ok(DayFacts { first_seq, last_seq, entries, sales })
        })
        .optional()?;
    let last_day: Option<String> = connection
        .prepare_cached("SELECT MAX(business_day) FROM days WHERE chain = ?1")?
        .query_row([chain], |row| row.get(0))?;
    // Bytes that do not tell their day may be of this one when they stand between its neighbours.
    let set_aside = numbers(
        connection,
        "SELECT DISTINCT seq FROM set_aside WHERE chain = ?1 AND (business_day = ?2 OR (business_day IS NULL
           AND seq > (SELECT COALESCE(MAX(last_seq), 0) FROM days WHERE chain = ?1 AND business_day < ?2)
           AND seq < (SELECT COALESCE(MIN(first_seq), 9223372036854775807) FROM days
                      WHERE chain = ?1 AND business_day > ?2))) ORDER BY seq",
        chain,
        day,
    )?;
    let forks = numbers(
        connection,
        "SELECT DISTINCT seq FROM forks WHERE chain = ?1 AND business_day = ?2 ORDER BY seq",
        chain,
        day,
    )?;
    let last_day = last_day.map(|day| parsed(&day)).transpose()?;
    Ok(EpochFacts { epoch, watermark, said_head, last_day, day: day_facts, set_aside, forks })
}

fn numbers(connection: &Connection, sql: &str, chain: i64, day: &BusinessDay) -> Result<Vec<u64>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![chain, day.as_str()], |row| row.get(0).map(to_u64))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

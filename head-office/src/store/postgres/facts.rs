//! What is here of a store's tills for one business day: the facts that [`crate::completeness`] judges.

use super::error::Error;
use crate::completeness::{DayFacts, EpochFacts, TillFacts};
use crate::store::{parsed, store_of, to_u64};
use evertill_domain::ids::{BusinessDay, Epoch, StoreId, TillId};
use std::collections::BTreeSet;
use tokio::try_join;
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

/// What a statement is given.
type Column<'a> = &'a (dyn ToSql + Sync);

/// The facts of `store` in `region` for `day`; `registered` are tills that may never have spoken.
pub(super) async fn store_facts(
    client: &Client,
    registered: &[TillId],
    region: &str,
    store: &StoreId,
    day: &BusinessDay,
) -> Result<Vec<TillFacts>, Error> {
    let mut tills: BTreeSet<TillId> = registered.iter().cloned().collect();
    let rows = client.query("SELECT till FROM tills WHERE store = $1", &[&format!("{region}/{store}")]).await?;
    for row in rows {
        tills.insert(parsed(row.try_get(0)?)?);
    }
    let mut facts = Vec::with_capacity(tills.len());
    for till in tills {
        facts.push(till_facts(client, till, day).await?);
    }
    Ok(facts)
}

async fn till_facts(client: &Client, till: TillId, day: &BusinessDay) -> Result<TillFacts, Error> {
    let (name, store) = (till.to_string(), store_of(&till));
    let heard = "SELECT heard_at FROM tills WHERE till = $1 AND store = $2";
    let said = "SELECT epoch, head FROM heartbeats WHERE till = $1";
    let chains = "SELECT epoch, seq FROM chains WHERE till = $1 ORDER BY epoch";
    let (of_store, of_till): ([Column<'_>; 2], [Column<'_>; 1]) = ([&name, &store], [&name]);
    let (heard, said, chains) = try_join!(
        client.query_opt(heard, &of_store),
        client.query_opt(said, &of_till),
        client.query(chains, &of_till)
    )?;
    let heard_at: Option<String> = heard.map(|row| row.try_get(0)).transpose()?;
    let said = said
        .map(|row| Ok::<_, tokio_postgres::Error>((Epoch(row.try_get(0)?), to_u64(row.try_get(1)?))))
        .transpose()?;
    let mut epochs = Vec::new();
    for row in chains {
        let (epoch, watermark) = (Epoch(row.try_get(0)?), to_u64(row.try_get(1)?));
        let said_head = said.filter(|(said, _)| *said == epoch).map(|(_, head)| head);
        epochs.push(epoch_facts(client, &name, epoch, watermark, said_head, day).await?);
    }
    Ok(TillFacts::of(till, heard_at, said, epochs))
}

async fn epoch_facts(
    client: &Client,
    till: &str,
    epoch: Epoch,
    watermark: u64,
    said_head: Option<u64>,
    day: &BusinessDay,
) -> Result<EpochFacts, Error> {
    let counted =
        "SELECT first_seq, last_seq, entries, sales FROM days WHERE till = $1 AND epoch = $2 AND business_day = $3";
    let last = "SELECT MAX(business_day) FROM days WHERE till = $1 AND epoch = $2";
    // Bytes that do not tell their day may be of this one when they stand between its neighbours.
    let set_aside = "SELECT DISTINCT seq FROM set_aside WHERE till = $1 AND epoch = $2 AND (business_day = $3 OR
        (business_day IS NULL AND seq > (SELECT COALESCE(MAX(last_seq), 0) FROM days
                                         WHERE till = $1 AND epoch = $2 AND business_day < $3)
                              AND seq < (SELECT COALESCE(MIN(first_seq), 9223372036854775807) FROM days
                                         WHERE till = $1 AND epoch = $2 AND business_day > $3))) ORDER BY seq";
    let forks = "SELECT DISTINCT seq FROM forks WHERE till = $1 AND epoch = $2 AND business_day = $3 ORDER BY seq";
    let day = day.as_str();
    let of_day: [Column<'_>; 3] = [&till, &epoch.0, &day];
    let (counted, last, set_aside, forks) = try_join!(
        client.query_opt(counted, &of_day),
        client.query_one(last, &of_day[..2]),
        numbers(client, set_aside, &of_day),
        numbers(client, forks, &of_day),
    )?;
    let counts = |row: tokio_postgres::Row| {
        let count = |index| row.try_get(index).map(to_u64);
        Ok::<_, tokio_postgres::Error>(DayFacts {
            first_seq: count(0)?,
            last_seq: count(1)?,
            entries: count(2)?,
            sales: count(3)?,
        })
    };
    let last_day = last.try_get::<_, Option<&str>>(0)?.map(parsed).transpose()?;
    Ok(EpochFacts { epoch, watermark, said_head, last_day, day: counted.map(counts).transpose()?, set_aside, forks })
}

async fn numbers(client: &Client, sql: &str, of_day: &[Column<'_>]) -> Result<Vec<u64>, tokio_postgres::Error> {
    let rows = client.query(sql, of_day).await?;
    rows.iter().map(|row| row.try_get(0).map(to_u64)).collect()
}

//! What is asked of the database in one statement or two.

use super::error::Error;
use super::rows;
use crate::fleet::{TillState, with_the_silent};
use crate::store::{AuditLine, Standing, parsed, to_i64, to_u64};
use deadpool_postgres::Object;
use evertill_domain::chain::Head;
use evertill_domain::entry::Entry;
use evertill_domain::ids::{Epoch, Kind, TillId};
use evertill_domain::wire::RECEIPT_MAX_ENTRIES;
use tokio::try_join;
use tokio_postgres::types::ToSql;

/// Where a till stands.
pub(super) async fn standing(client: &Object, till: &str, epoch: Epoch) -> Result<Standing, Error> {
    let (chain, numbered) = try_join!(
        client.prepare_cached("SELECT seq, hash, public_key FROM chains WHERE till = $1 AND epoch = $2"),
        client.prepare_cached("SELECT receipt_number FROM tills WHERE till = $1"),
    )?;
    let of_epoch: [&(dyn ToSql + Sync); 2] = [&till, &epoch.0];
    let (chain, numbered) =
        try_join!(client.query_opt(&chain, &of_epoch), client.query_opt(&numbered, &of_epoch[..1]))?;
    let head = chain.map(|row| rows::known(&row, 0)).transpose()?.map_or(Head::START, |known| known.head);
    let receipt_number = numbered.map(|row| row.try_get(0)).transpose()?.map_or(0, to_u64);
    Ok(Standing { head, receipt_number })
}

/// Every till that spoke, and those of `registered` that never did, in the order of their names.
pub(super) async fn fleet(client: &Object, registered: &[TillId]) -> Result<Vec<TillState>, Error> {
    let statement = client
        .prepare_cached(
            "SELECT tills.till, tills.heard_at, heartbeats.body, chains.seq FROM tills
             LEFT JOIN heartbeats ON heartbeats.till = tills.till
             LEFT JOIN chains ON chains.till = tills.till AND chains.epoch = heartbeats.epoch",
        )
        .await?;
    let mut heard = Vec::new();
    for row in client.query(&statement, &[]).await? {
        let watermark = row.try_get::<_, Option<i64>>(3)?.map_or(0, to_u64);
        heard.push(TillState::heard(parsed(row.try_get(0)?)?, row.try_get(1)?, row.try_get(2)?, watermark));
    }
    Ok(with_the_silent(registered, heard))
}

/// The newest `lines_max` things that operators did, newest first.
pub(super) async fn audit(client: &Object, lines_max: u32) -> Result<Vec<AuditLine>, Error> {
    let select = "SELECT at, who, what, detail FROM audit ORDER BY id DESC LIMIT $1";
    let rows = client.query(select, &[&i64::from(lines_max)]).await?;
    let line = |row: &tokio_postgres::Row| {
        Ok(AuditLine { at: row.try_get(0)?, who: row.try_get(1)?, what: row.try_get(2)?, detail: row.try_get(3)? })
    };
    rows.iter().map(line).collect()
}

/// The sale with a receipt number of `till`, if it is here and in the chain, and its refunds and voids behind it, oldest
/// first. Receipt numbers grow with the entries of an epoch, so the sale is found by halving: no index of sales has to be
/// kept up to date while they stream in.
pub(super) async fn receipt(client: &Object, till: &str, receipt_number: u64) -> Result<Vec<Entry>, Error> {
    let mut known = Vec::new();
    let chains = client.query("SELECT epoch, seq FROM chains WHERE till = $1 ORDER BY epoch", &[&till]).await?;
    for row in chains {
        let (epoch, head) = (Epoch(row.try_get(0)?), row.try_get(1)?);
        if let Some(seq) = find(client, till, epoch, head, to_i64(receipt_number)).await? {
            let select = format!("SELECT {} FROM entries WHERE till = $1 AND epoch = $2 AND seq = $3", rows::ENTRY);
            let row = client.query_one(&select, &[&till, &epoch.0, &seq]).await?;
            known.extend(Some(whole(&row)?).filter(|entry| entry.kind.as_str() == Kind::SALE));
        }
    }
    let columns: Vec<String> = rows::ENTRY.split(", ").map(|column| format!("entries.{column}")).collect();
    let select = format!(
        "SELECT {} FROM returns JOIN entries
         ON entries.till = returns.till AND entries.epoch = returns.epoch AND entries.seq = returns.seq
         WHERE returns.of_till = $1 AND returns.of_receipt_number = $2
         ORDER BY entries.epoch, entries.till, entries.seq LIMIT $3",
        columns.join(", ")
    );
    let most = i64::try_from(RECEIPT_MAX_ENTRIES).unwrap_or(i64::MAX);
    for row in client.query(&select, &[&till, &to_i64(receipt_number), &most]).await? {
        known.push(whole(&row)?);
    }
    Ok(known)
}

/// The number of the entry with `receipt_number` in an epoch whose last number is `head`.
async fn find(client: &Object, till: &str, epoch: Epoch, head: i64, receipt_number: i64) -> Result<Option<i64>, Error> {
    let next = client
        .prepare_cached(
            "SELECT seq, receipt_number FROM entries
             WHERE till = $1 AND epoch = $2 AND seq >= $3 AND seq < $4 AND receipt_number > 0 ORDER BY seq LIMIT 1",
        )
        .await?;
    let (mut low, mut high) = (1, head.saturating_add(1));
    while low < high {
        let middle = low + (high - low) / 2;
        let row = client.query_opt(&next, &[&till, &epoch.0, &middle, &high]).await?;
        match row.map(|row| Ok::<(i64, i64), Error>((row.try_get(0)?, row.try_get(1)?))).transpose()? {
            Some((seq, found)) if found == receipt_number => return Ok(Some(seq)),
            Some((seq, found)) if found < receipt_number => low = seq + 1,
            _ => high = middle,
        }
    }
    Ok(None)
}

fn whole(row: &tokio_postgres::Row) -> Result<Entry, Error> {
    Ok(rows::entry(row).map_err(crate::store::StoreError::Damaged)?)
}

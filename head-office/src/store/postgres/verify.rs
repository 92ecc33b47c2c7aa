//! Every chain of the database, in one snapshot, for [`Walk`].

use super::error::Error;
use super::rows;
use crate::store::ChainReport;
use crate::store::to_u64;
use crate::store::walk::{Named, Walk};
use evertill_domain::entry::Hash;
use tokio_postgres::{Client, IsolationLevel, Transaction};
use uuid::Uuid;

/// Entries that are read at a time: an epoch may have millions.
const PAGE: i64 = 2_000;

/// Checks all chains and tells `each` one's result as it comes. True when all are whole.
pub(super) async fn verify(client: &mut Client, each: &mut dyn FnMut(&ChainReport)) -> Result<bool, Error> {
    // One snapshot: ingest may go on meanwhile.
    let snapshot =
        client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start().await?;
    let chains = "SELECT till, epoch, seq, hash, public_key FROM chains ORDER BY till, epoch";
    let mut whole = true;
    for row in snapshot.query(chains, &[]).await? {
        let (till, epoch): (String, Uuid) = (row.try_get(0)?, row.try_get(1)?);
        let report = verify_chain(&snapshot, till, epoch, rows::known(&row, 2)?).await?;
        whole &= report.broken.is_none();
        each(&report);
    }
    Ok(whole)
}

async fn verify_chain(
    snapshot: &Transaction<'_>,
    till: String,
    epoch: Uuid,
    known: crate::store::verdict::Known,
) -> Result<ChainReport, Error> {
    let select = "SELECT seq, prev, hash FROM set_aside WHERE till = $1 AND epoch = $2 AND in_chain";
    let kept = snapshot.query(select, &[&till, &epoch]).await?;
    let kept = kept.iter().map(|row| {
        let hashes = (Hash(rows::bytes_32(row, 1)?), Hash(rows::bytes_32(row, 2)?));
        Ok::<_, Error>((to_u64(row.try_get(0)?), hashes))
    });
    let set_aside = kept.collect::<Result<_, _>>()?;
    let counted = "SELECT COUNT(*) FROM forks WHERE till = $1 AND epoch = $2";
    let forks = to_u64(snapshot.query_one(counted, &[&till, &epoch]).await?.try_get(0)?);
    let (public_key, anchor) = (known.public_key, known.head);
    let named = Named { till: till.clone(), epoch: epoch.to_string(), public_key, anchor, forks, set_aside };
    let mut walk = Walk::of(named);
    let page = snapshot
        .prepare(&format!(
            "SELECT {} FROM entries WHERE till = $1 AND epoch = $2 AND seq > $3 ORDER BY seq LIMIT $4",
            rows::ENTRY
        ))
        .await?;
    let mut behind = 0;
    loop {
        let entries = snapshot.query(&page, &[&till, &epoch, &behind, &PAGE]).await?;
        for row in &entries {
            behind = row.try_get(2)?;
            if !walk.step(to_u64(behind), rows::entry(row)) {
                return Ok(walk.end());
            }
        }
        if (entries.len() as i64) < PAGE {
            return Ok(walk.end());
        }
    }
}

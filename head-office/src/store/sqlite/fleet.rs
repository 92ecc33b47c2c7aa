//! What is known of every till, for the fleet page.

use super::rows::to_u64;
use crate::fleet::TillState;
use crate::store::StoreError;
use evertill_domain::ids::TillId;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// Every till that spoke, and those of `registered` that never did, in the order of their names.
///
/// # Errors
/// [`StoreError`] when the database cannot be read or holds a name that is none.
pub(super) fn fleet(connection: &Connection, registered: &[TillId]) -> Result<Vec<TillState>, StoreError> {
    let never = |till: &TillId| TillState { till: till.clone(), heard_at: None, said: None, watermark: 0 };
    let mut fleet: BTreeMap<TillId, TillState> = registered.iter().map(|till| (till.clone(), never(till))).collect();
    let mut statement = connection.prepare_cached(
        "SELECT tills.till, tills.heard_at, heartbeats.body, chains.seq FROM tills
         LEFT JOIN heartbeats ON heartbeats.till = tills.till
         LEFT JOIN chains ON chains.till = tills.till AND chains.epoch = heartbeats.epoch",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let till: TillId = name.parse().map_err(|error| StoreError::Damaged(format!("{error}")))?;
        let body: Option<String> = row.get(2)?;
        let state = TillState {
            till: till.clone(),
            heard_at: Some(row.get(1)?),
            // A till of a later version may say what this program cannot read: then it is heard, and no more is known.
            said: body.and_then(|body| serde_json::from_str(&body).ok()),
            watermark: row.get::<_, Option<i64>>(3)?.map_or(0, to_u64),
        };
        fleet.insert(till, state);
    }
    Ok(fleet.into_values().collect())
}

//! What is known of every till, for the fleet page.

use crate::fleet::{TillState, with_the_silent};
use crate::store::{StoreError, parsed, to_u64};
use evertill_domain::ids::TillId;
use rusqlite::Connection;

/// Every till that spoke, and those of `registered` that never did, in the order of their names.
///
/// # Errors
/// [`StoreError`] when the database cannot be read or holds a name that is none.
pub(super) fn fleet(connection: &Connection, registered: &[TillId]) -> Result<Vec<TillState>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT tills.till, tills.heard_at, heartbeats.body, chains.seq FROM tills
         LEFT JOIN heartbeats ON heartbeats.till = tills.till
         LEFT JOIN chains ON chains.till = tills.till AND chains.epoch = heartbeats.epoch",
    )?;
    let mut heard = Vec::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let till = parsed(&row.get::<_, String>(0)?)?;
        let said: Option<String> = row.get(2)?;
        let watermark = row.get::<_, Option<i64>>(3)?.map_or(0, to_u64);
        heard.push(TillState::heard(till, row.get(1)?, said.as_deref(), watermark));
    }
    Ok(with_the_silent(registered, heard))
}

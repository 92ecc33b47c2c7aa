//! Reading every entry, oldest first, beside a running agent.

use super::{JournalError, query, schema};
use evertill_domain::entry::Entry;
use std::path::Path;

/// Entries that are read at a time.
const PAGE_ENTRIES: usize = 500;

/// Hands every entry of the journal at `path` to `take`, oldest first. Blocks.
pub fn export(path: &Path, mut take: impl FnMut(&Entry) -> std::io::Result<()>) -> Result<(), JournalError> {
    let connection = schema::open_for_reading(path)?;
    let snapshot = connection.unchecked_transaction()?;
    for row in query::epoch_rows(&snapshot)? {
        let mut position = 0;
        loop {
            let page = query::entries(&snapshot, row.epoch, position, PAGE_ENTRIES, usize::MAX)?;
            let Some(last) = page.last() else { break };
            position = last.seq;
            for entry in &page {
                take(entry).map_err(|error| JournalError::Open {
                    path: path.to_owned(),
                    detail: format!("the export cannot be written: {error}"),
                })?;
            }
        }
    }
    Ok(())
}

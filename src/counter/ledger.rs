//! The running totals: a fold over the journal's entries and nothing else, caught up whenever they are asked for. So they
//! say what the journal says after any crash, and no sale waits for them.

use crate::journal::{Journal, JournalError};
use evertill_domain::ids::Epoch;
use evertill_domain::report::Report;
use evertill_domain::shift::Shift;
use serde::{Deserialize, Serialize};

/// Under this name the journal keeps the totals up to some entry.
const LEDGER: &str = "ledger";
/// Entries that are read at a time.
const PAGE_ENTRIES: usize = 500;
const PAGE_BYTES: usize = 4 << 20;
/// After so many entries the totals are kept, so that a store that never closes a day starts no slower for it.
const KEEP_EVERY: u64 = 2_000;

/// The totals of the open period, up to an entry.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Ledger {
    /// The epoch, and the number of the last entry that is counted.
    upto: Option<(Epoch, u64)>,
    report: Report,
    #[serde(skip)]
    counted_since_kept: u64,
}

impl Ledger {
    /// The totals as they were kept, or none yet.
    pub(super) async fn load(journal: &Journal) -> Result<Ledger, JournalError> {
        let kept = journal.kept(LEDGER).await?.and_then(|json| serde_json::from_str::<Ledger>(&json).ok());
        let epochs = journal.epochs().await?;
        // A journal that was restored or salvaged may not have what was counted: then it is counted anew.
        let is_known = |(epoch, seq): (Epoch, u64)| epochs.iter().any(|row| row.epoch == epoch && seq <= row.head.seq);
        if let Some(ledger) = kept.filter(|ledger| ledger.upto.is_some_and(is_known)) {
            return Ok(ledger);
        }
        // The Z report's entry holds all that came before it.
        let upto = journal.last_day_closed().await?.map(|(epoch, seq)| (epoch, seq.saturating_sub(1)));
        Ok(Ledger { upto, ..Ledger::default() })
    }

    /// Counts what was recorded since the last time.
    pub(super) async fn catch_up(&mut self, journal: &Journal) -> Result<(), JournalError> {
        let head = *journal.heads().borrow();
        if self.upto == Some((head.epoch, head.head.seq)) {
            return Ok(());
        }
        let epochs = journal.epochs().await?;
        let first = self.upto.and_then(|(epoch, _)| epochs.iter().position(|row| row.epoch == epoch)).unwrap_or(0);
        for row in &epochs[first..] {
            let begun = self.upto.filter(|(epoch, _)| *epoch == row.epoch).map_or(0, |(_, seq)| seq);
            self.count_epoch(journal, row.epoch, begun).await?;
        }
        if self.counted_since_kept >= KEEP_EVERY {
            let json = serde_json::to_string(self).expect("totals hold only text and numbers");
            journal.keep(LEDGER, Some(json)).await?;
            self.counted_since_kept = 0;
        }
        Ok(())
    }

    async fn count_epoch(&mut self, journal: &Journal, epoch: Epoch, mut seq: u64) -> Result<(), JournalError> {
        loop {
            let page = journal.entries(epoch, seq, PAGE_ENTRIES, PAGE_BYTES).await?;
            let Some(last) = page.last() else { return Ok(()) };
            seq = last.seq;
            for entry in &page {
                self.report.add(entry);
            }
            self.counted_since_kept += page.len() as u64;
            self.upto = Some((epoch, seq));
        }
    }

    /// The totals.
    pub(super) fn report(&self) -> &Report {
        &self.report
    }

    /// The drawer's shift.
    pub(super) fn shift(&self) -> &Shift {
        &self.report.shift
    }
}

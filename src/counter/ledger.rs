//! The running totals: a fold over the journal's entries and nothing else, caught up whenever they are asked for. So they
//! say what the journal says after any crash, and no sale waits for them.

use crate::journal::{Journal, JournalError};
use evertill_domain::event::Event;
use evertill_domain::ids::Epoch;
use evertill_domain::report::Report;
use evertill_domain::shift::Shift;
use evertill_domain::voucher::{Validity, Voucher, VoucherBook};
use serde::{Deserialize, Serialize};

/// Under this name the journal keeps the totals up to some entry.
const LEDGER: &str = "ledger";
/// Entries that are read at a time.
const PAGE_ENTRIES: usize = 500;
const PAGE_BYTES: usize = 4 << 20;
/// Where the price book does not say how long a voucher is valid, none is sold; the book of vouchers needs a value.
const VALIDITY: Validity = Validity { years: 3, to_year_end: false };
/// After so many entries the totals are kept, so that a till starts as fast after years as on its first day.
const KEEP_EVERY: u64 = 2_000;

/// The totals of the open period and the gift vouchers, up to an entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ledger {
    /// The epoch, and the number of the last entry that is counted.
    upto: Option<(Epoch, u64)>,
    report: Report,
    vouchers: VoucherBook,
    /// Version of the price book whose list of vouchers is taken in.
    #[serde(skip)]
    listed: u64,
    #[serde(skip)]
    counted_since_kept: u64,
}

impl Default for Ledger {
    fn default() -> Ledger {
        let vouchers = VoucherBook::new(VALIDITY);
        Ledger { upto: None, report: Report::default(), vouchers, listed: 0, counted_since_kept: 0 }
    }
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
        Ok(Ledger::default())
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
                // What cannot be read is counted as such by the report.
                if let Ok(event) = Event::of(entry) {
                    self.vouchers.add(&event, &entry.business_day);
                }
            }
            self.counted_since_kept += page.len() as u64;
            self.upto = Some((epoch, seq));
        }
    }

    /// Takes in head office's list of vouchers, once for each version of the price book.
    pub(super) fn take_list(&mut self, version: u64, list: &[Voucher]) {
        if std::mem::replace(&mut self.listed, version) != version
            && let Err(error) = self.vouchers.take_list(list)
        {
            tracing::error!(%error, version, "the price book's list of vouchers is not taken");
        }
    }

    /// What is known of gift vouchers.
    pub(super) fn vouchers(&self) -> &VoucherBook {
        &self.vouchers
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

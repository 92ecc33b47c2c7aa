//! The fleet: what head office knows of every till, and of every store in one line.
//!
//! A till says of itself what it sees (heartbeat); head office knows what it has. Both are shown: a till that is silent may
//! sell on for days, and what it has not sent is then an unknown, which is said.

use evertill_domain::ids::{Pool, StoreId, TillId};
use evertill_domain::wire::Heartbeat;
use std::collections::{BTreeMap, BTreeSet};

/// Tills speak every half minute; one that was not heard for this long is silent, in seconds.
pub const SILENT_AFTER_S: i64 = 5 * 60;

/// What is known of one till.
#[derive(Debug, Clone, PartialEq)]
pub struct TillState {
    /// The till.
    pub till: TillId,
    /// When anything was last heard of it, RFC 3339 in UTC; `None` for one that never spoke.
    pub heard_at: Option<String>,
    /// Its last word about itself.
    pub said: Option<Heartbeat>,
    /// Highest number up to which nothing of that epoch is missing here.
    pub watermark: u64,
}

impl TillState {
    /// A till that never spoke.
    pub fn never(till: TillId) -> TillState {
        TillState { till, heard_at: None, said: None, watermark: 0 }
    }

    /// A till that was heard at `heard_at`, and what it said of itself as JSON.
    pub fn heard(till: TillId, heard_at: String, said: Option<&str>, watermark: u64) -> TillState {
        // A till of a later version may say what this program cannot read: then it is heard, and no more is known.
        let said = said.and_then(|said| serde_json::from_str(said).ok());
        TillState { till, heard_at: Some(heard_at), said, watermark }
    }

    /// Entries that the till has and this location has not, as far as is known.
    pub fn unsent(&self) -> u64 {
        self.said.as_ref().map_or(0, |said| said.head.saturating_sub(self.watermark))
    }

    /// Whether nothing was heard of it lately. `now` is RFC 3339 in UTC, too.
    pub fn is_silent(&self, now: jiff::Timestamp) -> bool {
        let heard: Option<jiff::Timestamp> = self.heard_at.as_deref().and_then(|at| at.parse().ok());
        heard.is_none_or(|heard| now.as_second() - heard.as_second() > SILENT_AFTER_S)
    }

    /// What it says is wrong.
    pub fn alarms(&self) -> &[String] {
        self.said.as_ref().map_or(&[], |said| &said.alarms)
    }
}

/// All of `heard`, and those of `registered` that are not among them, in the order of their names.
pub fn with_the_silent(registered: &[TillId], heard: Vec<TillState>) -> Vec<TillState> {
    let never = registered.iter().map(|till| (till.clone(), TillState::never(till.clone())));
    let mut fleet: BTreeMap<TillId, TillState> = never.collect();
    fleet.extend(heard.into_iter().map(|state| (state.till.clone(), state)));
    fleet.into_values().collect()
}

/// A store in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreLine {
    /// The store.
    pub store: StoreId,
    /// How many tills it has.
    pub tills: usize,
    /// How many of them are silent.
    pub silent: usize,
    /// When the one that was heard last was, RFC 3339 in UTC.
    pub heard_at: Option<String>,
    /// Entries that are not here yet.
    pub unsent: u64,
    /// The versions that its tills run.
    pub versions: BTreeSet<String>,
    /// The pools that they belong to: more than one is a store that is split.
    pub pools: BTreeSet<Pool>,
    /// What its tills say is wrong.
    pub alarms: usize,
}

impl StoreLine {
    /// Whether a person should look.
    pub fn needs_a_look(&self) -> bool {
        self.silent > 0 || self.alarms > 0 || self.pools.len() > 1
    }
}

/// Every store of the fleet in one line, those that need a look first, then by name.
pub fn stores(tills: &[TillState], now: jiff::Timestamp) -> Vec<StoreLine> {
    let mut lines: BTreeMap<&StoreId, StoreLine> = BTreeMap::new();
    for till in tills {
        let line = lines.entry(&till.till.store).or_insert_with(|| StoreLine {
            store: till.till.store.clone(),
            tills: 0,
            silent: 0,
            heard_at: None,
            unsent: 0,
            versions: BTreeSet::new(),
            pools: BTreeSet::new(),
            alarms: 0,
        });
        line.tills += 1;
        line.silent += usize::from(till.is_silent(now));
        // Times as text compare as times do.
        line.heard_at = line.heard_at.take().max(till.heard_at.clone());
        line.unsent += till.unsent();
        line.versions.extend(till.said.as_ref().map(|said| said.version.clone()));
        line.pools.extend(till.said.as_ref().and_then(|said| said.pool.clone()));
        line.alarms += till.alarms().len();
    }
    let mut lines: Vec<StoreLine> = lines.into_values().collect();
    lines.sort_by_key(|line| !line.needs_a_look());
    lines
}

/// The fleet in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Stores.
    pub stores: usize,
    /// Tills.
    pub tills: usize,
    /// Tills that were not heard lately.
    pub silent: usize,
    /// Entries that are not here yet.
    pub unsent: u64,
    /// What tills say is wrong.
    pub alarms: usize,
}

/// The sum of all lines.
pub fn totals(lines: &[StoreLine]) -> Totals {
    lines.iter().fold(Totals { stores: lines.len(), ..Totals::default() }, |sum, line| Totals {
        stores: sum.stores,
        tills: sum.tills + line.tills,
        silent: sum.silent + line.silent,
        unsent: sum.unsent + line.unsent,
        alarms: sum.alarms + line.alarms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-05-03T18:00:00Z";

    fn till(name: &str, heard_at: Option<&str>, head: u64, watermark: u64, alarms: &[&str]) -> TillState {
        let said = heard_at.map(|at| Heartbeat {
            version: "0.1.0".to_owned(),
            epoch: "0197a1b2-0000-7000-8000-000000000001".parse().unwrap(),
            head,
            unsent: 0,
            price_book: 1,
            clock: at.to_owned(),
            alarms: alarms.iter().map(|alarm| (*alarm).to_owned()).collect(),
            pool: Some("v41".parse().unwrap()),
            cohort: None,
            devices: BTreeMap::new(),
        });
        TillState { till: name.parse().unwrap(), heard_at: heard_at.map(str::to_owned), said, watermark }
    }

    #[test]
    fn a_store_that_needs_a_look_comes_first_and_says_why() {
        let now = NOW.parse().unwrap();
        let fleet = [
            till("eu/DE-0001/1", Some("2026-05-03T17:59:50Z"), 10, 10, &[]),
            till("eu/DE-0002/1", Some("2026-05-03T17:59:50Z"), 20, 15, &[]),
            till("eu/DE-0002/2", Some("2026-05-03T17:50:00Z"), 7, 7, &["the clock is wrong"]),
            till("eu/DE-0003/1", None, 0, 0, &[]),
        ];
        let lines = stores(&fleet, now);
        let shown: Vec<(&str, usize, usize, u64, usize)> =
            lines.iter().map(|line| (line.store.as_str(), line.tills, line.silent, line.unsent, line.alarms)).collect();
        assert_eq!(shown, [("DE-0002", 2, 1, 5, 1), ("DE-0003", 1, 1, 0, 0), ("DE-0001", 1, 0, 0, 0)]);
        assert_eq!(lines[0].heard_at.as_deref(), Some("2026-05-03T17:59:50Z"));
        let sum = Totals { stores: 3, tills: 4, silent: 2, unsent: 5, alarms: 1 };
        assert_eq!(totals(&lines), sum);
    }

    #[test]
    fn a_till_is_silent_after_five_minutes_and_when_its_time_is_no_time() {
        let now: jiff::Timestamp = NOW.parse().unwrap();
        for (heard, silent) in [("2026-05-03T17:55:00Z", false), ("2026-05-03T17:54:59Z", true), ("yesterday", true)] {
            assert_eq!(till("eu/DE-0001/1", Some(heard), 1, 1, &[]).is_silent(now), silent, "{heard}");
        }
    }
}

//! What the till shows of the synchronisation: the strip tells the truth from here.

use evertill_domain::failover::Failover;
use evertill_domain::ids::Location;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// One location, as this till sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationState {
    /// Its name.
    pub name: String,
    /// Whether its last answer came.
    pub online: bool,
    /// Up to where it has the current epoch.
    pub watermark: u64,
    /// Entries that it does not have, as far as is known.
    pub unsent: u64,
    /// Number of the journal's last entry when `unsent` was counted.
    pub counted_to: u64,
    /// Its breaker in one word.
    pub breaker: String,
    /// What went wrong last; empty while it is online.
    pub last_error: String,
}

/// The synchronisation, as this till sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncState {
    /// Whether any location answers.
    pub online: bool,
    /// Since when that is so, RFC 3339.
    pub since: String,
    /// The store's home.
    pub home: String,
    /// Where questions go now.
    pub active: String,
    /// Each location.
    pub locations: Vec<LocationState>,
    /// What a person has to know, one plain sentence each.
    pub alarms: Vec<String>,
}

/// Where the tasks write what they know.
pub(super) struct Board {
    state: watch::Sender<SyncState>,
    /// By who raised it, so that each takes back only its own.
    alarms: Mutex<BTreeMap<String, String>>,
}

impl Board {
    pub(super) fn new(failover: &Failover, locations: &[Location]) -> (Board, watch::Receiver<SyncState>) {
        let location = |name: &Location| LocationState {
            name: name.to_string(),
            online: false,
            watermark: 0,
            unsent: 0,
            counted_to: 0,
            breaker: "closed".to_owned(),
            last_error: "not asked yet".to_owned(),
        };
        let state = SyncState {
            online: false,
            since: String::new(),
            home: failover.home().to_string(),
            active: failover.active().to_string(),
            locations: locations.iter().map(location).collect(),
            alarms: Vec::new(),
        };
        let (state, seen) = watch::channel(state);
        (Board { state, alarms: Mutex::new(BTreeMap::new()) }, seen)
    }

    /// Changes the state; whoever watches is told only of real changes.
    pub(super) fn change(&self, now: &str, change: impl FnOnce(&mut SyncState)) {
        self.state.send_if_modified(|state| {
            let before = state.clone();
            change(state);
            let online = state.locations.iter().any(|location| location.online);
            if online != state.online || state.since.is_empty() {
                state.online = online;
                state.since = now.to_owned();
            }
            *state != before
        });
    }

    /// Changes one location.
    pub(super) fn change_location(&self, now: &str, name: &Location, change: impl FnOnce(&mut LocationState)) {
        self.change(now, |state| {
            if let Some(location) = state.locations.iter_mut().find(|location| location.name == name.as_str()) {
                change(location);
            }
        });
    }

    /// Raises an alarm, or takes it back.
    pub(super) fn alarm(&self, now: &str, who: &str, sentence: Option<String>) {
        let mut alarms = self.alarms.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match sentence {
            Some(sentence) => alarms.insert(who.to_owned(), sentence.clone()).filter(|old| *old == sentence),
            None if alarms.remove(who).is_none() => return,
            None => None,
        };
        if before.is_some() {
            return;
        }
        let sentences: Vec<String> = alarms.values().cloned().collect();
        drop(alarms);
        tracing::warn!(?sentences, "alarms changed");
        self.change(now, |state| state.alarms = sentences);
    }

    /// The alarms that are raised now.
    pub(super) fn alarms(&self) -> Vec<String> {
        self.state.borrow().alarms.clone()
    }

    /// Entries that a location does not have, as far as is known.
    pub(super) fn unsent(&self, name: &Location) -> u64 {
        let state = self.state.borrow();
        state.locations.iter().find(|location| location.name == name.as_str()).map_or(0, |location| location.unsent)
    }
}

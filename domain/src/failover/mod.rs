//! Which location a till talks to: probes, breakers, home, failover and failback.
//!
//! Only the assigned pool's locations of the till's own region are candidates; this machine knows no others. It
//! decides, the shell performs: `handle_*` takes what happened, [`Failover::next_command`] says what to do, and
//! [`Failover::poll_timeout`] when to call [`Failover::handle_time`] again. Times are milliseconds of a monotonic clock.
//!
//! Both locations get the journal, each by its own outbox, as long as its breaker lets requests through. The *active*
//! one answers what a till asks: price book, heartbeat.

mod breaker;
mod drift;
mod numbers;
#[cfg(test)]
mod tests;

pub use breaker::Breaker;
pub use drift::{Drift, Word};
pub use numbers::Numbers;

use crate::ids::{Location, StoreId};
use crate::random::Seeded;
use sha2::{Digest, Sha256};
use std::collections::VecDeque;

/// How the locations of a region share its stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Stores are split evenly; all tills of a store go to the same home.
    ActiveActive,
    /// The first listed location is everyone's home.
    ActivePassive,
}

/// What went wrong with a request, as far as the choice of a location cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Connect, DNS, TLS, time-out, 502, 503 without Retry-After, 504, or an answer that is none.
    Location,
    /// 500 to the batch with this mark. One batch alone never ejects a location.
    Internal {
        /// What tells batches apart.
        batch: u64,
    },
}

/// What the shell has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask `/ready` of this location and report with [`Failover::handle_probe`].
    Probe(Location),
    /// The active location changed.
    Switched {
        /// Before.
        from: Location,
        /// Now.
        to: Location,
    },
    /// The till switched too often and stays where it is; an operator should look.
    Pinned {
        /// Where it stays.
        at: Location,
    },
}

#[derive(Debug, Clone)]
struct Site {
    location: Location,
    breaker: Breaker,
    next_probe_at: u64,
    probing: bool,
    /// Since when its breaker has been closed.
    good_since: u64,
    /// The batch whose 500 was counted last.
    internal_batch: Option<u64>,
}

/// The state machine of one till.
#[derive(Debug, Clone)]
pub struct Failover {
    numbers: Numbers,
    sites: Vec<Site>,
    home: usize,
    active: usize,
    failback_spread_ms: u64,
    basket_open: bool,
    switches: VecDeque<u64>,
    pinned_until: u64,
    commands: VecDeque<Command>,
    random: Seeded,
}

impl Failover {
    /// A till of `store` with these candidates, the first listed preferred; `None` when there are none. The first
    /// probes go out at once.
    pub fn new(
        store: &StoreId,
        locations: &[Location],
        mode: Mode,
        numbers: Numbers,
        seed: u64,
        now: u64,
    ) -> Option<Failover> {
        let site = |location: &Location| Site {
            location: location.clone(),
            breaker: Breaker::new(),
            next_probe_at: now,
            probing: false,
            good_since: now,
            internal_batch: None,
        };
        let home = home(store, locations, mode)?;
        let spread = store_hash(store).rotate_left(32) % numbers.failback_spread_ms.saturating_add(1);
        Some(Failover {
            numbers,
            sites: locations.iter().map(site).collect(),
            home,
            active: home,
            failback_spread_ms: spread,
            basket_open: false,
            switches: VecDeque::new(),
            pinned_until: 0,
            commands: VecDeque::new(),
            random: Seeded::new(seed),
        })
    }

    /// The store's home.
    pub fn home(&self) -> &Location {
        &self.sites[self.home].location
    }

    /// Where questions go now.
    pub fn active(&self) -> &Location {
        &self.sites[self.active].location
    }

    /// Whether a real request may go to `location`.
    pub fn lets_through(&self, location: &Location) -> bool {
        self.site(location).is_some_and(|site| site.breaker.lets_through(&self.numbers))
    }

    /// The breaker of `location`; `None` for one that is no candidate.
    pub fn breaker(&self, location: &Location) -> Option<&Breaker> {
        self.site(location).map(|site| &site.breaker)
    }

    /// Whether the till has pinned itself after too many switches.
    pub fn is_pinned(&self, now: u64) -> bool {
        now < self.pinned_until
    }

    /// A request to `location` failed.
    pub fn handle_fault(&mut self, location: &Location, fault: Fault, now: u64) {
        let Some(index) = self.index(location) else { return };
        let site = &mut self.sites[index];
        if let Fault::Internal { batch } = fault
            && site.internal_batch.replace(batch) == Some(batch)
        {
            return;
        }
        site.breaker.fault(now, &self.numbers, &mut self.random);
        // In doubt: look sooner than the healthy pause would.
        site.next_probe_at = site.next_probe_at.min(now + self.numbers.probe_transition_ms);
        self.choose(now);
    }

    /// A request to `location` was answered as it should be.
    pub fn handle_success(&mut self, location: &Location, now: u64) {
        let Some(index) = self.index(location) else { return };
        let site = &mut self.sites[index];
        let was_closed = site.breaker.is_closed();
        site.internal_batch = None;
        site.breaker.good_request(&self.numbers);
        if site.breaker.is_closed() && !was_closed {
            site.good_since = now;
        }
        self.choose(now);
    }

    /// What a probe of `location` found.
    pub fn handle_probe(&mut self, location: &Location, good: bool, now: u64) {
        let Some(index) = self.index(location) else { return };
        let site = &mut self.sites[index];
        site.probing = false;
        match good {
            true => site.breaker.good_probe(now, &self.numbers),
            false => site.breaker.failed_probe(now, &self.numbers, &mut self.random),
        }
        let pause = match site.breaker.is_healthy() {
            true => self.numbers.probe_healthy_ms,
            false => self.numbers.probe_transition_ms,
        };
        site.next_probe_at = now + self.random.around(pause, self.numbers.probe_spread_percent).max(1);
        self.choose(now);
    }

    /// Whether a basket is open: a till never goes back home in the middle of one.
    pub fn handle_basket(&mut self, open: bool, now: u64) {
        self.basket_open = open;
        self.choose(now);
    }

    /// Time has passed.
    pub fn handle_time(&mut self, now: u64) {
        for site in &mut self.sites {
            if site.breaker.try_again(now) {
                site.next_probe_at = now;
            }
            let asleep = matches!(site.breaker, Breaker::Open { .. });
            if !asleep && !site.probing && now >= site.next_probe_at {
                site.probing = true;
                self.commands.push_back(Command::Probe(site.location.clone()));
            }
        }
        self.choose(now);
    }

    /// When [`Failover::handle_time`] has something to do again.
    pub fn poll_timeout(&self) -> Option<u64> {
        let next = |site: &Site| match site.breaker {
            Breaker::Open { until, .. } => Some(until),
            _ if site.probing => None,
            _ => Some(site.next_probe_at),
        };
        let failback = (self.active != self.home && self.sites[self.home].breaker.is_closed() && !self.basket_open)
            .then(|| self.failback_at());
        self.sites.iter().filter_map(next).chain(failback).min()
    }

    /// The next thing to do, if any.
    pub fn next_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    fn index(&self, location: &Location) -> Option<usize> {
        self.sites.iter().position(|site| site.location == *location)
    }

    fn site(&self, location: &Location) -> Option<&Site> {
        self.index(location).map(|index| &self.sites[index])
    }

    fn failback_at(&self) -> u64 {
        let good_since = self.sites[self.home].good_since;
        (good_since + self.numbers.failback_after_ms + self.failback_spread_ms).max(self.pinned_until)
    }

    /// Leaves a location that is given up at once; goes back home only after a while, and between baskets.
    fn choose(&mut self, now: u64) {
        if matches!(self.sites[self.active].breaker, Breaker::Open { .. }) {
            let usable = |index: &usize| self.sites[*index].breaker.lets_through(&self.numbers);
            let others = (0..self.sites.len()).filter(|index| *index != self.active);
            if let Some(other) = others.into_iter().find(usable) {
                self.switch(other, now);
            }
            return;
        }
        let home_is_good = self.sites[self.home].breaker.is_closed();
        if self.active != self.home && home_is_good && !self.basket_open && now >= self.failback_at() {
            self.switch(self.home, now);
        }
    }

    fn switch(&mut self, to: usize, now: u64) {
        let from = self.sites[self.active].location.clone();
        self.active = to;
        let to = self.sites[to].location.clone();
        self.commands.push_back(Command::Switched { from, to: to.clone() });
        self.switches.push_back(now);
        self.switches.retain(|at| now.saturating_sub(*at) <= self.numbers.switch_window_ms);
        if self.switches.len() >= self.numbers.switches_to_pin as usize && !self.is_pinned(now) {
            self.pinned_until = now + self.numbers.pin_ms;
            self.commands.push_back(Command::Pinned { at: to });
        }
    }
}

/// The home of a store: by its hash over the sorted names, so that stores split evenly and every till of a store
/// agrees whatever order its file lists them in.
fn home(store: &StoreId, locations: &[Location], mode: Mode) -> Option<usize> {
    match mode {
        Mode::ActivePassive => (!locations.is_empty()).then_some(0),
        Mode::ActiveActive => {
            let mut sorted: Vec<&Location> = locations.iter().collect();
            sorted.sort();
            let chosen = sorted.get((store_hash(store) % locations.len().max(1) as u64) as usize)?;
            locations.iter().position(|location| location == *chosen)
        }
    }
}

fn store_hash(store: &StoreId) -> u64 {
    let hash = Sha256::digest(store.as_str());
    let first: [u8; 8] = hash[..8].try_into().expect("SHA-256 has 32 bytes");
    u64::from_be_bytes(first)
}

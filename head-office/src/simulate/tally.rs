//! What came of it all, counted while it happens. It grows by a few bytes a second and by nothing else.

use super::latencies::Latencies;
use super::plan::Plan;
use super::questions::Failure;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The counters that all tills share.
#[derive(Debug)]
pub struct Tally {
    counts: Mutex<Counts>,
}

/// What was counted.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Sales that were made.
    pub sold: u64,
    /// Sales that were not made since a till had no more room.
    pub unsold: u64,
    /// Sales that are at every location.
    pub delivered: u64,
    /// Requests by the status of their answer.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests without an answer, by what was wrong; those of the plan's outages are not among them.
    pub failures: BTreeMap<&'static str, u64>,
    /// How long answers took.
    pub answers: Latencies,
    /// How long sales took until they were everywhere.
    pub deliveries: Latencies,
    /// Each second's requests, and the sales on their way at its end.
    pub seconds: Vec<Second>,
    /// What each failure said first.
    pub said: BTreeMap<&'static str, String>,
}

/// One second of the simulation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Second {
    /// Requests that were sent in it.
    pub requests: u64,
    /// Sales that were not everywhere at its end.
    pub on_their_way: u64,
}

impl Counts {
    /// Requests that were answered.
    pub fn answered(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Requests that were not answered as they should be.
    pub fn failed(&self) -> u64 {
        let refused: u64 = self.statuses.iter().filter(|(status, _)| **status >= 400).map(|(_, count)| count).sum();
        self.failures.values().sum::<u64>() + refused
    }
}

impl Tally {
    /// Nothing counted, with room for the seconds of `plan`.
    pub fn new(plan: &Plan) -> Tally {
        let seconds =
            vec![Second::default(); usize::try_from((plan.sales.day_ms + plan.drain_ms) / 1_000).unwrap_or(0) + 2];
        Tally { counts: Mutex::new(Counts { seconds, ..Counts::default() }) }
    }

    /// Forgets what was counted before the beginning.
    pub fn begin_anew(&self) {
        let mut counts = self.lock();
        let seconds = vec![Second::default(); counts.seconds.len()];
        *counts = Counts { seconds, ..Counts::default() };
    }

    /// A request was sent at `sent_ms`, and this came of it.
    pub fn asked(&self, sent_ms: u64, took: Duration, came: Result<u16, &Failure>) {
        let mut counts = self.lock();
        if let Some(second) = second(&mut counts, sent_ms) {
            second.requests += 1;
        }
        match came {
            Ok(status) => {
                *counts.statuses.entry(status).or_default() += 1;
                counts.answers.add(took);
            }
            Err(failure) => {
                *counts.failures.entry(failure.kind()).or_default() += 1;
                counts.said.entry(failure.kind()).or_insert_with(|| failure.to_string());
            }
        }
    }

    /// A sale was made, or could not be for want of room.
    pub fn sold(&self, made: bool) {
        let mut counts = self.lock();
        if made {
            counts.sold += 1;
        } else {
            counts.unsold += 1;
        }
    }

    /// Sales that were made at `sold_ms` are everywhere since `now_ms`.
    pub fn delivered(&self, sold_ms: &[u64], now_ms: u64) {
        let mut counts = self.lock();
        counts.delivered += sold_ms.len() as u64;
        for at_ms in sold_ms {
            counts.deliveries.add(Duration::from_millis(now_ms.saturating_sub(*at_ms)));
        }
    }

    /// Ends the second before `now_ms`, and tells it to people.
    pub fn second(&self, now_ms: u64) -> String {
        let mut counts = self.lock();
        let (sold, delivered, failed) = (counts.sold, counts.delivered, counts.failed());
        let before_ms = now_ms.saturating_sub(1_000);
        let mut requests = 0;
        if let Some(second) = second(&mut counts, before_ms) {
            second.on_their_way = sold - delivered;
            requests = second.requests;
        }
        format!(
            "{:>5} s  {sold:>8} sold  {delivered:>8} everywhere  {:>7} on their way  {requests:>6} requests/s  {failed:>5} failed",
            now_ms / 1_000,
            sold - delivered,
        )
    }

    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn second(counts: &mut Counts, ms: u64) -> Option<&mut Second> {
    counts.seconds.get_mut(usize::try_from(ms / 1_000).unwrap_or(usize::MAX))
}

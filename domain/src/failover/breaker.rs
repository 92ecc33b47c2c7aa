//! The breaker of one location.
//!
//! ```text
//!            3 faults in 60 s, or 3 failed probes
//!   Closed ------------------------------------------> Open (30 s x n, 300 s at most, + 0-30 s)
//!     ^                                                  | time is up
//!     | 2 good probes, then 1 good request               v
//!     +---------------------------------------------- HalfOpen --- any fault ---> Open, n + 1
//! ```

use super::Numbers;
use crate::random::Seeded;
use std::collections::VecDeque;

/// The state of one location, as this till sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breaker {
    /// In use.
    Closed {
        /// When the faults that still count happened; fewer than it takes to open.
        faults: VecDeque<u64>,
        /// Failed probes in a row.
        failed_probes: u32,
    },
    /// Given up until a time.
    Open {
        /// Until when, in milliseconds of the monotonic clock.
        until: u64,
        /// How often it opened in a row.
        times: u32,
    },
    /// On trial.
    HalfOpen {
        /// Good probes since.
        good_probes: u32,
        /// How often it opened in a row before.
        times: u32,
    },
}

impl Breaker {
    pub(super) fn new() -> Breaker {
        Breaker::Closed { faults: VecDeque::new(), failed_probes: 0 }
    }

    /// Whether a real request may go there.
    pub fn lets_through(&self, numbers: &Numbers) -> bool {
        match self {
            Breaker::Closed { .. } => true,
            Breaker::Open { .. } => false,
            Breaker::HalfOpen { good_probes, .. } => *good_probes >= numbers.good_probes_to_close,
        }
    }

    /// One word for people.
    pub fn as_str(&self) -> &'static str {
        match self {
            Breaker::Closed { .. } => "closed",
            Breaker::Open { .. } => "open",
            Breaker::HalfOpen { .. } => "half-open",
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self, Breaker::Closed { .. })
    }

    /// Nothing speaks against it.
    pub(super) fn is_healthy(&self) -> bool {
        matches!(self, Breaker::Closed { faults, failed_probes: 0 } if faults.is_empty())
    }

    pub(super) fn fault(&mut self, now: u64, numbers: &Numbers, random: &mut Seeded) {
        match self {
            Breaker::Closed { faults, .. } => {
                faults.push_back(now);
                faults.retain(|at| now.saturating_sub(*at) <= numbers.fault_window_ms);
                if faults.len() >= numbers.faults_to_open as usize {
                    self.open(1, now, numbers, random);
                }
            }
            Breaker::HalfOpen { times, .. } => {
                let times = times.saturating_add(1);
                self.open(times, now, numbers, random);
            }
            // A request that left before the breaker opened; its fault tells nothing new.
            Breaker::Open { .. } => {}
        }
    }

    pub(super) fn failed_probe(&mut self, now: u64, numbers: &Numbers, random: &mut Seeded) {
        match self {
            Breaker::Closed { failed_probes, .. } => {
                *failed_probes += 1;
                if *failed_probes >= numbers.failed_probes_to_open {
                    self.open(1, now, numbers, random);
                }
            }
            Breaker::HalfOpen { .. } | Breaker::Open { .. } => self.fault(now, numbers, random),
        }
    }

    pub(super) fn good_probe(&mut self, now: u64, numbers: &Numbers) {
        match self {
            Breaker::Closed { faults, failed_probes } => {
                *failed_probes = 0;
                faults.retain(|at| now.saturating_sub(*at) <= numbers.fault_window_ms);
            }
            Breaker::HalfOpen { good_probes, .. } => *good_probes += 1,
            Breaker::Open { .. } => {}
        }
    }

    pub(super) fn good_request(&mut self, numbers: &Numbers) {
        match self {
            Breaker::Closed { faults, .. } => faults.clear(),
            Breaker::HalfOpen { good_probes, .. } if *good_probes >= numbers.good_probes_to_close => {
                *self = Breaker::new();
            }
            // An answer to a request that left before the breaker opened.
            Breaker::HalfOpen { .. } | Breaker::Open { .. } => {}
        }
    }

    /// Goes on trial once its time is up; true when it did.
    pub(super) fn try_again(&mut self, now: u64) -> bool {
        match *self {
            Breaker::Open { until, times } if now >= until => {
                *self = Breaker::HalfOpen { good_probes: 0, times };
                true
            }
            _ => false,
        }
    }

    fn open(&mut self, times: u32, now: u64, numbers: &Numbers, random: &mut Seeded) {
        let step = numbers.open_step_ms.saturating_mul(u64::from(times)).min(numbers.open_max_ms);
        *self = Breaker::Open { until: now + step + random.up_to(numbers.open_spread_ms), times };
    }
}

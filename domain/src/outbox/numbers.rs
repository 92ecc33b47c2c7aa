//! The numbers of the outbox, with their units. till.toml may set each under `[link.outbox]`.

use crate::wire::BATCH_MAX_ENTRIES;
use serde::{Deserialize, Serialize};

/// How an outbox paces itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Numbers {
    /// Most entries of a batch.
    pub batch_entries: u32,
    /// Shortest first wait of a retry; the wait is drawn from 0 to this, doubled at each failure...
    pub retry_min_ms: u64,
    /// ... up to this.
    pub retry_max_ms: u64,
    /// A location that was away longer than this is met with a spread, so that a region does not stampede.
    pub outage_ms: u64,
    /// The first try after an outage waits up to this.
    pub spread_after_outage_ms: u64,
    /// Bounds of a Retry-After.
    pub throttle_min_ms: u64,
    /// The longest Retry-After that is obeyed.
    pub throttle_max_ms: u64,
    /// A throttle is stretched by up to this, so that tills do not return together.
    pub throttle_spread_percent: u64,
    /// Tokens of the retry budget.
    pub budget_tokens: u32,
    /// No retry at once with this many tokens or fewer.
    pub budget_reserve_tokens: u32,
}

impl Default for Numbers {
    fn default() -> Numbers {
        Numbers {
            batch_entries: BATCH_MAX_ENTRIES as u32,
            retry_min_ms: 1_000,
            retry_max_ms: 300_000,
            outage_ms: 60_000,
            spread_after_outage_ms: 120_000,
            throttle_min_ms: 1_000,
            throttle_max_ms: 900_000,
            throttle_spread_percent: 50,
            budget_tokens: 10,
            budget_reserve_tokens: 5,
        }
    }
}

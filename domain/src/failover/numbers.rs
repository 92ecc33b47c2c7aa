//! The numbers of the failover, with their units. till.toml may set each under `[link.failover]`.

use serde::{Deserialize, Serialize};

/// When a location is given up, probed and trusted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Numbers {
    /// Faults within `fault_window_ms` that open the breaker.
    pub faults_to_open: u32,
    /// How long a fault counts.
    pub fault_window_ms: u64,
    /// Failed probes in a row that open the breaker.
    pub failed_probes_to_open: u32,
    /// The n-th opening in a row lasts n times this...
    pub open_step_ms: u64,
    /// ... but never longer than this...
    pub open_max_ms: u64,
    /// ... plus a random part of this, so that tills do not return together.
    pub open_spread_ms: u64,
    /// Good probes that a half-open breaker needs before it lets a real request through.
    pub good_probes_to_close: u32,
    /// Pause between probes of a location that is well.
    pub probe_healthy_ms: u64,
    /// Pause between probes of a location in doubt.
    pub probe_transition_ms: u64,
    /// Both pauses vary by this much, up and down.
    pub probe_spread_percent: u64,
    /// Home must be good this long before a till goes back to it...
    pub failback_after_ms: u64,
    /// ... plus up to this much, by the store's hash, so that stores return one by one.
    pub failback_spread_ms: u64,
    /// Switches within `switch_window_ms` that pin the till where it is.
    pub switches_to_pin: u32,
    /// How long a switch counts.
    pub switch_window_ms: u64,
    /// How long a pinned till does not go back home.
    pub pin_ms: u64,
    /// Pause between heartbeats, by which the active location knows the till and the till learns of a newer price book.
    pub heartbeat_ms: u64,
    /// Locations may differ in version, database and publications for this long, since a deployment takes its time.
    pub drift_grace_ms: u64,
    /// Clocks of locations that are further apart than this differ.
    pub drift_clock_ms: u64,
}

impl Default for Numbers {
    fn default() -> Numbers {
        Numbers {
            faults_to_open: 3,
            fault_window_ms: 60_000,
            failed_probes_to_open: 3,
            open_step_ms: 30_000,
            open_max_ms: 300_000,
            open_spread_ms: 30_000,
            good_probes_to_close: 2,
            probe_healthy_ms: 30_000,
            probe_transition_ms: 5_000,
            probe_spread_percent: 20,
            failback_after_ms: 600_000,
            failback_spread_ms: 600_000,
            switches_to_pin: 3,
            switch_window_ms: 3_600_000,
            pin_ms: 14_400_000,
            heartbeat_ms: 60_000,
            drift_grace_ms: 1_800_000,
            drift_clock_ms: 10_000,
        }
    }
}

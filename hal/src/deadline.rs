//! The moment by which an operation ends.
//!
//! Callers say how long an operation may take; a driver turns that once into a moment, so that its steps share the time
//! instead of adding up.

use std::time::{Duration, Instant};

/// A wait of zero means "for ever" to sockets, so the shortest wait that a driver asks for is this.
const WAIT_MIN: Duration = Duration::from_millis(1);
/// Longer than any operation: a caller that passes more gets this, and arithmetic on moments cannot overflow.
const DEADLINE_MAX: Duration = Duration::from_secs(3_600);

/// A moment in the near future.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    at: Instant,
}

impl Deadline {
    /// The moment that is `wait` from the present one, at most an hour.
    pub fn after(wait: Duration) -> Deadline {
        Deadline { at: Instant::now() + wait.min(DEADLINE_MAX) }
    }

    /// What is left until then, or `None` when the moment has passed. Never zero.
    pub fn left(&self) -> Option<Duration> {
        let left = self.at.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| left.max(WAIT_MIN))
    }

    /// An earlier deadline that leaves `reserve`, but at most a quarter of what is left, for what comes after it.
    pub fn reserving(&self, reserve: Duration) -> Deadline {
        let left = self.left().unwrap_or_default();
        Deadline { at: self.at.checked_sub(reserve.min(left / 4)).unwrap_or(self.at) }
    }

    /// The earlier one of this and the moment that is `wait` from the present one.
    pub fn at_most(&self, wait: Duration) -> Deadline {
        Deadline { at: self.at.min(Deadline::after(wait).at) }
    }
}

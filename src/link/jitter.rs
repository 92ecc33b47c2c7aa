//! The wait before a retry: full jitter (a random wait from 0 to a bound that doubles), so that tills that fail together
//! do not return together. The only place that knows the crate `backoff`.

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff;
use std::time::Duration;

/// Shortest wait; a draw of nearly 0 would be a busy loop against a dead server.
const WAIT_MIN: Duration = Duration::from_millis(50);

/// Draws the waits of one outbox.
#[derive(Debug)]
pub struct Jitter {
    backoff: ExponentialBackoff,
}

impl Jitter {
    /// Waits from 0 to `first_ms`, then to twice that, and so on, up to `most_ms`; for ever.
    pub fn new(first_ms: u64, most_ms: u64) -> Jitter {
        // The crate draws around an interval; around the half of the bound, by all of it, is from 0 to the bound.
        let backoff = ExponentialBackoff {
            current_interval: Duration::from_millis(first_ms / 2),
            initial_interval: Duration::from_millis(first_ms / 2),
            randomization_factor: 1.0,
            multiplier: 2.0,
            max_interval: Duration::from_millis(most_ms / 2),
            max_elapsed_time: None,
            ..ExponentialBackoff::default()
        };
        Jitter { backoff }
    }

    /// The wait before retry number `failures`, counted from 1; 1 begins anew.
    pub fn draw_ms(&mut self, failures: u32) -> u64 {
        if failures <= 1 {
            self.backoff.reset();
        }
        let wait = self.backoff.next_backoff().unwrap_or(self.backoff.max_interval);
        u64::try_from(wait.max(WAIT_MIN).as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_five_minutes_and_never_end() {
        let mut jitter = Jitter::new(1_000, 300_000);
        let mut bound = 1_000;
        let mut longest = 0;
        for failures in 1..2_000 {
            let wait = jitter.draw_ms(failures);
            assert!(wait <= bound, "retry {failures}: {wait} ms of at most {bound}");
            bound = (bound * 2).min(300_000);
            longest = longest.max(wait);
        }
        assert!(longest > 200_000, "the longest of 2,000 waits was {longest} ms");
        assert!(jitter.draw_ms(1) <= 1_000);
    }
}

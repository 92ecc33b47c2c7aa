//! The cap on the rate of requests: a token bucket in integers.

use std::time::Instant;

/// A request costs this much; a microsecond fills in as much as requests are allowed a second.
const COST: u64 = 1_000_000;

/// A bucket that a second fills and each request takes from.
pub(super) struct Bucket {
    per_second: u64,
    level: u64,
    filled_at: Instant,
}

impl Bucket {
    /// `per_second` is the rate in the long run, and the most at once.
    pub(super) fn full(per_second: u32, now: Instant) -> Bucket {
        let per_second = u64::from(per_second);
        Bucket { per_second, level: per_second * COST, filled_at: now }
    }

    /// Whether one more request may pass at `now`.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let elapsed_us = u64::try_from(now.saturating_duration_since(self.filled_at).as_micros()).unwrap_or(u64::MAX);
        let gained = elapsed_us.saturating_mul(self.per_second);
        self.level = self.level.saturating_add(gained).min(self.per_second * COST);
        // Not moved back by a stale `now`: two threads may come in either order.
        self.filled_at = self.filled_at.max(now);
        if self.level < COST {
            return false;
        }
        self.level -= COST;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_second_brings_its_requests_and_no_more() {
        let start = Instant::now();
        let mut bucket = Bucket::full(200, start);
        let passed = |bucket: &mut Bucket, now| (0..1_000).filter(|_| bucket.take(now)).count() as u64;
        assert_eq!(passed(&mut bucket, start), 200);
        assert_eq!(passed(&mut bucket, start + Duration::from_millis(500)), 100);
        assert_eq!(passed(&mut bucket, start + Duration::from_secs(3_600)), 200);
    }

    #[test]
    fn a_stale_clock_fills_nothing() {
        let start = Instant::now();
        let later = start + Duration::from_secs(1);
        let mut bucket = Bucket::full(200, later);
        while bucket.take(later) {}
        assert!(!bucket.take(start));
        assert!(!bucket.take(later));
    }
}

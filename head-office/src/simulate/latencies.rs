//! How long something took, of very many: a histogram whose buckets grow by an eighth of a doubling, so that each value is
//! told within 10 %, in a kilobyte.

use std::time::Duration;

/// Buckets of one doubling.
const STEPS: f64 = 8.0;
/// From a tenth of a millisecond up to a day.
const BUCKETS: usize = 240;
/// The smallest time that is told from nothing, in microseconds.
const LEAST_US: f64 = 100.0;

/// Times, counted.
#[derive(Debug, Clone)]
pub struct Latencies {
    counts: Vec<u64>,
    longest: Duration,
}

impl Default for Latencies {
    fn default() -> Latencies {
        Latencies { counts: vec![0; BUCKETS], longest: Duration::ZERO }
    }
}

impl Latencies {
    /// Counts `took`.
    pub fn add(&mut self, took: Duration) {
        let doublings = (took.as_micros() as f64 / LEAST_US).max(1.0).log2();
        let bucket = ((doublings * STEPS) as usize).min(BUCKETS - 1);
        self.counts[bucket] += 1;
        self.longest = self.longest.max(took);
    }

    /// The time that `percent` of all stay within, in milliseconds; 0 when there are none.
    pub fn percentile_ms(&self, percent: u32) -> f64 {
        let all: u64 = self.counts.iter().sum();
        let wanted = (all as f64 * f64::from(percent) / 100.0).ceil() as u64;
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted && *count > 0 {
                let upper_ms = LEAST_US * ((bucket as f64 + 1.0) / STEPS).exp2() / 1_000.0;
                // The last bucket has no upper end.
                return if bucket == BUCKETS - 1 { self.longest_ms() } else { upper_ms.min(self.longest_ms()) };
            }
        }
        0.0
    }

    /// The longest, in milliseconds.
    pub fn longest_ms(&self) -> f64 {
        self.longest.as_secs_f64() * 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_told_within_a_tenth() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.percentile_ms(50), 0.0);
        (1..=1_000).for_each(|ms| latencies.add(Duration::from_millis(ms)));
        for (percent, ms) in [(50, 500.0), (95, 950.0), (99, 990.0), (100, 1_000.0)] {
            let told = latencies.percentile_ms(percent);
            assert!((told - ms).abs() <= ms / 10.0, "{percent} %: {told} is not {ms}");
        }
        latencies.add(Duration::from_secs(1_000_000));
        assert_eq!(latencies.percentile_ms(100), 1e9);
    }
}

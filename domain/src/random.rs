//! Seeded randomness as a value: the same seed gives the same run again, in a test as in a simulation.

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). Not for secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded(u64);

impl Seeded {
    /// A generator that starts at `seed`.
    pub fn new(seed: u64) -> Seeded {
        Seeded(seed)
    }

    /// The next number, from 0 to `most`, both included.
    pub fn up_to(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        // The bias of the remainder is below 2^-32 for any delay in milliseconds; nothing here needs better.
        match most.checked_add(1) {
            Some(count) => z % count,
            None => z,
        }
    }

    /// `value` plus or minus up to `percent` of it.
    pub fn around(&mut self, value: u64, percent: u64) -> u64 {
        let reach = value / 100 * percent + value % 100 * percent / 100;
        value - reach.min(value) + self.up_to(reach.saturating_mul(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays_and_bounds_hold() {
        let run = |seed| {
            let mut random = Seeded::new(seed);
            (0..1_000).map(|_| random.up_to(9)).collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        assert!((0..=9).all(|digit| run(1).contains(&digit)) && run(1).iter().all(|n| *n <= 9));
        let mut random = Seeded::new(3);
        assert!((0..1_000).all(|_| (24_000..=36_000).contains(&random.around(30_000, 20))));
    }
}

//! When a till sells: by chance, more often at some hours than at others.
//!
//! Sales are a Poisson process whose rate follows the curve: gaps are drawn at the rate of the busiest hour, and each
//! sale counts with the share that its own hour has of it (thinning; Lewis and Shedler, 1979). The day is as long as the
//! simulation; the rate that is asked for is the mean over it, in hours of the wall clock.

use clap::ValueEnum;
use evertill_domain::random::Seeded;
use serde::Deserialize;

/// Hours of a day.
const HOURS: u64 = 24;
/// Milliseconds of an hour.
const HOUR_MS: f64 = 3_600_000.0;

/// How the sales of a day are spread over its hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DayCurve {
    /// Every hour alike.
    #[default]
    Flat,
    /// A supermarket: closed at night, busy at noon, busiest after work.
    Retail,
}

impl DayCurve {
    /// What each hour has, relative to the others. The retail table is an assumption, to be replaced by one's own count:
    /// the busiest hour has 2.6 times the day's mean.
    fn hours(self) -> [u32; HOURS as usize] {
        match self {
            DayCurve::Flat => [1; HOURS as usize],
            DayCurve::Retail => [0, 0, 0, 0, 0, 0, 1, 3, 5, 7, 8, 10, 11, 9, 7, 8, 10, 13, 14, 11, 7, 4, 0, 0],
        }
    }
}

/// The sales of one till.
#[derive(Debug, Clone, Copy)]
pub struct Sales {
    /// The day's form.
    pub curve: DayCurve,
    /// How long the day takes, in milliseconds.
    pub day_ms: u64,
    /// Sales of a till in an hour of the wall clock, mean over the day.
    pub per_hour: u32,
}

impl Sales {
    /// When the next sale comes after `now_ms`; `None` when the day is over before.
    pub fn next(&self, now_ms: u64, random: &mut Seeded) -> Option<u64> {
        let hours = self.curve.hours();
        let (sum, most) = (hours.iter().sum::<u32>(), hours.into_iter().max().unwrap_or(0));
        let busiest_per_ms = f64::from(self.per_hour) / HOUR_MS * f64::from(most) * HOURS as f64 / f64::from(sum);
        if busiest_per_ms <= 0.0 {
            return None;
        }
        let mut at_ms = now_ms;
        while at_ms < self.day_ms {
            // From 0, not included, to 1: the logarithm of 0 is no time.
            let chance = (random.up_to(u64::from(u32::MAX)) + 1) as f64 / (u64::from(u32::MAX) + 1) as f64;
            at_ms += ((-chance.ln() / busiest_per_ms) as u64).max(1);
            let hour = (at_ms.saturating_mul(HOURS) / self.day_ms) as usize;
            let share = hours.get(hour).copied().unwrap_or(0);
            if random.up_to(u64::from(most) - 1) < u64::from(share) {
                return (at_ms < self.day_ms).then_some(at_ms);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many sales each of the 24 hours has, of a day of 24 real hours.
    fn day(curve: DayCurve) -> Vec<u32> {
        let sales = Sales { curve, day_ms: 24 * 3_600_000, per_hour: 200 };
        let (mut random, mut now_ms, mut hours) = (Seeded::new(7), 0, vec![0; 24]);
        while let Some(at_ms) = sales.next(now_ms, &mut random) {
            assert!(at_ms > now_ms);
            hours[(at_ms / 3_600_000) as usize] += 1;
            now_ms = at_ms;
        }
        hours
    }

    #[test]
    fn a_day_has_its_sales_and_its_form() {
        for curve in [DayCurve::Flat, DayCurve::Retail] {
            let hours = day(curve);
            let sum: u32 = hours.iter().sum();
            assert!((4_500..=5_100).contains(&sum), "{curve:?}: {sum}");
        }
        assert!(day(DayCurve::Flat).iter().all(|sales| (130..=270).contains(sales)));
        let retail = day(DayCurve::Retail);
        assert_eq!((retail[3], retail[23]), (0, 0));
        assert!(retail[18] > 3 * retail[7]);
    }

    #[test]
    fn nothing_is_sold_at_no_rate() {
        let sales = Sales { curve: DayCurve::Flat, day_ms: 1_000, per_hour: 0 };
        assert_eq!(sales.next(0, &mut Seeded::new(1)), None);
    }
}

//! What came of a simulation, for people and, as JSON, for programs.

use super::plan::Plan;
use super::standing::Standing;
use super::tally::{Counts, Second};
use serde::Serialize;
use std::collections::BTreeMap;

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// How many tills took part.
    pub tills: usize,
    /// Sales that were made.
    pub sold: u64,
    /// Sales that were not made since a till had no more room for them.
    pub unsold: u64,
    /// Sales that are at every location.
    pub delivered: u64,
    /// Requests by the status of their answer.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests without an answer, by what was wrong.
    pub failures: BTreeMap<&'static str, u64>,
    /// What each of those said first.
    pub said: BTreeMap<&'static str, String>,
    /// Milliseconds within which this percentage of requests was answered.
    pub answers_ms: BTreeMap<u32, f64>,
    /// Milliseconds within which this percentage of sales was everywhere.
    pub deliveries_ms: BTreeMap<u32, f64>,
    /// How each outage was caught up.
    pub catch_ups: Vec<CatchUp>,
    /// What the locations have.
    pub standing: Standing,
}

/// The time after an outage until no more sales were on their way than before it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CatchUp {
    /// How long it took, in seconds.
    pub seconds: usize,
    /// Requests of the busiest second.
    pub peak: u64,
    /// Requests a second on average.
    pub mean: f64,
}

/// Percentages that are told.
const PERCENTS: [u32; 4] = [50, 95, 99, 100];

impl Summary {
    /// The summary of what was counted and of what the locations have.
    pub fn of(plan: &Plan, counts: &Counts, standing: Standing) -> Summary {
        Summary {
            tills: plan.fleet.tills(),
            sold: counts.sold,
            unsold: counts.unsold,
            delivered: counts.delivered,
            statuses: counts.statuses.clone(),
            failures: counts.failures.clone(),
            said: counts.said.clone(),
            answers_ms: PERCENTS.map(|percent| (percent, counts.answers.percentile_ms(percent))).into(),
            deliveries_ms: PERCENTS.map(|percent| (percent, counts.deliveries.percentile_ms(percent))).into(),
            catch_ups: plan
                .outages
                .iter()
                .filter_map(|outage| {
                    let [from, until] = [outage.from_ms, outage.until_ms].map(|ms| (ms / 1_000) as usize);
                    catch_up(&counts.seconds, from, until)
                })
                .collect(),
            standing,
        }
    }

    /// Whether every sale that was made is at every location.
    pub fn is_whole(&self) -> bool {
        self.standing.lacking_tills == 0 && self.sold == self.delivered
    }

    /// Requests that were not answered as they should be.
    pub fn failed(&self) -> u64 {
        let refused: u64 = self.statuses.iter().filter(|(status, _)| **status >= 400).map(|(_, count)| count).sum();
        self.failures.values().sum::<u64>() + refused
    }

    /// The summary in words, a line each.
    pub fn lines(&self) -> Vec<String> {
        let list = |ms: &BTreeMap<u32, f64>| {
            let parts: Vec<String> = ms.iter().map(|(percent, ms)| format!("{percent} % within {ms:.0} ms")).collect();
            parts.join(", ")
        };
        let answered: u64 = self.statuses.values().sum();
        let mut lines = vec![
            format!("{} tills made {} sales; {} are at every location", self.tills, self.sold, self.delivered),
            format!("{answered} requests answered: {}", list(&self.answers_ms)),
            format!("sales were everywhere: {}", list(&self.deliveries_ms)),
        ];
        if self.unsold > 0 {
            lines.push(format!("{} sales were not made: a till had no more room, too much was unsent", self.unsold));
        }
        let refused = self.statuses.iter().filter(|(status, _)| **status >= 400);
        lines.extend(refused.map(|(status, count)| format!("{count} requests were answered with status {status}")));
        lines.extend(self.failures.iter().map(|(kind, count)| {
            let said = self.said.get(kind).map(String::as_str).unwrap_or_default();
            format!("{count} requests failed ({kind}), the first: {said}")
        }));
        lines.extend(self.catch_ups.iter().map(|CatchUp { seconds, peak, mean }| {
            let ratio = *peak as f64 / mean;
            format!("an outage was caught up in {seconds} s: {mean:.0} requests/s, at most {peak} ({ratio:.1} times)")
        }));
        let Standing { whole, lacking, lacking_tills } = &self.standing;
        lines.push(format!("the locations have the whole chains of {whole} tills"));
        if *lacking_tills > 0 {
            lines.push(format!("{lacking_tills} tills are not whole: {} ...", lacking.join("; ")));
        }
        lines
    }
}

/// How the outage from second `from` to `until` was caught up; `None` when the record ends before.
fn catch_up(seconds: &[Second], from: usize, until: usize) -> Option<CatchUp> {
    let before = seconds.get(from.checked_sub(1)?)?.on_their_way;
    let after = seconds.get(until..)?;
    let end = after.iter().position(|second| second.requests > 0 && second.on_their_way <= before)?;
    let caught_up = &after[..=end];
    let sum: u64 = caught_up.iter().map(|second| second.requests).sum();
    let peak = caught_up.iter().map(|second| second.requests).max()?;
    Some(CatchUp { seconds: caught_up.len(), peak, mean: sum as f64 / caught_up.len() as f64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catch_up_ends_when_no_more_is_on_its_way_than_before() {
        let second = |requests, on_their_way| Second { requests, on_their_way };
        let mut seconds = vec![second(10, 4), second(10, 4), second(0, 50), second(0, 100)];
        seconds.extend([second(30, 90), second(20, 40), second(10, 4), second(10, 3)]);
        assert_eq!(catch_up(&seconds, 2, 4), Some(CatchUp { seconds: 3, peak: 30, mean: 20.0 }));
        assert_eq!(catch_up(&seconds[..6], 2, 4), None);
        assert_eq!(catch_up(&seconds, 0, 4), None);
    }
}

//! Whether the locations are of one mind. Nobody looks at a passive location until it is needed; so the tills, which probe it
//! all the time, compare what it says of itself with what the others say.

use crate::ids::Location;
use std::collections::{BTreeMap, BTreeSet};

/// What was said longer ago is not compared: a location that is down is another matter.
const WORD_MAX_MS: u64 = 5 * 60 * 1_000;

/// What a location said of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// By aspect, as `version` or `price-book`, what it says; what it does not tell is not compared.
    pub said: BTreeMap<String, String>,
    /// How far its clock is ahead of the till's monotonic one, in milliseconds; `None` when it told no time.
    pub ahead_ms: Option<i64>,
}

/// The last word of each location, and since when they differ.
#[derive(Debug, Clone)]
pub struct Drift {
    grace_ms: u64,
    clock_ms: u64,
    words: BTreeMap<Location, (Word, u64)>,
    since: BTreeMap<String, u64>,
}

impl Drift {
    /// Nobody has said anything. Differences are told after `grace_ms`, since a deployment or a publication takes its time;
    /// clocks differ when they are `clock_ms` apart.
    pub fn new(grace_ms: u64, clock_ms: u64) -> Drift {
        Drift { grace_ms, clock_ms, words: BTreeMap::new(), since: BTreeMap::new() }
    }

    /// A location answered a probe.
    pub fn handle_word(&mut self, location: &Location, word: Word, now: u64) {
        self.words.insert(location.clone(), (word, now));
        self.words.retain(|_, (_, at)| now.saturating_sub(*at) <= WORD_MAX_MS);
        let differ = self.differences();
        self.since.retain(|aspect, _| differ.contains_key(aspect));
        for aspect in differ.into_keys() {
            self.since.entry(aspect).or_insert(now);
        }
    }

    /// What a person has to know, as one sentence; `None` while all is well, or may still become so by itself.
    pub fn sentence(&self, now: u64) -> Option<String> {
        let lasts = |aspect: &String| self.since.get(aspect).is_some_and(|at| now.saturating_sub(*at) >= self.grace_ms);
        let differ = self.differences();
        let lasting: Vec<String> = (differ.iter().filter(|(aspect, _)| lasts(aspect)))
            .map(|(aspect, said)| format!("{aspect} ({said})"))
            .collect();
        if lasting.is_empty() { None } else { Some(format!("the locations differ in {}", lasting.join(", "))) }
    }

    /// Where they differ now: by aspect, who says what.
    fn differences(&self) -> BTreeMap<String, String> {
        let aspects: BTreeSet<&String> = self.words.values().flat_map(|(word, _)| word.said.keys()).collect();
        let mut differ = BTreeMap::new();
        for aspect in aspects {
            let said = self.words.iter().filter_map(|(location, (word, _))| Some((location, word.said.get(aspect)?)));
            let said: Vec<(&Location, &String)> = said.collect();
            if said.iter().any(|(_, value)| *value != said[0].1) {
                let list: Vec<String> = said.iter().map(|(location, value)| format!("{location} {value}")).collect();
                differ.insert(aspect.clone(), list.join(", "));
            }
        }
        let clocks = self.words.iter().filter_map(|(location, (word, _))| Some((word.ahead_ms?, location)));
        let mut clocks: Vec<(i64, &Location)> = clocks.collect();
        clocks.sort_unstable();
        if let (Some((slow_ms, slow)), Some((fast_ms, fast))) = (clocks.first(), clocks.last()) {
            let apart_ms = fast_ms.abs_diff(*slow_ms);
            if apart_ms > self.clock_ms {
                differ.insert("clock".to_owned(), format!("{fast} is {} s ahead of {slow}", apart_ms / 1_000));
            }
        }
        differ
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE_MS: u64 = 600_000;

    fn word(version: &str, book: &str, ahead_ms: i64) -> Word {
        let said = [("version", version), ("price-book", book)];
        let said = said.into_iter().filter(|(_, value)| !value.is_empty());
        let said = said.map(|(aspect, value)| (aspect.to_owned(), value.to_owned()));
        Word { said: said.collect(), ahead_ms: Some(ahead_ms) }
    }

    fn location(name: &str) -> Location {
        name.parse().unwrap()
    }

    /// What is told when both say their word every 30 s, up to `until_ms`.
    fn told(fra: &Word, ams: &Word, until_ms: u64) -> Option<String> {
        let mut drift = Drift::new(GRACE_MS, 10_000);
        for at_ms in (0..=until_ms).step_by(30_000) {
            drift.handle_word(&location("fra"), fra.clone(), at_ms);
            drift.handle_word(&location("ams"), ams.clone(), at_ms);
        }
        drift.sentence(until_ms)
    }

    #[test]
    fn a_passive_location_that_stays_behind_is_told_after_a_while() {
        let (fra, ams) = (word("4.2", "8", 0), word("4.1", "7", 0));
        assert_eq!(told(&fra, &ams, GRACE_MS - 30_000), None);
        let said = "the locations differ in price-book (ams 7, fra 8), version (ams 4.1, fra 4.2)";
        assert_eq!(told(&fra, &ams, GRACE_MS).as_deref(), Some(said));
        assert_eq!(told(&fra, &fra, 10 * GRACE_MS), None);
    }

    #[test]
    fn clocks_are_compared_with_each_other_and_not_with_the_tills() {
        assert_eq!(told(&word("1", "1", 5_000_000), &word("1", "1", 5_009_000), GRACE_MS), None);
        let said = "the locations differ in clock (ams is 61 s ahead of fra)";
        assert_eq!(told(&word("1", "1", 0), &word("1", "1", 61_500), GRACE_MS).as_deref(), Some(said));
    }

    #[test]
    fn what_a_location_does_not_tell_or_told_long_ago_is_not_compared() {
        assert_eq!(told(&word("1", "8", 0), &word("1", "", 0), GRACE_MS), None);
        let mut drift = Drift::new(0, 10_000);
        drift.handle_word(&location("fra"), word("1", "8", 0), 0);
        drift.handle_word(&location("ams"), word("1", "7", 0), 0);
        assert!(drift.sentence(0).is_some());
        drift.handle_word(&location("fra"), word("1", "8", 0), WORD_MAX_MS + 1);
        assert_eq!(drift.sentence(WORD_MAX_MS + 1), None, "ams is down, which is told elsewhere");
        let mut drift = Drift::new(GRACE_MS, 10_000);
        drift.handle_word(&location("fra"), word("1", "8", 0), 0);
        drift.handle_word(&location("ams"), word("1", "7", 0), 0);
        drift.handle_word(&location("ams"), word("1", "8", 0), 1);
        drift.handle_word(&location("ams"), word("1", "7", 0), GRACE_MS);
        assert_eq!(drift.sentence(GRACE_MS), None, "it counts from anew");
    }
}

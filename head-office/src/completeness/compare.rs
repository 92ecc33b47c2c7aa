//! The same store and day at several locations. Each keeps its own copy, which the tills bring; what one has and another has
//! not is on its way, or was lost there, and is said with its numbers.

use super::{DayFacts, EpochFacts, Report};
use evertill_domain::ids::Epoch;
use serde::Serialize;

/// What a location answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The location.
    pub location: String,
    /// Its report, or why there is none.
    #[serde(flatten)]
    pub answer: Answer,
}

/// A location's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// What is there.
    Report(Box<Report>),
    /// Why that is not known.
    Failed(String),
}

impl Said {
    /// Its report, if there is one.
    pub fn report(&self) -> Option<&Report> {
        match &self.answer {
            Answer::Report(report) => Some(report),
            Answer::Failed(_) => None,
        }
    }
}

/// All locations' answers, and how they differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Whether every location answered, and has all.
    pub complete: bool,
    /// How they differ, in words; empty when they do not.
    pub differences: Vec<String>,
    /// The answers, this location's first.
    pub locations: Vec<Said>,
}

/// Compares what the locations said.
pub fn compare(locations: Vec<Said>) -> Comparison {
    let mut differences: Vec<String> = (locations.iter())
        .filter_map(|said| match &said.answer {
            Answer::Failed(why) => Some(format!("{} is not compared: {why}", said.location)),
            Answer::Report(_) => None,
        })
        .collect();
    for (there, theirs) in reports(&locations) {
        for (here, ours) in reports(&locations).filter(|(here, _)| *here != there) {
            differences.extend(lacks(ours, theirs).map(|lack| format!("{here} lacks {lack}, which {there} has")));
        }
    }
    let all = locations.iter().all(|said| said.report().is_some_and(|report| report.complete));
    Comparison { complete: all && differences.is_empty(), differences, locations }
}

fn reports(locations: &[Said]) -> impl Iterator<Item = (&str, &Report)> {
    locations.iter().filter_map(|said| Some((said.location.as_str(), said.report()?)))
}

/// What of the day is in `theirs` and not in `ours`, as "till 4, 812-815".
fn lacks(ours: &Report, theirs: &Report) -> impl Iterator<Item = String> {
    let epochs = theirs.tills.iter().flat_map(|till| till.epochs.iter().map(move |epoch| (till.till.number, epoch)));
    epochs.filter_map(|(number, epoch)| {
        let DayFacts { first_seq, last_seq, .. } = epoch.day?;
        let here = watermark(ours, epoch.epoch);
        let first = first_seq.max(here + 1);
        (here < last_seq).then(|| match first == last_seq {
            true => format!("till {number}, {first}"),
            false => format!("till {number}, {first}-{last_seq}"),
        })
    })
}

/// Up to where `epoch` is whole there; 0 when nothing of it is known there for that day.
fn watermark(report: &Report, epoch: Epoch) -> u64 {
    let epochs = report.tills.iter().flat_map(|till| &till.epochs);
    epochs.filter(|facts| facts.epoch == epoch).map(|facts: &EpochFacts| facts.watermark).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::{TillFacts, report};
    use super::*;

    const EPOCH: &str = "0197a1b2-0000-7000-8000-000000000001";

    fn said(location: &str, tills: &[(u16, u64, u64)]) -> Said {
        let facts = |(number, first_seq, last_seq): &(u16, u64, u64)| TillFacts {
            till: format!("eu/DE-0417/{number}").parse().unwrap(),
            heard_at: Some("2026-05-03T20:00:00.000Z".to_owned()),
            epochs: vec![EpochFacts {
                epoch: EPOCH.parse().unwrap(),
                watermark: *last_seq,
                said_head: Some(*last_seq),
                last_day: Some("2026-05-03".parse().unwrap()),
                day: Some(DayFacts { first_seq: *first_seq, last_seq: *last_seq, entries: 1, sales: 1 }),
                set_aside: vec![],
                forks: vec![],
            }],
        };
        let (store, day) = ("DE-0417".parse().unwrap(), "2026-05-03".parse().unwrap());
        let report = report(&store, &day, tills.iter().map(facts).collect());
        Said { location: location.to_owned(), answer: Answer::Report(Box::new(report)) }
    }

    #[test]
    fn what_one_location_has_and_the_other_has_not_is_said_with_its_numbers() {
        let alike = compare(vec![said("fra", &[(2, 1, 90)]), said("ams", &[(2, 1, 90)])]);
        assert!(alike.complete && alike.differences.is_empty(), "{alike:?}");
        let behind = compare(vec![said("fra", &[(2, 1, 90)]), said("ams", &[(2, 1, 86)])]);
        assert_eq!(behind.differences, ["ams lacks till 2, 87-90, which fra has"]);
        assert!(!behind.complete);
        let nothing = compare(vec![said("fra", &[]), said("ams", &[(2, 7, 7)])]);
        assert_eq!(nothing.differences, ["fra lacks till 2, 7, which ams has"]);
    }

    #[test]
    fn a_location_that_does_not_answer_is_not_compared_and_not_complete() {
        let failed = Said { location: "ams".to_owned(), answer: Answer::Failed("it does not answer".to_owned()) };
        let comparison = compare(vec![said("fra", &[(2, 1, 90)]), failed]);
        assert_eq!(comparison.differences, ["ams is not compared: it does not answer"]);
        assert!(!comparison.complete);
    }
}

//! What is published, compared over the locations: they share nothing else, and one that lags is to be seen.

use crate::pages::Listed;
use evertill_domain::ids::StoreId;
use std::collections::BTreeMap;

/// What a location has, or why that is not known.
pub type Answered = (String, Result<Vec<Listed>, String>);

/// All locations side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Those that answered.
    pub locations: Vec<String>,
    /// One line for each subject and store.
    pub lines: Vec<Line>,
    /// Those that did not answer, and why.
    pub silent: Vec<String>,
}

/// A subject, and what each location has of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `price-book`, `cashiers`, `endpoints` or `assignment`.
    pub subject: String,
    /// The store that it is for; `None` for every store.
    pub store: Option<StoreId>,
    /// The version in force at each location that answered; `None` where there is none.
    pub versions: Vec<Option<u64>>,
    /// What is not as it should be.
    pub trouble: Option<String>,
    /// When the newest came first, RFC 3339 in UTC.
    pub at: String,
    /// Who brought it.
    pub who: String,
}

impl Line {
    /// Whom it is for, for people.
    pub fn whose(&self) -> &str {
        self.store.as_ref().map_or("every store", StoreId::as_str)
    }
}

impl Compared {
    /// Whether every location answered and has the same.
    pub fn is_one(&self) -> bool {
        self.silent.is_empty() && self.lines.iter().all(|line| line.trouble.is_none())
    }

    /// As lines of text.
    pub fn text(&self) -> Vec<String> {
        let line = |line: &Line| {
            let at = self.locations.iter().zip(&line.versions);
            let at: Vec<String> = at
                .map(|(location, version)| {
                    format!("{location} {}", version.map_or("none".to_owned(), |version| version.to_string()))
                })
                .collect();
            let trouble = line.trouble.as_ref().map_or(String::new(), |trouble| format!(": {trouble}"));
            format!("{} for {}: {}{trouble}", line.subject, line.whose(), at.join(", "))
        };
        self.lines.iter().map(line).chain(self.silent.iter().cloned()).collect()
    }
}

/// Compares what the locations have.
pub fn compare(answered: &[Answered]) -> Compared {
    let silent = answered.iter().filter_map(|(location, answer)| {
        answer.as_ref().err().map(|why| format!("what {location} has is not known: {why}"))
    });
    let silent = silent.collect();
    let heard: Vec<(&String, &Vec<Listed>)> =
        answered.iter().filter_map(|(location, answer)| Some((location, answer.as_ref().ok()?))).collect();
    let mut by_subject: BTreeMap<(&str, Option<&StoreId>), Vec<Option<&Listed>>> = BTreeMap::new();
    for (place, (_, list)) in heard.iter().enumerate() {
        for listed in list.iter().filter(|listed| listed.in_force) {
            let line = by_subject.entry((listed.subject.as_str(), listed.store.as_ref()));
            line.or_insert_with(|| vec![None; heard.len()])[place] = Some(listed);
        }
    }
    let locations: Vec<String> = heard.iter().map(|(location, _)| (*location).clone()).collect();
    let lines = by_subject.into_iter().filter_map(|((subject, store), all)| {
        let newest = all.iter().flatten().max_by_key(|listed| listed.version)?;
        Some(Line {
            subject: subject.to_owned(),
            store: store.cloned(),
            versions: all.iter().map(|listed| listed.map(|listed| listed.version)).collect(),
            trouble: trouble(&locations, &all, newest),
            at: newest.at.clone(),
            who: newest.who.clone(),
        })
    });
    Compared { lines: lines.collect(), locations, silent }
}

/// Who lags behind `newest`, or has something else under its version.
fn trouble(locations: &[String], all: &[Option<&Listed>], newest: &Listed) -> Option<String> {
    let at = |is: fn(&Listed, Option<&&Listed>) -> bool| -> Vec<&str> {
        let found = locations.iter().zip(all).filter(|(_, listed)| is(newest, listed.as_ref()));
        found.map(|(location, _)| location.as_str()).collect()
    };
    let behind = at(|newest, listed| listed.is_none_or(|listed| listed.version < newest.version));
    let other = at(|newest, listed| {
        listed.is_some_and(|listed| listed.version == newest.version && listed.sha256 != newest.sha256)
    });
    match (behind.is_empty(), other.is_empty()) {
        (true, true) => None,
        (false, _) => Some(format!("{} lags: publish {} again", behind.join(" and "), newest.version)),
        (true, false) => {
            Some(format!("{} has other bytes as {}: publish a newer one", other.join(" and "), newest.version))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(version: u64, sha256: &str, in_force: bool) -> Listed {
        let (subject, at, who) = ("price-book".to_owned(), String::new(), String::new());
        Listed { subject, store: None, version, sha256: sha256.to_owned(), at, who, in_force }
    }

    fn answered(location: &str, list: Vec<Listed>) -> Answered {
        (location.to_owned(), Ok(list))
    }

    #[test]
    fn one_that_lags_or_has_other_bytes_is_seen_and_so_is_one_that_is_silent() {
        let fra = answered("fra", vec![listed(8, "a", true), listed(7, "b", false)]);
        let same = compare(&[fra.clone(), answered("ams", vec![listed(8, "a", true)])]);
        assert!(same.is_one());
        assert_eq!(same.text(), ["price-book for every store: fra 8, ams 8"]);
        let lags = compare(&[fra.clone(), answered("ams", vec![listed(7, "b", true)])]);
        assert_eq!(lags.text(), ["price-book for every store: fra 8, ams 7: ams lags: publish 8 again"]);
        let without = compare(&[fra.clone(), answered("ams", vec![])]);
        assert_eq!(without.text(), ["price-book for every store: fra 8, ams none: ams lags: publish 8 again"]);
        let other = compare(&[fra.clone(), answered("ams", vec![listed(8, "c", true)])]);
        assert!(!other.is_one() && other.text()[0].contains("has other bytes as 8: publish a newer one"));
        let silent = compare(&[fra, ("ams".to_owned(), Err("it does not answer".to_owned()))]);
        assert!(!silent.is_one());
        assert_eq!(silent.text()[1], "what ams has is not known: it does not answer");
    }
}

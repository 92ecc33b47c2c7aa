//! Completeness: are all sales of a day here, and if not, which are missing, in words that a person can act on.
//!
//! Inside an epoch nothing can be missing below the watermark, because the chain is checked. So what is missing lies
//! between the watermark and what the till last said of itself; and a till that said nothing since is an unknown,
//! which is said, not guessed.

pub mod compare;

use evertill_domain::ids::{BusinessDay, Epoch, StoreId, TillId};
use serde::{Deserialize, Serialize};

/// What the store of entries knows about a till, for one business day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TillFacts {
    /// The till.
    pub till: TillId,
    /// When it was last heard, RFC 3339 in UTC by head office's clock.
    pub heard_at: Option<String>,
    /// Its epochs.
    pub epochs: Vec<EpochFacts>,
}

/// What is here of one epoch, for one business day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochFacts {
    /// The epoch.
    pub epoch: Epoch,
    /// Highest number up to which nothing is missing here.
    pub watermark: u64,
    /// The epoch's last number as the till said it, when it is the till's current epoch.
    pub said_head: Option<u64>,
    /// The last business day that is here of this epoch.
    pub last_day: Option<BusinessDay>,
    /// What is here of the day.
    pub day: Option<DayFacts>,
    /// Numbers of the day that were set aside as bytes.
    pub set_aside: Vec<u64>,
    /// Numbers of the day under which another branch was seen.
    pub forks: Vec<u64>,
}

/// What is here of a business day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayFacts {
    /// Lowest number.
    pub first_seq: u64,
    /// Highest number.
    pub last_seq: u64,
    /// How many entries.
    pub entries: u64,
    /// How many of them are sales.
    pub sales: u64,
}

impl TillFacts {
    /// The facts of a till whose `epochs` are here, and which last said of itself that it stands at `said`.
    pub fn of(
        till: TillId,
        heard_at: Option<String>,
        said: Option<(Epoch, u64)>,
        mut epochs: Vec<EpochFacts>,
    ) -> TillFacts {
        let known = said.is_none_or(|(said, _)| epochs.iter().any(|facts| facts.epoch == said));
        // An epoch that ended before the day and has nothing to say about it is left out.
        epochs.retain(|facts| {
            facts.day.is_some() || facts.said_head.is_some() || !facts.set_aside.is_empty() || !facts.forks.is_empty()
        });
        // A till may speak of an epoch of which nothing came yet: then all of it is missing.
        if let Some((epoch, head)) = said.filter(|_| !known) {
            epochs.push(EpochFacts {
                epoch,
                watermark: 0,
                said_head: Some(head),
                last_day: None,
                day: None,
                set_aside: vec![],
                forks: vec![],
            });
        }
        TillFacts { till, heard_at, epochs }
    }
}

impl EpochFacts {
    /// The numbers that may be of `day` and are not here. Once a later day's entries are here, none can be.
    fn missing(&self, day: &BusinessDay) -> Option<(u64, u64)> {
        let head = self.said_head.filter(|head| *head > self.watermark)?;
        let later = self.last_day.as_ref().is_some_and(|last| last > day);
        (!later).then_some((self.watermark + 1, head))
    }
}

/// The answer for a store and a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The store.
    pub store: StoreId,
    /// The business day.
    pub day: BusinessDay,
    /// Whether every till was heard and nothing is missing.
    pub complete: bool,
    /// The answer in words.
    pub sentence: String,
    /// Each till's part.
    pub tills: Vec<TillReport>,
}

/// One till's part of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillReport {
    /// The till.
    pub till: TillId,
    /// When it was last heard.
    pub heard_at: Option<String>,
    /// Numbers that are missing, first and last.
    pub missing: Vec<(u64, u64)>,
    /// Whether nothing was heard of it on or after the day.
    pub silent: bool,
    /// Its epochs.
    pub epochs: Vec<EpochFacts>,
}

/// Makes the answer of the facts.
pub fn report(store: &StoreId, day: &BusinessDay, facts: Vec<TillFacts>) -> Report {
    let tills: Vec<TillReport> = facts.into_iter().map(|facts| till_report(day, facts)).collect();
    let complete = !tills.is_empty() && tills.iter().all(|till| till.missing.is_empty() && !till.silent);
    Report { store: store.clone(), day: day.clone(), complete, sentence: sentence(store, day, &tills), tills }
}

fn till_report(day: &BusinessDay, facts: TillFacts) -> TillReport {
    let TillFacts { till, heard_at, epochs } = facts;
    let missing = epochs.iter().filter_map(|epoch| epoch.missing(day)).collect();
    // Dates as text compare as dates do.
    let heard = heard_at.as_deref().and_then(|at| at.get(..10)).is_some_and(|date| date >= day.as_str())
        || epochs.iter().any(|epoch| epoch.last_day.as_ref().is_some_and(|last| last >= day));
    TillReport { till, heard_at, missing, silent: !heard, epochs }
}

fn sentence(store: &StoreId, day: &BusinessDay, tills: &[TillReport]) -> String {
    if tills.is_empty() {
        return format!("no till of store {store} is known here");
    }
    let except: Vec<String> = tills.iter().filter_map(lack).collect();
    let notes: Vec<String> = tills.iter().flat_map(notes).collect();
    let mut text = format!("all sales of {} are here", spoken(day));
    if !except.is_empty() {
        text.push_str(", except ");
        text.push_str(&except.join("; "));
    }
    for note in notes {
        text.push_str("; ");
        text.push_str(&note);
    }
    text
}

/// What a till lacks, as "till 4, 812-815".
fn lack(till: &TillReport) -> Option<String> {
    let number = till.till.number;
    if till.missing.is_empty() {
        let since = till.heard_at.as_deref().map_or("never heard".to_owned(), |at| format!("not heard since {at}"));
        return till.silent.then(|| format!("till {number}, {since}"));
    }
    let ranges: Vec<String> = till
        .missing
        .iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") })
        .collect();
    Some(format!("till {number}, {}", ranges.join(" and ")))
}

/// What is here and still needs a person.
fn notes(till: &TillReport) -> Vec<String> {
    let number = till.till.number;
    let all = |pick: fn(&EpochFacts) -> &Vec<u64>| {
        let numbers: Vec<String> = till.epochs.iter().flat_map(pick).map(u64::to_string).collect();
        (!numbers.is_empty()).then(|| numbers.join(", "))
    };
    let set_aside = all(|epoch| &epoch.set_aside).map(|list| format!("till {number} has {list} set aside, unread"));
    let forks = all(|epoch| &epoch.forks).map(|list| format!("till {number} has another branch at {list}"));
    set_aside.into_iter().chain(forks).collect()
}

/// `2026-05-03` as "3 May".
fn spoken(day: &BusinessDay) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = day.as_str().split('-').skip(1).map(|part| part.parse::<usize>().unwrap_or(0));
    match (parts.next().and_then(|month| MONTHS.get(month.wrapping_sub(1))), parts.next()) {
        (Some(month), Some(date)) => format!("{date} {month}"),
        _ => day.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(watermark: u64, said_head: Option<u64>, last_day: &str) -> EpochFacts {
        EpochFacts {
            epoch: "0197a1b2-0000-7000-8000-000000000001".parse().unwrap(),
            watermark,
            said_head,
            last_day: Some(last_day.parse().unwrap()),
            day: Some(DayFacts { first_seq: 1, last_seq: watermark, entries: watermark, sales: watermark }),
            set_aside: vec![],
            forks: vec![],
        }
    }

    fn till(number: u16, heard_at: &str, epochs: Vec<EpochFacts>) -> TillFacts {
        TillFacts { till: format!("eu/DE-0417/{number}").parse().unwrap(), heard_at: Some(heard_at.to_owned()), epochs }
    }

    fn said(facts: Vec<TillFacts>) -> (bool, String) {
        let report = report(&"DE-0417".parse().unwrap(), &"2026-05-03".parse().unwrap(), facts);
        (report.complete, report.sentence)
    }

    const EVENING: &str = "2026-05-03T20:00:00.000Z";

    #[test]
    fn the_sentence_names_the_till_and_the_numbers_that_are_missing() {
        let short = till(4, EVENING, vec![epoch(811, Some(815), "2026-05-03")]);
        let whole = till(2, EVENING, vec![epoch(90, Some(90), "2026-05-03")]);
        assert_eq!(said(vec![whole.clone()]), (true, "all sales of 3 May are here".to_owned()));
        let expected = "all sales of 3 May are here, except till 4, 812-815";
        assert_eq!(said(vec![whole, short]), (false, expected.to_owned()));
    }

    #[test]
    fn what_is_missing_of_a_later_day_is_not_missing_of_this_one() {
        let (complete, _) = said(vec![till(4, EVENING, vec![epoch(811, Some(815), "2026-05-04")])]);
        assert!(complete);
    }

    #[test]
    fn a_till_that_was_not_heard_is_an_unknown_and_is_said() {
        let silent = till(3, "2026-05-02T20:00:00.000Z", vec![epoch(5, Some(5), "2026-05-02")]);
        let never = TillFacts { heard_at: None, ..till(5, "", vec![]) };
        let expected =
            "all sales of 3 May are here, except till 3, not heard since 2026-05-02T20:00:00.000Z; till 5, never heard";
        assert_eq!(said(vec![silent, never]), (false, expected.to_owned()));
        assert_eq!(said(vec![]), (false, "no till of store DE-0417 is known here".to_owned()));
    }

    #[test]
    fn what_needs_a_person_is_noted() {
        let strange = EpochFacts { set_aside: vec![17], forks: vec![9], ..epoch(20, Some(20), "2026-05-03") };
        let expected = "all sales of 3 May are here; till 2 has 17 set aside, unread; till 2 has another branch at 9";
        assert_eq!(said(vec![till(2, EVENING, vec![strange])]), (true, expected.to_owned()));
    }
}

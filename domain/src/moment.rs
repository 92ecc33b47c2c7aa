//! Moments of a store's own time: when a price or a promotion begins and ends.
//!
//! A price book is written for stores in several time zones, so its moments have no offset: each means what the clock
//! on the store's wall shows. Their texts are in the order of time.

use crate::ids::{BusinessDay, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The text is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no moment: write 2026-05-03 (its beginning) or 2026-05-03T06:00, in the store's own time")]
pub struct MomentError(String);

/// A minute on the store's wall clock: `2026-05-03T06:00`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment(String);

impl Moment {
    /// The moment at which `at` was written down.
    pub fn of(at: &Timestamp) -> Moment {
        // RFC 3339 is local time and offset: the first 16 bytes are date, hour and minute there.
        Moment(at.as_str()[..16].to_owned())
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Moment, MomentError> {
        let wrong = || MomentError(text.chars().take(30).collect());
        let full = if text.len() == 10 { format!("{text}T00:00") } else { text.to_owned() };
        let (day, clock) = full.split_once('T').ok_or_else(wrong)?;
        let digits = |part: &str, below: u8| {
            part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()) && part.parse().is_ok_and(|n: u8| n < below)
        };
        let is_clock = clock.split_once(':').is_some_and(|(hour, minute)| digits(hour, 24) && digits(minute, 60));
        if day.parse::<BusinessDay>().is_ok() && is_clock { Ok(Moment(full)) } else { Err(wrong()) }
    }
}

impl TryFrom<String> for Moment {
    type Error = MomentError;

    fn try_from(text: String) -> Result<Moment, MomentError> {
        text.parse()
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> String {
        moment.0
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether `at` lies in the stretch from `from` up to, not including, `until`; an end that is missing never comes.
pub fn within(from: Option<&Moment>, until: Option<&Moment>, at: &Moment) -> bool {
    from.is_none_or(|from| from <= at) && until.is_none_or(|until| at < until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_day_or_a_minute_of_it() {
        let moment = |text: &str| text.parse::<Moment>();
        assert_eq!(moment("2026-05-03"), moment("2026-05-03T00:00"));
        assert_eq!(Moment::of(&"2026-05-03T06:00:59.9-05:00".parse().unwrap()), moment("2026-05-03T06:00").unwrap());
        for bad in ["", "2026-02-30", "2026-05-03T24:00", "2026-05-03T6:00", "2026-05-03 06:00", "2026-05-03T06:00Z"] {
            assert!(moment(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_end_is_not_within() {
        let moment = |text: &str| text.parse::<Moment>().unwrap();
        let (from, until) = (moment("2026-05-03"), moment("2026-05-04T06:00"));
        let table = [
            ("2026-05-02T23:59", false),
            ("2026-05-03", true),
            ("2026-05-04T05:59", true),
            ("2026-05-04T06:00", false),
        ];
        for (at, expected) in table {
            assert_eq!(within(Some(&from), Some(&until), &moment(at)), expected, "{at}");
        }
        assert!(within(None, None, &from) && within(Some(&from), None, &until));
    }
}

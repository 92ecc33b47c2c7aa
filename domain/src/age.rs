//! How old a customer is, and how that is known.
//!
//! The law wants the age checked, not the birth date kept: what stays is a number of years that is never higher than
//! any law asks for.

use crate::catalogue::AGE_MAX_YEARS;
use crate::ids::BusinessDay;
use serde::{Deserialize, Serialize};

/// Nobody is older.
const LIFE_MAX_YEARS: i32 = 130;

/// A day on which no customer was born.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no birth date: enter day, month and year as on the customer's paper")]
pub struct BirthDateError(pub BusinessDay);

/// How an age is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeProof {
    /// The cashier typed the birth date from the customer's paper.
    BirthDate,
    /// Somebody who may do that answers for it.
    Override,
}

/// That a customer is old enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeConfirmed {
    /// For goods of up to this age.
    pub years: u8,
    /// How it is known.
    pub proof: AgeProof,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl AgeConfirmed {
    pub(crate) fn of_birth_date(age: u8) -> AgeConfirmed {
        AgeConfirmed { years: age.min(AGE_MAX_YEARS), proof: AgeProof::BirthDate, by: None }
    }
}

/// Full years from the day of birth to `today`. Who was born on 29 February is a year older on 1 March.
pub fn years(born: &BusinessDay, today: &BusinessDay) -> Result<u8, BirthDateError> {
    let wrong = || BirthDateError(born.clone());
    // A day is `YYYY-MM-DD`.
    let year = |day: &BusinessDay| day.as_str()[..4].parse::<i32>().map_err(|_| wrong());
    let had_birthday = today.as_str()[5..] >= born.as_str()[5..];
    let years = year(today)? - year(born)? - i32::from(!had_birthday);
    if (0..=LIFE_MAX_YEARS).contains(&years) { u8::try_from(years).map_err(|_| wrong()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_full_on_the_birthday() {
        let table = [
            ("2008-05-03", "2026-05-02", Some(17)),
            ("2008-05-03", "2026-05-03", Some(18)),
            ("2008-02-29", "2026-02-28", Some(17)),
            ("2008-02-29", "2026-03-01", Some(18)),
            ("1920-12-31", "2026-05-03", Some(105)),
            ("2026-05-03", "2026-05-03", Some(0)),
            ("2026-05-04", "2026-05-03", None),
            ("1890-01-01", "2026-05-03", None),
        ];
        for (born, today, expected) in table {
            assert_eq!(years(&born.parse().unwrap(), &today.parse().unwrap()).ok(), expected, "{born}");
        }
    }
}

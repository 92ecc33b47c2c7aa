//! Dates of GS1 element strings: YYMMDD, where the century and sometimes the day are left out.
//!
//! The century is the one that brings the date within 49 years after and 50 years before the current year (GS1 General
//! Specifications, section 7.12). A day of 00 means the month's last day (section 3.4, for AI 11 to 17).

use crate::ids::BusinessDay;

/// The date of the six digits `yymmdd`, read on the day `today`; `None` when there is no such day.
pub fn read(yymmdd: &str, today: &BusinessDay) -> Option<BusinessDay> {
    if yymmdd.len() != 6 || !yymmdd.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |text: &str| text.parse::<u16>().ok();
    let year = full_year(number(&yymmdd[..2])?, number(&today.as_str()[..4])?)?;
    let (month, day) = (&yymmdd[2..4], &yymmdd[4..]);
    if day != "00" {
        return format!("{year:04}-{month}-{day}").parse().ok();
    }
    // No month is shorter than 28 days.
    (28..=31).rev().find_map(|last| format!("{year:04}-{month}-{last}").parse().ok())
}

fn full_year(two_digits: u16, current: u16) -> Option<u16> {
    let century = current / 100;
    let century = match i32::from(two_digits) - i32::from(current % 100) {
        51..=99 => century.checked_sub(1)?,
        -99..=-50 => century + 1,
        _ => century,
    };
    Some(century * 100 + two_digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_century_is_the_nearest_and_day_00_is_the_months_last() {
        let table = [
            ("2026-05-03", "260601", Some("2026-06-01")),
            ("2026-05-03", "760101", Some("2076-01-01")), // 50 years on: this century
            ("2026-05-03", "770101", Some("1977-01-01")), // 51 years on: the one before
            ("2026-05-03", "000229", Some("2000-02-29")),
            ("2060-05-03", "100101", Some("2110-01-01")), // 50 years back: the next century
            ("2060-05-03", "110101", Some("2011-01-01")), // 49 years back: this one
            ("2026-05-03", "280200", Some("2028-02-29")),
            ("2026-05-03", "270200", Some("2027-02-28")),
            ("2026-05-03", "260400", Some("2026-04-30")),
            ("2026-05-03", "261200", Some("2026-12-31")),
            ("2026-05-03", "261300", None),
            ("2026-05-03", "260230", None),
            ("2026-05-03", "26023", None),
            ("2026-05-03", "26O230", None),
        ];
        for (today, yymmdd, expected) in table {
            let date = read(yymmdd, &today.parse().unwrap());
            assert_eq!(date.as_ref().map(BusinessDay::as_str), expected, "{yymmdd} on {today}");
        }
    }
}

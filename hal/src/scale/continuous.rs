//! A&D's and CAS's lines, which a scale sends all the time: `ST,GS,+  0.450kg` CR LF (A&D standard format).

use super::{Answer, at_rest, thousandths};
use crate::device::{Weighing, WeightUnit};

/// The sign and the number are so many characters; makers differ by one.
const VALUE: std::ops::RangeInclusive<usize> = 8..=9;
/// `ST,GS,`
const HEADER: usize = 6;

/// The first whole line that began after the first line break: what stands before it may be older than the question.
pub fn answer(bytes: &[u8]) -> Answer {
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').skip(1);
    let weighing = lines.find_map(|line| weighing(line.strip_suffix(b"\r\n")?))?;
    // What follows is the next line, and no business of this question.
    Some((Ok(weighing), bytes.len()))
}

fn weighing(line: &[u8]) -> Option<Weighing> {
    let (header, value) = line.split_at_checked(HEADER)?;
    if !matches!(&header[2..], b",GS," | b",NT,") {
        return None;
    }
    let (value, unit) = value.split_at_checked(value.len().checked_sub(2)?)?;
    let unit = match unit {
        b"kg" => WeightUnit::Kilogram,
        b"lb" => WeightUnit::Pound,
        _ => return None,
    };
    if !VALUE.contains(&value.len()) {
        return None;
    }
    if &header[..2] == b"OL" {
        return Some(Weighing::TooHeavy);
    }
    let (sign, number) = value.split_first()?;
    let weight = thousandths(number.trim_ascii(), 0)?;
    match (&header[..2], sign) {
        (b"US", b'+' | b'-') => Some(Weighing::Moving),
        (b"ST", b'-') if weight > 0 => Some(Weighing::BelowZero),
        (b"ST", b'+' | b'-') => Some(at_rest(weight, unit)),
        _ => None,
    }
}

//! Dialog 06, the German checkout scales' dialogue, as Mettler Toledo's DIVA service manual (6.1.8) has it.
//!
//! The till sends the unit price (record 01) and asks (EOT ENQ); the scale answers the weight, the price and the amount
//! (record 02), or refuses (NAK) and says why when asked (record 08, record 09). The price and the amount come back, so
//! that an answer to another question, or one that a line has spoilt, does not pass for a weight.

use super::{AnswerError, at_rest};
use crate::device::{Weighing, WeightUnit};

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const EOT: u8 = 0x04;
const ENQ: u8 = 0x05;
const ACK: u8 = 0x06;
const NAK: u8 = 0x15;
const ESC: u8 = 0x1B;

/// The highest unit price that record 01 can say.
pub(crate) const PRICE_MAX: u32 = 999_999;
/// What asks for the result.
pub(crate) const ASK: &[u8] = &[EOT, ENQ];
/// Record 08, which asks for the state.
pub(crate) const ASK_STATE: &[u8] = &[EOT, STX, b'0', b'8', ETX];

/// Record 01: the unit price.
pub(crate) fn price_record(minor_units: u32) -> Vec<u8> {
    let mut record = vec![EOT, STX, b'0', b'1', ESC];
    record.extend(format!("{:06}", minor_units.min(PRICE_MAX)).bytes());
    record.extend([ESC, ETX]);
    record
}

/// What the scale said.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    /// ACK.
    Taken,
    /// NAK.
    Refused,
    /// A record, without STX and ETX.
    Record(Vec<u8>),
}

/// The first whole reply among `bytes`, and how many of them it ends at.
pub fn reply(bytes: &[u8]) -> Option<(Reply, usize)> {
    let at = bytes.iter().position(|byte| matches!(*byte, ACK | NAK | STX))?;
    match bytes[at] {
        ACK => Some((Reply::Taken, at + 1)),
        NAK => Some((Reply::Refused, at + 1)),
        _ => {
            let end = at + bytes[at..].iter().position(|byte| *byte == ETX)?;
            // A record that broke off: the last STX begins the one that ended.
            let start = bytes[..end].iter().rposition(|byte| *byte == STX)?;
            Some((Reply::Record(bytes[start + 1..end].to_vec()), end + 1))
        }
    }
}

/// The weighing of record 02, which must be for `price`.
pub fn result(record: &[u8], price: u32) -> Result<Weighing, AnswerError> {
    let other = || unexpected(record);
    let fields: Vec<&[u8]> = record.split(|byte| *byte == ESC).collect();
    // Status 3 says kilograms; the others are pounds in units that are not used where this dialogue is.
    let [b"02", b"3", weight, said_price, amount] = fields.as_slice() else { return Err(other()) };
    let [Some(weight), Some(said_price), Some(amount)] =
        [number(weight, 5..=5), number(said_price, 5..=6), number(amount, 6..=6)]
    else {
        return Err(other());
    };
    // Makers round the half up or down: a difference of one is theirs.
    let due = (u64::from(weight) * u64::from(price) + 500) / 1_000;
    match said_price == price && due.abs_diff(u64::from(amount)) <= 1 {
        true => Ok(at_rest(weight, WeightUnit::Kilogram)),
        false => Err(other()),
    }
}

/// The weighing that the state of record 09 is.
pub fn state(record: &[u8]) -> Result<Weighing, AnswerError> {
    match record.strip_prefix(&[b'0', b'9', ESC]).filter(|state| state.len() == 2) {
        Some(b"20" | b"22") => Ok(Weighing::Moving),
        Some(b"21") => Err(AnswerError::NotMoved),
        Some(b"30") => Ok(Weighing::Empty),
        Some(b"31") => Ok(Weighing::BelowZero),
        Some(b"32") => Ok(Weighing::TooHeavy),
        Some(state) if number(state, 2..=2).is_some() => {
            Err(AnswerError::State((state[0] - b'0') * 10 + (state[1] - b'0')))
        }
        _ => Err(unexpected(record)),
    }
}

/// What is wrong when `record` comes where another answer is due.
pub(crate) fn unexpected(record: &[u8]) -> AnswerError {
    match record {
        [b'1', b'1', ESC, ..] => AnswerError::Checksum,
        _ => AnswerError::Other(record.escape_ascii().to_string()),
    }
}

fn number(digits: &[u8], places: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let whole = places.contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    whole.then(|| digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
}

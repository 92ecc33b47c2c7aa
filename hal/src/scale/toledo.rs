//! Mettler Toledo 8217, as the scale's service manual has it: `W` asks, and STX ... CR answers.

use super::{Answer, AnswerError, at_rest, thousandths};
use crate::device::{Weighing, WeightUnit};

const STX: u8 = 0x02;
const CR: u8 = 0x0D;
/// A weight has so many places; a scale that suppresses leading zeros sends spaces for them.
const PLACES: std::ops::RangeInclusive<usize> = 5..=6;

/// What asks for the weight.
pub(crate) const REQUEST: &[u8] = b"W";

const MOVING: u8 = 1;
const OVER_CAPACITY: u8 = 1 << 1;
const UNDER_ZERO: u8 = 1 << 2;
const CENTRE_OF_ZERO: u8 = 1 << 4;
/// Bit 7 is the parity, which the line has taken off.
const NO_STATUS: u8 = 1 << 7;

/// The first whole answer among `bytes`, and how many of them it ends at.
pub fn answer(bytes: &[u8], unit: WeightUnit, implied_decimals: usize) -> Answer {
    for (at, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == STX) {
        // A status byte may be any, STX and CR too: its place tells it.
        match &bytes[at + 1..] {
            [] | [b'?'] | [b'?', _] => return None,
            [b'?', status, CR, ..] if status & NO_STATUS == 0 => return Some((weighing(*status), at + 4)),
            [b'?', ..] => {}
            body => {
                let Some(end) = body.iter().position(|byte| *byte == CR) else { continue };
                if let Some(weight) = weight(&body[..end], implied_decimals) {
                    return Some((Ok(at_rest(weight, unit)), at + 1 + end + 1));
                }
            }
        }
    }
    None
}

fn weighing(status: u8) -> Result<Weighing, AnswerError> {
    match status {
        status if status & OVER_CAPACITY != 0 => Ok(Weighing::TooHeavy),
        status if status & UNDER_ZERO != 0 => Ok(Weighing::BelowZero),
        status if status & MOVING != 0 => Ok(Weighing::Moving),
        status if status & CENTRE_OF_ZERO != 0 => Ok(Weighing::Empty),
        status => Err(AnswerError::State(status)),
    }
}

/// A weight; `N` behind it says that a tare was taken off.
fn weight(body: &[u8], implied_decimals: usize) -> Option<u32> {
    let body = body.strip_suffix(b"N").unwrap_or(body);
    let places = body.iter().filter(|byte| **byte != b'.').count();
    PLACES.contains(&places).then(|| thousandths(body.trim_ascii_start(), implied_decimals))?
}

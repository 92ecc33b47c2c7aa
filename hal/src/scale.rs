//! Scales in the counter, on a serial line.
//!
//! A weight is money: an answer counts only when it is whole, strictly in its protocol's form, and came after the
//! question. Whatever else comes is a failure that says what it was.

pub mod continuous;
pub mod dialog06;
mod exchange;
mod serial;
#[cfg(test)]
mod tests;
pub mod toledo;

pub use serial::{Dialect, SerialScale};

use crate::device::{FailureKind, Weighing, WeightUnit};

/// Why an answer holds no weighing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The scale says that it can say nothing.
    #[error("the scale reports state {0}, which is no weighing: look at its display")]
    State(u8),
    /// The scale wants the goods moved first (Dialog 06, state 21).
    #[error("the scale gives no second weight without movement: take the goods off and put them on again")]
    NotMoved,
    /// The scale asks for the checksum of a certified till (Dialog 06, record 11).
    #[error("the scale asks for a checksum (record 11), which is not set up here: have the logon switched off in it")]
    Checksum,
    /// The record was another than the one that was asked for.
    #[error("the scale answered another question: {0}")]
    Other(String),
}

impl AnswerError {
    pub(crate) fn kind(&self) -> FailureKind {
        match self {
            AnswerError::Checksum => FailureKind::Unsupported,
            _ => FailureKind::Device,
        }
    }
}

/// What a scale said, a weighing or why it has none, and how many of the bytes that is; `None` as long as no whole
/// answer is among them.
pub type Answer = Option<(Result<Weighing, AnswerError>, usize)>;

/// A number of digits with at most one point, in thousandths; without a point the last `implied_decimals` digits stand
/// behind it.
fn thousandths(text: &[u8], implied_decimals: usize) -> Option<u32> {
    let point = text.iter().position(|byte| *byte == b'.');
    let (whole, decimals) = match point {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => text.split_at_checked(text.len().checked_sub(implied_decimals)?)?,
    };
    let digits = || whole.iter().chain(decimals);
    let missing = 3_usize.checked_sub(decimals.len())?;
    let dangling = point.is_some() && (whole.is_empty() || decimals.is_empty());
    if dangling || digits().count() == 0 || !digits().all(u8::is_ascii_digit) {
        return None;
    }
    let mut number = 0_u32;
    for digit in digits().copied().chain(std::iter::repeat_n(b'0', missing)) {
        number = number.checked_mul(10)?.checked_add(u32::from(digit - b'0'))?;
    }
    Some(number)
}

fn at_rest(thousandths: u32, unit: WeightUnit) -> Weighing {
    match thousandths {
        0 => Weighing::Empty,
        _ => Weighing::Stable { thousandths, unit },
    }
}

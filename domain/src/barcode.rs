//! Barcodes: what a scanner or a person gave, with its check digit verified.
//!
//! EAN-8, UPC-A, UPC-E, EAN-13 and GTIN-14 all name a GTIN; padded to 14 digits, the UPC-A and the EAN-13 of one item are
//! the same. Eight digits can be an EAN-8 or a UPC-E: both readings are kept when both check digits hold. Anything else is
//! text: a PLU, or the payload of a Code 128. What carries more than a number has its own room: [`embedded`] (price or
//! weight inside an EAN-13), [`gs1`] and [`digital_link`] (batch, expiry, weight, price).

pub mod digital_link;
pub mod embedded;
pub mod gs1;
pub mod gs1_date;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest text that is taken for a code.
pub const CODE_MAX_CHARS: usize = 80;

/// What is wrong with a code. Each names the code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BarcodeError {
    /// Nothing was scanned.
    #[error("the code is empty: scan again")]
    Empty,
    /// Longer than any code.
    #[error("the code '{start}...' has {chars} characters, the most is {CODE_MAX_CHARS}: scan one code at a time")]
    TooLong {
        /// Its beginning.
        start: String,
        /// Its length.
        chars: usize,
    },
    /// A character that no code of ours has.
    #[error("the code '{code}' holds {character:?}, only printable ASCII is possible: check the scanner's settings")]
    Character {
        /// The code.
        code: String,
        /// The first such character.
        character: char,
    },
    /// Misread or mistyped.
    #[error("{symbology} {code}: check digit is {found}, must be {expected}: scan again")]
    CheckDigit {
        /// How the code was read.
        symbology: Symbology,
        /// The code.
        code: String,
        /// Its last digit.
        found: u8,
        /// What the digits before it give.
        expected: u8,
    },
    /// Price or weight of a label misread.
    #[error("label {code}: the check digit of its price is {found}, must be {expected}: scan again")]
    Verifier {
        /// The code.
        code: String,
        /// What it says.
        found: u8,
        /// What the digits of the price give.
        expected: u8,
    },
    /// Not a number that a GTIN can have.
    #[error("'{0}' is not a GTIN: it has 8, 12, 13 or 14 digits")]
    NotGtin(String),
}

/// Kinds of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbology {
    /// 8 digits.
    Ean8,
    /// 13 digits.
    Ean13,
    /// 12 digits.
    UpcA,
    /// 8 digits, zeros suppressed.
    UpcE,
    /// 14 digits, on cases.
    Gtin14,
}

impl fmt::Display for Symbology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Symbology::Ean8 => "EAN-8",
            Symbology::Ean13 => "EAN-13",
            Symbology::UpcA => "UPC-A",
            Symbology::UpcE => "UPC-E",
            Symbology::Gtin14 => "GTIN-14",
        })
    }
}

/// The check digit of GS1 for the digits before it: weights 3 and 1 from the right.
fn check_digit(digits: &[u8]) -> u8 {
    let weighted =
        digits.iter().rev().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| u32::from(*digit) * weight);
    ((10 - weighted.sum::<u32>() % 10) % 10) as u8
}

fn digits(text: &str) -> Option<Vec<u8>> {
    text.bytes().map(|byte| byte.is_ascii_digit().then(|| byte - b'0')).collect()
}

/// A Global Trade Item Number, normalised to 14 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Gtin(u64);

impl Gtin {
    /// The number, without the zeros before it.
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// Reads `digits` as `symbology`; `code` is what the error names.
    fn checked(symbology: Symbology, code: &str, digits: &[u8]) -> Result<Gtin, BarcodeError> {
        let Some((found, payload)) = digits.split_last() else { return Err(BarcodeError::Empty) };
        let expected = check_digit(payload);
        if *found != expected {
            return Err(BarcodeError::CheckDigit { symbology, code: code.to_owned(), found: *found, expected });
        }
        Ok(Gtin(digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))))
    }

    /// The GTIN of a UPC-E of eight digits (number system 0 or 1, six digits, check digit): expanded to its UPC-A.
    pub fn of_upc_e(code: &str) -> Result<Gtin, BarcodeError> {
        let read = digits(code);
        let Some(&[system @ 0..=1, d1, d2, d3, d4, d5, d6, check]) = read.as_deref() else {
            return Err(BarcodeError::NotGtin(code.chars().take(20).collect()));
        };
        let middle = match d6 {
            0..=2 => [d1, d2, d6, 0, 0, 0, 0, d3, d4, d5],
            3 => [d1, d2, d3, 0, 0, 0, 0, 0, d4, d5],
            4 => [d1, d2, d3, d4, 0, 0, 0, 0, 0, d5],
            _ => [d1, d2, d3, d4, d5, 0, 0, 0, 0, d6],
        };
        let expanded: Vec<u8> = [system].into_iter().chain(middle).chain([check]).collect();
        Gtin::checked(Symbology::UpcE, code, &expanded)
    }
}

impl FromStr for Gtin {
    type Err = BarcodeError;

    /// Reads 8 (EAN-8), 12, 13 or 14 digits.
    fn from_str(text: &str) -> Result<Gtin, BarcodeError> {
        let not = || BarcodeError::NotGtin(text.chars().take(20).collect());
        let read = digits(text).ok_or_else(not)?;
        let symbology = match read.len() {
            8 => Symbology::Ean8,
            12 => Symbology::UpcA,
            13 => Symbology::Ean13,
            14 => Symbology::Gtin14,
            _ => return Err(not()),
        };
        Gtin::checked(symbology, text, &read)
    }
}

impl TryFrom<String> for Gtin {
    type Error = BarcodeError;

    fn try_from(text: String) -> Result<Gtin, BarcodeError> {
        text.parse()
    }
}

impl From<Gtin> for String {
    fn from(gtin: Gtin) -> String {
        gtin.to_string()
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}", self.0)
    }
}

/// What was scanned or typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// A trade item.
    Gtin {
        /// The likelier reading.
        gtin: Gtin,
        /// The other one, of eight digits that hold as EAN-8 and as UPC-E.
        or: Option<Gtin>,
    },
    /// A PLU, or the payload of a Code 128.
    Text(Code128),
}

impl Code {
    /// Reads what a scanner or a person gave; blanks around it do not count.
    pub fn parse(text: &str) -> Result<Code, BarcodeError> {
        let text = text.trim();
        let payload: Code128 = text.parse()?;
        match (digits(text).is_some(), text.len()) {
            (true, 8) => Code::of_eight_digits(text),
            (true, 12..=14) => Ok(Code::Gtin { gtin: text.parse()?, or: None }),
            _ => Ok(Code::Text(payload)),
        }
    }

    /// EAN-8 numbers that begin with 0 are for a shop's own use, so there the UPC-E is likelier.
    fn of_eight_digits(text: &str) -> Result<Code, BarcodeError> {
        let ean = text.parse::<Gtin>();
        if !text.starts_with(['0', '1']) {
            return Ok(Code::Gtin { gtin: ean?, or: None });
        }
        match (Gtin::of_upc_e(text), ean) {
            (Ok(upc), Ok(ean)) => Ok(Code::Gtin { gtin: upc, or: Some(ean) }),
            (Ok(gtin), Err(_)) | (Err(_), Ok(gtin)) => Ok(Code::Gtin { gtin, or: None }),
            (Err(error), Err(_)) => Err(error),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Code::Gtin { gtin, .. } => gtin.fmt(f),
            Code::Text(payload) => payload.fmt(f),
        }
    }
}

/// What a Code 128 can hold here: 1 to 80 printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code128(String);

impl Code128 {
    /// The payload.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code128 {
    type Err = BarcodeError;

    fn from_str(text: &str) -> Result<Code128, BarcodeError> {
        let chars = text.chars().count();
        if chars == 0 {
            return Err(BarcodeError::Empty);
        }
        if chars > CODE_MAX_CHARS {
            return Err(BarcodeError::TooLong { start: text.chars().take(20).collect(), chars });
        }
        if let Some(character) = text.chars().find(|character| !(' '..='~').contains(character)) {
            return Err(BarcodeError::Character { code: text.escape_debug().collect(), character });
        }
        Ok(Code128(text.to_owned()))
    }
}

impl TryFrom<String> for Code128 {
    type Error = BarcodeError;

    fn try_from(text: String) -> Result<Code128, BarcodeError> {
        text.parse()
    }
}

impl From<Code128> for String {
    fn from(payload: Code128) -> String {
        payload.0
    }
}

impl fmt::Display for Code128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

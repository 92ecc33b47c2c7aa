//! Tenders: what a customer pays with. Only cash gives change; a card leaves its authorisation reference, never its number.

use crate::voucher::VoucherNumber;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest authorisation reference.
pub const REFERENCE_MAX_CHARS: usize = 40;
/// Digits of the shortest and the longest card number (ISO/IEC 7812).
const CARD_NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 12..=19;

/// Why an authorisation reference is refused. The text itself is never repeated: it may be a card number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Empty, too long, or unprintable.
    #[error(
        "the authorisation reference has 1 to {REFERENCE_MAX_CHARS} printable ASCII characters: copy it from the terminal's slip"
    )]
    Form,
    /// Card numbers must not be stored.
    #[error(
        "this looks like a card number, which must never be stored: enter the authorisation reference of the terminal's slip"
    )]
    CardNumber,
}

/// What the card terminal printed to prove that it was authorised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AuthorisationReference(String);

impl AuthorisationReference {
    /// The reference.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AuthorisationReference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<AuthorisationReference, ReferenceError> {
        let text = text.trim();
        if text.is_empty()
            || text.len() > REFERENCE_MAX_CHARS
            || !text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        {
            return Err(ReferenceError::Form);
        }
        if holds_card_number(text) {
            return Err(ReferenceError::CardNumber);
        }
        Ok(AuthorisationReference(text.to_owned()))
    }
}

impl TryFrom<String> for AuthorisationReference {
    type Error = ReferenceError;

    fn try_from(text: String) -> Result<AuthorisationReference, ReferenceError> {
        text.parse()
    }
}

impl From<AuthorisationReference> for String {
    fn from(reference: AuthorisationReference) -> String {
        reference.0
    }
}

impl fmt::Display for AuthorisationReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a run of digits, as people write card numbers (in groups, with blanks, dashes or dots between), has a card
/// number's length and its check digit.
fn holds_card_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit() && !matches!(c, ' ' | '-' | '.')).any(|run| {
        let digits: Vec<u32> = run.chars().filter_map(|c| c.to_digit(10)).collect();
        CARD_NUMBER_DIGITS.contains(&digits.len()) && passes_luhn(&digits)
    })
}

fn passes_luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let weigh = |(place, digit): (usize, &u32)| if place % 2 == 1 { doubled(*digit) } else { *digit };
    digits.iter().rev().enumerate().map(weigh).sum::<u32>() % 10 == 0
}

/// One payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Tender {
    /// Notes and coins.
    Cash {
        /// What was handed over, in minor units.
        amount_minor: i64,
    },
    /// A card, authorised by its own terminal.
    Card {
        /// What the terminal took, in minor units.
        amount_minor: i64,
        /// What it printed.
        reference: AuthorisationReference,
    },
    /// A gift voucher, or a part of its value.
    Voucher {
        /// What is taken of it, in minor units.
        amount_minor: i64,
        /// Its number.
        number: VoucherNumber,
    },
}

impl Tender {
    /// What was handed over.
    pub fn amount_minor(&self) -> i64 {
        match self {
            Tender::Cash { amount_minor }
            | Tender::Card { amount_minor, .. }
            | Tender::Voucher { amount_minor, .. } => *amount_minor,
        }
    }

    /// Whether it is cash: only then there is change and rounding.
    pub fn is_cash(&self) -> bool {
        matches!(self, Tender::Cash { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_looks_like_a_card_number_is_refused_and_not_repeated() {
        let numbers = [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "378282246310005",
            "REF4111111111111111X",
            "6304000000000000",
            "5105.1051.0510.5100",
        ];
        for number in numbers {
            let error = number.parse::<AuthorisationReference>().unwrap_err();
            assert_eq!(error, ReferenceError::CardNumber, "{number}");
            assert!(!error.to_string().contains("1111"));
        }
        let json = r#"{"kind":"card","amount_minor":5,"reference":"4111111111111111"}"#;
        assert!(serde_json::from_str::<Tender>(json).is_err());
    }

    #[test]
    fn references_of_terminals_are_taken() {
        for text in ["123456", "A1B2C3", "4111111111111112", "TID 60000001 AUT 123456", "41111111111"] {
            assert!(text.parse::<AuthorisationReference>().is_ok(), "{text}");
        }
        for text in ["", "  ", "a\nb", "é", &"1".repeat(41)] {
            assert_eq!(text.parse::<AuthorisationReference>(), Err(ReferenceError::Form), "{text}");
        }
    }

    #[test]
    fn the_json_of_a_tender_is_stable() {
        let card = Tender::Card { amount_minor: 1_234, reference: "A1B2C3".parse().unwrap() };
        let json = r#"{"kind":"card","amount_minor":1234,"reference":"A1B2C3"}"#;
        assert_eq!(serde_json::to_string(&card).unwrap(), json);
        assert_eq!(serde_json::from_str::<Tender>(json).unwrap(), card);
    }
}

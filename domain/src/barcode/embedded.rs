//! Price or weight inside an EAN-13 or UPC-A, as the scale in the shop prints it.
//!
//! GS1 leaves the prefixes 02 and 20 to 29 to the store, so a rule of the price book says where what stands. It is a
//! pattern of 13 characters, a UPC-A with a zero before it:
//! ```text
//! 2 8 I I I I I P P P P P C     digits: the prefix       I: the item's number     C: the check digit of the whole
//! 0 2 I I I I I K P P P P C     P or W: price or weight  K: check digit of price or weight
//! ```
//! `K` is the verifier digit of the GS1 General Specifications, section 7.9.2 to 7.9.4, over 4 or 5 digits.

use super::{BarcodeError, Gtin};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Characters of a pattern.
const PATTERN_CHARS: usize = 13;
/// Most decimals that a price or a weight on a label has.
pub const DECIMALS_MAX: u8 = 4;

// What a digit counts, from GS1 General Specifications, section 7.9.2.
const TWO_MINUS: [u8; 10] = [0, 2, 4, 6, 8, 9, 1, 3, 5, 7];
const THREE: [u8; 10] = [0, 3, 6, 9, 2, 5, 8, 1, 4, 7];
const FIVE_PLUS: [u8; 10] = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9];
const FIVE_MINUS: [u8; 10] = [0, 5, 9, 4, 8, 3, 7, 2, 6, 1];

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern '{pattern}' is none: {rule}, as in 28IIIIIPPPPPC or 02IIIIIKPPPPC")]
pub struct PatternError {
    pattern: String,
    rule: &'static str,
}

/// What the digits of a label say beside the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Embedded {
    /// What the pack costs.
    Price,
    /// What it weighs.
    Weight,
}

/// Where what stands in a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(String);

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Pattern, PatternError> {
        let wrong = |rule| Err(PatternError { pattern: text.chars().take(20).collect(), rule });
        if text.len() != PATTERN_CHARS || !text.bytes().all(|byte| byte.is_ascii_digit() || b"IPWKC".contains(&byte)) {
            return wrong("it has 13 characters, digits, I, P or W, K and C");
        }
        let prefix: String = text.chars().take_while(char::is_ascii_digit).collect();
        if !(prefix.starts_with("02") || prefix.starts_with('2')) || prefix.len() < 2 || prefix.len() > 4 {
            return wrong("it begins with 02 or 20 to 29");
        }
        let (count, is_one_run) = (|letter| text.matches(letter).count(), |letter| is_run(text, letter));
        let value = count('P') + count('W');
        if !text.ends_with('C') || count('C') != 1 || count('K') > 1 || !(2..=7).contains(&count('I')) {
            return wrong("it has 2 to 7 I, K once at most, and one C at its end");
        }
        if !(3..=6).contains(&value) || (count('P') > 0 && count('W') > 0) {
            return wrong("it has 3 to 6 P or W, and not both");
        }
        if count('K') == 1 && !(4..=5).contains(&value) {
            return wrong("a check digit K is of 4 or 5 digits");
        }
        let digits_inside = text[prefix.len()..].bytes().any(|byte| byte.is_ascii_digit());
        if digits_inside || !['I', 'P', 'W'].into_iter().all(is_one_run) {
            return wrong("the digits of the item and of the value stand together");
        }
        Ok(Pattern(text.to_owned()))
    }
}

fn is_run(text: &str, letter: char) -> bool {
    text.split(|other| other != letter).filter(|run| !run.is_empty()).count() <= 1
}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Pattern, PatternError> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.0
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A store's rule for codes that begin with a prefix of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelRule {
    /// Where what stands.
    pub pattern: Pattern,
    /// Decimals of price or weight; when it is missing, those of the currency, or 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
}

/// What a label of a [`LabelRule`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedLabel {
    /// Number of the item, as it stands there.
    pub item: String,
    /// The code with price or weight (and their check digit) zero and its own check digit: some price books list that.
    pub zeroed: Gtin,
    /// What the value is.
    pub embedded: Embedded,
    /// The digits of price or weight.
    pub value: i64,
}

impl LabelRule {
    /// Whether two rules could take one code.
    pub fn overlaps(&self, other: &LabelRule) -> bool {
        let (one, two) = (self.prefix(), other.prefix());
        one.starts_with(two) || two.starts_with(one)
    }

    fn prefix(&self) -> &str {
        let letters = self.pattern.0.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(PATTERN_CHARS);
        &self.pattern.0[..letters]
    }

    /// What the label `gtin` says, when it is one of this rule.
    pub fn read(&self, gtin: Gtin) -> Result<Option<EmbeddedLabel>, BarcodeError> {
        let code = gtin.to_string();
        // A GTIN of 14 digits that does not begin with 0 is a case, never a label.
        let Some(code) = code.strip_prefix('0').filter(|code| code.starts_with(self.prefix())) else {
            return Ok(None);
        };
        let part = |letters: &[char]| -> String {
            code.chars().zip(self.pattern.0.chars()).filter(|(_, at)| letters.contains(at)).map(|(c, _)| c).collect()
        };
        let (item, value, check) = (part(&['I']), part(&['P', 'W']), part(&['K']));
        let found = check.bytes().next().map(|byte| byte - b'0');
        if let Some((found, expected)) = found.zip(verifier(&value)).filter(|(found, expected)| found != expected) {
            return Err(BarcodeError::Verifier { code: code.to_owned(), found, expected });
        }
        let zero = |(digit, at): (char, char)| if at.is_ascii_digit() || at == 'I' { digit } else { '0' };
        let mut zeroed: Vec<u8> = code.chars().zip(self.pattern.0.chars()).map(zero).map(|c| c as u8 - b'0').collect();
        zeroed.pop();
        let check = super::check_digit(&zeroed);
        zeroed.push(check);
        let zeroed = Gtin(zeroed.iter().fold(0, |number, digit| number * 10 + u64::from(*digit)));
        let embedded = if self.pattern.0.contains('W') { Embedded::Weight } else { Embedded::Price };
        let value = value.parse().expect("at most 6 digits are a number");
        Ok(Some(EmbeddedLabel { item, zeroed, embedded, value }))
    }
}

/// The verifier digit of 4 or 5 digits; `None` for another number of them.
fn verifier(value: &str) -> Option<u8> {
    let sum = |tables: &[[u8; 10]]| -> u32 {
        value.bytes().zip(tables).map(|(byte, table)| u32::from(table[usize::from(byte - b'0')])).sum()
    };
    match value.len() {
        4 => Some((sum(&[TWO_MINUS, TWO_MINUS, THREE, FIVE_MINUS]) * 3 % 10) as u8),
        5 => {
            let rest = (10 - sum(&[FIVE_PLUS, TWO_MINUS, FIVE_MINUS, FIVE_PLUS, TWO_MINUS]) % 10) % 10;
            FIVE_MINUS.iter().position(|counted| u32::from(*counted) == rest).map(|digit| digit as u8)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::check_digit;
    use super::*;

    fn rule(pattern: &str) -> LabelRule {
        LabelRule { pattern: pattern.parse().unwrap(), decimals: None }
    }

    fn label(payload: &str) -> Gtin {
        let digits: Vec<u8> = payload.bytes().map(|byte| byte - b'0').collect();
        format!("{payload}{}", check_digit(&digits)).parse().unwrap()
    }

    #[test]
    fn the_verifier_digits_are_those_of_the_specification() {
        // GS1 General Specifications, sections 7.9.3 and 7.9.4, have these two examples.
        assert_eq!((verifier("2875"), verifier("14685")), (Some(9), Some(6)));
        assert_eq!((verifier("0000"), verifier("00000"), verifier("123")), (Some(0), Some(0), None));
    }

    #[test]
    fn item_and_value_are_taken_from_where_the_pattern_says() {
        let table = [
            ("28IIIIIPPPPPC", "281234500199", "12345", Embedded::Price, 199, "281234500000"),
            ("02IIIIIKPPPPC", "021234592875", "12345", Embedded::Price, 2_875, "021234500000"),
            ("21IIIIWWWWWWC", "214011000532", "4011", Embedded::Weight, 532, "214011000000"),
            ("23IIIIPPPPPKC", "230042146856", "0042", Embedded::Price, 14_685, "230042000000"),
        ];
        for (pattern, payload, item, embedded, value, zeroed) in table {
            let read = rule(pattern).read(label(payload)).unwrap().unwrap();
            let expected = EmbeddedLabel { item: item.to_owned(), zeroed: label(zeroed), embedded, value };
            assert_eq!(read, expected, "{pattern}");
        }
        assert_eq!(rule("28IIIIIPPPPPC").read(label("291234500199")), Ok(None));
        assert_eq!(rule("28IIIIIPPPPPC").read(label("1281234500199")), Ok(None), "a case");
    }

    #[test]
    fn a_misread_price_is_found_by_its_own_check_digit() {
        let error = rule("02IIIIIKPPPPC").read(label("021234582875")).unwrap_err();
        assert!(error.to_string().contains("check digit of its price is 8, must be 9"), "{error}");
    }

    #[test]
    fn patterns_that_leave_doubt_are_refused() {
        for pattern in [
            "",
            "28IIIIIPPPPP",
            "28IIIIIPPPPPP",
            "40IIIIIPPPPPC",
            "28IIIIIPPPWWC",
            "28IIPPIIIPPPC",
            "28IIIIPPPPPPK",
            "28IIIIPPPPPKK",
            "28IIIIIIIPPKC",
            "28III5IPPPPPC",
            "2IIIIIIPPPPPC",
        ] {
            assert!(pattern.parse::<Pattern>().is_err(), "{pattern}");
        }
        assert!(rule("28IIIIIPPPPPC").overlaps(&rule("281IIIIPPPPPC")));
        assert!(!rule("28IIIIIPPPPPC").overlaps(&rule("29IIIIIPPPPPC")));
    }
}

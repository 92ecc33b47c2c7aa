//! A voucher's number: `V`, 15 digits, and a check digit that finds every wrong digit and every swapped pair.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Digits before the check digit. Numbers are drawn at random, so that nobody can guess the next one.
const DIGITS: usize = 15;

/// Damm's quasigroup of order 10 (H. M. Damm, "Total anti-symmetrische Quasigruppen", Marburg 2004). Luhn's digit would
/// miss 09 for 90; this one misses no swapped pair.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// Why a text is no voucher number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Another form.
    #[error("'{0}' is no voucher number: it is V and 16 digits, as printed under the barcode")]
    Form(String),
    /// Misread or mistyped.
    #[error("the voucher number {0} is misread: scan again, or compare each digit")]
    CheckDigit(String),
}

/// A voucher's number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VoucherNumber(String);

impl VoucherNumber {
    /// The number of a new voucher, from 64 random bits of the caller.
    pub fn mint(random: u64) -> VoucherNumber {
        let digits = format!("{:0DIGITS$}", random % 10u64.pow(DIGITS as u32));
        let check = damm(&digits);
        VoucherNumber(format!("V{digits}{check}"))
    }

    /// As it is printed and scanned.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The check digit of `digits`; 0 when the last one is their check digit.
fn damm(digits: &str) -> u8 {
    digits.bytes().fold(0, |row, digit| DAMM[usize::from(row)][usize::from(digit - b'0')])
}

impl FromStr for VoucherNumber {
    type Err = NumberError;

    /// Blanks and dashes between the digits, and a small `v`, are as good.
    fn from_str(text: &str) -> Result<VoucherNumber, NumberError> {
        let form = || NumberError::Form(text.chars().take(30).collect());
        let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).take(DIGITS + 3).collect();
        let digits = plain.strip_prefix(['V', 'v']).ok_or_else(form)?;
        if digits.len() != DIGITS + 1 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(form());
        }
        let number = format!("V{digits}");
        if damm(digits) == 0 { Ok(VoucherNumber(number)) } else { Err(NumberError::CheckDigit(number)) }
    }
}

impl TryFrom<String> for VoucherNumber {
    type Error = NumberError;

    fn try_from(text: String) -> Result<VoucherNumber, NumberError> {
        text.parse()
    }
}

impl From<VoucherNumber> for String {
    fn from(number: VoucherNumber) -> String {
        number.0
    }
}

impl fmt::Display for VoucherNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_check_digit_of_the_published_example_is_4() {
        assert_eq!(damm("572"), 4);
        assert_eq!(damm("5724"), 0);
    }

    #[test]
    fn a_number_is_read_as_people_type_it() {
        let number = VoucherNumber::mint(123_456_789_012_345);
        let typed = format!("v{}-{} {}", &number.as_str()[1..6], &number.as_str()[6..11], &number.as_str()[11..]);
        assert_eq!(typed.parse(), Ok(number.clone()));
        assert_eq!(serde_json::to_string(&number).unwrap(), format!("\"{number}\""));
        for bad in ["", "V", "V12", "4111111111111111", "V12345678901234567", "V١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦", &"V".repeat(99)]
        {
            assert!(matches!(bad.parse::<VoucherNumber>(), Err(NumberError::Form(_))), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_wrong_digit_and_every_swapped_pair_is_found(random in any::<u64>(), place in 1usize..17, by in 1u8..10) {
            let number = VoucherNumber::mint(random);
            prop_assert_eq!(number.as_str().parse(), Ok(number.clone()));
            let mut wrong: Vec<u8> = number.as_str().bytes().collect();
            wrong[place] = b'0' + (wrong[place] - b'0' + by) % 10;
            prop_assert!(String::from_utf8(wrong).unwrap().parse::<VoucherNumber>().is_err());
            let mut swapped: Vec<u8> = number.as_str().bytes().collect();
            let other = if place == 16 { 15 } else { place + 1 };
            swapped.swap(place, other);
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert!(swapped == number.as_str() || swapped.parse::<VoucherNumber>().is_err());
        }
    }
}

//! The notes and coins that are counted, by currency.

use super::{Counted, ShiftError};
use crate::money::{Currency, Money, MoneyError};

/// Most pieces of one note or coin: a barcode typed into the count is more.
const PIECES_MAX: u32 = 100_000;

/// Values in minor units, highest first, as the central banks issue them and shops see them.
const TABLE: [(&str, &[i64]); 10] = [
    ("CAD", &[10_000, 5_000, 2_000, 1_000, 500, 200, 100, 25, 10, 5]),
    ("CHF", &[100_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5]),
    ("CZK", &[500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100]),
    ("DKK", &[100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50]),
    ("EUR", &[50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1]),
    ("GBP", &[5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1]),
    ("MXN", &[100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50]),
    ("NOK", &[100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 100]),
    ("SEK", &[100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100]),
    ("USD", &[10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25, 10, 5, 1]),
];

/// What is not in a list (an old note, a bag of coins) is counted as so many minor units.
const OTHER: i64 = 1;

/// What is counted in `currency`, highest first. Whatever else is in the drawer is counted in minor units, with the value
/// 1; for a currency without a list, all of it.
pub fn denominations(currency: Currency) -> &'static [i64] {
    TABLE.iter().find(|(code, _)| *code == currency.code()).map_or(&[OTHER], |(_, values)| values)
}

/// What `count` gives, when each note and coin exists and is there once.
pub(super) fn sum(currency: Currency, count: &[Counted]) -> Result<i64, ShiftError> {
    let values = denominations(currency);
    let mut sum = 0i64;
    for (index, Counted { value_minor, pieces }) in count.iter().enumerate() {
        let value = Money::new(*value_minor, currency);
        if !values.contains(value_minor) && *value_minor != OTHER {
            return Err(ShiftError::Denomination(value));
        }
        let too_many = *value_minor != OTHER && *pieces > PIECES_MAX;
        if too_many || count[..index].iter().any(|other| other.value_minor == *value_minor) {
            return Err(ShiftError::Pieces(value));
        }
        let worth = value_minor.checked_mul(i64::from(*pieces)).ok_or(MoneyError::Overflow)?;
        sum = sum.checked_add(worth).ok_or(MoneyError::Overflow)?;
    }
    Ok(sum)
}

//! Quantities: pieces and weights, both in 1/1000 of the item's unit (a piece, a kilogram).

use crate::money::{DecimalMark, MoneyError, Rounding};
use serde::{Deserialize, Serialize};

/// What is wrong with a quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Not a positive number within the bounds.
    #[error("the quantity '{0}' is not a number from 0.001 to 9999.999: correct it")]
    Invalid(String),
}

/// A positive quantity up to 9,999.999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Quantity(i64);

impl Quantity {
    /// One piece, or one kilogram.
    pub const ONE: Quantity = Quantity(1_000);
    /// The most of one line.
    pub const MAX: Quantity = Quantity(9_999_999);

    /// A quantity in 1/1000.
    pub fn from_milli(milli: i64) -> Result<Quantity, QuantityError> {
        let fits = (1..=Quantity::MAX.0).contains(&milli);
        if fits { Ok(Quantity(milli)) } else { Err(QuantityError::Invalid(DecimalMark::Point.short_text(milli, 3))) }
    }

    /// What a cashier typed: `3`, `0.532` or `0,532`.
    pub fn parse(text: &str) -> Result<Quantity, QuantityError> {
        let bad = || QuantityError::Invalid(text.chars().take(20).collect());
        let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || whole.len() > 4 || fraction.len() > 3 {
            return Err(bad());
        }
        let milli: i64 = format!("{whole}{fraction:0<3}").parse().map_err(|_| bad())?;
        Quantity::from_milli(milli).map_err(|_| bad())
    }

    /// In 1/1000.
    pub fn milli(self) -> i64 {
        self.0
    }

    /// Whether it is a number of whole pieces.
    pub fn is_whole(self) -> bool {
        self.0 % 1_000 == 0
    }

    /// The sum, when it is within the bounds.
    pub fn checked_add(self, other: Quantity) -> Result<Quantity, QuantityError> {
        // Both are far below the limits of i64.
        Quantity::from_milli(self.0 + other.0)
    }

    /// What this much costs at `unit_price_minor` a unit.
    pub fn price_minor(self, unit_price_minor: i64, rounding: Rounding) -> Result<i64, MoneyError> {
        rounding.divide(i128::from(self.0) * i128::from(unit_price_minor), 1_000)
    }

    /// As on a receipt: `3`, `0,532`.
    pub fn text(self, mark: DecimalMark) -> String {
        if self.is_whole() { mark.short_text(self.0, 3) } else { mark.text(self.0, 3) }
    }
}

impl TryFrom<i64> for Quantity {
    type Error = QuantityError;

    fn try_from(milli: i64) -> Result<Quantity, QuantityError> {
        Quantity::from_milli(milli)
    }
}

impl From<Quantity> for i64 {
    fn from(quantity: Quantity) -> i64 {
        quantity.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_cashier_types_is_read_or_refused() {
        for (text, milli) in
            [("1", 1_000), ("0.532", 532), ("0,5", 500), ("12", 12_000), ("9999.999", 9_999_999), ("0.001", 1)]
        {
            assert_eq!(Quantity::parse(text).unwrap().milli(), milli, "{text}");
        }
        for text in
            ["", "0", "0.000", "-1", "+1", "1.2345", "10000", ".5", "1.", "1 ", "1e3", "٣", "99999999999999999999"]
        {
            assert!(Quantity::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn weights_are_priced_to_the_unit() {
        let weight = Quantity::parse("0.532").unwrap();
        assert_eq!(weight.price_minor(1_999, Rounding::HalfUp), Ok(1_063)); // 10.63468
        let half = Quantity::parse("0.5").unwrap();
        assert_eq!((half.price_minor(5, Rounding::HalfUp), half.price_minor(5, Rounding::HalfEven)), (Ok(3), Ok(2)));
        assert_eq!(Quantity::MAX.price_minor(i64::MAX, Rounding::HalfUp), Err(MoneyError::Overflow));
    }

    #[test]
    fn a_quantity_is_written_as_people_write_it() {
        assert_eq!(Quantity::parse("3").unwrap().text(DecimalMark::Comma), "3");
        assert_eq!(Quantity::parse("0.5").unwrap().text(DecimalMark::Comma), "0,500");
        assert_eq!(Quantity::parse("10").unwrap().text(DecimalMark::Point), "10");
    }
}

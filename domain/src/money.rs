//! Money: whole minor units of a currency, rates, rounding. No float anywhere, and no overflow that goes unnoticed.
//!
//! An amount is an `i64` of minor units; products are taken in `i128` and come back checked. Rates are integers in
//! 1/100,000, so that 8.875 % is 8875.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What is wrong with an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result does not fit.
    #[error("the amount is too large to be calculated with: check quantity and price")]
    Overflow,
    /// Two currencies in one calculation.
    #[error("{left} and {right} cannot be added: an amount has one currency")]
    Mixed {
        /// The first amount's currency.
        left: Currency,
        /// The second's.
        right: Currency,
    },
    /// A code that this version does not know.
    #[error("'{0}' is no currency that this version knows: use an ISO 4217 code as EUR, USD or CAD")]
    Currency(String),
}

/// ISO 4217: code, decimals of the minor unit, number.
const CURRENCIES: [(&str, u8, u16); 27] = [
    ("AUD", 2, 36),
    ("BHD", 3, 48),
    ("BRL", 2, 986),
    ("CAD", 2, 124),
    ("CHF", 2, 756),
    ("CZK", 2, 203),
    ("DKK", 2, 208),
    ("EUR", 2, 978),
    ("GBP", 2, 826),
    ("HUF", 2, 348),
    ("ILS", 2, 376),
    ("ISK", 0, 352),
    ("JPY", 0, 392),
    ("KRW", 0, 410),
    ("KWD", 3, 414),
    ("MXN", 2, 484),
    ("NOK", 2, 578),
    ("NZD", 2, 554),
    ("PLN", 2, 985),
    ("RON", 2, 946),
    ("RSD", 2, 941),
    ("SEK", 2, 752),
    ("TND", 3, 788),
    ("TRY", 2, 949),
    ("UAH", 2, 980),
    ("USD", 2, 840),
    ("ZAR", 2, 710),
];

/// A currency of ISO 4217, written as its code.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(u8); // its place in CURRENCIES

impl Currency {
    /// The three letters.
    pub fn code(self) -> &'static str {
        CURRENCIES[usize::from(self.0)].0
    }

    /// Decimals of the minor unit: 2 for cents, 0 for yen.
    pub fn exponent(self) -> u8 {
        CURRENCIES[usize::from(self.0)].1
    }

    /// The currency that ISO 4217 gives `number`, as barcodes name it: 978 is the euro.
    pub fn of_number(number: u16) -> Option<Currency> {
        CURRENCIES.iter().position(|(_, _, own)| *own == number).map(|place| Currency(place as u8))
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Currency, MoneyError> {
        let place = CURRENCIES.iter().position(|(code, ..)| *code == text);
        place.map(|place| Currency(place as u8)).ok_or_else(|| MoneyError::Currency(text.chars().take(20).collect()))
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Currency, MoneyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// How decimals are set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalMark {
    /// 4.99
    Point,
    /// 4,99
    Comma,
}

impl DecimalMark {
    /// `scaled` / 10^`decimals` as text.
    pub(crate) fn text(self, scaled: i64, decimals: u8) -> String {
        let sign = if scaled < 0 { "-" } else { "" };
        let digits = format!("{:0width$}", scaled.unsigned_abs(), width = usize::from(decimals) + 1);
        let (whole, fraction) = digits.split_at(digits.len() - usize::from(decimals));
        let mark = match self {
            _ if fraction.is_empty() => "",
            DecimalMark::Point => ".",
            DecimalMark::Comma => ",",
        };
        format!("{sign}{whole}{mark}{fraction}")
    }

    /// As [`DecimalMark::text`], without zeros at the end of the decimals.
    pub(crate) fn short_text(self, scaled: i64, decimals: u8) -> String {
        let (mut scaled, mut decimals) = (scaled, decimals);
        while decimals > 0 && scaled % 10 == 0 {
            scaled /= 10;
            decimals -= 1;
        }
        self.text(scaled, decimals)
    }
}

/// An amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: cents, pence, yen.
    pub minor: i64,
    /// Of which currency.
    pub currency: Currency,
}

impl Money {
    /// `minor` units of `currency`.
    pub fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    /// The sum.
    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        self.with(other, i64::checked_add)
    }

    /// The difference.
    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        self.with(other, i64::checked_sub)
    }

    fn with(self, other: Money, calculate: fn(i64, i64) -> Option<i64>) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed { left: self.currency, right: other.currency });
        }
        let minor = calculate(self.minor, other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Money { minor, currency: self.currency })
    }

    /// The number as a receipt shows it, without the currency: `4,99`.
    pub fn text(self, mark: DecimalMark) -> String {
        mark.text(self.minor, self.currency.exponent())
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.text(DecimalMark::Point), self.currency)
    }
}

/// The sum of many amounts of one currency.
pub fn sum_minor(amounts: impl IntoIterator<Item = i64>) -> Result<i64, MoneyError> {
    amounts.into_iter().try_fold(0i64, |sum, amount| sum.checked_add(amount)).ok_or(MoneyError::Overflow)
}

/// What happens to half a minor unit. A negative amount is rounded as its positive twin, so that a refund gives back
/// exactly what was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// A half goes up: away from zero.
    #[default]
    HalfUp,
    /// A half goes to the even neighbour.
    HalfEven,
}

impl Rounding {
    /// `numerator / denominator`, rounded to a whole number. The denominator is positive.
    pub fn divide(self, numerator: i128, denominator: i128) -> Result<i64, MoneyError> {
        debug_assert!(denominator > 0, "amounts are only divided by constants and by 1 + rate");
        let (absolute, divisor) = (numerator.unsigned_abs(), denominator.unsigned_abs());
        let quotient = absolute / divisor;
        let rest = absolute % divisor;
        // Compared this way because twice the rest might overflow.
        let up = match rest.cmp(&(divisor - rest)) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => self == Rounding::HalfUp || quotient % 2 == 1,
        };
        let rounded = i128::try_from(quotient + u128::from(up)).map_err(|_| MoneyError::Overflow)?;
        i64::try_from(rounded * numerator.signum()).map_err(|_| MoneyError::Overflow)
    }

    /// The multiple of `step` that is nearest to `minor`; `step` is positive.
    pub fn to_step(self, minor: i64, step: i64) -> Result<i64, MoneyError> {
        let steps = self.divide(minor.into(), step.into())?;
        steps.checked_mul(step).ok_or(MoneyError::Overflow)
    }
}

/// A rate in 1/100,000: 8.875 % is 8875.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate(pub i64);

impl Rate {
    /// The whole: 100 %.
    pub const WHOLE: i64 = 100_000;
    /// The highest rate that a price book may name: 1,000 %.
    pub const MAX: Rate = Rate(10 * Rate::WHOLE);

    /// This share of `minor`, for tax on top.
    pub fn on(self, minor: i64, rounding: Rounding) -> Result<i64, MoneyError> {
        rounding.divide(i128::from(minor) * i128::from(self.0), Rate::WHOLE.into())
    }

    /// The part of `gross_minor` that was added at this rate: gross x rate / (1 + rate). The rate is not negative.
    pub fn within(self, gross_minor: i64, rounding: Rounding) -> Result<i64, MoneyError> {
        let whole = i128::from(Rate::WHOLE) + i128::from(self.0);
        rounding.divide(i128::from(gross_minor) * i128::from(self.0), whole)
    }

    /// As on a receipt: `8.875 %`.
    pub fn text(self, mark: DecimalMark) -> String {
        format!("{} %", mark.short_text(self.0, 3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_where_the_store_says() {
        //           thousandths, half-up, half-even
        let table = [
            (500, 1, 0),
            (1_500, 2, 2),
            (2_500, 3, 2),
            (2_499, 2, 2),
            (2_501, 3, 3),
            (0, 0, 0),
            (-500, -1, 0),
            (-1_500, -2, -2),
            (-2_500, -3, -2),
        ];
        for (numerator, up, even) in table {
            assert_eq!(Rounding::HalfUp.divide(numerator, 1_000), Ok(up), "{numerator} half-up");
            assert_eq!(Rounding::HalfEven.divide(numerator, 1_000), Ok(even), "{numerator} half-even");
        }
        // An odd divisor has no half.
        assert_eq!(Rounding::HalfEven.divide(5, 3), Ok(2));
    }

    #[test]
    fn cash_steps() {
        let table = [
            (1_232, 5, 1_230),
            (1_233, 5, 1_235),
            (1_237, 5, 1_235),
            (1_238, 5, 1_240),
            (2, 5, 0),
            (3, 5, 5),
            (1_250, 100, 1_300),
            (77, 1, 77),
        ];
        for (minor, step, rounded) in table {
            assert_eq!(Rounding::HalfUp.to_step(minor, step), Ok(rounded), "{minor} to {step}");
        }
    }

    #[test]
    fn amounts_are_written_with_the_decimals_of_their_currency() {
        let text = |minor, code: &str, mark| Money::new(minor, code.parse().unwrap()).text(mark);
        assert_eq!(text(499, "EUR", DecimalMark::Comma), "4,99");
        assert_eq!(text(-5, "USD", DecimalMark::Point), "-0.05");
        assert_eq!(text(1_200, "JPY", DecimalMark::Point), "1200");
        assert_eq!(text(1_234, "KWD", DecimalMark::Point), "1.234");
        assert_eq!(text(i64::MIN, "EUR", DecimalMark::Point), "-92233720368547758.08");
        assert_eq!(Money::new(100, "CHF".parse().unwrap()).to_string(), "1.00 CHF");
        assert_eq!(Rate(8_875).text(DecimalMark::Point), "8.875 %");
        assert_eq!(Rate(19_000).text(DecimalMark::Comma), "19 %");
        assert_eq!(Rate(0).text(DecimalMark::Comma), "0 %");
    }

    #[test]
    fn overflow_and_mixed_currencies_are_error_values() {
        let (euro, dollar) = ("EUR".parse().unwrap(), "USD".parse().unwrap());
        let much = Money::new(i64::MAX, euro);
        assert_eq!(much.checked_add(Money::new(1, euro)), Err(MoneyError::Overflow));
        assert_eq!(Money::new(i64::MIN, euro).checked_sub(Money::new(1, euro)), Err(MoneyError::Overflow));
        assert!(matches!(much.checked_add(Money::new(1, dollar)), Err(MoneyError::Mixed { .. })));
        assert_eq!(Rate::MAX.on(i64::MAX, Rounding::HalfUp), Err(MoneyError::Overflow));
        assert_eq!("XYZ".parse::<Currency>(), Err(MoneyError::Currency("XYZ".to_owned())));
    }

    proptest! {
        #[test]
        fn rounding_is_never_further_off_than_half(numerator in any::<i64>(), denominator in 1i64..=i64::MAX) {
            for rounding in [Rounding::HalfUp, Rounding::HalfEven] {
                let rounded = rounding.divide(numerator.into(), denominator.into()).unwrap();
                let off = (i128::from(rounded) * i128::from(denominator) - i128::from(numerator)).abs();
                prop_assert!(2 * off <= i128::from(denominator));
            }
        }

        #[test]
        fn tax_within_a_gross_is_the_tax_on_its_net_to_the_unit(gross in 0i64..10_000_000_000, rate in 0i64..=100_000) {
            let tax = Rate(rate).within(gross, Rounding::HalfUp).unwrap();
            let again = Rate(rate).on(gross - tax, Rounding::HalfUp).unwrap();
            prop_assert!((tax - again).abs() <= 1);
        }
    }
}

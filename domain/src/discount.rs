//! What a cashier takes off by hand: an amount or a share, with the reason.

use crate::money::{MoneyError, Rate, Rounding};
use crate::reason::Reason;
use serde::{Deserialize, Serialize};

/// How much is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Off {
    /// An amount in minor units.
    AmountMinor(i64),
    /// A share, in 1/100,000.
    Percent(Rate),
}

impl Off {
    /// Whether it takes anything off, and not more than all.
    pub fn is_possible(self) -> bool {
        match self {
            Off::AmountMinor(minor) => minor > 0,
            Off::Percent(rate) => (1..=Rate::WHOLE).contains(&rate.0),
        }
    }

    /// What it takes off `from_minor`: never more than that, and never less than nothing.
    pub fn minor(self, from_minor: i64, rounding: Rounding) -> Result<i64, MoneyError> {
        let minor = match self {
            Off::AmountMinor(minor) => minor,
            Off::Percent(rate) => rate.on(from_minor, rounding)?,
        };
        Ok(minor.min(from_minor).max(0))
    }
}

/// Something that is taken off by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// How much, as it was entered.
    pub off: Off,
    /// Why.
    pub reason: Reason,
    /// How much that is, in minor units.
    pub discount_minor: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_below_zero_and_nothing_more_than_all() {
        let table = [
            (Off::AmountMinor(50), 199, 50, true),
            (Off::AmountMinor(200), 199, 199, true),
            (Off::Percent(Rate(10_000)), 199, 20, true),
            (Off::Percent(Rate(Rate::WHOLE)), 199, 199, true),
            (Off::Percent(Rate(Rate::WHOLE + 1)), 199_999, 199_999, false),
            (Off::AmountMinor(0), 199, 0, false),
            (Off::AmountMinor(-1), 199, 0, false),
            (Off::Percent(Rate(-1)), 199_999, 0, false),
        ];
        for (off, from, minor, possible) in table {
            assert_eq!(off.minor(from, Rounding::HalfUp), Ok(minor), "{off:?} off {from}");
            assert_eq!(off.is_possible(), possible, "{off:?}");
        }
    }
}

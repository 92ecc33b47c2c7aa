//! Tax: one row a group and receipt, so that what the customer pays is rounded once.
//!
//! - Inclusive (Europe): the prices hold the tax; tax = gross x rate / (1 + rate).
//! - Exclusive (North America): tax on top of the group's net. Where jurisdictions stack (state, county, city), the tax is
//!   that of their sum, as the tables of the states have it, and is then split over them by largest remainder: rounding
//!   each by itself would charge 0.13 on 1.40 in New York City, where 8.875 % is 0.12. Canada's federal and provincial
//!   taxes are taxes of their own, each rounded by itself: a group says so ([`Rounded::Each`]).

use crate::money::{MoneyError, Rate, Rounding, sum_minor};
use serde::{Deserialize, Serialize};

/// Why tax cannot be calculated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaxError {
    /// A line names a group that there is not.
    #[error("there is no tax group '{0}' in the price book")]
    UnknownCode(String),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Whether prices hold the tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxMode {
    /// They do.
    Inclusive,
    /// It comes on top.
    Exclusive,
}

/// What is rounded, where several rates stack on top of a price. Prices that hold the tax are always split together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounded {
    /// The tax of all rates together, which is then split.
    #[default]
    Together,
    /// The tax of each rate.
    Each,
}

impl Rounded {
    fn is_together(&self) -> bool {
        *self == Rounded::Together
    }
}

/// Items that are taxed alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxGroup {
    /// Short, stands beside each line of a receipt: `A`.
    pub code: String,
    /// For people: `VAT`, `Sales tax`.
    pub label: String,
    /// One rate, or one a jurisdiction; none for what is not taxed.
    pub rates: Vec<TaxRate>,
    /// What is rounded, when there are several.
    #[serde(default, skip_serializing_if = "Rounded::is_together")]
    pub rounded: Rounded,
}

/// The rate of one jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    /// For people: `NY State`.
    pub label: String,
    /// In 1/100,000.
    pub rate: Rate,
}

/// The tax of one group on one receipt: `gross_minor = net_minor + tax_minor`, always.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRow {
    /// The group.
    pub code: String,
    /// Its name.
    pub label: String,
    /// All its rates together.
    pub rate: Rate,
    /// Without tax.
    pub net_minor: i64,
    /// The tax.
    pub tax_minor: i64,
    /// With tax.
    pub gross_minor: i64,
    /// Who gets how much; empty when there is one rate at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<TaxPart>,
}

/// One jurisdiction's part of a [`TaxRow`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxPart {
    /// Its name.
    pub label: String,
    /// Its rate.
    pub rate: Rate,
    /// Its part.
    pub tax_minor: i64,
}

impl TaxGroup {
    /// All rates together.
    pub fn rate(&self) -> Result<Rate, MoneyError> {
        sum_minor(self.rates.iter().map(|part| part.rate.0)).map(Rate)
    }

    /// The row of this group for lines that cost `amount_minor` together.
    fn row(&self, mode: TaxMode, rounding: Rounding, amount_minor: i64) -> Result<TaxRow, MoneyError> {
        let rate = self.rate()?;
        let (code, label) = (self.code.clone(), self.label.clone());
        if self.rates.len() > 1 && self.rounded == Rounded::Each && mode == TaxMode::Exclusive {
            let part = |TaxRate { label, rate }: &TaxRate| {
                let tax_minor = rate.on(amount_minor, rounding)?;
                Ok(TaxPart { label: label.clone(), rate: *rate, tax_minor })
            };
            let parts: Vec<TaxPart> = self.rates.iter().map(part).collect::<Result<_, MoneyError>>()?;
            let tax_minor = sum_minor(parts.iter().map(|part| part.tax_minor))?;
            let gross_minor = sum_minor([amount_minor, tax_minor])?;
            return Ok(TaxRow { code, label, rate, net_minor: amount_minor, tax_minor, gross_minor, parts });
        }
        let (net_minor, tax_minor, gross_minor) = split(mode, rounding, rate, amount_minor)?;
        let parts = if self.rates.len() > 1 { apportion(tax_minor, &self.rates)? } else { Vec::new() };
        Ok(TaxRow { code, label, rate, net_minor, tax_minor, gross_minor, parts })
    }
}

impl TaxRow {
    /// Whether it is the tax of lines that cost `amount_minor` together, as priced: of all rates together, or of each.
    pub(crate) fn follows(&self, mode: TaxMode, rounding: Rounding, amount_minor: i64) -> Result<bool, MoneyError> {
        let parts = sum_minor(self.parts.iter().map(|part| part.tax_minor))?;
        let rates = sum_minor(self.parts.iter().map(|part| part.rate.0))?;
        if !self.parts.is_empty() && (parts, rates) != (self.tax_minor, self.rate.0) {
            return Ok(false);
        }
        let amounts = (self.net_minor, self.tax_minor, self.gross_minor);
        if split(mode, rounding, self.rate, amount_minor)? == amounts {
            return Ok(true);
        }
        let each = self.parts.iter().map(|part| Ok(part.rate.on(amount_minor, rounding)? == part.tax_minor));
        let each = each.collect::<Result<Vec<bool>, MoneyError>>()?;
        let is_each = mode == TaxMode::Exclusive && !each.is_empty() && each.into_iter().all(|fits| fits);
        let gross_minor = sum_minor([amount_minor, self.tax_minor])?;
        Ok(is_each && amounts == (amount_minor, self.tax_minor, gross_minor))
    }
}

/// Net, tax and gross of lines that cost `amount_minor` together, as priced.
pub fn split(mode: TaxMode, rounding: Rounding, rate: Rate, amount_minor: i64) -> Result<(i64, i64, i64), MoneyError> {
    match mode {
        TaxMode::Inclusive => {
            let tax = rate.within(amount_minor, rounding)?;
            Ok((amount_minor.checked_sub(tax).ok_or(MoneyError::Overflow)?, tax, amount_minor))
        }
        TaxMode::Exclusive => {
            let tax = rate.on(amount_minor, rounding)?;
            Ok((amount_minor, tax, amount_minor.checked_add(tax).ok_or(MoneyError::Overflow)?))
        }
    }
}

/// Splits `tax_minor` over `rates` so that the parts give it exactly: each gets its whole units, the largest remainders
/// get one more.
fn apportion(tax_minor: i64, rates: &[TaxRate]) -> Result<Vec<TaxPart>, MoneyError> {
    let whole: i128 = rates.iter().map(|part| i128::from(part.rate.0)).sum::<i128>().max(1);
    let share = |part: &TaxRate| i128::from(tax_minor.unsigned_abs()) * i128::from(part.rate.0);
    let mut order: Vec<usize> = (0..rates.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(share(&rates[*index]) % whole));
    let given: i128 = rates.iter().map(|part| share(part) / whole).sum();
    // Less than one unit a part is left, so that nobody gets two; without any rate there is no tax to give.
    let left = usize::try_from(i128::from(tax_minor.unsigned_abs()) - given).map_err(|_| MoneyError::Overflow)?;
    let part = |(index, part): (usize, &TaxRate)| {
        let more = i128::from(order.iter().take(left).any(|favoured| *favoured == index));
        let tax_minor = (share(part) / whole + more) * i128::from(tax_minor.signum());
        let tax_minor = i64::try_from(tax_minor).map_err(|_| MoneyError::Overflow)?;
        Ok(TaxPart { label: part.label.clone(), rate: part.rate, tax_minor })
    };
    rates.iter().enumerate().map(part).collect()
}

/// The rows of a receipt, in the order of `groups`, for lines of (tax code, amount as priced). A group without lines has
/// no row.
pub fn rows<'a>(
    mode: TaxMode,
    rounding: Rounding,
    groups: &[TaxGroup],
    lines: impl Iterator<Item = (&'a str, i64)>,
) -> Result<Vec<TaxRow>, TaxError> {
    let mut sums: Vec<Option<i64>> = vec![None; groups.len()];
    for (code, amount_minor) in lines {
        let index = groups.iter().position(|group| group.code == code);
        let sum = &mut sums[index.ok_or_else(|| TaxError::UnknownCode(code.to_owned()))?];
        *sum = Some(sum.unwrap_or(0).checked_add(amount_minor).ok_or(MoneyError::Overflow)?);
    }
    let row = |(group, sum): (&TaxGroup, Option<i64>)| sum.map(|sum| group.row(mode, rounding, sum));
    let rows: Result<Vec<TaxRow>, MoneyError> = groups.iter().zip(sums).filter_map(row).collect();
    Ok(rows?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn group(code: &str, rates: &[i64]) -> TaxGroup {
        let rates = rates.iter().map(|rate| TaxRate { label: format!("at {rate}"), rate: Rate(*rate) }).collect();
        TaxGroup { code: code.to_owned(), label: "Tax".to_owned(), rates, rounded: Rounded::Together }
    }

    fn parts(row: &TaxRow) -> Vec<i64> {
        row.parts.iter().map(|part| part.tax_minor).collect()
    }

    #[test]
    fn new_york_city_stacks_state_city_and_district_to_8_875_percent() {
        let groups = [group("T", &[4_000, 4_500, 375])];
        // net, tax of the combined rate, and who gets it; by hand
        let table = [
            (10_000, 888, [400, 450, 38]), // 8.875 -> 8.88
            (1_000, 89, [40, 45, 4]),      // 0.8875 -> 0.89
            (140, 12, [5, 6, 1]),          // 0.12425 -> 0.12; each by itself would give 0.13
            (1_999, 177, [80, 90, 7]),     // 1.7741 -> 1.77: 79.77, 89.75, 7.48
            (0, 0, [0, 0, 0]),
        ];
        for (net, tax, split) in table {
            let rows = rows(TaxMode::Exclusive, Rounding::HalfUp, &groups, [("T", net)].into_iter()).unwrap();
            assert_eq!((rows[0].net_minor, rows[0].tax_minor, rows[0].gross_minor), (net, tax, net + tax));
            assert_eq!(rows[0].rate, Rate(8_875));
            assert_eq!(parts(&rows[0]), split, "net {net}");
        }
    }

    #[test]
    fn germany_takes_19_and_7_percent_out_of_the_gross() {
        let groups = [group("A", &[19_000]), group("B", &[7_000])];
        let lines = [("A", 1_190), ("B", 107), ("A", 499), ("B", 249)];
        let rows = rows(TaxMode::Inclusive, Rounding::HalfUp, &groups, lines.into_iter()).unwrap();
        // 16.89 x 19 / 119 = 2.6967; 3.56 x 7 / 107 = 0.2329
        assert_eq!((rows[0].net_minor, rows[0].tax_minor, rows[0].gross_minor), (1_419, 270, 1_689));
        assert_eq!((rows[1].net_minor, rows[1].tax_minor, rows[1].gross_minor), (333, 23, 356));
        assert!(rows[0].parts.is_empty());
    }

    #[test]
    fn a_row_follows_from_its_lines_together_or_each_and_from_nothing_else() {
        let mut quebec = group("T", &[5_000, 9_975]);
        let row = |group: &TaxGroup| {
            rows(TaxMode::Exclusive, Rounding::HalfUp, std::slice::from_ref(group), [("T", 130)].into_iter())
                .unwrap()
                .remove(0)
        };
        let together = row(&quebec);
        quebec.rounded = Rounded::Each;
        let each = row(&quebec);
        assert_eq!((parts(&together), parts(&each)), (vec![6, 13], vec![7, 13]));
        let follows = |row: &TaxRow| row.follows(TaxMode::Exclusive, Rounding::HalfUp, 130).unwrap();
        assert!(follows(&together) && follows(&each));
        let mut wrong = [each.clone(), each.clone(), each.clone(), together.clone()];
        (wrong[0].parts[0].tax_minor, wrong[0].tax_minor, wrong[0].gross_minor) = (8, 21, 151);
        wrong[1].rate = Rate(15_000);
        wrong[2].gross_minor += 1;
        wrong[3].parts[0].tax_minor += 1;
        assert!(!wrong.iter().any(follows));
    }

    #[test]
    fn half_a_cent_of_tax_goes_where_the_store_says() {
        let tax = |rounding| split(TaxMode::Exclusive, rounding, Rate(5_000), 10).unwrap().1; // 0.5
        assert_eq!((tax(Rounding::HalfUp), tax(Rounding::HalfEven)), (1, 0));
    }

    #[test]
    fn untaxed_groups_have_a_row_without_tax_and_unknown_codes_are_refused() {
        let groups = [group("Z", &[]), group("Y", &[0, 0])];
        let taxed = rows(TaxMode::Exclusive, Rounding::HalfUp, &groups, [("Z", 500), ("Y", 1)].into_iter()).unwrap();
        assert_eq!((taxed[0].tax_minor, taxed[0].gross_minor, taxed[1].gross_minor), (0, 500, 1));
        let refused = rows(TaxMode::Exclusive, Rounding::HalfUp, &groups, [("X", 1)].into_iter());
        assert_eq!(refused, Err(TaxError::UnknownCode("X".to_owned())));
        let large = rows(TaxMode::Exclusive, Rounding::HalfUp, &groups, [("Z", i64::MAX), ("Z", 1)].into_iter());
        assert_eq!(large, Err(TaxError::Money(MoneyError::Overflow)));
    }

    proptest! {
        #[test]
        fn parts_give_the_tax_to_the_unit_and_none_is_further_off_than_one(
            tax in -10_000_000i64..10_000_000, rates in prop::collection::vec(0i64..20_000, 2..6)
        ) {
            let whole: i64 = rates.iter().sum();
            prop_assume!(whole > 0);
            let parts = apportion(tax, &group("T", &rates).rates).unwrap();
            prop_assert_eq!(parts.iter().map(|part| part.tax_minor).sum::<i64>(), tax);
            for (part, rate) in parts.iter().zip(&rates) {
                let off = i128::from(part.tax_minor) * i128::from(whole) - i128::from(tax) * i128::from(*rate);
                prop_assert!(off.abs() < i128::from(whole));
            }
        }
    }
}

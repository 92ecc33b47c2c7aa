//! What a line, and each piece of it, has of a receipt's amounts.
//!
//! A receipt's tax is calculated once a group, so no line has a tax of its own. Here the group's tax is laid out along
//! its lines, and a line's amounts along its pieces, and each cut is rounded to the unit: what lies between two cuts is
//! the difference of the rounded marks. So the pieces give the whole exactly, in whatever order and number they come
//! back, and the last one takes the remainder.

use crate::money::{MoneyError, Rounding, sum_minor};
use crate::sale::{Sale, SaleLine};
use crate::tax::{TaxMode, TaxPart, TaxRow};

/// What one line has of its receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Share {
    /// The line as priced, after all that was taken off.
    pub priced_minor: i64,
    /// Its tax, one part a jurisdiction; one when there is no more.
    pub parts_minor: Vec<i64>,
}

impl Share {
    /// All that a group has.
    fn of_row(mode: TaxMode, row: &TaxRow) -> Share {
        let priced_minor = match mode {
            TaxMode::Inclusive => row.gross_minor,
            TaxMode::Exclusive => row.net_minor,
        };
        Share { priced_minor, parts_minor: row_parts(row) }
    }

    pub(super) fn tax_minor(&self) -> Result<i64, MoneyError> {
        sum_minor(self.parts_minor.iter().copied())
    }

    /// Net, tax, gross.
    pub(super) fn amounts(&self, mode: TaxMode) -> Result<(i64, i64, i64), MoneyError> {
        let (priced, tax) = (self.priced_minor, self.tax_minor()?);
        match mode {
            TaxMode::Inclusive => Ok((priced.checked_sub(tax).ok_or(MoneyError::Overflow)?, tax, priced)),
            TaxMode::Exclusive => Ok((priced, tax, priced.checked_add(tax).ok_or(MoneyError::Overflow)?)),
        }
    }

    /// What the stretch between the marks `from` and `to` has, when the whole is `all` long.
    pub(super) fn between(&self, from: i64, to: i64, all: i64, rounding: Rounding) -> Result<Share, MoneyError> {
        let piece = |whole: i64| between(whole, from, to, all, rounding);
        let parts_minor: Result<Vec<i64>, MoneyError> = self.parts_minor.iter().map(|part| piece(*part)).collect();
        Ok(Share { priced_minor: piece(self.priced_minor)?, parts_minor: parts_minor? })
    }
}

fn between(whole: i64, from: i64, to: i64, all: i64, rounding: Rounding) -> Result<i64, MoneyError> {
    if all == 0 {
        return Ok(0); // what was free has nothing to share
    }
    let mark = |place: i64| rounding.divide(i128::from(whole) * i128::from(place), all.into());
    mark(to)?.checked_sub(mark(from)?).ok_or(MoneyError::Overflow)
}

/// The shares of lines of (tax code, weight) in `taxes`, line by line; a weight is what the line costs. A code without a
/// row has nothing.
pub(super) fn of_lines(
    mode: TaxMode,
    taxes: &[TaxRow],
    rounding: Rounding,
    lines: &[(&str, i64)],
) -> Result<Vec<Share>, MoneyError> {
    let mut shares = Vec::with_capacity(lines.len());
    for (index, (code, weight)) in lines.iter().enumerate() {
        let weights = |lines: &[(&str, i64)]| sum_minor(lines.iter().filter(|line| line.0 == *code).map(|line| line.1));
        let (before, all) = (weights(&lines[..index])?, weights(lines)?);
        let after = before.checked_add(*weight).ok_or(MoneyError::Overflow)?;
        let whole = taxes.iter().find(|row| row.code == *code).map(|row| Share::of_row(mode, row));
        let whole = whole.unwrap_or(Share { priced_minor: 0, parts_minor: vec![0] });
        shares.push(whole.between(before, after, all, rounding)?);
    }
    Ok(shares)
}

/// The shares of a sale's lines, in their order: by what was paid for each, so that what came off one line is not given
/// back with another.
pub(super) fn of_sale(sale: &Sale) -> Result<Vec<Share>, MoneyError> {
    let paid = |line| SaleLine::paid_minor(line).map(|paid| (line.tax.as_str(), paid));
    let lines: Result<Vec<(&str, i64)>, MoneyError> = sale.lines.iter().map(paid).collect();
    of_lines(sale.tax_mode, &sale.taxes, sale.rounding, &lines?)
}

fn row_parts(row: &TaxRow) -> Vec<i64> {
    if row.parts.is_empty() { vec![row.tax_minor] } else { row.parts.iter().map(|part| part.tax_minor).collect() }
}

/// The rows that `shares` of (tax code, share) give together, with the names and rates of `taxes`, in their order.
pub(super) fn rows(mode: TaxMode, taxes: &[TaxRow], shares: &[(&str, Share)]) -> Result<Vec<TaxRow>, MoneyError> {
    let mut rows = Vec::new();
    for row in taxes {
        let own: Vec<&Share> = shares.iter().filter(|(code, _)| *code == row.code).map(|(_, share)| share).collect();
        if own.is_empty() {
            continue;
        }
        let mut whole = Share { priced_minor: 0, parts_minor: vec![0; row_parts(row).len()] };
        for share in own {
            whole.priced_minor = sum_minor([whole.priced_minor, share.priced_minor])?;
            for (sum, part) in whole.parts_minor.iter_mut().zip(&share.parts_minor) {
                *sum = sum_minor([*sum, *part])?;
            }
        }
        let (net_minor, tax_minor, gross_minor) = whole.amounts(mode)?;
        let named = |(part, tax_minor): (&TaxPart, &i64)| TaxPart { tax_minor: *tax_minor, ..part.clone() };
        let parts = row.parts.iter().zip(&whole.parts_minor).map(named).collect();
        let (code, label) = (row.code.clone(), row.label.clone());
        rows.push(TaxRow { code, label, rate: row.rate, net_minor, tax_minor, gross_minor, parts });
    }
    Ok(rows)
}

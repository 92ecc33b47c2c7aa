//! The cheapest use of a basket's offers, each piece in one of them at most.
//!
//! Choosing it is weighted set packing, for which no fast exact method is known. What makes it small: pieces of one
//! price that take part in the same offers are one kind and only counted; offers that share no goods are parts that
//! know nothing of each other. A part is then
//! - taken greedily, where that is exact: one offer of one slot, or percents that may be used without limit;
//! - searched with a memory of what is best for the pieces that are left, while it has at most [`EXACT_PIECES_MAX`]
//!   pieces and the basket at most [`STEPS_MAX`] steps;
//! - taken greedily beyond: always the use that saves most.
//!
//! All is sorted by what the goods are before it begins, so that the order of scanning does not matter.

mod greedy;
mod part;
mod search;
#[cfg(test)]
mod tests;

pub use search::{EXACT_PIECES_MAX, STEPS_MAX};

use super::Offer;
use crate::money::{MoneyError, Rounding, sum_minor};
use part::{Part, Use};
use serde::{Deserialize, Serialize};

/// That some goods take part in an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Take {
    /// Place of the offer in the basket's list.
    pub offer: u32,
    /// Which of its slots they are for.
    pub slot: u32,
}

/// One line's goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goods<'a> {
    /// What they are: the item's code. Ties are broken by it.
    pub code: &'a str,
    /// Price of a piece; of all of it, when it is weighed.
    pub price_minor: i64,
    /// How many pieces; weighed goods count as one.
    pub pieces: u32,
    /// Whether they are weighed, and take part in percents only.
    pub weighed: bool,
    /// What they take part in.
    pub takes: &'a [Take],
}

/// What an offer takes off one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Place of the offer in the basket's list.
    pub offer: u32,
    /// How much, above 0.
    pub minor: i64,
}

/// What each of `goods` saves, in their order, when `offers` are used in the cheapest way that was found. An error means
/// that prices are below 0, or that their sum does not fit.
pub fn best(offers: &[Offer], goods: &[Goods<'_>], rounding: Rounding) -> Result<Vec<Vec<Saved>>, MoneyError> {
    plan(offers, goods, rounding, STEPS_MAX)
}

/// As [`best`], with `steps` for the search; without any, all is greedy.
fn plan(offers: &[Offer], goods: &[Goods<'_>], rounding: Rounding, steps: u32) -> Result<Vec<Vec<Saved>>, MoneyError> {
    let worth = |goods: &Goods<'_>| {
        let is_price = goods.price_minor >= 0;
        is_price.then(|| goods.price_minor.checked_mul(goods.pieces.into())).flatten().ok_or(MoneyError::Overflow)
    };
    // Every sum of the search is of some of these pieces, so that none can overflow when this one does not.
    let worths: Result<Vec<i64>, MoneyError> = goods.iter().map(worth).collect();
    sum_minor(worths?)?;
    let mut saved = vec![Vec::new(); goods.len()];
    let mut steps_left = steps;
    for part in Part::all(offers, goods, rounding) {
        let greedy = greedy::uses(&part);
        let searched = if greedy::is_exact(&part) { None } else { search::uses(&part, &mut steps_left) };
        for (line, one) in share(&part, &searched.unwrap_or(greedy))? {
            saved[line].push(one);
        }
    }
    saved.iter_mut().for_each(|line| {
        line.sort_by(|one, other| offers[one.offer as usize].id.cmp(&offers[other.offer as usize].id))
    });
    Ok(saved)
}

/// What each line has of the savings of `uses`: an offer's saving lies on its pieces in the proportion of their prices.
fn share(part: &Part<'_>, uses: &[Use]) -> Result<Vec<(usize, Saved)>, MoneyError> {
    let mut left: Vec<Vec<(usize, u32)>> = part.kinds.iter().map(|kind| kind.lines.clone()).collect();
    let mut shared = Vec::new();
    for (place, offer) in part.offers.iter().enumerate() {
        let mut total = 0;
        let mut weights: Vec<(usize, i64)> = Vec::new();
        for one in uses.iter().filter(|one| one.offer == place) {
            total += part.saving(place, &one.taken) * i64::from(one.times);
            for (kind, taken) in one.taken.iter().enumerate().filter(|(_, taken)| **taken > 0) {
                // A percent lies on the piece that it was calculated from.
                let single = offer.offer.takes_single();
                let weight = if single { part.saving(place, &one.taken) } else { part.kinds[kind].price_minor };
                for (line, pieces) in take(&mut left[kind], taken * one.times) {
                    weights.push((line, weight * i64::from(pieces)));
                }
            }
        }
        let mut lines: Vec<(usize, i64)> = Vec::new();
        for (line, weight) in weights {
            match lines.iter_mut().find(|(other, _)| *other == line) {
                Some((_, sum)) => *sum += weight,
                None => lines.push((line, weight)),
            }
        }
        let only: Vec<i64> = lines.iter().map(|(_, weight)| *weight).collect();
        for ((line, _), minor) in lines.iter().zip(split(total, &only)?).filter(|(_, minor)| *minor > 0) {
            shared.push((*line, Saved { offer: offer.place, minor }));
        }
    }
    Ok(shared)
}

/// Takes `pieces` from the first of `lines` that have some.
fn take(lines: &mut [(usize, u32)], mut pieces: u32) -> Vec<(usize, u32)> {
    let mut taken = Vec::new();
    for (line, left) in lines.iter_mut() {
        let some = pieces.min(*left);
        if some > 0 {
            *left -= some;
            pieces -= some;
            taken.push((*line, some));
        }
    }
    taken
}

/// Splits `minor` in the proportion of `weights`, so that the parts give it exactly: each gets its whole units, the
/// largest remainders one more, the first of equal ones first. No part is above its weight when `minor` is not above
/// their sum. Neither is below 0; without any weight there is nothing to split.
pub fn split(minor: i64, weights: &[i64]) -> Result<Vec<i64>, MoneyError> {
    let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum::<i128>().max(1);
    let share = |weight: &i64| i128::from(minor) * i128::from(*weight);
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(share(&weights[*place]) % whole));
    let fits = |part: i128| i64::try_from(part).map_err(|_| MoneyError::Overflow);
    let parts: Result<Vec<i64>, MoneyError> = weights.iter().map(|weight| fits(share(weight) / whole)).collect();
    let mut parts = parts?;
    if weights.iter().any(|weight| *weight > 0) {
        let given = sum_minor(parts.iter().copied())?;
        let more = usize::try_from(minor.checked_sub(given).ok_or(MoneyError::Overflow)?);
        order.iter().take(more.map_err(|_| MoneyError::Overflow)?).for_each(|place| parts[*place] += 1);
    }
    Ok(parts)
}

//! Scan: add what the scanner read or the cashier typed.

use super::{Counter, CounterError, CounterReply, Refusal};
use crate::clock::Moment as Now;
use evertill_domain::basket::{Basket, BasketError};
use evertill_domain::catalogue::Item;
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::moment::Moment;
use evertill_domain::quantity::Quantity;

/// Most items that a search lists.
const FOUND_MAX: usize = 30;

impl Counter {
    /// Adds an item: `input` is its code or label, or a quantity and its code as `3*4006381333931` or `0.532*4011`. A wrong
    /// check digit, an unknown item, and one that is expired or recalled are refused, and nothing is added. Weighed goods
    /// without a quantity are weighed, where there is a scale.
    pub async fn scan(&self, key: IdempotencyKey, input: &str) -> Result<CounterReply, CounterError> {
        match self.add(key.clone(), input, None).await {
            Err(CounterError::Refused(Refusal::Basket(BasketError::NoWeight(_)))) if self.has_scale() => {
                let weight = self.weigh().await?;
                self.add(key, input, weight).await
            }
            reply => reply,
        }
    }

    async fn add(
        &self,
        key: IdempotencyKey,
        input: &str,
        weight: Option<Quantity>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let what = format!("scan {input}");
        if desk.kept.did(&key, &what)? {
            return Ok(self.reply(&desk));
        }
        let book = desk.book.clone().ok_or(Refusal::NoPriceBook)?;
        self.may_sell(&mut desk).await?;
        let Now { at, business_day } = self.clock.now();
        let (quantity, code) = parse(input)?;
        let scanned = book.scan(code, &business_day).map_err(Refusal::from)?;
        let mut next = desk.kept.clone();
        let basket = next.basket.get_or_insert_with(|| Basket::new(&book));
        basket.add_scanned(&book, &scanned, quantity.or(weight), &Moment::of(&at))?;
        next.remember(key, &what);
        self.keep(&mut desk, next).await?;
        Ok(self.reply(&desk))
    }

    /// Items whose names or codes begin with the words of `query`, with their prices now, in minor units.
    pub async fn search(&self, query: &str) -> Result<Vec<(Item, i64)>, CounterError> {
        let book = self.book()?;
        let at = Moment::of(&self.clock.now().at);
        let found = book.search(query, FOUND_MAX);
        Ok(found.into_iter().map(|item| (item.clone(), item.price_minor_at(&at))).collect())
    }
}

/// Splits off the quantity. A `*` behind anything but a number belongs to the code.
fn parse(input: &str) -> Result<(Option<Quantity>, &str), Refusal> {
    let is_number =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    match input.split_once('*') {
        Some((number, code)) if is_number(number.trim()) => Ok((Some(Quantity::parse(number.trim())?), code.trim())),
        _ => Ok((None, input)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_stands_before_a_star() {
        let read = |input| parse(input).map(|(quantity, code)| (quantity.map(Quantity::milli), code));
        assert_eq!(read("4006381333931"), Ok((None, "4006381333931")));
        assert_eq!(read("3*4006381333931"), Ok((Some(3_000), "4006381333931")));
        assert_eq!(read("0,532 * 4011"), Ok((Some(532), "4011")));
        assert_eq!(read("AB*12"), Ok((None, "AB*12")));
        assert!(matches!(read("0*4011"), Err(Refusal::Quantity(_))));
    }
}

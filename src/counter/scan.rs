//! Scan: add what the scanner read or the cashier typed.

use super::{Counter, CounterError, CounterReply, Refusal};
use evertill_domain::barcode::Code;
use evertill_domain::basket::Basket;
use evertill_domain::catalogue::SoldBy;
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::quantity::Quantity;

impl Counter {
    /// Adds an item: `input` is its code, or a quantity and its code as `3*4006381333931` or `0.532*4011`. A wrong check
    /// digit or an unknown item is refused, and nothing is added.
    pub async fn scan(&self, key: IdempotencyKey, input: &str) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let what = format!("scan {input}");
        if desk.kept.did(&key, &what)? {
            return Ok(self.reply(&desk));
        }
        let book = desk.book.clone().ok_or(Refusal::NoPriceBook)?;
        self.may_sell(&mut desk).await?;
        let (quantity, code) = parse(input)?;
        let item = book.find(&code).ok_or_else(|| Refusal::UnknownItem(code.clone()))?;
        let quantity = match (quantity, item.sold_by) {
            (Some(quantity), _) => quantity,
            (None, SoldBy::Piece) => Quantity::ONE,
            (None, SoldBy::Weight) => {
                return Err(Refusal::NoWeight { name: item.name.clone(), code: code.to_string() }.into());
            }
        };
        let mut next = desk.kept.clone();
        next.basket.get_or_insert_with(|| Basket::new(&book)).add(&book, item, quantity)?;
        next.remember(key, &what);
        self.keep(&mut desk, next).await?;
        Ok(self.reply(&desk))
    }
}

/// Splits off the quantity. A `*` behind anything but a number belongs to the code.
fn parse(input: &str) -> Result<(Option<Quantity>, Code), Refusal> {
    let is_number =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    match input.split_once('*') {
        Some((number, code)) if is_number(number.trim()) => {
            Ok((Some(Quantity::parse(number.trim())?), Code::parse(code)?))
        }
        _ => Ok((None, Code::parse(input)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_stands_before_a_star() {
        let read = |input: &str| parse(input).map(|(quantity, code)| (quantity.map(Quantity::milli), code.to_string()));
        assert_eq!(read("4006381333931"), Ok((None, "04006381333931".to_owned())));
        assert_eq!(read("3*4006381333931"), Ok((Some(3_000), "04006381333931".to_owned())));
        assert_eq!(read("0,532 * 4011"), Ok((Some(532), "4011".to_owned())));
        assert_eq!(read("AB*12"), Ok((None, "AB*12".to_owned())));
        assert!(matches!(read("0*4011"), Err(Refusal::Quantity(_))));
        assert!(matches!(read("3*"), Err(Refusal::Code(_))));
        assert!(matches!(read("3*4006381333932"), Err(Refusal::Code(_))));
    }
}

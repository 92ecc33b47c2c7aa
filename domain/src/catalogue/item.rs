//! One item of a price book, and what it costs when.

use crate::barcode::Gtin;
use crate::moment::{Moment, within};
use serde::{Deserialize, Serialize};

/// How an item is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoldBy {
    /// In whole pieces.
    #[default]
    Piece,
    /// By the kilogram (or pound: the unit of the price).
    Weight,
}

/// Another price from some moment on. It comes into force by the store's own clock, with or without head office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceChange {
    /// Price of one unit.
    pub price_minor: i64,
    /// From when.
    pub from: Moment,
    /// Until when, that moment not included; for good when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
}

/// Something that is sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its trade item numbers; several when the maker changed it.
    #[serde(default)]
    pub gtins: Vec<Gtin>,
    /// The short number of goods without a barcode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plu: Option<String>,
    /// As on the receipt.
    pub name: String,
    /// Where it belongs.
    #[serde(default)]
    pub department: String,
    /// Price of one unit, with tax when the book's mode is inclusive.
    pub price_minor: i64,
    /// Prices of some time. Of several that hold, the one that began last is in force.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub price_changes: Vec<PriceChange>,
    /// Code of its tax group.
    pub tax: String,
    /// How it is counted.
    #[serde(default)]
    pub sold_by: SoldBy,
    /// How old a customer must be, in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_years: Option<u8>,
    /// Whether nothing may be taken off its price: books and tobacco in Germany (BuchPrG section 3, TabStG section 26).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fixed_price: bool,
}

impl Item {
    /// The code that sales name it by: its first GTIN, else its PLU.
    pub fn code(&self) -> String {
        match (self.gtins.first(), &self.plu) {
            (Some(gtin), _) => gtin.to_string(),
            (None, Some(plu)) => plu.clone(),
            (None, None) => String::new(),
        }
    }

    /// All its codes.
    pub fn codes(&self) -> Vec<String> {
        self.gtins.iter().map(ToString::to_string).chain(self.plu.clone()).collect()
    }

    /// Price of one unit at the moment `at`.
    pub fn price_minor_at(&self, at: &Moment) -> i64 {
        let holds = |change: &&PriceChange| within(Some(&change.from), change.until.as_ref(), at);
        let latest = self.price_changes.iter().filter(holds).max_by(|one, other| one.from.cmp(&other.from));
        latest.map_or(self.price_minor, |change| change.price_minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_that_began_last_and_has_not_ended_is_in_force() {
        let json = r#"{"plu":"1","name":"Pen","price_minor":200,"tax":"A","price_changes":[
            {"price_minor":180,"from":"2026-05-01"},
            {"price_minor":99,"from":"2026-05-03T06:00","until":"2026-05-03T12:00"},
            {"price_minor":150,"from":"2026-06-01","until":"2026-07-01"}]}"#;
        let item: Item = serde_json::from_str(json).unwrap();
        let table = [
            ("1970-01-01", 200),
            ("2026-04-30T23:59", 200),
            ("2026-05-01", 180),
            ("2026-05-03T05:59", 180),
            ("2026-05-03T06:00", 99),
            ("2026-05-03T11:59", 99),
            ("2026-05-03T12:00", 180),
            ("2026-06-15", 150),
            ("2026-07-01", 180),
        ];
        for (at, expected) in table {
            assert_eq!(item.price_minor_at(&at.parse().unwrap()), expected, "{at}");
        }
    }
}

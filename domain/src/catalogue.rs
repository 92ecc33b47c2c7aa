//! The price book of a store: who the store is, how it taxes and rounds, and what it sells.
//!
//! It comes from head office as JSON and is read once: [`PriceBook::parse`] finds every mistake in it, each with its item,
//! so that whoever maintains prices corrects them in one go; a book with mistakes is not taken at all.

mod parse;
#[cfg(test)]
mod tests;

pub use parse::{CatalogueError, CatalogueErrors, ItemProblem};

use crate::barcode::{Code, Gtin};
use crate::locale::Locale;
use crate::money::{Currency, Rounding};
use crate::staff::Staff;
use crate::tax::{TaxGroup, TaxMode};
use serde::{Deserialize, Serialize};

/// Most items of a price book.
pub const ITEMS_MAX: usize = 500_000;
/// The longest name of an item, in characters.
pub const NAME_MAX_CHARS: usize = 80;
/// The highest price of one unit, in minor units.
pub const PRICE_MAX_MINOR: i64 = 999_999_999;

/// What a receipt says of the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreInfo {
    /// Its name.
    pub name: String,
    /// Its address, line by line.
    #[serde(default)]
    pub address: Vec<String>,
    /// Its tax number, as the law wants it on receipts.
    #[serde(default)]
    pub tax_id: Option<String>,
    /// Last lines of a receipt.
    #[serde(default)]
    pub footer: Vec<String>,
    /// Language, decimal mark and date of its receipts.
    pub locale: Locale,
}

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
    /// Code of its tax group.
    pub tax: String,
    /// How it is counted.
    #[serde(default)]
    pub sold_by: SoldBy,
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
}

/// How a price book's prices become totals. An open basket keeps its own, because the book may change under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Of all prices.
    pub currency: Currency,
    /// Whether prices hold the tax.
    pub tax_mode: TaxMode,
    /// What happens to half a minor unit.
    #[serde(default)]
    pub rounding: Rounding,
    /// The smallest coin, in minor units; 1 when cash is not rounded.
    #[serde(default = "one")]
    pub cash_rounding_minor: i64,
    /// The tax groups.
    pub taxes: Vec<TaxGroup>,
}

fn one() -> i64 {
    1
}

/// A price book without mistakes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PriceBook {
    /// Counts up with every change, from 1.
    pub version: u64,
    /// Whose it is.
    pub store: StoreInfo,
    /// Currency, taxes, rounding.
    #[serde(flatten)]
    pub terms: Terms,
    /// Who works there and what they are trusted with.
    #[serde(flatten)]
    pub staff: Staff,
    items: Vec<Item>,
    /// (GTIN, place in `items`), sorted.
    #[serde(skip)]
    by_gtin: Vec<(Gtin, u32)>,
    /// Places in `items` of those with a PLU, sorted by it.
    #[serde(skip)]
    by_plu: Vec<u32>,
}

impl PriceBook {
    /// Everything it sells.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The item that `code` names.
    pub fn find(&self, code: &Code) -> Option<&Item> {
        match code {
            Code::Gtin { gtin, or } => self.by_gtin(*gtin).or_else(|| self.by_gtin((*or)?)),
            Code::Text(plu) => self.by_plu(plu.as_str()),
        }
    }

    fn by_gtin(&self, gtin: Gtin) -> Option<&Item> {
        let found = self.by_gtin.binary_search_by_key(&gtin, |(gtin, _)| *gtin).ok()?;
        self.items.get(self.by_gtin[found].1 as usize)
    }

    fn by_plu(&self, plu: &str) -> Option<&Item> {
        let plu_of = |place: &u32| self.items[*place as usize].plu.as_deref();
        let found = self.by_plu.binary_search_by_key(&Some(plu), plu_of).ok()?;
        self.items.get(self.by_plu[found] as usize)
    }
}

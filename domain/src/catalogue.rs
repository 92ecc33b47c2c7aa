//! The price book of a store: who the store is, how it taxes and rounds, and what it sells.
//!
//! It comes from head office as JSON and is read once: [`PriceBook::parse`] finds every mistake in it, each with its item,
//! so that whoever maintains prices corrects them in one go; a book with mistakes is not taken at all. Afterwards it comes
//! as a [`Delta`] from one version to the next.

mod check;
mod delta;
#[cfg(test)]
mod delta_tests;
#[cfg(test)]
mod demo_tests;
mod item;
mod mistake;
mod offers;
mod parse;
mod rules;
mod scan;
mod search;
#[cfg(test)]
mod tests;

pub use delta::{Delta, DeltaError};
pub use item::{Item, PriceChange, SoldBy};
pub use mistake::{CatalogueError, CatalogueErrors, ItemProblem};
pub use rules::{DEPARTMENTS_MAX, Department, KEYS_MAX, PROMOTIONS_MAX, Recall, Rules};
pub use scan::{PieceLabel, ScanError, Scanned};

use crate::barcode::{Code, Gtin};
use crate::cashier::CashierList;
use crate::locale::Locale;
use crate::money::{Currency, Rounding};
use crate::tax::{TaxGroup, TaxMode};
use serde::{Deserialize, Serialize};

/// Most items of a price book.
pub const ITEMS_MAX: usize = 500_000;
/// The longest name of an item, in characters.
pub const NAME_MAX_CHARS: usize = 80;
/// The highest price of one unit, in minor units.
pub const PRICE_MAX_MINOR: i64 = 999_999_999;
/// The longest logo in base64: a picture as wide as the paper and half as high, uncompressed.
pub const LOGO_MAX_BYTES: usize = 64 * 1024;
/// The highest age limit, in years.
pub const AGE_MAX_YEARS: u8 = 25;

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
    /// Its logo, above the name: a PNG in base64, black on white, one dot a pixel of 203 dots an inch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_png: Option<String>,
    /// Language, decimal mark and date of its receipts.
    pub locale: Locale,
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
    /// Departments, labels, recalls, promotions.
    #[serde(flatten)]
    pub rules: Rules,
    items: Vec<Item>,
    /// (GTIN, place in `items`), sorted.
    #[serde(skip)]
    by_gtin: Vec<(Gtin, u32)>,
    /// Places in `items` of those with a PLU, sorted by it.
    #[serde(skip)]
    by_plu: Vec<u32>,
    #[serde(skip)]
    index: search::WordIndex,
    #[serde(skip)]
    offers: offers::OfferIndex,
}

impl PriceBook {
    /// The same with a list of cashiers that was published apart from it, and counts more than its own.
    pub fn with_cashiers(mut self, list: &CashierList) -> PriceBook {
        self.rules.staff.cashiers = list.all().to_vec();
        self
    }

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

    /// The item with this GTIN or PLU, written as text.
    pub fn by_code(&self, code: &str) -> Option<&Item> {
        self.place_of_code(code).map(|place| &self.items[place as usize])
    }

    fn by_gtin(&self, gtin: Gtin) -> Option<&Item> {
        self.place_of_gtin(gtin).map(|place| &self.items[place as usize])
    }

    fn by_plu(&self, plu: &str) -> Option<&Item> {
        self.place_of_plu(plu).map(|place| &self.items[place as usize])
    }

    fn place_of_code(&self, code: &str) -> Option<u32> {
        match Code::parse(code).ok()? {
            Code::Gtin { gtin, or } => self.place_of_gtin(gtin).or_else(|| self.place_of_gtin(or?)),
            Code::Text(plu) => self.place_of_plu(plu.as_str()),
        }
    }

    fn place_of_gtin(&self, gtin: Gtin) -> Option<u32> {
        let found = self.by_gtin.binary_search_by_key(&gtin, |(gtin, _)| *gtin).ok()?;
        Some(self.by_gtin[found].1)
    }

    fn place_of_plu(&self, plu: &str) -> Option<u32> {
        let plu_of = |place: &u32| self.items[*place as usize].plu.as_deref();
        let found = self.by_plu.binary_search_by_key(&Some(plu), plu_of).ok()?;
        Some(self.by_plu[found])
    }
}

//! From JSON to a [`PriceBook`], or to the list of all its mistakes.

use super::check::Checking;
use super::mistake::{CatalogueError, CatalogueErrors, ItemProblem};
use super::{Item, NAME_MAX_CHARS, PriceBook, PriceChange, Rules, SoldBy, StoreInfo, Terms};
use crate::barcode::Gtin;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct RawBook {
    version: u64,
    store: StoreInfo,
    #[serde(flatten)]
    terms: Terms,
    #[serde(flatten)]
    rules: Rules,
    items: Vec<RawItem>,
}

/// An [`Item`] whose numbers are not read yet, so that every wrong one is named with its item.
#[derive(Deserialize)]
struct RawItem {
    #[serde(default)]
    gtins: Vec<String>,
    #[serde(default)]
    plu: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    department: String,
    price_minor: i64,
    #[serde(default)]
    price_changes: Vec<PriceChange>,
    #[serde(default)]
    tax: String,
    #[serde(default)]
    sold_by: SoldBy,
    #[serde(default)]
    age_years: Option<u8>,
    #[serde(default)]
    fixed_price: bool,
}

impl PriceBook {
    /// Reads the JSON of a price book. Unknown fields are ignored, because a newer head office may add some.
    pub fn parse(json: &[u8]) -> Result<PriceBook, CatalogueErrors> {
        let raw: RawBook = serde_json::from_slice(json).map_err(|error| {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            CatalogueErrors(vec![CatalogueError::Json { line: error.line(), column: error.column(), message }])
        })?;
        let mut checking = Checking::default();
        checking.head(raw.version, &raw.store, &raw.terms, raw.items.len());
        let mut items = Vec::with_capacity(raw.items.len());
        for (place, raw_item) in raw.items.into_iter().enumerate() {
            let (item, problems) = raw_item.read();
            checking.item(place as u32, &item, problems, &raw.terms);
            items.push(item);
        }
        checking
            .book(raw.version, raw.store, raw.terms, raw.rules, items)
            .map_err(|CatalogueErrors(errors)| CatalogueErrors(with_lines(errors, json)))
    }
}

/// Where each item stands, without reading it.
#[derive(Deserialize)]
struct Places<'a> {
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
}

/// Says of each mistake of an item on which line of `json` that item begins.
fn with_lines(mut errors: Vec<CatalogueError>, json: &[u8]) -> Vec<CatalogueError> {
    // It was read as JSON just before; were it not JSON, the mistakes would be told without lines.
    let places = serde_json::from_slice::<Places<'_>>(json).map(|places| places.items).unwrap_or_default();
    let (mut line, mut counted) = (1, 0);
    let lines: Vec<usize> = (places.iter())
        .map(|place| {
            let begins = place.get().as_ptr().addr().saturating_sub(json.as_ptr().addr());
            line += json[counted..begins].iter().filter(|byte| **byte == b'\n').count();
            counted = begins;
            line
        })
        .collect();
    for error in &mut errors {
        if let CatalogueError::Item { line, number, .. } = error {
            *line = lines.get(*number - 1).copied();
        }
    }
    errors
}

impl RawItem {
    fn read(self) -> (Item, Vec<ItemProblem>) {
        let mut problems = Vec::new();
        let mut gtins = Vec::with_capacity(self.gtins.len());
        for text in &self.gtins {
            match text.parse::<Gtin>() {
                Ok(gtin) if gtins.contains(&gtin) => {}
                Ok(gtin) => gtins.push(gtin),
                Err(error) => problems.push(ItemProblem::Gtin(error)),
            }
        }
        let RawItem { plu, name, department, price_minor, price_changes, tax, sold_by, age_years, fixed_price, .. } =
            self;
        // A name that is far too long is not kept whole only to be refused.
        let name = name.chars().take(NAME_MAX_CHARS + 1).collect();
        let item =
            Item { gtins, plu, name, department, price_minor, price_changes, tax, sold_by, age_years, fixed_price };
        (item, problems)
    }
}

//! From JSON to a [`PriceBook`], or to the list of all its mistakes.

use super::{ITEMS_MAX, Item, NAME_MAX_CHARS, PRICE_MAX_MINOR, PriceBook, SoldBy, StoreInfo, Terms};
use crate::barcode::{BarcodeError, Code, Gtin};
use crate::money::Rate;
use crate::staff::Staff;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// Mistakes that the message spells out; the rest are counted.
const SHOWN_MAX: usize = 20;
/// The longest code of a tax group: it stands behind every line of a receipt.
const CODE_MAX_CHARS: usize = 4;

/// All mistakes of one price book; at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct CatalogueErrors(pub Vec<CatalogueError>);

impl fmt::Display for CatalogueErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "the price book has {count} {} and is not taken:", if count == 1 { "mistake" } else { "mistakes" })?;
        for error in self.0.iter().take(SHOWN_MAX) {
            write!(f, "\n- {error}")?;
        }
        if count > SHOWN_MAX { write!(f, "\n- and {} more", count - SHOWN_MAX) } else { Ok(()) }
    }
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Not JSON, or not of a price book's form.
    #[error("line {line}, column {column}: {message}")]
    Json {
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
        /// What was wrong.
        message: String,
    },
    /// A value of the book's head.
    #[error("{field}: {problem}")]
    Head {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// An item.
    #[error("item {number} ({name}): {problem}")]
    Item {
        /// Its place in the list, from 1.
        number: usize,
        /// Its name, as far as it has one.
        name: String,
        /// What is wrong with it.
        problem: ItemProblem,
    },
}

/// What can be wrong with an item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemProblem {
    /// A GTIN that is none.
    #[error("{0}")]
    Gtin(BarcodeError),
    /// Two items with one GTIN.
    #[error("GTIN {gtin} is item {first}'s already: an item number names one item")]
    DuplicateGtin {
        /// The number.
        gtin: Gtin,
        /// Place of the other one, from 1.
        first: usize,
    },
    /// Two items with one PLU.
    #[error("PLU {plu} is item {first}'s already: a PLU names one item")]
    DuplicatePlu {
        /// The number.
        plu: String,
        /// Place of the other one, from 1.
        first: usize,
    },
    /// A PLU that cannot be scanned or typed as such.
    #[error("PLU '{0}' is none: use 1 to 80 printable ASCII characters that are no GTIN")]
    Plu(String),
    /// Nothing to find it by.
    #[error("it has neither a GTIN nor a PLU: give it one")]
    NoCode,
    /// No name.
    #[error("the name is empty")]
    NoName,
    /// A name that no receipt can hold.
    #[error("the name is longer than {NAME_MAX_CHARS} characters or holds control characters")]
    Name,
    /// Below zero or beyond reason.
    #[error("the price is {0}, it must be from 0 to {PRICE_MAX_MINOR} minor units")]
    Price(i64),
    /// No such group.
    #[error("there is no tax group '{0}'")]
    TaxCode(String),
}

#[derive(Deserialize)]
struct RawBook {
    version: u64,
    store: StoreInfo,
    #[serde(flatten)]
    terms: Terms,
    #[serde(flatten)]
    staff: Staff,
    items: Vec<RawItem>,
}

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
    tax: String,
    #[serde(default)]
    sold_by: SoldBy,
}

/// What is found while a book is read.
#[derive(Default)]
struct Reading {
    errors: Vec<CatalogueError>,
    gtins: BTreeMap<Gtin, u32>,
    plus: BTreeMap<String, u32>,
}

impl PriceBook {
    /// Reads the JSON of a price book. Unknown fields are ignored, because a newer head office may add some.
    pub fn parse(json: &[u8]) -> Result<PriceBook, CatalogueErrors> {
        let raw: RawBook = serde_json::from_slice(json).map_err(|error| {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            CatalogueErrors(vec![CatalogueError::Json { line: error.line(), column: error.column(), message }])
        })?;
        let mut reading = Reading::default();
        reading.head(&raw);
        let items: Vec<Item> = raw
            .items
            .into_iter()
            .enumerate()
            .map(|(place, item)| reading.item(place as u32, item, &raw.terms))
            .collect();
        if !reading.errors.is_empty() {
            return Err(CatalogueErrors(reading.errors));
        }
        let by_gtin = reading.gtins.into_iter().collect();
        let by_plu = reading.plus.into_values().collect();
        Ok(PriceBook {
            version: raw.version,
            store: raw.store,
            terms: raw.terms,
            staff: raw.staff,
            items,
            by_gtin,
            by_plu,
        })
    }
}

impl Reading {
    fn head(&mut self, raw: &RawBook) {
        let mut wrong = |field, problem: String| self.errors.push(CatalogueError::Head { field, problem });
        if raw.version == 0 {
            wrong("version", "it is 0: versions count from 1".to_owned());
        }
        if raw.store.name.trim().is_empty() {
            wrong("store.name", "it is empty: a receipt must say whose it is".to_owned());
        }
        // They go to the printer, to which a control character is a command.
        let StoreInfo { name, address, tax_id, footer, .. } = &raw.store;
        let store_texts = [name].into_iter().chain(address).chain(tax_id).chain(footer);
        if store_texts.into_iter().any(|text| text.contains(char::is_control)) {
            wrong("store", "a text holds control characters: write one line as one text".to_owned());
        }
        let step = raw.terms.cash_rounding_minor;
        if !(1..=10_000).contains(&step) {
            wrong("cash_rounding_minor", format!("it is {step}, it must be from 1 (not rounded) to 10000"));
        }
        for problem in raw.staff.mistakes() {
            wrong("cashiers", problem);
        }
        if raw.items.is_empty() || raw.items.len() > ITEMS_MAX {
            wrong("items", format!("there are {}, there must be 1 to {ITEMS_MAX}", raw.items.len()));
        }
        for (index, group) in raw.terms.taxes.iter().enumerate() {
            let labels = [&group.code, &group.label].into_iter().chain(group.rates.iter().map(|part| &part.label));
            if labels.into_iter().any(|text| text.contains(char::is_control)) {
                wrong("taxes", "a code or label holds control characters".to_owned());
            }
            if group.code.is_empty() || group.code.chars().count() > CODE_MAX_CHARS {
                let code: String = group.code.chars().take(20).collect();
                wrong("taxes", format!("the code '{code}' must have 1 to {CODE_MAX_CHARS} characters"));
            }
            if raw.terms.taxes[..index].iter().any(|other| other.code == group.code) {
                wrong("taxes", format!("the code '{}' is there twice", group.code));
            }
            let in_range = |rate: Rate| (Rate(0)..=Rate::MAX).contains(&rate);
            if !group.rates.iter().all(|part| in_range(part.rate)) || !group.rate().is_ok_and(in_range) {
                wrong("taxes", format!("the rates of '{}' must be from 0 to 1000 % together", group.code));
            }
        }
    }

    fn item(&mut self, place: u32, raw: RawItem, terms: &Terms) -> Item {
        let mut problems = Vec::new();
        let mut gtins = Vec::with_capacity(raw.gtins.len());
        for text in &raw.gtins {
            match text.parse::<Gtin>() {
                Ok(gtin) => {
                    let first = *self.gtins.entry(gtin).or_insert(place);
                    if first != place {
                        problems.push(ItemProblem::DuplicateGtin { gtin, first: first as usize + 1 });
                    } else if !gtins.contains(&gtin) {
                        gtins.push(gtin);
                    }
                }
                Err(error) => problems.push(ItemProblem::Gtin(error)),
            }
        }
        if let Some(plu) = &raw.plu {
            if !matches!(Code::parse(plu), Ok(Code::Text(payload)) if payload.as_str() == plu) {
                problems.push(ItemProblem::Plu(plu.chars().take(20).collect()));
            }
            let first = *self.plus.entry(plu.clone()).or_insert(place);
            if first != place {
                problems.push(ItemProblem::DuplicatePlu { plu: plu.clone(), first: first as usize + 1 });
            }
        }
        if raw.gtins.is_empty() && raw.plu.is_none() {
            problems.push(ItemProblem::NoCode);
        }
        if raw.name.trim().is_empty() {
            problems.push(ItemProblem::NoName);
        } else if raw.name.chars().count() > NAME_MAX_CHARS || raw.name.contains(char::is_control) {
            problems.push(ItemProblem::Name);
        }
        if !(0..=PRICE_MAX_MINOR).contains(&raw.price_minor) {
            problems.push(ItemProblem::Price(raw.price_minor));
        }
        if !terms.taxes.iter().any(|group| group.code == raw.tax) {
            problems.push(ItemProblem::TaxCode(raw.tax.chars().take(20).collect()));
        }
        let name: String = raw.name.chars().take(NAME_MAX_CHARS).collect();
        let number = place as usize + 1;
        let named = |problem| CatalogueError::Item { number, name: name.clone(), problem };
        self.errors.extend(problems.into_iter().map(named));
        let RawItem { plu, name, department, price_minor, tax, sold_by, .. } = raw;
        Item { gtins, plu, name, department, price_minor, tax, sold_by }
    }
}

//! A price book as what changed since another: head office sends that, not 50,000 items for one price.

use super::check::Checking;
use super::{CatalogueErrors, Item, PriceBook, Rules, StoreInfo, Terms};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a delta is not applied. The book is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// Of another book.
    #[error("the delta is from version {from} to {to}, and the till has {have}: ask for the one from {have}")]
    Base {
        /// The version that the till has.
        have: u64,
        /// The version that it begins from.
        from: u64,
        /// The version that it leads to.
        to: u64,
    },
    /// Not forward.
    #[error("the delta leads from version {from} to {to}: versions count up")]
    Backwards {
        /// The version that it begins from.
        from: u64,
        /// The version that it leads to.
        to: u64,
    },
    /// Something is removed that is not there: the books are not the same, whatever their versions say.
    #[error("the delta removes the item {0}, which is not in the price book: ask for the whole book")]
    NoItem(String),
    /// Not a delta that this version can read.
    #[error("the delta of the price book cannot be read: {0}")]
    Malformed(String),
    /// What comes out is no price book.
    #[error(transparent)]
    Mistakes(#[from] CatalogueErrors),
}

/// What leads from one version of a price book to another. Items are named by [`Item::code`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// The version that it begins from.
    pub from: u64,
    /// The version that it leads to.
    pub to: u64,
    /// Items that are new, or take the place of the one with the same code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub upsert: Vec<Item>,
    /// Codes of items that go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
    /// The store, when something of it changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreInfo>,
    /// Currency, taxes and rounding, when something of them changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// Departments, labels, recalls and promotions, when something of them changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
}

impl Delta {
    /// What leads from `old` to `new`.
    pub fn between(old: &PriceBook, new: &PriceBook) -> Delta {
        let before: BTreeMap<String, &Item> = old.items.iter().map(|item| (item.code(), item)).collect();
        let after: BTreeMap<String, &Item> = new.items.iter().map(|item| (item.code(), item)).collect();
        let changed = new.items.iter().filter(|item| before.get(&item.code()) != Some(item));
        Delta {
            from: old.version,
            to: new.version,
            upsert: changed.cloned().collect(),
            remove: before.into_keys().filter(|code| !after.contains_key(code)).collect(),
            store: (old.store != new.store).then(|| new.store.clone()),
            terms: (old.terms != new.terms).then(|| new.terms.clone()),
            rules: (old.rules != new.rules).then(|| new.rules.clone()),
        }
    }
}

/// What tells a delta from a whole book.
#[derive(Deserialize)]
struct Form {
    from: Option<u64>,
}

impl PriceBook {
    /// Reads what head office sent: a whole book, or a delta from `current`.
    pub fn update(current: Option<&PriceBook>, json: &[u8]) -> Result<PriceBook, DeltaError> {
        let is_delta = serde_json::from_slice::<Form>(json).is_ok_and(|form| form.from.is_some());
        if !is_delta {
            return Ok(PriceBook::parse(json)?);
        }
        let delta: Delta = serde_json::from_slice(json).map_err(|error| DeltaError::Malformed(error.to_string()))?;
        let base = DeltaError::Base { have: 0, from: delta.from, to: delta.to };
        current.ok_or(base)?.apply(&delta)
    }

    /// The book that `delta` makes of this one, with every mistake looked for as in a whole book.
    pub fn apply(&self, delta: &Delta) -> Result<PriceBook, DeltaError> {
        let Delta { from, to, .. } = *delta;
        if from != self.version {
            return Err(DeltaError::Base { have: self.version, from, to });
        }
        if to <= from {
            return Err(DeltaError::Backwards { from, to });
        }
        let mut places: BTreeMap<String, usize> =
            self.items.iter().enumerate().map(|(place, item)| (item.code(), place)).collect();
        let mut items: Vec<Option<Item>> = self.items.iter().cloned().map(Some).collect();
        for code in &delta.remove {
            let place = places.remove(code).ok_or_else(|| DeltaError::NoItem(code.chars().take(20).collect()))?;
            items[place] = None;
        }
        for item in &delta.upsert {
            match places.get(&item.code()) {
                Some(place) => items[*place] = Some(item.clone()),
                None => {
                    places.insert(item.code(), items.len());
                    items.push(Some(item.clone()));
                }
            }
        }
        let items: Vec<Item> = items.into_iter().flatten().collect();
        let terms = delta.terms.as_ref().unwrap_or(&self.terms).clone();
        let store = delta.store.as_ref().unwrap_or(&self.store).clone();
        let rules = delta.rules.as_ref().unwrap_or(&self.rules).clone();
        let mut checking = Checking::default();
        checking.head(to, &store, &terms, items.len());
        for (place, item) in items.iter().enumerate() {
            checking.item(place as u32, item, Vec::new(), &terms);
        }
        Ok(checking.book(to, store, terms, rules, items)?)
    }
}

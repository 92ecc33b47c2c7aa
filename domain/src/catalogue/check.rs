//! Looks for every mistake of a price book, and puts the book together when there is none.

use super::mistake::{CatalogueError, CatalogueErrors, ItemProblem};
use super::offers::OfferIndex;
use super::search::WordIndex;
use super::{
    AGE_MAX_YEARS, ITEMS_MAX, Item, LOGO_MAX_BYTES, NAME_MAX_CHARS, PRICE_MAX_MINOR, PriceBook, Rules, StoreInfo, Terms,
};
use crate::barcode::{Code, Gtin};
use crate::money::Rate;
use std::collections::BTreeMap;

/// The longest code of a tax group: it stands behind every line of a receipt.
const CODE_MAX_CHARS: usize = 4;

/// What is found while a book is checked.
#[derive(Default)]
pub(super) struct Checking {
    errors: Vec<CatalogueError>,
    gtins: BTreeMap<Gtin, u32>,
    plus: BTreeMap<String, u32>,
}

impl Checking {
    fn wrong(&mut self, field: &'static str, problem: String) {
        self.errors.push(CatalogueError::Head { field, problem });
    }

    /// The book, when nothing was wrong.
    pub(super) fn book(
        mut self,
        version: u64,
        store: StoreInfo,
        terms: Terms,
        rules: Rules,
        items: Vec<Item>,
    ) -> Result<PriceBook, CatalogueErrors> {
        let by_gtin = std::mem::take(&mut self.gtins).into_iter().collect();
        let by_plu = std::mem::take(&mut self.plus).into_values().collect();
        let (index, offers) = (WordIndex::default(), OfferIndex::default());
        let mut book = PriceBook { version, store, terms, rules, items, by_gtin, by_plu, index, offers };
        for (field, problem) in book.rules.mistakes(&book) {
            self.wrong(field, problem);
        }
        if !self.errors.is_empty() {
            return Err(CatalogueErrors(self.errors));
        }
        book.index = WordIndex::of(&book.items);
        book.offers = OfferIndex::of(&book);
        Ok(book)
    }

    /// Everything but the items and the rules.
    pub(super) fn head(&mut self, version: u64, store: &StoreInfo, terms: &Terms, items: usize) {
        if version == 0 {
            self.wrong("version", "it is 0: versions count from 1".to_owned());
        }
        if store.name.trim().is_empty() {
            self.wrong("store.name", "it is empty: a receipt must say whose it is".to_owned());
        }
        // They go to the printer, to which a control character is a command.
        let StoreInfo { name, address, tax_id, footer, .. } = store;
        let store_texts = [name].into_iter().chain(address).chain(tax_id).chain(footer);
        if store_texts.into_iter().any(|text| text.contains(char::is_control)) {
            self.wrong("store", "a text holds control characters: write one line as one text".to_owned());
        }
        let is_base64 = |text: &String| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        if store.logo_png.as_ref().is_some_and(|logo| logo.len() > LOGO_MAX_BYTES || !is_base64(logo)) {
            self.wrong("store.logo_png", format!("it must be a PNG in base64 of at most {LOGO_MAX_BYTES} characters"));
        }
        let step = terms.cash_rounding_minor;
        if !(1..=10_000).contains(&step) {
            self.wrong("cash_rounding_minor", format!("it is {step}, it must be from 1 (not rounded) to 10000"));
        }
        if items == 0 || items > ITEMS_MAX {
            self.wrong("items", format!("there are {items}, there must be 1 to {ITEMS_MAX}"));
        }
        self.taxes(terms);
    }

    fn taxes(&mut self, terms: &Terms) {
        for (index, group) in terms.taxes.iter().enumerate() {
            let labels = [&group.code, &group.label].into_iter().chain(group.rates.iter().map(|part| &part.label));
            if labels.into_iter().any(|text| text.contains(char::is_control)) {
                self.wrong("taxes", "a code or label holds control characters".to_owned());
            }
            if group.code.is_empty() || group.code.chars().count() > CODE_MAX_CHARS {
                let code: String = group.code.chars().take(20).collect();
                self.wrong("taxes", format!("the code '{code}' must have 1 to {CODE_MAX_CHARS} characters"));
            }
            if terms.taxes[..index].iter().any(|other| other.code == group.code) {
                self.wrong("taxes", format!("the code '{}' is there twice", group.code));
            }
            let in_range = |rate: Rate| (Rate(0)..=Rate::MAX).contains(&rate);
            if !group.rates.iter().all(|part| in_range(part.rate)) || !group.rate().is_ok_and(in_range) {
                self.wrong("taxes", format!("the rates of '{}' must be from 0 to 1000 % together", group.code));
            }
        }
    }

    /// The item at `place`, of which `problems` are known already.
    pub(super) fn item(&mut self, place: u32, item: &Item, mut problems: Vec<ItemProblem>, terms: &Terms) {
        let has_broken_gtin = !problems.is_empty();
        for gtin in &item.gtins {
            let first = *self.gtins.entry(*gtin).or_insert(place);
            if first != place {
                problems.push(ItemProblem::DuplicateGtin { gtin: *gtin, first: first as usize + 1 });
            }
        }
        if let Some(plu) = &item.plu {
            if !matches!(Code::parse(plu), Ok(Code::Text(payload)) if payload.as_str() == plu) {
                problems.push(ItemProblem::Plu(plu.chars().take(20).collect()));
            }
            let first = *self.plus.entry(plu.clone()).or_insert(place);
            if first != place {
                problems.push(ItemProblem::DuplicatePlu { plu: plu.clone(), first: first as usize + 1 });
            }
        }
        if item.gtins.is_empty() && item.plu.is_none() && !has_broken_gtin {
            problems.push(ItemProblem::NoCode);
        }
        if item.name.trim().is_empty() {
            problems.push(ItemProblem::NoName);
        } else if item.name.chars().count() > NAME_MAX_CHARS || item.name.contains(char::is_control) {
            problems.push(ItemProblem::Name);
        }
        if !is_price(item.price_minor) {
            problems.push(ItemProblem::Price(item.price_minor));
        }
        if !terms.taxes.iter().any(|group| group.code == item.tax) {
            problems.push(ItemProblem::TaxCode(item.tax.chars().take(20).collect()));
        }
        if let Some(years) = item.age_years.filter(|years| !(1..=AGE_MAX_YEARS).contains(years)) {
            problems.push(ItemProblem::Age(years));
        }
        price_changes(item, &mut problems);
        let number = place as usize + 1;
        let name: String = item.name.chars().take(NAME_MAX_CHARS).collect();
        self.errors.extend(problems.into_iter().map(|problem| CatalogueError::Item {
            line: None,
            number,
            name: name.clone(),
            problem,
        }));
    }
}

fn is_price(minor: i64) -> bool {
    (0..=PRICE_MAX_MINOR).contains(&minor)
}

fn price_changes(item: &Item, problems: &mut Vec<ItemProblem>) {
    for (index, change) in item.price_changes.iter().enumerate() {
        let from = || change.from.clone();
        if !is_price(change.price_minor) {
            problems.push(ItemProblem::Price(change.price_minor));
        }
        if change.until.as_ref().is_some_and(|until| *until <= change.from) {
            problems.push(ItemProblem::PriceChange { from: from(), problem: "ends before it begins" });
        }
        if item.price_changes[..index].iter().any(|other| other.from == change.from) {
            let problem = "begins together with another: which is it?";
            problems.push(ItemProblem::PriceChange { from: from(), problem });
        }
    }
}

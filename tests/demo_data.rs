//! The price books of the demo are ones that a till takes, and are large and varied enough to look real.

#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

use evertill_domain::catalogue::{PriceBook, SoldBy};
use evertill_domain::tax::TaxMode;
use std::collections::BTreeSet;

fn book(name: &str) -> PriceBook {
    let path = format!("{}/demo/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    PriceBook::parse(&bytes).unwrap_or_else(|errors| panic!("{path}: {errors}"))
}

#[test]
fn both_regions_have_three_hundred_items_with_valid_numbers() {
    for (name, currency, mode) in
        [("price-book-eu.json", "EUR", TaxMode::Inclusive), ("price-book-na.json", "USD", TaxMode::Exclusive)]
    {
        let book = book(name);
        assert_eq!((book.terms.currency.code(), book.terms.tax_mode), (currency, mode), "{name}");
        assert!(book.items().len() >= 300, "{name}: {}", book.items().len());
        assert!(book.items().iter().filter(|item| !item.gtins.is_empty()).count() >= 280, "{name}");
        assert!(book.items().iter().filter(|item| item.sold_by == SoldBy::Weight).count() >= 10, "{name}");
        let departments: BTreeSet<&str> = book.items().iter().map(|item| item.department.as_str()).collect();
        assert!(departments.len() >= 12 && !departments.contains(""), "{name}: {departments:?}");
        let names: BTreeSet<&str> = book.items().iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names.len(), book.items().len(), "{name}: two items look alike on a receipt");
    }
}

#[test]
fn germany_and_new_york_city_tax_as_their_law_says() {
    let rates = |name: &str| -> Vec<(String, i64)> {
        let taxes = book(name).terms.taxes;
        taxes.iter().map(|group| (group.code.clone(), group.rate().unwrap().0)).collect()
    };
    assert_eq!(rates("price-book-eu.json"), [("A".to_owned(), 19_000), ("B".to_owned(), 7_000), ("0".to_owned(), 0)]);
    assert_eq!(rates("price-book-na.json"), [("T".to_owned(), 8_875), ("F".to_owned(), 0)]);
}

//! The books of the demo are ones that a till takes, and show what a price book can say.

use super::*;
use crate::basket::Basket;
use crate::quantity::Quantity;

fn books() -> [PriceBook; 2] {
    let eu = include_bytes!("../../../demo/price-book-eu.json").as_slice();
    let na = include_bytes!("../../../demo/price-book-na.json").as_slice();
    [eu, na].map(|json| PriceBook::parse(json).unwrap())
}

#[test]
fn every_department_is_on_the_page_and_goods_without_a_barcode_have_a_key() {
    for book in books() {
        let departments = &book.rules.departments;
        let keys: Vec<&String> = departments.iter().flat_map(|department| &department.keys).collect();
        for item in book.items() {
            assert!(departments.iter().any(|department| department.name == item.department), "{}", item.name);
            assert!(!item.gtins.is_empty() || keys.contains(&&item.code()), "{}", item.name);
        }
        for department in departments {
            for key in &department.keys {
                assert_eq!(book.by_code(key).unwrap().department, department.name, "{key}");
            }
        }
    }
}

#[test]
fn every_promotion_makes_something_cheaper() {
    let at = "2026-05-03".parse().unwrap();
    for book in books() {
        assert!(book.rules.promotions.len() >= 4);
        for promotion in &book.rules.promotions {
            let mut basket = Basket::new(&book);
            for (slot, (count, _)) in promotion.slots().into_iter().enumerate() {
                let takes = |item: &&Item| {
                    book.promotions_of(item, &at).iter().any(|(one, own)| one.id == promotion.id && *own == slot as u32)
                };
                let item = book.items().iter().find(takes).unwrap();
                basket.add(&book, item, Quantity::from_milli(i64::from(count) * 1_000).unwrap(), &at).unwrap();
            }
            assert!(basket.totals().unwrap().savings_minor > 0, "{}", promotion.name);
        }
    }
}

#[test]
fn ages_recalls_labels_and_price_changes_are_there_to_be_tried() {
    let day = "2026-05-03".parse().unwrap();
    for book in books() {
        assert!(book.items().iter().any(|item| item.age_years.is_some()));
        let changed = book.items().iter().find(|item| !item.price_changes.is_empty()).unwrap();
        assert_ne!(changed.price_minor_at(&"2026-05-03".parse().unwrap()), changed.price_minor);
        let cheese = book.scan("2107201005990", &day).unwrap();
        assert_eq!((cheese.item.plu.as_deref(), cheese.pack_price_minor), (Some("7201"), Some(599)));
        let recall = &book.rules.recalls[0];
        let gtin = book.by_code(&recall.code).unwrap().code();
        let label = |batch: &str| format!("(01){gtin}(10){batch}");
        assert!(matches!(book.scan(&label("L2617"), &day), Err(ScanError::Recalled { .. })));
        assert!(book.scan(&label("L2618"), &day).is_ok());
    }
}

//! What a scan promises: labels are charged as they say, and what is too old or recalled is not sold.

use super::*;

const GTIN: &str = "04006381333931";

fn book(unit: &str) -> PriceBook {
    let json = format!(
        r#"{{"version":1,"store":{{"name":"S","locale":"de-DE"}},"currency":"EUR","tax_mode":"inclusive",
        "taxes":[{{"code":"A","label":"MwSt","rates":[]}}],"weight_unit":"{unit}",
        "labels":[{{"pattern":"21IIIIIPPPPPC"}},{{"pattern":"28IIIIIWWWWWC"}}],
        "recalls":[{{"code":"4006381333931","batch":"L7","reason":"glass"}},{{"code":"40084077","reason":"salmonella"}}],
        "items":[{{"gtins":["4006381333931"],"name":"Cheese","price_minor":1999,"tax":"A","sold_by":"weight"}},
            {{"gtins":["40084077"],"name":"Eggs","price_minor":299,"tax":"A"}},
            {{"plu":"17","name":"Ham","price_minor":2499,"tax":"A","sold_by":"weight"}},
            {{"plu":"4","name":"Rolls","price_minor":45,"tax":"A"}}]}}"#
    );
    PriceBook::parse(json.as_bytes()).unwrap()
}

/// (name, 1/1000, price of the pack, batch)
type Read = (String, Option<i64>, Option<i64>, Option<String>);

fn scan(text: &str) -> Result<Read, ScanError> {
    let book = book("kg");
    let scanned = book.scan(text, &"2026-05-03".parse().unwrap())?;
    let batch = scanned.label.and_then(|label| label.batch);
    Ok((scanned.item.name.clone(), scanned.quantity.map(Quantity::milli), scanned.pack_price_minor, batch))
}

/// Twelve digits with their check digit.
fn ean(digits: &str) -> String {
    let sum: u32 = digits.chars().rev().zip([3, 1].into_iter().cycle()).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn read(name: &str, milli: Option<i64>, pack: Option<i64>) -> Result<Read, ScanError> {
    Ok((name.to_owned(), milli, pack, None))
}

#[test]
fn the_store_s_own_labels_say_price_or_weight() {
    assert_eq!(scan("4"), read("Rolls", None, None));
    assert_eq!(scan(&ean("210001700599")), read("Ham", Some(1_000), Some(599)));
    assert_eq!(scan(&ean("280001700532")), read("Ham", Some(532), None));
    assert!(matches!(scan(&ean("210001700000")), Err(ScanError::Value { what: "price", .. })));
    assert!(matches!(scan(&ean("280000400532")), Err(ScanError::Value { what: "weight", .. })), "sold by the piece");
    assert!(matches!(scan(&ean("210009900599")), Err(ScanError::UnknownItem(_))));
    assert!(matches!(scan("4006381333932"), Err(ScanError::Code(_))));
}

#[test]
fn gs1_labels_say_weight_price_and_batch() {
    assert_eq!(scan(&format!("(01){GTIN}(3103)000532")), read("Cheese", Some(532), None));
    let priced = scan(&format!("(01){GTIN}(3103)000532(3922)1063(10)L8")).unwrap();
    assert_eq!(priced, ("Cheese".to_owned(), Some(1_000), Some(1_063), Some("L8".to_owned())));
    let pounds = book("lb").scan(&format!("(01){GTIN}(3103)000532"), &"2026-05-03".parse().unwrap()).unwrap_err();
    assert!(matches!(pounds, ScanError::Unit { .. }), "{pounds}");
}

#[test]
fn what_is_too_old_or_recalled_is_not_sold() {
    let expired = scan(&format!("(01){GTIN}(3103)000532(17)260502")).unwrap_err();
    assert_eq!(
        expired.to_string(),
        "Cheese: the label says it may be sold until 2026-05-02: take it off the shelf and fetch another"
    );
    assert!(scan(&format!("(01){GTIN}(3103)000532(17)260503")).is_ok(), "today is not past");
    let recalled = scan(&format!("(01){GTIN}(3103)000532(10)L7")).unwrap_err();
    assert_eq!(recalled.to_string(), "Cheese is recalled (glass): do not sell it, keep it for the manager");
    assert!(scan("4006381333931").is_ok(), "a piece without a batch may be of another");
    assert!(matches!(scan("40084077"), Err(ScanError::Recalled { .. })), "all of it is recalled");
}

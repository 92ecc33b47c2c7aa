//! What a sale promises: it can be checked from itself alone, and its JSON stays.

use super::*;
use crate::catalogue::PriceBook;

/// A German basket: 3 pens of 1.99 at 19 %, 0.532 kg of 19.99 at 7 %, paid by card 10.00 and cash.
fn sale() -> Sale {
    let json = r#"{"version":7,"store":{"name":"S","locale":"de-DE"},"currency":"EUR","tax_mode":"inclusive",
        "taxes":[{"code":"A","label":"MwSt","rates":[{"label":"MwSt","rate":19000}]},{"code":"B","label":"MwSt","rates":[{"label":"MwSt","rate":7000}]}],
        "items":[{"gtins":["4006381333931"],"name":"Pen","price_minor":199,"tax":"A"},
            {"plu":"4011","name":"Cheese","price_minor":1999,"tax":"B","sold_by":"weight"}]}"#;
    let book = PriceBook::parse(json.as_bytes()).unwrap();
    let mut basket = Basket::new(&book);
    for (item, quantity) in [(0, "1"), (1, "0.532"), (0, "3")] {
        basket
            .add(&book, &book.items()[item], Quantity::parse(quantity).unwrap(), &"2026-05-03".parse().unwrap())
            .unwrap();
    }
    basket.void_line(1).unwrap();
    basket.tender(Tender::Card { amount_minor: 1_000, reference: "A1B2C3".parse().unwrap() }).unwrap();
    basket.tender(Tender::Cash { amount_minor: 1_000 }).unwrap();
    UnnumberedSale::of(&basket, None).unwrap().number(17)
}

#[test]
fn the_json_of_a_sale_is_a_contract() {
    let json = concat!(
        r#"{"receipt_number":17,"price_book":7,"currency":"EUR","tax_mode":"inclusive","rounding":"half-up","lines":["#,
        r#"{"line":2,"code":"4011","name":"Cheese","quantity_milli":532,"unit_price_minor":1999,"amount_minor":1063,"tax":"B"},"#,
        r#"{"line":3,"code":"04006381333931","name":"Pen","quantity_milli":3000,"unit_price_minor":199,"amount_minor":597,"tax":"A"}],"#,
        r#""taxes":[{"code":"A","label":"MwSt","rate":19000,"net_minor":502,"tax_minor":95,"gross_minor":597},"#,
        r#"{"code":"B","label":"MwSt","rate":7000,"net_minor":993,"tax_minor":70,"gross_minor":1063}],"#,
        r#""total_minor":1660,"cash_rounding_minor":0,"tenders":[{"kind":"card","amount_minor":1000,"reference":"A1B2C3"},"#,
        r#"{"kind":"cash","amount_minor":1000}],"change_minor":340}"#,
    );
    assert_eq!(serde_json::to_string(&sale()).unwrap(), json);
    let newer = json.replacen('{', r#"{"loyalty":true,"#, 1);
    assert_eq!(serde_json::from_str::<Sale>(&newer).unwrap(), sale());
    assert_eq!(sale().cash_minor(), Ok(660));
}

#[test]
fn a_sale_that_does_not_reconcile_is_found() {
    assert_eq!(sale().check(), Ok(()));
    let wrong = |change: fn(&mut Sale)| {
        let mut sale = sale();
        change(&mut sale);
        sale.check().unwrap_err()
    };
    assert!(matches!(wrong(|sale| sale.receipt_number = 0), SaleError::Form(_)));
    assert!(matches!(wrong(|sale| sale.lines.clear()), SaleError::Form(_)));
    assert!(matches!(wrong(|sale| sale.lines.swap(0, 1)), SaleError::Form(_)));
    assert_eq!(
        wrong(|sale| sale.lines[0].amount_minor += 1),
        SaleError::Line { line: 2, found: 1_064, expected: 1_063 }
    );
    assert!(matches!(wrong(|sale| sale.lines[0].tax = "C".to_owned()), SaleError::Tax { .. }));
    assert_eq!(wrong(|sale| sale.taxes[0].tax_minor -= 1), SaleError::Tax { code: "A".to_owned() });
    assert!(matches!(wrong(|sale| sale.taxes[0].rate.0 = -100_000), SaleError::Tax { .. }));
    assert_eq!(wrong(|sale| sale.total_minor += 1), SaleError::Total { found: 1_661, expected: 1_660 });
    assert_eq!(wrong(|sale| sale.change_minor += 1), SaleError::Unpaid { total: 1_660, paid: 1_659 });
    assert_eq!(wrong(|sale| sale.cash_rounding_minor = 2), SaleError::Unpaid { total: 1_662, paid: 1_660 });
    let change_from_a_card = |sale: &mut Sale| {
        sale.tenders = vec![Tender::Card { amount_minor: 2_000, reference: "A1B2C3".parse().unwrap() }];
    };
    assert_eq!(wrong(change_from_a_card), SaleError::Change);
    let overflowing = |sale: &mut Sale| sale.tenders = vec![Tender::Cash { amount_minor: i64::MAX }; 2];
    assert_eq!(wrong(overflowing), SaleError::Money(MoneyError::Overflow));
}

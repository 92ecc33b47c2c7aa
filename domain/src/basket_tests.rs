//! What a basket promises: bounds, all or nothing, and that every paid basket reconciles to the unit.

use super::*;
use crate::moment::Moment;
use crate::sale::UnnumberedSale;
use crate::tender::Tender;
use proptest::prelude::*;

fn book(mode: &str, coin: i64) -> PriceBook {
    let taxes = r#"[{"code":"A","label":"VAT","rates":[{"label":"VAT","rate":19000}]},
        {"code":"B","label":"VAT","rates":[{"label":"VAT","rate":7000}]},
        {"code":"N","label":"Sales tax","rates":[{"label":"State","rate":4000},{"label":"City","rate":4500},{"label":"MCTD","rate":375}]},
        {"code":"Z","label":"Untaxed","rates":[]}]"#;
    let items = r#"[{"gtins":["4006381333931"],"name":"Pen","price_minor":199,"tax":"A"},
        {"gtins":["5449000000996"],"name":"Cola","price_minor":149,"tax":"B"},
        {"plu":"4011","name":"Bananas","price_minor":1999,"tax":"N","sold_by":"weight"},
        {"plu":"1","name":"Flyer","price_minor":0,"tax":"Z"},
        {"plu":"2","name":"Piano","price_minor":999999999,"tax":"Z"}]"#;
    let json = format!(
        r#"{{"version":7,"store":{{"name":"S","locale":"en-US"}},"currency":"EUR","tax_mode":"{mode}","cash_rounding_minor":{coin},"taxes":{taxes},"items":{items}}}"#
    );
    PriceBook::parse(json.as_bytes()).unwrap()
}

fn at() -> Moment {
    "2026-05-03T10:00".parse().unwrap()
}

fn pieces(count: i64) -> Quantity {
    Quantity::from_milli(count * 1_000).unwrap()
}

fn with(book: &PriceBook, items: &[(usize, i64)]) -> Basket {
    let mut basket = Basket::new(book);
    for (item, milli) in items {
        basket.add(book, &book.items()[*item], Quantity::from_milli(*milli).unwrap(), &at()).unwrap();
    }
    basket
}

fn cash(amount_minor: i64) -> Tender {
    Tender::Cash { amount_minor }
}

fn card(amount_minor: i64) -> Tender {
    Tender::Card { amount_minor, reference: "A1B2C3".parse().unwrap() }
}

#[test]
fn the_same_piece_again_counts_the_last_line_up() {
    let book = book("inclusive", 1);
    let mut basket = with(&book, &[(0, 1_000), (0, 2_000), (1, 1_000), (0, 1_000)]);
    let lines: Vec<(u32, i64)> = basket.lines().iter().map(|line| (line.line, line.quantity_milli.milli())).collect();
    assert_eq!(lines, [(1, 3_000), (2, 1_000), (3, 1_000)]);
    basket.void_line(3).unwrap();
    assert_eq!(basket.add(&book, &book.items()[0], Quantity::ONE, &at()), Ok(4), "a void line is not counted up");
    let weighed = with(&book, &[(2, 532), (2, 532)]);
    assert_eq!(weighed.lines().len(), 2, "each weighing is a line");
}

#[test]
fn a_refusal_changes_nothing() {
    let book = book("inclusive", 5);
    let mut basket = with(&book, &[(0, 1_000), (1, 1_000)]);
    basket.tender(card(100)).unwrap();
    let before = basket.clone();
    let half = Quantity::from_milli(500).unwrap();
    assert!(matches!(basket.add(&book, &book.items()[0], half, &at()), Err(BasketError::NotWhole { .. })));
    assert!(matches!(basket.add(&book, &book.items()[4], pieces(12), &at()), Err(BasketError::TooMuch(_))));
    assert!(matches!(basket.void_line(9), Err(BasketError::NoLine(9))));
    assert!(matches!(basket.tender(cash(0)), Err(BasketError::NoAmount(_))));
    assert!(matches!(basket.tender(cash(-5)), Err(BasketError::NoAmount(_))));
    assert!(matches!(basket.tender(cash(101)), Err(BasketError::Coin { .. })));
    assert!(matches!(basket.tender(card(249)), Err(BasketError::CardTooHigh { .. })));
    assert!(matches!(basket.tender(cash(4_006_381_333_931)), Err(BasketError::AmountTooHigh(_))));
    assert_eq!(basket, before);
    assert_eq!(basket.due_minor(), Ok(248));
}

#[test]
fn bounds_are_said() {
    let book = book("inclusive", 1);
    let mut basket = Basket::new(&book);
    assert_eq!(basket.tender(cash(100)), Err(BasketError::Empty));
    for _ in 0..LINES_MAX {
        basket.add(&book, &book.items()[2], Quantity::ONE, &at()).unwrap();
    }
    assert_eq!(basket.add(&book, &book.items()[2], Quantity::ONE, &at()), Err(BasketError::Full));
    for _ in 0..TENDERS_MAX {
        basket.tender(cash(1)).unwrap();
    }
    assert_eq!(basket.tender(cash(1)), Err(BasketError::TooManyTenders));
    let mut one = with(&book, &[(3, 999_000)]);
    let absurd = one.add(&book, &book.items()[3], Quantity::ONE, &at()).unwrap_err();
    assert_eq!(absurd.to_string(), "1000 x Flyer is more than the 999 of one line: was a code typed as the quantity?");
}

#[test]
fn a_line_that_is_paid_for_cannot_be_voided() {
    let book = book("inclusive", 1);
    let mut basket = with(&book, &[(0, 1_000), (1, 1_000)]);
    basket.tender(cash(150)).unwrap();
    let error = basket.void_line(1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1 cannot be voided: 1.50 EUR is tendered already; abandon the basket and give it back"
    );
    basket.void_line(2).unwrap();
    assert_eq!(basket.void_line(2), Err(BasketError::VoidAlready(2)));
    assert_eq!(basket.due_minor(), Ok(49));
}

#[test]
fn cash_rounding_touches_the_cash_alone() {
    let book = book("inclusive", 5);
    let pay = |tenders: &[Tender]| {
        let mut basket = with(&book, &[(0, 1_000), (1, 1_000), (0, 1_000)]); // 5.47
        tenders.iter().for_each(|tender| basket.tender(tender.clone()).unwrap());
        basket.settlement().map(|Settlement { cash_rounding_minor, change_minor }| (cash_rounding_minor, change_minor))
    };
    assert_eq!(pay(&[cash(1_000)]), Some((-2, 455)));
    assert_eq!(pay(&[card(547)]), Some((0, 0)));
    assert_eq!(pay(&[card(199), cash(350)]), Some((2, 0)));
    assert_eq!(pay(&[cash(500), card(47)]), Some((0, 0)));
    assert_eq!(pay(&[cash(500)]), None);
    let mut free = with(&book, &[(3, 1_000)]);
    free.tender(cash(0)).unwrap();
    assert_eq!(free.settlement(), Some(Settlement { cash_rounding_minor: 0, change_minor: 0 }));
}

#[test]
fn a_paid_basket_takes_nothing_more() {
    let book = book("inclusive", 1);
    let mut basket = with(&book, &[(0, 1_000)]);
    basket.tender(cash(200)).unwrap();
    assert_eq!(basket.tender(cash(200)), Err(BasketError::Paid));
    assert_eq!(basket.add(&book, &book.items()[0], Quantity::ONE, &at()), Err(BasketError::Paid));
    assert_eq!(basket.void_line(1), Err(BasketError::Paid));
}

#[test]
fn other_taxes_wait_for_the_next_basket_and_other_prices_do_not() {
    let (old, mut new) = (book("inclusive", 1), book("inclusive", 1));
    let mut basket = with(&old, &[(0, 1_000)]);
    new.version = 8;
    assert_eq!(basket.add(&new, &new.items()[1], Quantity::ONE, &at()), Ok(2));
    let exclusive = book("exclusive", 1);
    assert_eq!(basket.add(&exclusive, &exclusive.items()[0], Quantity::ONE, &at()), Err(BasketError::OtherTerms));
}

proptest! {
    #[test]
    fn totals_reconcile_to_the_unit_for_any_basket_and_any_tenders(
        inclusive: bool,
        coin in prop::sample::select(vec![1i64, 5, 10, 100]),
        scans in prop::collection::vec((0usize..4, 1i64..30_000), 1..30),
        voids in prop::collection::vec(1u32..30, 0..4),
        tenders in prop::collection::vec((any::<bool>(), 1i64..100_000), 0..6),
        number in 1u64..1_000_000,
    ) {
        let book = book(if inclusive { "inclusive" } else { "exclusive" }, coin);
        let mut basket = Basket::new(&book);
        for (place, milli) in scans {
            let item = &book.items()[place];
            let quantity = if item.sold_by == SoldBy::Piece { pieces(1 + milli / 1_000) } else { Quantity::from_milli(milli).unwrap() };
            basket.add(&book, item, quantity, &at()).unwrap();
        }
        for line in voids {
            let _ = basket.void_line(line);
        }
        if basket.lines().iter().all(|line| line.void) {
            prop_assert_eq!(basket.tender(cash(100)), Err(BasketError::Empty));
            return Ok(());
        }
        for (in_cash, amount) in tenders {
            let due = basket.due_minor().unwrap();
            let tender = if in_cash { cash(amount / coin * coin) } else { card(amount.min(due)) };
            let _ = basket.tender(tender);
        }
        // A basket saved at any point is found as it was.
        let json = serde_json::to_string(&basket).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Basket>(&json).unwrap(), &basket);
        if basket.settlement().is_none() {
            prop_assert!(UnnumberedSale::of(&basket, None).is_err());
            basket.tender(cash(basket.cash_due_minor().unwrap())).unwrap();
        }
        let sale = UnnumberedSale::of(&basket, None).unwrap().number(number);
        prop_assert_eq!(sale.check(), Ok(()));
        let tendered: i64 = sale.tenders.iter().map(Tender::amount_minor).sum();
        prop_assert_eq!(sale.total_minor + sale.cash_rounding_minor, tendered - sale.change_minor);
        prop_assert!(2 * sale.cash_rounding_minor.abs() <= coin);
        let lines: i64 = sale.lines.iter().map(|line| line.amount_minor).sum();
        let taxes: i64 = sale.taxes.iter().map(|row| row.tax_minor).sum();
        prop_assert_eq!(sale.total_minor, if inclusive { lines } else { lines + taxes });
        for row in &sale.taxes {
            prop_assert_eq!(row.gross_minor, row.net_minor + row.tax_minor);
        }
    }
}

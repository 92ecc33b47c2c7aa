//! What promotions, discounts, ages and labels promise in a basket, and that it becomes a sale that can be checked again.

use crate::age::AgeProof;
use crate::basket::*;
use crate::catalogue::Scanned;
use crate::discount::Off;
use crate::moment::Moment;
use crate::money::Rate;
use crate::reason::Reason;
use crate::sale::{SaleError, UnnumberedSale};
use crate::voucher::VoucherNumber;
use proptest::prelude::*;

const PEN: usize = 0;
const COLA: usize = 1;
const BOOK: usize = 2;
const HAM: usize = 3;
const WINE: usize = 4;
const SANDWICH: usize = 5;
const VOUCHER: usize = 6;

fn book() -> PriceBook {
    let json = r#"{"version":7,"store":{"name":"S","locale":"de-DE"},"currency":"EUR","tax_mode":"inclusive",
        "taxes":[{"code":"A","label":"MwSt","rates":[{"label":"MwSt","rate":19000}]},
            {"code":"B","label":"MwSt","rates":[{"label":"MwSt","rate":7000}]}],
        "labels":[{"pattern":"21IIIIIPPPPPC"}],
        "promotions":[
            {"id":"P1","name":"3 for 2 pens","kind":"n_for_m","take":3,"pay":2,"items":["4006381333931"]},
            {"id":"P2","name":"Lunch","kind":"mix_and_match","price_minor":599,
                "slots":[{"count":1,"items":["5"]},{"count":1,"items":["5449000000996"]}]},
            {"id":"P3","name":"10 % off meat","kind":"percent","rate":10000,"departments":["Meat"],"until":"2026-06-01"}],
        "items":[{"gtins":["4006381333931"],"name":"Pen","price_minor":199,"tax":"A",
                "price_changes":[{"price_minor":149,"from":"2026-05-04"}]},
            {"gtins":["5449000000996"],"name":"Cola","price_minor":149,"tax":"A"},
            {"plu":"2","name":"Book","price_minor":2000,"tax":"B","fixed_price":true},
            {"plu":"17","name":"Ham","price_minor":2499,"tax":"B","sold_by":"weight","department":"Meat"},
            {"plu":"4","name":"Wine","price_minor":799,"tax":"A","age_years":16},
            {"plu":"5","name":"Sandwich","price_minor":499,"tax":"B"},
            {"plu":"VOUCHER","name":"Gift voucher","price_minor":5000,"tax":"B"}]}"#;
    let mut json = json.to_owned();
    json = json.replace("VOUCHER", VoucherNumber::mint(7).as_str());
    PriceBook::parse(json.as_bytes()).unwrap()
}

fn at() -> Moment {
    "2026-05-03T10:00".parse().unwrap()
}

fn quantity(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

fn reason() -> Reason {
    "damaged".parse().unwrap()
}

fn with(goods: &[(usize, &str)]) -> Basket {
    let book = book();
    let mut basket = Basket::new(&book);
    for (item, count) in goods {
        basket.add(&book, &book.items()[*item], quantity(count), &at()).unwrap();
    }
    basket
}

fn total(basket: &Basket) -> i64 {
    basket.totals().unwrap().total_minor
}

fn cash(amount_minor: i64) -> Tender {
    Tender::Cash { amount_minor }
}

#[test]
fn promotions_come_and_go_with_the_goods() {
    let mut basket = with(&[(PEN, "2"), (COLA, "1")]);
    assert_eq!(total(&basket), 547);
    basket.add(&book(), &book().items()[SANDWICH], Quantity::ONE, &at()).unwrap();
    // Lunch: 4.99 + 1.49 for 5.99 saves 0.49: 0.377 of it on the sandwich.
    let savings: Vec<i64> = basket.lines().iter().map(BasketLine::savings_minor).collect();
    assert_eq!((savings, total(&basket)), (vec![0, 11, 38], 547 + 499 - 49));
    basket.set_quantity(1, quantity("3")).unwrap();
    let saving = &basket.lines()[0].savings[0];
    assert_eq!((saving.name.as_str(), saving.saving_minor), ("3 for 2 pens", 199));
    assert_eq!(basket.totals().unwrap().savings_minor, 248);
    basket.void_line(2).unwrap();
    assert_eq!(basket.totals().unwrap().savings_minor, 199);
}

#[test]
fn prices_and_promotions_are_of_the_moment_of_the_scan() {
    let book = book();
    let mut basket = Basket::new(&book);
    let (today, tomorrow, june) = (at(), "2026-05-04".parse().unwrap(), "2026-06-01".parse().unwrap());
    for at in [&today, &tomorrow] {
        basket.add(&book, &book.items()[PEN], Quantity::ONE, at).unwrap();
    }
    let prices: Vec<i64> = basket.lines().iter().map(|line| line.unit_price_minor).collect();
    assert_eq!(prices, [199, 149], "another price is another line");
    basket.add(&book, &book.items()[HAM], quantity("0.5"), &today).unwrap();
    basket.add(&book, &book.items()[HAM], quantity("0.5"), &june).unwrap();
    let savings: Vec<i64> = basket.lines().iter().map(BasketLine::savings_minor).collect();
    assert_eq!(savings, [0, 0, 125, 0], "12.50 less 10 % while it holds");
}

#[test]
fn labels_say_what_a_pack_costs_and_are_not_typed_over() {
    let book = book();
    let mut basket = Basket::new(&book);
    let scanned = book.scan("2100017005994", &"2026-05-03".parse().unwrap()).unwrap();
    assert_eq!(basket.add_scanned(&book, &scanned, None, &at()), Ok(1));
    assert_eq!(basket.add_scanned(&book, &scanned, None, &at()), Ok(2), "each pack is a line");
    let ham = BasketError::FixedQuantity("Ham".to_owned());
    assert_eq!(basket.add_scanned(&book, &scanned, Some(quantity("3")), &at()), Err(ham.clone()));
    assert_eq!(basket.set_quantity(1, quantity("3")), Err(ham));
    assert_eq!(total(&basket), 2 * (599 - 60));
    let by_hand = book.scan("17", &"2026-05-03".parse().unwrap()).unwrap();
    assert_eq!(basket.add_scanned(&book, &by_hand, None, &at()), Err(BasketError::NoWeight("Ham".to_owned())));
    let label = Some(PieceLabel { serial: Some("S1".to_owned()), ..PieceLabel::default() });
    let piece = Scanned { item: &book.items()[COLA], quantity: None, pack_price_minor: None, label };
    assert_eq!(basket.add_scanned(&book, &piece, None, &at()), Ok(3));
    let again = BasketError::SerialAgain { name: "Cola".to_owned(), line: 3 };
    assert_eq!(basket.add_scanned(&book, &piece, None, &at()), Err(again));
}

#[test]
fn an_absurd_quantity_is_refused() {
    let mut basket = with(&[(PEN, "1"), (HAM, "0.5")]);
    let before = basket.clone();
    assert!(matches!(basket.set_quantity(1, quantity("4011")), Err(BasketError::Absurd { .. })));
    assert!(matches!(basket.set_quantity(1, quantity("1.5")), Err(BasketError::NotWhole { .. })));
    assert_eq!(basket.set_quantity(9, quantity("1")), Err(BasketError::NoLine(9)));
    assert_eq!(basket, before);
    basket.set_quantity(2, quantity("0.7")).unwrap();
    assert_eq!(basket.lines()[1].amount_minor, 1_749);
}

#[test]
fn discounts_of_lines_and_of_the_basket_lie_on_what_is_left() {
    let mut basket = with(&[(PEN, "3"), (COLA, "2"), (BOOK, "1")]);
    basket.discount_line(1, Off::Percent(Rate(25_000)), reason()).unwrap(); // 25 % of 3.98: 0.995 -> 1.00
    assert_eq!(basket.lines()[0].paid_minor(), 298);
    basket.discount_basket(Off::AmountMinor(100), reason()).unwrap(); // over 2.98 and 2.98, never the book
    let shares: Vec<i64> = basket.lines().iter().map(|line| line.basket_discount_minor).collect();
    assert_eq!((shares, total(&basket)), (vec![50, 50, 0], 248 + 248 + 2_000));
    assert_eq!(basket.totals().unwrap().discounts_minor, 200);
    let euro = |minor| Money::new(minor, "EUR".parse().unwrap());
    assert_eq!(basket.discounts(), Ok(vec![(euro(100), euro(398)), (euro(100), euro(596))]));
    basket.void_line(2).unwrap();
    basket.set_quantity(1, quantity("1")).unwrap(); // 1.99 less 25 %: 1.49; less 1.00
    assert_eq!(basket.lines()[0].paid_minor(), 49);
    basket.take_back_discount(Some(1)).unwrap();
    basket.take_back_discount(None).unwrap();
    assert_eq!(basket.take_back_discount(None), Err(BasketError::NoSuchDiscount));
    assert_eq!(total(&basket), 2_199);
}

#[test]
fn a_discount_that_may_not_be_changes_nothing() {
    let mut basket = with(&[(PEN, "1"), (BOOK, "1"), (COLA, "1"), (VOUCHER, "1")]);
    basket.void_line(3).unwrap();
    let before = basket.clone();
    let mut line = |line, off| basket.discount_line(line, off, reason()).unwrap_err();
    assert_eq!(line(1, Off::AmountMinor(0)), BasketError::NoDiscount);
    assert_eq!(line(1, Off::Percent(Rate(100_001))), BasketError::NoDiscount);
    assert!(matches!(line(1, Off::AmountMinor(200)), BasketError::TooMuchOff { .. }));
    assert_eq!(line(2, Off::AmountMinor(1)), BasketError::FixedPrice("Book".to_owned()));
    assert_eq!(line(3, Off::AmountMinor(1)), BasketError::VoidAlready(3));
    assert_eq!(line(4, Off::AmountMinor(1)), BasketError::FixedPrice("Gift voucher".to_owned()));
    assert!(matches!(basket.discount_basket(Off::AmountMinor(200), reason()), Err(BasketError::TooMuchOff { .. })));
    assert_eq!(basket, before);
    basket.tender(cash(7_100)).unwrap();
    let tendered = BasketError::BelowTendered(Money::new(7_100, "EUR".parse().unwrap()));
    assert_eq!(basket.discount_line(1, Off::AmountMinor(199), reason()), Err(tendered));
}

#[test]
fn nothing_is_tendered_before_the_age_is_confirmed() {
    let mut basket = with(&[(WINE, "1"), (PEN, "1")]);
    assert_eq!(basket.age_to_confirm(), Some(16));
    let asked = basket.tender(cash(1_000)).unwrap_err();
    assert_eq!(asked.to_string(), "Wine is for customers of 16 years and older: ask for the birth date first");
    let today = "2026-05-03".parse().unwrap();
    let too_young = basket.confirm_birth_date(&"2010-05-04".parse().unwrap(), &today).unwrap_err();
    assert_eq!(too_young.to_string(), "the customer is 15 and must be 16 to buy Wine: void the line");
    let mut other = basket.clone();
    assert_eq!(
        basket.confirm_birth_date(&"1970-01-01".parse().unwrap(), &today),
        Ok(25),
        "no more than a law asks for"
    );
    assert_eq!(other.confirm_age("2 Berta".to_owned()), Ok(16));
    assert_eq!(other.age().map(|age| age.proof), Some(AgeProof::Override));
    for basket in [&mut basket, &mut other] {
        basket.tender(cash(1_000)).unwrap();
        let sale = UnnumberedSale::of(basket, None).unwrap().number(1);
        assert_eq!(sale.check(), Ok(()));
        let forgotten = crate::sale::Sale { age: None, ..sale };
        assert_eq!(forgotten.check(), Err(SaleError::Age { line: 1, years: 16 }));
    }
    let mut voided = with(&[(WINE, "1"), (PEN, "1")]);
    voided.void_line(1).unwrap();
    assert_eq!(voided.age_to_confirm(), None);
}

#[test]
fn a_basket_that_an_older_version_saved_is_read() {
    let json = r#"{"price_book":7,"terms":{"currency":"EUR","tax_mode":"inclusive","rounding":"half-up",
        "cash_rounding_minor":1,"taxes":[{"code":"A","label":"MwSt","rates":[{"label":"MwSt","rate":19000}]}]},
        "lines":[{"line":1,"code":"04006381333931","name":"Pen","quantity_milli":3000,"sold_by":"piece",
        "unit_price_minor":199,"amount_minor":597,"tax":"A","void":false}],"tenders":[],"settlement":null}"#;
    let mut basket: Basket = serde_json::from_str(json).unwrap();
    assert_eq!(total(&basket), 597);
    basket.discount_basket(Off::Percent(Rate(10_000)), reason()).unwrap();
    assert_eq!(total(&basket), 537);
}

proptest! {
    #[test]
    fn any_basket_reconciles_and_any_penny_moved_is_found(
        scans in prop::collection::vec((0usize..7, 1i64..4_000), 1..20),
        discounts in prop::collection::vec((0u32..20, any::<bool>(), 1i64..100_000), 0..5),
        voids in prop::collection::vec(1u32..20, 0..4),
        moved in any::<prop::sample::Index>(),
    ) {
        let book = book();
        let mut basket = Basket::new(&book);
        for (item, milli) in scans {
            let item = &book.items()[item];
            let milli = if item.sold_by == SoldBy::Weight { milli } else { (milli / 1_000).max(1) * 1_000 };
            let _ = basket.add(&book, item, Quantity::from_milli(milli).unwrap(), &at());
        }
        for (line, is_share, much) in discounts {
            let off = if is_share { Off::Percent(Rate(much)) } else { Off::AmountMinor(much / 100) };
            let _ = if line == 0 { basket.discount_basket(off, reason()) } else { basket.discount_line(line, off, reason()) };
        }
        for line in voids {
            let _ = basket.void_line(line);
        }
        for line in basket.lines().iter().filter(|line| !line.void) {
            prop_assert!(line.paid_minor() >= 0 && line.savings_minor() >= 0);
            prop_assert!(!line.fixed_price || line.paid_minor() == line.amount_minor);
        }
        prop_assert_eq!(&serde_json::from_str::<Basket>(&serde_json::to_string(&basket).unwrap()).unwrap(), &basket);
        let totals = basket.totals().unwrap();
        let amounts: i64 = basket.lines().iter().filter(|line| !line.void).map(|line| line.amount_minor).sum();
        prop_assert_eq!(amounts, totals.lines_minor + totals.savings_minor + totals.discounts_minor);
        basket.confirm_age("2 Berta".to_owned()).unwrap();
        if basket.tender(cash(basket.cash_due_minor().unwrap())).is_err() {
            return Ok(()); // all lines are void
        }
        let sale = UnnumberedSale::of(&basket, None).unwrap().number(1);
        prop_assert_eq!(sale.check(), Ok(()));
        prop_assert_eq!(sale.taken_off_minor(), Ok(totals.savings_minor + totals.discounts_minor));
        let read: crate::sale::Sale = serde_json::from_str(&serde_json::to_string(&sale).unwrap()).unwrap();
        prop_assert_eq!(&read, &sale);
        let mut wrong = sale.clone();
        let place = moved.index(wrong.lines.len());
        wrong.lines[place].basket_discount_minor += 1;
        prop_assert!(wrong.check().is_err());
        let mut wrong = sale.clone();
        if let Some(saving) = wrong.lines[place].savings.first_mut() {
            saving.saving_minor -= 1;
            prop_assert!(wrong.check().is_err());
        }
    }
}

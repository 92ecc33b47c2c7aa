//! What a voucher promises: its value is paid once, by whoever has it, until its last day.

use super::*;
use crate::basket::Basket;
use crate::catalogue::PriceBook;
use crate::quantity::Quantity;
use crate::refund::{Original, RefundDraft, Refunded, Returned, UnnumberedVoid};
use crate::sale::UnnumberedSale;

const VALIDITY: Validity = Validity { years: 3, to_year_end: true };

fn number(of: u64) -> VoucherNumber {
    VoucherNumber::mint(of)
}

fn day(text: &str) -> BusinessDay {
    text.parse().unwrap()
}

fn euro(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap())
}

/// A store that sells voucher 1 for 50.00, and pens for 10.00.
fn prices(taxes: &str) -> PriceBook {
    let code = taxes.get(10..11).unwrap();
    let json = format!(
        r#"{{"version":1,"store":{{"name":"S","locale":"de-DE"}},"currency":"EUR","tax_mode":"inclusive","taxes":[{taxes}],
        "items":[{{"plu":"{}","name":"Gutschein","price_minor":5000,"tax":"{code}"}},{{"plu":"1","name":"Pen","price_minor":1000,"tax":"{code}"}}]}}"#,
        number(1)
    );
    PriceBook::parse(json.as_bytes()).unwrap()
}

const UNTAXED: &str = r#"{"code": "Z","label":"0","rates":[]}"#;

fn sale(item: usize, count: &str, tender: Tender, receipt_number: u64) -> Event {
    let book = prices(UNTAXED);
    let mut basket = Basket::new(&book);
    basket.add(&book, &book.items()[item], Quantity::parse(count).unwrap(), &"2026-05-03".parse().unwrap()).unwrap();
    basket.tender(tender).unwrap();
    Event::Sale(Box::new(UnnumberedSale::of(&basket, None).unwrap().number(receipt_number)))
}

/// A book that saw voucher 1 being sold on 3 May 2026.
fn sold() -> VoucherBook {
    let mut book = VoucherBook::new(VALIDITY);
    book.add(&sale(0, "1", Tender::Cash { amount_minor: 5_000 }, 1), &day("2026-05-03"));
    book
}

#[test]
fn a_voucher_is_valid_as_long_as_the_store_says() {
    let table = [
        ("2026-05-03", 3, false, "2029-05-03"),
        ("2026-05-03", 3, true, "2029-12-31"),
        ("2028-02-29", 1, false, "2029-02-28"),
        ("2028-02-29", 4, false, "2032-02-29"),
        ("9999-01-01", 9, false, "9999-01-01"),
    ];
    for (sold, years, to_year_end, last) in table {
        assert_eq!(Validity { years, to_year_end }.last_day(&day(sold)).as_str(), last, "{sold} + {years}");
    }
}

#[test]
fn a_voucher_is_sold_without_tax_and_once() {
    let (book, terms) = (sold(), prices(UNTAXED).terms);
    assert_eq!(book.issue(&number(2), 5_000, &terms), Ok("Z"));
    assert_eq!(book.issue(&number(1), 5_000, &terms), Err(VoucherError::Exists(number(1))));
    for amount in [0, -1, VOUCHER_MAX_MINOR + 1] {
        assert_eq!(book.issue(&number(2), amount, &terms), Err(VoucherError::Amount(euro(amount))));
    }
    let taxed = prices(r#"{"code": "A","label":"MwSt","rates":[{"label":"MwSt","rate":19000}]}"#).terms;
    assert_eq!(book.issue(&number(2), 5_000, &taxed), Err(VoucherError::NoTaxGroup));
}

#[test]
fn a_voucher_pays_in_parts_until_nothing_is_left() {
    let (mut book, today) = (sold(), day("2029-12-31"));
    let redeem = |book: &VoucherBook, due| book.redeem(&number(1), euro(due), &[], &today);
    let part = redeem(&book, 3_000).unwrap();
    assert_eq!(part.amount_minor(), 3_000);
    // In the same basket, the part that is tendered already is gone.
    let rest = book.redeem(&number(1), euro(9_000), std::slice::from_ref(&part), &today).unwrap();
    assert_eq!(rest.amount_minor(), 2_000);
    let both = [part.clone(), rest];
    assert_eq!(book.redeem(&number(1), euro(1), &both, &today), Err(VoucherError::Redeemed(number(1))));
    book.add(&sale(1, "3", part, 2), &today);
    assert_eq!(book.left_minor(&number(1), euro(0).currency, &today), Ok(2_000));
    book.add(&sale(1, "2", redeem(&book, 9_000).unwrap(), 3), &today);
    assert_eq!(redeem(&book, 1_000), Err(VoucherError::Redeemed(number(1))));
}

#[test]
fn what_cannot_be_taken_is_refused_with_its_reason() {
    let book = sold();
    let refused = |of, due: Money, on: &str| book.redeem(&number(of), due, &[], &day(on)).unwrap_err();
    assert_eq!(refused(2, euro(100), "2026-05-04"), VoucherError::Unknown(number(2)));
    assert_eq!(refused(1, euro(0), "2026-05-04"), VoucherError::NothingDue);
    let expired = refused(1, euro(100), "2030-01-01").to_string();
    assert_eq!(expired, format!("voucher {} was valid until 2029-12-31: take another tender", number(1)));
    let dollar = Money::new(100, "USD".parse().unwrap());
    assert_eq!(refused(1, dollar, "2026-05-04"), VoucherError::OtherCurrency { number: number(1), value: euro(5_000) });
}

#[test]
fn a_refund_prints_a_voucher_and_a_voucher_that_came_back_is_worth_nothing() {
    let (mut book, today, terms) = (sold(), day("2026-05-04"), prices(UNTAXED).terms);
    let Event::Sale(first) = sale(0, "1", Tender::Cash { amount_minor: 5_000 }, 1) else { unreachable!() };
    let before = Refunded::none(Original { till: "eu/DE-0417/2".parse().unwrap(), receipt_number: 1 });
    let all = [Returned { line: 1, quantity: Quantity::ONE }];
    let draft = RefundDraft::with_receipt(&first, &before, &all).unwrap();
    assert_eq!(book.may_return(&number(1)), Ok(()));
    let printed = GivenBack::Voucher { amount_minor: 5_000, number: number(2), last_day: day("2027-01-01") };
    let refund = draft.settle(&terms, vec![printed], None, None).unwrap().number(2);
    book.add(&Event::Refund(Box::new(refund)), &today);
    let cancelled = book.redeem(&number(1), euro(100), &[], &today);
    assert_eq!(cancelled, Err(VoucherError::Cancelled(number(1))));
    assert_eq!(book.redeem(&number(2), euro(100), &[], &today).map(|tender| tender.amount_minor()), Ok(100));
}

#[test]
fn a_void_puts_the_value_back_and_takes_the_sold_voucher_away() {
    let (mut book, today) = (sold(), day("2026-05-04"));
    let paid = book.redeem(&number(1), euro(1_000), &[], &today).unwrap();
    let event = sale(1, "1", paid, 2);
    book.add(&event, &today);
    assert_eq!(book.may_return(&number(1)), Err(VoucherError::Spent(number(1))));
    let void = |event: &Event, receipt_number| {
        let Event::Sale(sale) = event else { unreachable!() };
        let before = Refunded::none(Original { till: "eu/DE-0417/2".parse().unwrap(), receipt_number });
        let void = UnnumberedVoid::of(sale, &before, receipt_number, &[], "wrong".parse().unwrap(), None);
        Event::VoidSale(Box::new(void.unwrap().number(receipt_number + 1)))
    };
    book.add(&void(&event, 2), &today);
    assert_eq!(book.left_minor(&number(1), euro(0).currency, &today), Ok(5_000));
    book.add(&void(&sale(0, "1", Tender::Cash { amount_minor: 5_000 }, 1), 1), &today);
    assert_eq!(book.redeem(&number(1), euro(100), &[], &today), Err(VoucherError::Cancelled(number(1))));
}

#[test]
fn what_this_till_knows_to_be_spent_survives_a_list_that_does_not() {
    let (mut book, today) = (sold(), day("2026-05-04"));
    book.add(&sale(1, "3", book.redeem(&number(1), euro(3_000), &[], &today).unwrap(), 2), &today);
    let listed = |spent_minor| {
        let (currency, last_day) = (euro(0).currency, day("2029-12-31"));
        vec![Voucher { number: number(1), amount_minor: 5_000, currency, last_day, spent_minor, cancelled: false }]
    };
    let left = |book: &VoucherBook| book.left_minor(&number(1), euro(0).currency, &today);
    book.take_list(&listed(0)).unwrap();
    assert_eq!(left(&book), Ok(2_000));
    book.take_list(&listed(4_500)).unwrap();
    assert_eq!(left(&book), Ok(500));
    let json = serde_json::to_string(&book).unwrap();
    assert_eq!(serde_json::from_str::<VoucherBook>(&json).unwrap(), book);
}

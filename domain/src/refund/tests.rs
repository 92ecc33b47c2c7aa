//! What a refund promises: exactly what was paid comes back, never more, and the books say so.

use super::*;
use crate::basket::Basket;
use crate::catalogue::{PriceBook, StoreInfo};
use crate::money::{Rate, Rounding};
use crate::receipt::{Receipt, ReceiptContext};
use crate::sale::{Sale, SaleLine, UnnumberedSale};
use crate::tax::{self, TaxGroup, TaxRate};
use crate::tender::Tender;
use proptest::prelude::*;

fn book(coin: i64) -> PriceBook {
    let json = format!(
        r#"{{"version":7,"store":{{"name":"S","locale":"de-CH"}},"currency":"CHF","tax_mode":"inclusive",
        "cash_rounding_minor":{coin},"taxes":[{{"code":"A","label":"MWST","rates":[{{"label":"MWST","rate":8100}}]}}],
        "items":[{{"plu":"1","name":"Pen","price_minor":333,"tax":"A"}},
            {{"plu":"2","name":"Cheese","price_minor":1999,"tax":"A","sold_by":"weight"}},
            {{"plu":"3","name":"Bag","price_minor":0,"tax":"A"}}]}}"#
    );
    PriceBook::parse(json.as_bytes()).unwrap()
}

/// 3 pens, 0.532 kg of cheese and a free bag: 9.99 + 10.63 = 20.62, paid with a card of 10.00 and cash.
fn sale() -> Sale {
    let book = book(5);
    let mut basket = Basket::new(&book);
    for (item, quantity) in [(0, "3"), (1, "0.532"), (2, "1")] {
        basket
            .add(&book, &book.items()[item], Quantity::parse(quantity).unwrap(), &"2026-05-03".parse().unwrap())
            .unwrap();
    }
    basket.tender(Tender::Card { amount_minor: 1_000, reference: "A1B2C3".parse().unwrap() }).unwrap();
    basket.tender(Tender::Cash { amount_minor: 2_000 }).unwrap();
    UnnumberedSale::of(&basket, None).unwrap().number(17)
}

fn original() -> Original {
    Original { till: "eu/CH-0417/2".parse().unwrap(), receipt_number: 17 }
}

fn none() -> Refunded {
    Refunded::none(original())
}

fn returned(line: u32, milli: i64) -> Returned {
    Returned { line, quantity: Quantity::from_milli(milli).unwrap() }
}

fn cash(amount_minor: i64) -> GivenBack {
    GivenBack::Cash { amount_minor }
}

fn reason() -> Reason {
    "broken".parse().unwrap()
}

#[test]
fn pieces_come_back_one_by_one_and_the_last_takes_the_remainder() {
    let (sale, mut before) = (sale(), none());
    let tax = sale.taxes[0].tax_minor; // 20.62 x 8.1 / 108.1 = 1.5451
    assert_eq!((sale.total_minor, tax), (2_062, 155));
    let mut sums = (0, 0);
    // Tax up to the marks 3.33, 6.66, 9.99: 0.25, 0.50, 0.75; the cheese has the rest.
    let table = [(returned(1, 1_000), 333, 25), (returned(1, 2_000), 666, 50), (returned(2, 532), 1_063, 80)];
    for (one, gross, tax) in table {
        let draft = RefundDraft::with_receipt(&sale, &before, &[one]).unwrap();
        assert_eq!((draft.lines()[0].gross_minor, draft.lines()[0].tax_minor), (gross, tax), "{one:?}");
        let due = draft.cash_due_minor(&book(1).terms, 0).unwrap();
        let refund = draft.settle(&book(1).terms, vec![cash(due)], None, None).unwrap().number(18);
        assert_eq!(refund.check_against(&sale, &before), Ok(()));
        sums = (sums.0 + refund.total_minor, sums.1 + refund.taxes[0].tax_minor);
        before.add(&refund);
    }
    assert_eq!(sums, (2_062, 155));
    assert_eq!(before.all_left(&sale), [returned(3, 1_000)]);
    let again = RefundDraft::with_receipt(&sale, &before, &[returned(1, 1_000)]).unwrap_err();
    assert_eq!(again.to_string(), "1 x Pen cannot come back: of 3 sold, 3 came back before");
}

#[test]
fn what_cannot_come_back_is_refused_with_its_reason() {
    let sale = sale();
    let refused = |returned: &[Returned]| RefundDraft::with_receipt(&sale, &none(), returned).unwrap_err();
    assert_eq!(refused(&[]), RefundError::Nothing);
    assert_eq!(refused(&[returned(9, 1_000)]), RefundError::NoLine { receipt_number: 17, line: 9 });
    assert_eq!(refused(&[returned(1, 1_000), returned(1, 1_000)]), RefundError::Twice(1));
    assert!(matches!(refused(&[returned(1, 4_000)]), RefundError::TooMany { .. }));
    assert!(matches!(refused(&[returned(2, 533)]), RefundError::TooMany { .. }));
    assert_eq!(refused(&[returned(1, 500)]), RefundError::NotWhole("Pen".to_owned()));
    let other = Refunded::none(Original { receipt_number: 16, ..original() });
    assert!(matches!(RefundDraft::with_receipt(&sale, &other, &[returned(1, 1_000)]), Err(RefundError::Form(_))));
}

#[test]
fn money_goes_back_in_coins_to_cards_and_as_vouchers_and_reconciles() {
    let (sale, swiss) = (sale(), book(5));
    let settle = |given_back: Vec<GivenBack>| {
        let draft = RefundDraft::with_receipt(&sale, &none(), &[returned(1, 1_000)]).unwrap();
        draft.settle(&swiss.terms, given_back, None, None).map(|refund| refund.number(18))
    };
    let card = |amount_minor| GivenBack::Card { amount_minor, reference: "B7".parse().unwrap() };
    let voucher = |amount_minor| {
        let (number, last_day) = (VoucherNumber::mint(1), "2029-05-03".parse().unwrap());
        GivenBack::Voucher { amount_minor, number, last_day }
    };
    // given back, cash rounding of 3.33
    let table = [
        (vec![cash(335)], 2),
        (vec![card(333)], 0),
        (vec![card(300), cash(35)], 2),
        (vec![card(133), voucher(200)], 0),
        (vec![card(131), voucher(200), cash(0)], -2),
    ];
    for (given_back, rounding) in table {
        let refund = settle(given_back.clone()).unwrap();
        assert_eq!((refund.cash_rounding_minor, refund.check()), (rounding, Ok(())), "{given_back:?}");
    }
    assert!(matches!(settle(vec![card(132), voucher(200)]), Err(RefundError::Unsettled { .. })));
    for wrong in [
        vec![],
        vec![cash(333)],
        vec![cash(340)],
        vec![card(334)],
        vec![cash(335), cash(0)],
        vec![card(400), cash(-65)],
    ] {
        assert!(settle(wrong.clone()).is_err(), "{wrong:?}");
    }
    let restored = GivenBack::Restored { amount_minor: 333, number: VoucherNumber::mint(1) };
    assert!(matches!(settle(vec![restored]), Err(RefundError::Form(_))));
    let mut euro = book(1);
    euro.terms.currency = "EUR".parse().unwrap();
    let draft = RefundDraft::with_receipt(&sale, &none(), &[returned(1, 1_000)]).unwrap();
    assert!(matches!(draft.settle(&euro.terms, vec![cash(333)], None, None), Err(RefundError::OtherCurrency { .. })));
}

#[test]
fn without_a_receipt_todays_price_goes_back_and_a_reason_is_needed() {
    let book = book(1);
    let goods =
        [(&book.items()[0], Quantity::parse("3").unwrap()), (&book.items()[1], Quantity::parse("0.532").unwrap())];
    let draft = || RefundDraft::without_receipt(&book.terms, &goods, &"2026-05-03".parse().unwrap()).unwrap();
    assert_eq!(draft().total_minor(), 2_062);
    assert_eq!(draft().settle(&book.terms, vec![cash(2_062)], None, None), Err(RefundError::NoReason));
    let refund = draft().settle(&book.terms, vec![cash(2_062)], Some(reason()), None).unwrap().number(18);
    assert_eq!((refund.check(), refund.taxes[0].tax_minor, refund.cash_minor()), (Ok(()), 155, Ok(2_062)));
    let half = [(&book.items()[0], Quantity::parse("0.5").unwrap())];
    assert!(matches!(
        RefundDraft::without_receipt(&book.terms, &half, &"2026-05-03".parse().unwrap()),
        Err(RefundError::NotWhole(_))
    ));
    assert_eq!(
        RefundDraft::without_receipt(&book.terms, &[], &"2026-05-03".parse().unwrap()),
        Err(RefundError::Nothing)
    );
}

#[test]
fn the_json_of_a_refund_is_a_contract_and_a_changed_one_is_found() {
    let draft = RefundDraft::with_receipt(&sale(), &none(), &[returned(1, 1_000)]).unwrap();
    let refund =
        draft.settle(&book(5).terms, vec![cash(335)], Some(reason()), Some("7 Anna".to_owned())).unwrap().number(18);
    let json = concat!(
        r#"{"receipt_number":18,"original":{"till":"eu/CH-0417/2","receipt_number":17},"currency":"CHF","tax_mode":"inclusive","#,
        r#""lines":[{"line":1,"code":"1","name":"Pen","quantity_milli":1000,"net_minor":308,"tax_minor":25,"gross_minor":333,"tax":"A"}],"#,
        r#""taxes":[{"code":"A","label":"MWST","rate":8100,"net_minor":308,"tax_minor":25,"gross_minor":333}],"#,
        r#""total_minor":333,"cash_rounding_minor":2,"given_back":[{"kind":"cash","amount_minor":335}],"reason":"broken","cashier":"7 Anna"}"#,
    );
    assert_eq!(serde_json::to_string(&refund).unwrap(), json);
    assert_eq!(serde_json::from_str::<Refund>(json).unwrap(), refund);
    let changes: [fn(&mut Refund); 9] = [
        |refund| refund.receipt_number = 0,
        |refund| refund.lines.clear(),
        |refund| refund.lines[0].line = 0,
        |refund| refund.lines[0].net_minor += 1,
        |refund| refund.lines[0].tax = "B".to_owned(),
        |refund| refund.taxes[0].tax_minor += 1,
        |refund| refund.total_minor += 1,
        |refund| refund.cash_rounding_minor = 0,
        |refund| refund.given_back = vec![cash(-335)],
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut changed = refund.clone();
        change(&mut changed);
        assert!(changed.check().is_err(), "change {index}");
    }
    let mut dearer = refund.clone();
    (dearer.lines[0].net_minor, dearer.lines[0].gross_minor) = (408, 433);
    (dearer.taxes[0].net_minor, dearer.taxes[0].gross_minor) = (408, 433);
    (dearer.total_minor, dearer.given_back) = (433, vec![cash(435)]);
    assert_eq!(dearer.check(), Ok(()));
    assert!(matches!(dearer.check_against(&sale(), &none()), Err(RefundError::Form(_))));
}

#[test]
fn a_void_takes_the_last_sale_back_as_it_was_paid() {
    let (sale, reversal) = (sale(), ["REV1".parse().unwrap()]);
    let void = UnnumberedVoid::of(&sale, &none(), 17, &reversal, reason(), None).unwrap().number(18);
    // 10.62 was due in cash, 10.60 was taken.
    assert_eq!((void.check(), void.check_against(&sale), void.cash_minor()), (Ok(()), Ok(()), Ok(1_060)));
    let json = serde_json::to_string(&void).unwrap();
    assert_eq!(serde_json::from_str::<VoidedSale>(&json).unwrap(), void);
    let mut after = none();
    after.add_void(&void);
    assert_eq!(RefundDraft::with_receipt(&sale, &after, &[returned(1, 1_000)]), Err(RefundError::Voided(17)));
    assert_eq!(after.left(&sale.lines[0]), None);
    let refused = |before: &Refunded, last, references: &[AuthorisationReference]| {
        UnnumberedVoid::of(&sale, before, last, references, reason(), None).unwrap_err()
    };
    assert_eq!(refused(&after, 17, &reversal), RefundError::Voided(17));
    assert_eq!(refused(&none(), 18, &reversal), RefundError::NotLast { asked: 17, last: 18 });
    assert_eq!(refused(&none(), 17, &[]), RefundError::References { cards: 1, references: 0 });
    let draft = RefundDraft::with_receipt(&sale, &none(), &[returned(1, 1_000)]).unwrap();
    let mut begun = none();
    begun.add(&draft.settle(&book(1).terms, vec![cash(333)], None, None).unwrap().number(18));
    assert_eq!(refused(&begun, 17, &reversal), RefundError::HasRefunds(17));
    let mut changed = void.clone();
    changed.given_back.pop();
    assert!(changed.check().is_err());
}

fn printed(copy: bool, print: impl Fn(&StoreInfo, &ReceiptContext<'_>) -> Receipt) -> String {
    let (till, at) = ("eu/CH-0417/2".parse().unwrap(), "2026-05-03T20:04:05+02:00".parse().unwrap());
    let business_day = "2026-05-03".parse().unwrap();
    let context = ReceiptContext { till: &till, at: &at, business_day: &business_day, copy, hash: None, sig: None };
    print(&book(5).store, &context).to_text(32)
}

#[test]
fn the_paper_of_a_refund_says_what_goes_out_and_carries_its_voucher() {
    let draft = RefundDraft::with_receipt(&sale(), &none(), &[returned(1, 2_000), returned(2, 532)]).unwrap();
    let (number, last_day) = (VoucherNumber::mint(1), "2029-12-31".parse().unwrap());
    let given_back = vec![cash(730), GivenBack::Voucher { amount_minor: 1_000, number, last_day }];
    let refund =
        draft.settle(&book(5).terms, given_back, Some(reason()), Some("7 Anna".to_owned())).unwrap().number(18);
    let expected = "
               S

            RÜCKGABE
--------------------------------
Zu Bon 17            CH-0417 / 2
Pen                      -6.66 A
  2 x
Cheese                  -10.63 A
  0.532 x
--------------------------------
SUMME CHF                 -17.29
Rundung                    -0.01
Bar                        -7.30
Gutschein                 -10.00
  V0000000000000013
--------------------------------
A MWST 8.1 %               -1.30
  netto -15.99, brutto -17.29
--------------------------------
Bon 18          03.05.2026 20:04
Kasse 2                  CH-0417
Bedient von 7 Anna
Grund broken


Unterschrift ________________

         [R2-00000018]



- - - - - - - - - - - - - - - -
               S
           GUTSCHEIN
           10.00 CHF
     Gültig bis 31.12.2029

      [V0000000000000013]



- - - - - - - - - - - - - - - -
";
    assert_eq!(printed(false, |store, context| refund.document(store, context)), &expected[1..]);
    let void = UnnumberedVoid::of(&sale(), &none(), 17, &["REV1".parse().unwrap()], reason(), None).unwrap().number(18);
    let paper = printed(true, |store, context| void.document(store, context));
    for part in [
        "STORNO",
        "KOPIE",
        "Zu Bon 17",
        "SUMME CHF                 -20.62",
        "Ref. REV1",
        "Bar                       -10.60",
    ] {
        assert!(paper.contains(part), "{part}: {paper}");
    }
}

/// A sale as any promotion may leave it: lines that cost whatever was left of them.
fn any_sale() -> impl Strategy<Value = Sale> {
    let line = (0usize..3, 1i64..20, any::<bool>(), 0i64..5_000, 0i64..=4);
    (any::<bool>(), any::<bool>(), prop::collection::vec(line, 1..8)).prop_map(|(inclusive, even, lines)| {
        let rates: [&[i64]; 3] = [&[19_000], &[4_000, 4_500, 375], &[]];
        let group = |(index, rates): (usize, &&[i64])| TaxGroup {
            code: index.to_string(),
            label: "Tax".to_owned(),
            rates: rates.iter().map(|rate| TaxRate { label: rate.to_string(), rate: Rate(*rate) }).collect(),
            rounded: tax::Rounded::Together,
        };
        let groups: Vec<TaxGroup> = rates.iter().enumerate().map(group).collect();
        let (mut sale, number) = (sale(), 17);
        sale.receipt_number = number;
        sale.tax_mode = if inclusive { TaxMode::Inclusive } else { TaxMode::Exclusive };
        sale.rounding = if even { Rounding::HalfEven } else { Rounding::HalfUp };
        let of =
            |(index, (tax, count, by_weight, amount_minor, off)): (usize, (usize, i64, bool, i64, i64))| SaleLine {
                line: index as u32 + 1,
                tax: tax.to_string(),
                quantity_milli: Quantity::from_milli(if by_weight { count * 137 } else { count * 1_000 }).unwrap(),
                amount_minor,
                basket_discount_minor: amount_minor * off / 4,
                ..sale.lines[0].clone()
            };
        sale.lines = lines.into_iter().enumerate().map(of).collect();
        let paid = sale.lines.iter().map(|line| (line.tax.as_str(), line.paid_minor().unwrap()));
        sale.taxes = tax::rows(sale.tax_mode, sale.rounding, &groups, paid).unwrap();
        sale.total_minor = sale.taxes.iter().map(|row| row.gross_minor).sum();
        sale
    })
}

proptest! {
    #[test]
    fn whatever_comes_back_in_whatever_steps_all_of_it_gives_exactly_what_was_paid(
        sale in any_sale(), steps in prop::collection::vec((any::<prop::sample::Index>(), 1i64..20_000), 0..30)
    ) {
        let (terms, mut before, mut refunds) = (book(1).terms, none(), Vec::new());
        let mut give_back = |wanted: &[Returned], before: &mut Refunded| {
            let draft = RefundDraft::with_receipt(&sale, before, wanted)?;
            let total = draft.total_minor();
            let refund = draft.settle(&terms, vec![cash(total)], None, None)?.number(18);
            refund.check_against(&sale, before)?;
            before.add(&refund);
            refunds.push(refund);
            Ok::<(), RefundError>(())
        };
        for (line, milli) in steps {
            let line = line.get(&sale.lines);
            let milli = if line.quantity_milli.is_whole() { milli / 1_000 * 1_000 } else { milli % 3_000 };
            let Ok(quantity) = Quantity::from_milli(milli) else { continue };
            let left = before.left(line).map_or(0, Quantity::milli);
            let outcome = give_back(&[Returned { line: line.line, quantity }], &mut before);
            prop_assert_eq!(outcome.is_ok(), milli <= left);
        }
        let left = before.all_left(&sale);
        if !left.is_empty() {
            give_back(&left, &mut before).unwrap();
        }
        prop_assert!(before.all_left(&sale).is_empty());
        prop_assert_eq!(refunds.iter().map(|refund| refund.total_minor).sum::<i64>(), sale.total_minor);
        for row in &sale.taxes {
            let rows = || refunds.iter().flat_map(|refund| &refund.taxes).filter(|other| other.code == row.code);
            prop_assert_eq!(rows().map(|row| row.tax_minor).sum::<i64>(), row.tax_minor);
            prop_assert_eq!(rows().map(|row| row.net_minor).sum::<i64>(), row.net_minor);
            for (index, part) in row.parts.iter().enumerate() {
                prop_assert_eq!(rows().map(|row| row.parts[index].tax_minor).sum::<i64>(), part.tax_minor);
            }
            prop_assert!(rows().all(|row| row.tax_minor >= 0));
        }
    }
}

//! A whole day at a till with a list of cashiers: who may do what, the cash of a shift, goods that come back, and a Z report
//! that says what the journal says.

use super::tests::{PEN, Shop, card, cash, mint};
use super::*;
use crate::journal::JobState;
use argon2::password_hash::PasswordHasher;
use argon2::{Argon2, Params};
use evertill_domain::catalogue::PriceBook;
use evertill_domain::discount::Off;
use evertill_domain::entry::Entry;
use evertill_domain::ids::Kind;
use evertill_domain::money::Rate;
use evertill_domain::quantity::Quantity;
use evertill_domain::reason::Reason;
use evertill_domain::refund::Returned;
use evertill_domain::shift::{Counted, Direction};
use std::sync::Arc;
use tokio::sync::watch;

/// A hash that costs nothing: what the till does with it is the same.
fn pin_hash(pin: &str) -> String {
    let cheap = Params::new(32, 1, 1, None).unwrap();
    Argon2::from(cheap).hash_password(pin.as_bytes()).unwrap().to_string()
}

fn staffed_book() -> Option<Arc<PriceBook>> {
    let cashier = |number: u32, name: &str, role: &str| serde_json::json!({"number": number, "name": name, "role": role, "pin_hash": pin_hash(&format!("{number}{number}{number}"))});
    let book = serde_json::json!({
        "version": 1,
        "store": {"name": "Evertill Markt", "locale": "de-DE"},
        "currency": "EUR", "tax_mode": "inclusive",
        "taxes": [{"code": "A", "label": "MwSt", "rates": [{"label": "MwSt", "rate": 19000}]},
                  {"code": "B", "label": "MwSt", "rates": [{"label": "MwSt", "rate": 7000}]},
                  {"code": "0", "label": "ohne", "rates": []}],
        "items": [{"gtins": [PEN], "name": "Pen", "price_minor": 199, "tax": "A"},
                  {"plu": "4011", "name": "Bananas", "price_minor": 199, "tax": "B", "sold_by": "weight"},
                  {"plu": "77", "name": "Newspaper", "price_minor": 320, "tax": "B"},
                  {"plu": "18", "name": "Gin", "price_minor": 1500, "tax": "A", "age_years": 18}],
        "voucher_validity": {"years": 3, "to_year_end": true},
        "cashiers": [cashier(1, "Anna", "cashier"), cashier(2, "Ben", "supervisor"), cashier(3, "Cem", "manager")],
    });
    Some(Arc::new(PriceBook::parse(book.to_string().as_bytes()).unwrap()))
}

pub(super) async fn staffed() -> Shop {
    Shop::open_in(tempfile::tempdir().unwrap(), watch::channel(staffed_book()).0).await
}

pub(super) fn pin(number: u32) -> Credentials {
    Credentials { number, pin: format!("{number}{number}{number}") }
}

pub(super) fn reason() -> Reason {
    "the customer asked".parse().unwrap()
}

pub(super) fn by(number: u32) -> Option<Permission> {
    Some(Permission { by: pin(number), reason: reason() })
}

/// Everything that was recorded, in order.
pub(super) async fn entries(shop: &Shop) -> Vec<Entry> {
    let epoch = shop.journal.heads().borrow().epoch;
    shop.journal.entries(epoch, 0, 100_000, usize::MAX).await.unwrap()
}

async fn kinds(shop: &Shop) -> Vec<String> {
    entries(shop).await.iter().map(|entry| entry.kind.to_string()).collect()
}

pub(super) fn refused(outcome: Result<CounterReply, CounterError>) -> String {
    outcome.unwrap_err().to_string()
}

/// Anna is signed on, 100.00 are in the drawer.
pub(super) async fn open_till(shop: &Shop) {
    shop.counter.sign_on(mint("on"), pin(1)).await.unwrap();
    shop.counter.open_shift(mint("open"), 10_000, None).await.unwrap();
}

#[tokio::test]
async fn nothing_happens_before_somebody_signed_on_and_counted_the_float() {
    let shop = staffed().await;
    assert!(shop.counter.must_sign_on());
    assert!(refused(shop.counter.scan(mint("1"), PEN).await).starts_with("nobody is signed on"));
    assert!(refused(shop.counter.open_shift(mint("2"), 0, None).await).starts_with("nobody is signed on"));
    shop.counter.sign_on(mint("3"), pin(1)).await.unwrap();
    assert!(refused(shop.counter.scan(mint("4"), PEN).await).starts_with("no shift is open"));
    shop.counter.open_shift(mint("5"), 10_000, None).await.unwrap();
    assert!(refused(shop.counter.open_shift(mint("6"), 10_000, None).await).starts_with("shift 1 is open"));
    shop.scan("7", PEN).await;
    let sale = shop.counter.tender(mint("8"), cash(199)).await.unwrap();
    assert_eq!(sale.sale.unwrap().receipt_number, 1);
    let body = entries(&shop).await.pop().unwrap().body;
    assert!(body.contains(r#""cashier":"1 Anna""#), "{body}");
}

#[tokio::test]
async fn a_wrong_pin_is_counted_over_restarts_and_locks_longer_each_time() {
    let shop = staffed().await;
    let wrong = |number| Credentials { number, pin: "000".to_owned() };
    for left in [4, 3, 2, 1] {
        let said = refused(shop.counter.sign_on(mint(&format!("w{left}")), wrong(1)).await);
        assert!(said.contains(&format!("{left} more tries")), "{said}");
    }
    let shop = shop.restart().await;
    let said = refused(shop.counter.sign_on(mint("w0"), wrong(1)).await);
    assert!(said.starts_with("too many wrong PINs: try again in 60 s"), "{said}");
    // The right PIN does not help now, others may sign on, and a manager lets Anna try again.
    assert!(refused(shop.counter.sign_on(mint("r1"), pin(1)).await).starts_with("too many wrong PINs"));
    assert!(refused(shop.counter.sign_on(mint("nobody"), wrong(99)).await).contains("4 more tries"));
    shop.counter.sign_on(mint("r2"), pin(2)).await.unwrap();
    assert!(refused(shop.counter.unlock(mint("u1"), 1, None).await).contains("needs a Manager"));
    shop.counter.unlock(mint("u2"), 1, by(3)).await.unwrap();
    shop.counter.sign_on(mint("r3"), pin(1)).await.unwrap();
    let kinds = kinds(&shop).await;
    let signs: Vec<&str> = kinds.iter().map(String::as_str).filter(|kind| *kind != "epoch_begun").collect();
    assert_eq!(signs, ["sign_on", "override", "sign_off", "sign_on"]);
}

#[tokio::test]
async fn what_a_role_does_not_allow_a_second_person_does_and_an_entry_says_so() {
    let shop = staffed().await;
    open_till(&shop).await;
    shop.scan("1", PEN).await;
    let basket = shop.counter.view().await;
    assert!(refused(shop.counter.no_sale(mint("2"), reason(), None).await).contains("needs a Supervisor"));
    assert!(refused(shop.counter.no_sale(mint("2"), reason(), by(1)).await).contains("ask another"));
    let wrong = Some(Permission { by: Credentials { number: 2, pin: "1".to_owned() }, reason: reason() });
    assert!(refused(shop.counter.no_sale(mint("2"), reason(), wrong).await).contains("number or PIN is wrong"));
    let before = kinds(&shop).await.len();
    let reply = shop.counter.no_sale(mint("2"), reason(), by(2)).await.unwrap();
    assert!(matches!(reply.commands[..], [DeviceCommand::OpenDrawer { .. }]));
    assert_eq!(reply.basket, basket, "the basket is as it was");
    assert_eq!(kinds(&shop).await[before..], ["override", "no_sale"]);
    let again = shop.counter.no_sale(mint("2"), reason(), by(2)).await.unwrap();
    assert_eq!((again.commands.len(), kinds(&shop).await.len()), (0, before + 2), "a repeat opens no drawer");
    shop.counter.sign_on(mint("3"), pin(2)).await.unwrap();
    shop.counter.no_sale(mint("4"), reason(), None).await.unwrap();
    assert_eq!(kinds(&shop).await[before + 2..], ["sign_off", "sign_on", "no_sale"]);
}

#[tokio::test]
async fn goods_come_back_once_and_for_what_was_paid() {
    let shop = staffed().await;
    open_till(&shop).await;
    shop.scan("1", &format!("3*{PEN}")).await;
    shop.counter.tender(mint("2"), cash(597)).await.unwrap();
    let first = shop.counter.receipt_of(None, 1);
    let two = |lines| Goods::OfReceipt { receipt: first.clone(), lines };
    let returned = |milli| vec![Returned { line: 1, quantity: Quantity::from_milli(milli).unwrap() }];
    let refuse = async |goods, key: &str| refused(shop.counter.refund(mint(key), goods, Back::Cash, None, by(2)).await);
    assert!(refuse(two(returned(4_000)), "r0").await.contains("of 3 sold, 0 came back before"));
    let reply = shop.counter.refund(mint("r1"), two(returned(2_000)), Back::Cash, None, by(2)).await.unwrap();
    let recorded = reply.recorded.unwrap();
    assert_eq!((recorded.kind.as_str(), recorded.receipt_number), ("refund", Some(2)));
    assert!(matches!(reply.commands[..], [DeviceCommand::OpenDrawer { .. }, DeviceCommand::Print { .. }]));
    let shop = shop.restart().await;
    shop.counter.sign_on(mint("on2"), pin(1)).await.unwrap();
    let refuse = async |goods, key: &str| refused(shop.counter.refund(mint(key), goods, Back::Cash, None, by(2)).await);
    assert!(refuse(two(returned(2_000)), "r2").await.contains("of 3 sold, 2 came back before"));
    let repeat = shop.counter.refund(mint("r1"), two(returned(2_000)), Back::Cash, None, by(2)).await.unwrap();
    assert_eq!((repeat.recorded.unwrap().receipt_number, repeat.commands.len()), (Some(2), 0));
    // A sale of which something came back, or that is not the last one, is not voided; a refund is no sale.
    let void =
        async |number, key: &str| refused(shop.counter.void_sale(mint(key), number, vec![], reason(), by(2)).await);
    assert!(void(1, "v1").await.contains("has refunds"));
    assert!(void(2, "v2").await.contains("nothing was sold with it"));
    shop.scan("3", PEN).await;
    shop.counter.tender(mint("4"), cash(200)).await.unwrap();
    shop.counter.void_sale(mint("v3"), 3, vec![], reason(), by(2)).await.unwrap();
    assert!(void(3, "v4").await.contains("was voided"));
    // Without a receipt: a manager, a reason, today's price.
    let newspaper = Goods::WithoutReceipt(vec![("77".to_owned(), Quantity::ONE)]);
    let without = async |reason, who, key: &str| {
        shop.counter.refund(mint(key), newspaper.clone(), Back::Cash, reason, by(who)).await
    };
    assert!(refused(without(Some(reason()), 2, "w1").await).contains("may not allow this"));
    assert!(refused(without(None, 3, "w2").await).contains("needs a reason"));
    without(Some(reason()), 3, "w3").await.unwrap();
    let report = shop.counter.report().await.unwrap();
    assert_eq!((report.sales.amount_minor, report.refunds.amount_minor, report.voids.amount_minor), (796, 718, 199));
    assert_eq!(report.shift.open_shift().unwrap().expected_minor().unwrap(), 10_000 + 597 - 398 + 199 - 199 - 320);
    let jobs = shop.journal.print_jobs(JobState::Pending).await.unwrap();
    let store = shop.counter.store().await;
    let papers: Vec<String> = (jobs.iter())
        .map(|job| evertill_domain::paper::of_entry(&job.entry, &store, job.copy).unwrap().to_text(48))
        .collect();
    assert_eq!(papers.len(), 5);
    assert!(papers[1].contains("RÜCKGABE") && papers[1].contains("-3,98"), "{}", papers[1]);
    assert!(papers[3].contains("STORNO"), "{}", papers[3]);
}

#[tokio::test]
async fn a_basket_waits_for_its_customer_and_is_found_after_a_crash() {
    let shop = staffed().await;
    open_till(&shop).await;
    assert!(refused(shop.counter.suspend(mint("0")).await).contains("empty"));
    shop.scan("1", PEN).await;
    let waiting = shop.counter.view().await;
    shop.counter.suspend(mint("2")).await.unwrap();
    assert_eq!(shop.counter.view().await.lines, []);
    shop.scan("3", "77").await;
    let shop = shop.restart().await;
    shop.counter.sign_on(mint("on2"), pin(1)).await.unwrap();
    let list = shop.counter.suspended().await.unwrap();
    let shown = (list.len(), list[0].first.as_str(), list[0].total_minor, list[0].cashier.as_deref());
    assert_eq!(shown, (1, "Pen", 199, Some("1 Anna")));
    assert!(refused(shop.counter.recall(mint("4"), list[0].id).await).contains("a basket is open"));
    shop.counter.tender(mint("5"), card(320)).await.unwrap();
    assert!(refused(shop.counter.close_day(mint("z"), by(3)).await).contains("1 suspended baskets wait"));
    assert_eq!(shop.counter.recall(mint("6"), list[0].id).await.unwrap().basket, waiting);
    assert!(refused(shop.counter.recall(mint("7"), list[0].id).await).contains("a basket is open"));
    let shop = shop.restart().await;
    assert_eq!(shop.counter.view().await, waiting);
    assert_eq!(shop.counter.suspended().await.unwrap(), []);
}

#[tokio::test]
async fn a_day_is_closed_after_its_shift_and_its_z_report_prints_again_as_a_copy() {
    let shop = staffed().await;
    open_till(&shop).await;
    shop.scan("1", PEN).await;
    assert!(refused(shop.counter.close_shift(mint("c0"), vec![], None).await).contains("a basket is open"));
    shop.counter.tender(mint("2"), cash(500)).await.unwrap();
    shop.counter.move_cash(mint("3"), Direction::PickUp, 5_000, reason(), by(2)).await.unwrap();
    assert!(refused(shop.counter.close_day(mint("z0"), by(3)).await).contains("shift 1 is open"));
    let x = shop.counter.x_report(mint("x"), by(2)).await.unwrap();
    assert_eq!(x.recorded.unwrap().kind, Kind::X_REPORT);
    let count = vec![Counted { value_minor: 5_000, pieces: 1 }, Counted { value_minor: 100, pieces: 1 }];
    shop.counter.close_shift(mint("c1"), count, None).await.unwrap();
    shop.counter.close_day(mint("z1"), by(3)).await.unwrap();
    let entries = entries(&shop).await;
    let closed: serde_json::Value = serde_json::from_str(&entries.last().unwrap().body).unwrap();
    assert_eq!(closed["report"]["z_number"], 1);
    assert_eq!(closed["report"]["shifts"][0]["over_short_minor"], 5_100 - (10_000 + 199 - 5_000));
    let shop = shop.restart().await;
    shop.counter.sign_on(mint("on2"), pin(2)).await.unwrap();
    shop.counter.reprint_z(mint("zc"), 1, None).await.unwrap();
    assert!(refused(shop.counter.reprint_z(mint("zd"), 2, None).await).contains("Z report 2"));
    let jobs = shop.journal.print_jobs(JobState::Pending).await.unwrap();
    let store = shop.counter.store().await;
    let copy = jobs.last().unwrap();
    let paper = evertill_domain::paper::of_entry(&copy.entry, &store, copy.copy).unwrap().to_text(48);
    assert!(paper.contains("Z-BERICHT 1") && paper.contains("KOPIE"), "{paper}");
    assert_eq!(shop.counter.report().await.unwrap().z_number, 2, "the next period has begun");
}

#[tokio::test]
async fn a_discount_beyond_the_role_needs_somebody_and_stays_within_what_was_allowed() {
    let shop = staffed().await;
    open_till(&shop).await;
    shop.scan("1", &format!("5*{PEN}")).await;
    let discount = async |key: &str, line, off, by| shop.counter.discount(mint(key), line, off, reason(), by).await;
    let view = discount("d1", Some(1), Off::Percent(Rate(10_000)), None).await.unwrap().basket;
    assert_eq!((view.total_minor, view.taken_off_minor, view.lines[0].paid_minor), (895, 100, 895));
    assert!(refused(discount("d2", None, Off::AmountMinor(300), None).await).contains("needs a Supervisor"));
    assert!(refused(discount("d3", None, Off::AmountMinor(99_999), by(3)).await).contains("99"));
    assert_eq!(discount("d4", None, Off::AmountMinor(300), by(2)).await.unwrap().basket.total_minor, 595);
    // The basket shrinks below the discount that was allowed for it.
    shop.counter.set_quantity(mint("q"), 1, Quantity::ONE).await.unwrap();
    let said = refused(shop.counter.tender(mint("t1"), cash(1_000)).await);
    assert!(said.contains("more than was allowed"), "{said}");
    shop.counter.take_back_discount(mint("b"), None).await.unwrap();
    let sale = shop.counter.tender(mint("t2"), cash(1_000)).await.unwrap().sale.unwrap();
    assert_eq!(sale.total_minor, 179);
    let kinds = kinds(&shop).await;
    assert_eq!(kinds[kinds.len() - 2..], ["override", "sale"]);
}

#[tokio::test]
async fn an_age_limit_is_asked_before_money_is_taken_and_the_birth_date_is_kept_nowhere() {
    let shop = staffed().await;
    open_till(&shop).await;
    assert_eq!(shop.scan("1", "18").await.basket.age_to_confirm, Some(18));
    assert!(refused(shop.counter.tender(mint("t1"), cash(1_500)).await).contains("18"));
    let born = |day: &str| day.parse().unwrap();
    assert!(refused(shop.counter.confirm_birth_date(mint("a1"), &born("2008-05-04")).await).contains("17"));
    let reply = shop.counter.confirm_birth_date(mint("a2"), &born("2008-05-03")).await.unwrap();
    assert_eq!(reply.basket.age_to_confirm, None);
    shop.counter.tender(mint("t2"), cash(1_500)).await.unwrap();
    assert!(!entries(&shop).await.iter().any(|entry| entry.body.contains("2008-05-03")));
    shop.scan("2", "18").await;
    assert!(refused(shop.counter.confirm_age(mint("a3"), None).await).contains("needs a Supervisor"));
    shop.counter.confirm_age(mint("a4"), by(2)).await.unwrap();
    shop.counter.tender(mint("t3"), card(1_500)).await.unwrap();
    let body = entries(&shop).await.pop().unwrap().body;
    assert!(body.contains("2 Ben"), "{body}");
}

#[tokio::test]
async fn a_voucher_is_sold_spent_once_and_given_back_as_another() {
    let shop = staffed().await;
    open_till(&shop).await;
    shop.counter.sell_voucher(mint("v"), 1_000).await.unwrap();
    shop.counter.sell_voucher(mint("v"), 1_000).await.unwrap();
    let number = shop.counter.view().await.lines[0].code.clone();
    assert_eq!(shop.counter.view().await.lines.len(), 1);
    assert!(refused(shop.counter.tender_voucher(mint("early"), &number).await).contains("does not know voucher"));
    shop.counter.tender(mint("1"), cash(1_000)).await.unwrap();
    let job = shop.journal.print_jobs(JobState::Pending).await.unwrap().pop().unwrap();
    let paper = evertill_domain::paper::of_entry(&job.entry, &shop.counter.store().await, false).unwrap().to_text(48);
    assert!(paper.contains("GUTSCHEIN") && paper.contains("31.12.2029"), "{paper}");
    let shop = shop.restart().await;
    shop.counter.sign_on(mint("on2"), pin(1)).await.unwrap();
    shop.scan("2", &format!("4*{PEN}")).await;
    let reply = shop.counter.tender_voucher(mint("3"), &number).await.unwrap();
    assert_eq!(reply.sale.as_ref().map(|sale| sale.change_minor), Some(0), "only what is due is taken");
    let again = shop.counter.tender_voucher(mint("3"), &number).await.unwrap();
    assert_eq!((again.sale, again.commands.len()), (reply.sale, 0));
    shop.scan("4", &format!("4*{PEN}")).await;
    let reply = shop.counter.tender_voucher(mint("5"), &number).await.unwrap();
    assert_eq!((reply.basket.tendered_minor, reply.basket.due_minor), (204, 592));
    assert!(refused(shop.counter.tender_voucher(mint("6"), &number).await).contains("redeemed already"));
    assert!(refused(shop.counter.tender_voucher(mint("7"), "V000000000000000").await).contains("V"));
    shop.counter.tender(mint("8"), cash(592)).await.unwrap();
    let goods = Goods::WithoutReceipt(vec![("77".to_owned(), Quantity::ONE)]);
    shop.counter.refund(mint("9"), goods, Back::Voucher, Some(reason()), by(3)).await.unwrap();
    let refund: serde_json::Value = serde_json::from_str(&entries(&shop).await.pop().unwrap().body).unwrap();
    let other = refund["given_back"][0]["number"].as_str().unwrap().to_owned();
    shop.scan("10", PEN).await;
    shop.counter.tender_voucher(mint("11"), &other).await.unwrap();
    assert_eq!(shop.counter.report().await.unwrap().uncounted, 0);
}

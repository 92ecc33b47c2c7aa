//! Receipts of other tills, and what came back there.

use super::day_tests::{by, entries, open_till, reason, refused, staffed};
use super::tests::{PEN, Shop, cash, mint};
use super::*;
use evertill_domain::entry::{Entry, Hash};
use evertill_domain::quantity::Quantity;
use evertill_domain::refund::{Original, Returned};
use std::sync::{Arc, Mutex};

/// What head office says; silence at first.
type Said = Arc<Mutex<Option<Vec<Entry>>>>;

fn listen(shop: &Shop) -> Said {
    let said = Said::default();
    let says = said.clone();
    shop.counter.connect(Arc::new(move |_| {
        let answer = says.lock().unwrap().clone();
        Box::pin(async move { answer })
    }));
    said
}

fn pens(count: i64) -> Vec<Returned> {
    vec![Returned { line: 1, quantity: Quantity::from_milli(count * 1_000).unwrap() }]
}

/// The sale of three pens, as receipt 1 of till 3.
async fn sold_at_till_3(shop: &Shop) -> Entry {
    shop.scan("1", &format!("3*{PEN}")).await;
    shop.counter.tender(mint("2"), cash(597)).await.unwrap();
    Entry { till: "eu/DE-0417/3".parse().unwrap(), ..entries(shop).await.pop().unwrap() }
}

/// Takes pens of receipt 1 of till 3 back.
async fn take_back(shop: &Shop, count: i64, key: &str) -> Result<CounterReply, CounterError> {
    let goods = Goods::OfReceipt { receipt: shop.counter.receipt_of(Some(3), 1), lines: pens(count) };
    shop.counter.refund(mint(key), goods, Back::Cash, None, by(2)).await
}

#[tokio::test]
async fn a_receipt_of_another_till_is_refunded_as_far_as_head_office_knows() {
    let shop = staffed().await;
    open_till(&shop).await;
    let sale = sold_at_till_3(&shop).await;
    assert!(
        refused(take_back(&shop, 2, "a").await).contains("R3-00000001 is another till's, and head office does not")
    );
    let said = listen(&shop);
    assert!(refused(take_back(&shop, 2, "a").await).contains("head office does not answer"), "silence");
    *said.lock().unwrap() = Some(Vec::new());
    assert!(refused(take_back(&shop, 2, "a").await).contains("there is no receipt R3-00000001"));

    *said.lock().unwrap() = Some(vec![sale.clone()]);
    let reply = take_back(&shop, 2, "a").await.unwrap();
    assert_eq!(reply.recorded.as_ref().unwrap().given_back_minor, Some(398));
    let refund = entries(&shop).await.pop().unwrap();
    assert!(refund.body.contains(r#""original":{"till":"eu/DE-0417/3","receipt_number":1}"#), "{}", refund.body);
    let left = "of 3 sold, 2 came back before";
    assert!(refused(take_back(&shop, 2, "b").await).contains(left), "not delivered yet");
    *said.lock().unwrap() = Some(vec![sale.clone(), refund.clone()]);
    assert!(refused(take_back(&shop, 2, "b").await).contains(left), "delivered, and counted once");
    let theirs = Entry { till: "eu/DE-0417/4".parse().unwrap(), hash: Hash([4; 32]), ..refund };
    *said.lock().unwrap() = Some(vec![sale, theirs]);
    assert!(refused(take_back(&shop, 1, "b").await).contains("of 3 sold, 4 came back before"), "another till's, too");

    *said.lock().unwrap() = None;
    let repeat = take_back(&shop, 2, "a").await.unwrap();
    assert_eq!((repeat.recorded, repeat.commands.len()), (reply.recorded, 0), "a repeat needs no line");
}

#[tokio::test]
async fn what_came_back_elsewhere_counts_for_a_receipt_of_this_till() {
    let shop = staffed().await;
    open_till(&shop).await;
    sold_at_till_3(&shop).await;
    let own = shop.counter.receipt_of(None, 1);
    assert!(shop.counter.refundable(&own).await.unwrap().only_known_here);
    let goods = Goods::OfReceipt { receipt: own.clone(), lines: pens(1) };
    shop.counter.refund(mint("r"), goods, Back::Cash, None, by(2)).await.unwrap();
    let refund = entries(&shop).await.pop().unwrap();
    let theirs = Entry { till: "eu/DE-0417/4".parse().unwrap(), hash: Hash([4; 32]), ..refund };
    let said = listen(&shop);
    *said.lock().unwrap() = Some(vec![theirs]);
    let known = shop.counter.refundable(&own).await.unwrap();
    assert_eq!((known.refunded.before_milli(1), known.only_known_here), (2_000, false));

    shop.scan("3", PEN).await;
    shop.counter.tender(mint("4"), cash(200)).await.unwrap();
    let sold = Original { receipt_number: 3, ..own };
    let mut theirs = said.lock().unwrap().clone().unwrap();
    theirs[0].body = theirs[0].body.replace(r#"/2","receipt_number":1}"#, r#"/2","receipt_number":3}"#);
    *said.lock().unwrap() = Some(theirs);
    assert_eq!(shop.counter.refundable(&sold).await.unwrap().refunded.before_milli(1), 1_000);
    let void = shop.counter.void_sale(mint("v"), 3, vec![], reason(), by(2)).await;
    assert!(refused(void).contains("has refunds"));
}

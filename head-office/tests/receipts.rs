//! A receipt of one till, asked for by another of its store: the sale, and what came back of it at any till.

#![allow(clippy::unwrap_used)] // also in the helpers of tests

mod common;

use common::{Chain, Engine, Site, TILL, epoch, sale};
use evertill_domain::chain::Head;
use evertill_domain::entry::Entry;
use evertill_domain::wire;

/// One pen of a sale comes back.
fn refund(receipt_number: u64, original: &str, of: u64) -> String {
    format!(
        r#"{{"receipt_number":{receipt_number},"original":{{"till":"{original}","receipt_number":{of}}},"currency":"EUR","tax_mode":"inclusive","lines":[{{"line":1,"code":"04006381333931","name":"Pen","quantity_milli":1000,"net_minor":100,"tax_minor":19,"gross_minor":119,"tax":"A"}}],"taxes":[{{"code":"A","label":"MwSt","rate":19000,"net_minor":100,"tax_minor":19,"gross_minor":119}}],"total_minor":119,"cash_rounding_minor":0,"given_back":[{{"kind":"cash","amount_minor":119}}]}}"#
    )
}

async fn ask(site: &Site, as_till: &Chain, till: &str, receipt_number: u64) -> Vec<Entry> {
    let target = wire::receipt_path(&till.parse().unwrap(), receipt_number);
    let answer = site.send(as_till, "GET", &target, vec![], None).await;
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    text.lines().map(|line| Entry::parse_line(line.as_bytes()).unwrap()).collect()
}

async fn every_receipt_of_a_till_is_found_among_entries_without_one(site: Site) {
    let mut seller = Chain::of(TILL, 2);
    let mut entries = Vec::new();
    let mut sales = Vec::new();
    for number in 1..=60 {
        for _ in 0..number % 4 {
            entries.push(seller.next("no_sale", "{}".to_owned()));
        }
        sales.push(seller.next("sale", sale(number)));
        entries.push(sales.last().unwrap().clone());
    }
    site.post_journal(&seller, &entries).await.unwrap();
    // After a new epoch the numbers go on.
    let mut seller = Chain { epoch: epoch(2), head: Head::START, ..seller };
    let later: Vec<Entry> = (61..=70).map(|number| seller.next("sale", sale(number))).collect();
    site.post_journal(&seller, &later).await.unwrap();
    sales.extend(later);
    let asks = Chain::of("eu/DE-0417/3", 3);
    for (sale, number) in sales.iter().zip(1..) {
        assert_eq!(ask(&site, &asks, TILL, number).await, std::slice::from_ref(sale), "receipt {number}");
    }
    for nothing in [0, 71, u64::MAX] {
        assert!(ask(&site, &asks, TILL, nothing).await.is_empty(), "{nothing}");
    }
}

async fn what_came_back_at_any_till_is_told_with_it(site: Site) {
    let mut seller = Chain::of(TILL, 2);
    let sold = seller.sales(3);
    let own = seller.next("refund", refund(4, TILL, 2));
    site.post_journal(&seller, &[sold.clone(), vec![own.clone()]].concat()).await.unwrap();
    let mut other = Chain::of("eu/DE-0417/3", 3);
    let theirs = vec![other.next("refund", refund(1, TILL, 2)), other.next("refund", refund(2, TILL, 1))];
    site.post_journal(&other, &theirs).await.unwrap();
    // A body that is no JSON is kept, and stands in nobody's way.
    site.post_journal(&other, &[other.clone().next("note", "not JSON".to_owned())]).await.unwrap();

    let asks = Chain::of("eu/DE-0417/4", 4);
    assert_eq!(ask(&site, &asks, TILL, 2).await, [sold[1].clone(), own.clone(), theirs[0].clone()]);
    assert_eq!(ask(&site, &asks, TILL, 3).await, [sold[2].clone()]);
    assert!(ask(&site, &asks, TILL, 4).await.is_empty(), "a refund is no sale");

    if let Engine::Sqlite = site.engine {
        let plan = site.sql(
            "EXPLAIN QUERY PLAN SELECT * FROM entries WHERE kind IN ('refund', 'void_sale') AND json_valid(body)
             AND json_extract(body, '$.original.till') = 'x' AND json_extract(body, '$.original.receipt_number') = 1",
        );
        assert!(plan.contains("USING INDEX returns_of"), "{plan}");
    }
}

async fn a_till_of_another_store_is_told_nothing(site: Site) {
    let stranger = Chain::of("eu/DE-0418/1", 9);
    let target = wire::receipt_path(&TILL.parse().unwrap(), 1);
    let answer = site.send(&stranger, "GET", &target, vec![], None).await;
    assert_eq!(answer.status(), 403);
    for target in ["/v1/stores/DE-0418/receipts/x/1", "/v1/stores/DE-0418/receipts/1/x"] {
        assert_eq!(site.send(&stranger, "GET", target, vec![], None).await.status(), 400, "{target}");
    }
}

crate::on_each_engine!(
    every_receipt_of_a_till_is_found_among_entries_without_one,
    what_came_back_at_any_till_is_told_with_it,
    a_till_of_another_store_is_told_nothing,
);

//! A random day against an independent addition of its export.

use super::day_tests::{by, entries, open_till, pin, reason, staffed};
use super::tests::{PEN, card, cash, mint};
use super::*;
use evertill_domain::entry::Entry;
use evertill_domain::quantity::Quantity;
use evertill_domain::random::Seeded;
use evertill_domain::report::Report;
use evertill_domain::shift::{Counted, Direction};
use std::collections::BTreeMap;

/// What the entries of an export come to, added up from their JSON by somebody who knows nothing of our types.
#[derive(Debug, Default, PartialEq)]
struct Recomputed {
    sales: (u64, i64),
    refunds: (u64, i64),
    voids: (u64, i64),
    cash: i64,
    gross_by_code: BTreeMap<String, i64>,
    by_cashier: BTreeMap<String, i64>,
}

fn recompute(entries: &[Entry]) -> Recomputed {
    let mut sum = Recomputed::default();
    for entry in entries {
        let body: serde_json::Value = serde_json::from_str(&entry.body).unwrap();
        let int = |value: &serde_json::Value| value.as_i64().unwrap_or(0);
        let sign = match entry.kind.as_str() {
            "sale" => 1,
            "refund" | "void_sale" => -1,
            "cash_movement" => {
                let sign = if body["direction"] == "paid_in" { 1 } else { -1 };
                sum.cash += sign * int(&body["amount_minor"]);
                continue;
            }
            _ => continue,
        };
        let total = int(&body["total_minor"]);
        let tally = match entry.kind.as_str() {
            "sale" => &mut sum.sales,
            "refund" => &mut sum.refunds,
            _ => &mut sum.voids,
        };
        *tally = (tally.0 + 1, tally.1 + total);
        for row in body["taxes"].as_array().unwrap() {
            *sum.gross_by_code.entry(row["code"].as_str().unwrap().to_owned()).or_default() +=
                sign * int(&row["gross_minor"]);
        }
        let ways = if sign > 0 { &body["tenders"] } else { &body["given_back"] };
        for way in ways.as_array().unwrap().iter().filter(|way| way["kind"] == "cash") {
            sum.cash += sign * int(&way["amount_minor"]);
        }
        sum.cash -= int(&body["change_minor"]);
        if sign > 0 {
            *sum.by_cashier.entry(body["cashier"].as_str().unwrap().to_owned()).or_default() += total;
        }
    }
    sum
}

fn reported(report: &Report) -> Recomputed {
    let shift = report.shift.open_shift().unwrap();
    Recomputed {
        sales: (report.sales.count, report.sales.amount_minor),
        refunds: (report.refunds.count, report.refunds.amount_minor),
        voids: (report.voids.count, report.voids.amount_minor),
        cash: shift.flow_minor,
        gross_by_code: report.groups.iter().map(|group| (group.code.clone(), group.gross_minor)).collect(),
        by_cashier: (report.cashiers.iter())
            .filter(|cashier| cashier.sales.count > 0)
            .map(|cashier| (cashier.cashier.clone().unwrap(), cashier.sales.amount_minor))
            .collect(),
    }
}

/// Events of the random day.
const EVENTS: usize = 500;

#[tokio::test]
async fn a_z_report_of_a_random_day_equals_what_the_export_comes_to() {
    let seed = uuid::Uuid::now_v7().as_u128() as u64;
    println!("seed {seed}");
    let mut random = Seeded::new(seed);
    let mut below = |count: u64| random.up_to(count - 1);
    let mut shop = staffed().await;
    open_till(&shop).await;
    let mut last_sale = None;
    for step in 0..EVENTS {
        let key = |what: &str| mint(&format!("{what}-{step}"));
        match below(12) {
            0 => {
                let who = 1 + below(3) as u32;
                shop.counter.sign_on(key("on"), pin(who)).await.unwrap();
            }
            1 => {
                let direction = [Direction::PaidIn, Direction::PaidOut, Direction::PickUp][below(3) as usize];
                // More than there is in the drawer is refused, and counts for nothing.
                let amount = 1 + below(30_000) as i64;
                let _ = shop.counter.move_cash(key("cash"), direction, amount, reason(), by(3)).await;
            }
            2 => {
                let goods = Goods::WithoutReceipt(vec![(
                    "4011".to_owned(),
                    Quantity::from_milli(1 + below(2_000) as i64).unwrap(),
                )]);
                let back = if below(2) == 0 { Back::Cash } else { Back::Card("A1".parse().unwrap()) };
                let _ = shop.counter.refund(key("goods"), goods, back, Some(reason()), by(3)).await;
            }
            3 | 4 if last_sale.is_some() => {
                let number = last_sale.unwrap();
                let refundable = shop.counter.refundable(&shop.counter.receipt_of(None, number)).await.unwrap();
                if below(3) == 0 {
                    let cards = refundable.sale.tenders.iter().filter(|tender| !tender.is_cash()).count();
                    let references = vec!["R1".parse().unwrap(); cards];
                    let _ = shop.counter.void_sale(key("void"), number, references, reason(), by(3)).await;
                } else {
                    let lines = refundable.refunded.all_left(&refundable.sale);
                    let goods = Goods::OfReceipt { receipt: shop.counter.receipt_of(None, number), lines };
                    let _ = shop.counter.refund(key("refund"), goods, Back::Cash, None, by(3)).await;
                }
            }
            5 if step % 7 == 0 => {
                shop = shop.restart().await;
                shop.counter.sign_on(key("again"), pin(1)).await.unwrap();
            }
            _ => {
                shop.scan(&format!("pen-{step}"), &format!("{}*{PEN}", 1 + below(9))).await;
                shop.scan(&format!("kg-{step}"), &format!("0.{:03}*4011", 1 + below(998))).await;
                let due = shop.counter.view().await.due_minor;
                if below(2) == 0 {
                    shop.counter.tender(key("part"), card(1 + below(due as u64 - 1) as i64)).await.unwrap();
                }
                let due = shop.counter.view().await.due_minor;
                let paid = if below(3) == 0 { card(due) } else { cash(due + below(5_000) as i64) };
                last_sale = shop.counter.tender(key("pay"), paid).await.unwrap().sale.map(|sale| sale.receipt_number);
            }
        }
    }
    let entries = entries(&shop).await;
    assert_eq!(reported(&shop.counter.report().await.unwrap()), recompute(&entries), "seed {seed}");
    assert_eq!(shop.counter.report().await.unwrap().uncounted, 0);
    shop.counter.close_shift(mint("count"), vec![Counted { value_minor: 100, pieces: 7 }], None).await.unwrap();
    shop.counter.close_day(mint("z"), by(3)).await.unwrap();
    let last = shop.counter.report().await.unwrap();
    let recomputed = recompute(&entries);
    let turnover = recomputed.sales.1 - recomputed.refunds.1 - recomputed.voids.1;
    assert_eq!((last.z_number, last.grand_total_before_minor), (2, turnover), "seed {seed}");
}

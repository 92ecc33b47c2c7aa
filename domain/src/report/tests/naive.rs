//! The same totals once more, from the JSON alone: one pass over untyped values, nothing shared with the report.

use crate::entry::Entry;
use crate::report::{Report, TenderKind};
use serde_json::Value;
use std::collections::BTreeMap;

/// Amounts and counts by name.
pub(super) type Totals = BTreeMap<String, i64>;

/// What `report` says, without zeros.
pub(super) fn of_report(report: &Report) -> Totals {
    let mut totals = Totals::new();
    let mut put = |name: String, value: i64| {
        totals.insert(name, value);
    };
    for (name, tally) in [
        ("sale", report.sales),
        ("refund", report.refunds),
        ("void_sale", report.voids),
        ("paid_in", report.paid_in),
        ("paid_out", report.paid_out),
        ("pick_up", report.picked_up),
    ] {
        put(format!("{name} count"), tally.count as i64);
        put(format!("{name} amount"), tally.amount_minor);
    }
    for group in &report.groups {
        put(format!("net {}", group.code), group.net_minor);
        put(format!("tax {}", group.code), group.tax_minor);
        put(format!("gross {}", group.code), group.gross_minor);
    }
    for tender in &report.tenders {
        let kind = match tender.kind {
            TenderKind::Cash => "cash",
            TenderKind::Card => "card",
            TenderKind::Voucher => "voucher",
        };
        put(format!("taken {kind}"), tender.taken.amount_minor);
        put(format!("given {kind}"), tender.given_back.amount_minor);
    }
    for cashier in &report.cashiers {
        let name = cashier.cashier.clone().unwrap_or_default();
        put(format!("sale by {name}"), cashier.sales.amount_minor);
        put(format!("refund by {name}"), cashier.refunds.amount_minor);
        put(format!("void_sale by {name}"), cashier.voids.amount_minor);
    }
    put("no_sale".to_owned(), report.no_sales as i64);
    put("receipt_copy".to_owned(), report.copies as i64);
    put("override".to_owned(), report.overrides as i64);
    put("rounding".to_owned(), report.cash_rounding_minor);
    put("over".to_owned(), report.over_short_minor().unwrap());
    put("shifts".to_owned(), report.shifts.len() as i64);
    put("expected".to_owned(), report.shift.open_shift().map_or(0, |open| open.expected_minor().unwrap()));
    put("first".to_owned(), report.receipts.map_or(0, |receipts| receipts.first as i64));
    put("last".to_owned(), report.receipts.map_or(0, |receipts| receipts.last as i64));
    put("z".to_owned(), report.z_number as i64);
    put("grand total".to_owned(), report.grand_total_minor().unwrap());
    totals.retain(|_, value| *value != 0);
    totals
}

/// What the entries say, without zeros. Nothing outlives a period but these three.
pub(super) fn of_entries(entries: &[Entry]) -> Totals {
    let mut totals = Totals::from([("z".to_owned(), 1)]);
    for entry in entries {
        let body: Value = serde_json::from_str(&entry.body).unwrap();
        if entry.kind.as_str() == "day_closed" {
            totals.retain(|name, _| ["z", "grand total", "expected"].contains(&name.as_str()));
            add(&mut totals, "z", 1);
        }
        entry_totals(&mut totals, entry.kind.as_str(), &body);
    }
    totals.retain(|_, value| *value != 0);
    totals
}

fn add(totals: &mut Totals, name: &str, value: i64) {
    *totals.entry(name.to_owned()).or_default() += value;
}

fn number(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap()
}

fn entry_totals(totals: &mut Totals, kind: &str, body: &Value) {
    match kind {
        "sale" => money(totals, kind, body, 1),
        "refund" | "void_sale" => money(totals, kind, body, -1),
        "no_sale" | "receipt_copy" | "override" => add(totals, kind, 1),
        "shift_opened" => {
            totals.insert("expected".to_owned(), number(body, "float_minor"));
            totals.insert("is open".to_owned(), 0);
        }
        "shift_closed" => {
            let counted: i64 = body["count"]
                .as_array()
                .unwrap()
                .iter()
                .map(|counted| number(counted, "value_minor") * number(counted, "pieces"))
                .sum();
            let expected = totals.remove("expected").unwrap_or(0);
            totals.remove("is open");
            add(totals, "over", counted - expected);
            add(totals, "shifts", 1);
        }
        "cash_movement" => {
            let direction = body["direction"].as_str().unwrap();
            let amount = number(body, "amount_minor");
            add(totals, &format!("{direction} count"), 1);
            add(totals, &format!("{direction} amount"), amount);
            add(totals, "expected", if direction == "paid_in" { amount } else { -amount });
        }
        _ => {}
    }
}

fn money(totals: &mut Totals, kind: &str, body: &Value, sign: i64) {
    let total = number(body, "total_minor");
    add(totals, &format!("{kind} count"), 1);
    add(totals, &format!("{kind} amount"), total);
    add(totals, &format!("{kind} by {}", body["cashier"].as_str().unwrap_or_default()), total);
    add(totals, "grand total", sign * total);
    add(totals, "rounding", sign * number(body, "cash_rounding_minor"));
    for row in body["taxes"].as_array().unwrap() {
        let code = row["code"].as_str().unwrap();
        for (name, field) in [("net", "net_minor"), ("tax", "tax_minor"), ("gross", "gross_minor")] {
            add(totals, &format!("{name} {code}"), sign * number(row, field));
        }
    }
    let (list, word) = if sign > 0 { ("tenders", "taken") } else { ("given_back", "given") };
    let mut cash = -body["change_minor"].as_i64().unwrap_or(0);
    for tender in body[list].as_array().unwrap() {
        match tender["kind"].as_str().unwrap() {
            "cash" => cash += number(tender, "amount_minor"),
            "restored" => add(totals, &format!("{word} voucher"), number(tender, "amount_minor")),
            kind => add(totals, &format!("{word} {kind}"), number(tender, "amount_minor")),
        }
    }
    add(totals, &format!("{word} cash"), cash);
    if totals.contains_key("is open") {
        add(totals, "expected", sign * cash);
    }
    let receipt = number(body, "receipt_number");
    totals.entry("first".to_owned()).or_insert(receipt);
    totals.insert("last".to_owned(), receipt);
}

//! Papers as they were looked at and found good: what each of them says and how it looks, on wide and narrow paper, in the
//! store's language. Whoever changes one on purpose runs this with `EVERTILL_PAPERS=write` and looks at the pictures.

#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

use evertill::peripherals::draw;
use evertill_domain::basket::Basket;
use evertill_domain::catalogue::{PriceBook, StoreInfo, Terms};
use evertill_domain::discount::Off;
use evertill_domain::entry::{Content, Entry, Hash};
use evertill_domain::money::Rate;
use evertill_domain::paper;
use evertill_domain::quantity::Quantity;
use evertill_domain::refund::{GivenBack, Original, Refund, RefundDraft, Refunded, Returned};
use evertill_domain::sale::{Sale, UnnumberedSale};
use evertill_domain::tender::Tender;
use evertill_domain::voucher::VoucherNumber;
use evertill_hal::escpos::Profile;
use std::path::PathBuf;

fn store(locale: &str, name: &str) -> StoreInfo {
    // Two black squares, 24 x 8 dots.
    let logo = "iVBORw0KGgoAAAANSUhEUgAAABgAAAAIAQAAAADL2gLOAAAAD0lEQVR4nGNg+M/AgAcDAH+gB/nQG5PaAAAAAElFTkSuQmCC";
    serde_json::from_value(serde_json::json!({
        "name": name, "address": ["Hauptstraße 1", "12345 Musterstadt"], "tax_id": "XX 123",
        "footer": ["Merci / Danke / Thank you / Gracias"], "logo_png": logo, "locale": locale,
    }))
    .unwrap()
}

/// An entry of our till, sealed with a fixed key, so that its hash is always the same.
fn entry(kind: &str, body: &str) -> Entry {
    let content = Content {
        till: "eu/DE-0417/2".parse().unwrap(),
        at: "2026-05-03T18:04:05.123+02:00".parse().unwrap(),
        business_day: "2026-05-03".parse().unwrap(),
        kind: kind.parse().unwrap(),
        body: body.to_owned(),
    };
    let epoch = "0190b1a0-0000-7000-8000-000000000001".parse().unwrap();
    Entry::seal(content, epoch, 7, Hash::ZERO, &ed25519_dalek::SigningKey::from_bytes(&[7; 32]))
}

/// Three yoghurts for two, a cheese by weight, wine with a discount; paid by card, voucher and cash.
fn sale() -> Sale {
    let book = serde_json::json!({
        "version": 3, "store": store("de-DE", "Evertill Markt"), "currency": "EUR", "tax_mode": "inclusive",
        "taxes": [{"code": "A", "label": "MwSt", "rates": [{"label": "MwSt", "rate": 19000}]},
                  {"code": "B", "label": "MwSt", "rates": [{"label": "MwSt", "rate": 7000}]}],
        "items": [
            {"plu": "1", "name": "Joghurt Erdbeere 150 g", "price_minor": 59, "tax": "B", "department": "Joghurt"},
            {"plu": "2", "name": "Bergkäse", "price_minor": 2490, "tax": "B", "sold_by": "weight"},
            {"plu": "3", "name": "Grauburgunder trocken Kaiserstuhl 0,75 L", "price_minor": 899, "tax": "A"}],
        "promotions": [
            {"id": "P1", "name": "3 für 2", "kind": "n_for_m", "take": 3, "pay": 2, "departments": ["Joghurt"]}],
    });
    let book = PriceBook::parse(book.to_string().as_bytes()).unwrap();
    let (mut basket, at) = (Basket::new(&book), "2026-05-03T18:04".parse().unwrap());
    for (code, milli) in [("1", 3_000), ("2", 342), ("3", 1_000)] {
        let quantity = Quantity::from_milli(milli).unwrap();
        basket.add(&book, book.by_code(code).unwrap(), quantity, &at).unwrap();
    }
    basket.discount_line(3, Off::Percent(Rate(10_000)), "beschädigt".parse().unwrap()).unwrap();
    basket.tender(Tender::Card { amount_minor: 500, reference: "AUTH-204417".parse().unwrap() }).unwrap();
    basket.tender(Tender::Voucher { amount_minor: 300, number: VoucherNumber::mint(42) }).unwrap();
    basket.tender(Tender::Cash { amount_minor: 2_000 }).unwrap();
    UnnumberedSale::of(&basket, Some("1 Anna".to_owned())).unwrap().number(17)
}

/// Two of the yoghurts come back, for cash.
fn refund() -> Refund {
    let (sale, terms) = (sale(), terms());
    let before = Refunded::none(Original { till: "eu/DE-0417/2".parse().unwrap(), receipt_number: 17 });
    let returned = [Returned { line: 1, quantity: Quantity::from_milli(2_000).unwrap() }];
    let draft = RefundDraft::with_receipt(&sale, &before, &returned).unwrap();
    let cash = GivenBack::Cash { amount_minor: draft.cash_due_minor(&terms, 0).unwrap() };
    let reason = Some("ne convient pas".parse().unwrap());
    draft.settle(&terms, vec![cash], reason, Some("2 Ben".to_owned())).unwrap().number(18)
}

fn terms() -> Terms {
    serde_json::from_value(serde_json::json!({"currency": "EUR", "tax_mode": "inclusive", "taxes": []})).unwrap()
}

fn body(event: &impl serde::Serialize) -> String {
    serde_json::to_string(event).unwrap()
}

fn check(name: &str, entry: &Entry, store: &StoreInfo, profile: &Profile, copy: bool) {
    let receipt = paper::of_entry(entry, store, copy).unwrap();
    let (text, png) = (receipt.to_text(profile.columns()), draw::png(&receipt, profile).unwrap());
    let path = |ending: &str| PathBuf::from(format!("{}/tests/receipts/{name}.{ending}", env!("CARGO_MANIFEST_DIR")));
    if std::env::var_os("EVERTILL_PAPERS").is_some_and(|word| word == "write") {
        std::fs::write(path("txt"), &text).unwrap();
        std::fs::write(path("png"), &png).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(path("txt")).unwrap(), "{name}");
    let pixels = |png: &[u8]| image::load_from_memory(png).unwrap().to_rgba8();
    assert!(pixels(&png) == pixels(&std::fs::read(path("png")).unwrap()), "{name}.png looks different");
}

#[test]
fn a_sale_with_savings_discount_and_three_tenders() {
    let sale = entry("sale", &body(&sale()));
    for (locale, profile, name) in [
        ("de-DE", Profile::MM_80, "sale-de-80"),
        ("de-DE", Profile::MM_58, "sale-de-58"),
        ("en-GB", Profile::MM_80, "sale-en-80"),
        ("fr-FR", Profile::MM_58, "sale-fr-58"),
        ("es-ES", Profile::MM_80, "sale-es-80"),
    ] {
        check(name, &sale, &store(locale, "Evertill Markt"), &profile, false);
    }
    check("sale-de-80-copy", &sale, &store("de-DE", "Evertill Markt"), &Profile::MM_80, true);
}

#[test]
fn a_refund_on_narrow_paper() {
    check(
        "refund-fr-58",
        &entry("refund", &body(&refund())),
        &store("fr-CA", "Evertill Marché"),
        &Profile::MM_58,
        false,
    );
}

#[test]
fn a_logo_that_is_none_is_left_out_and_the_receipt_is_printed() {
    let broken = StoreInfo { logo_png: Some("bm8gcGljdHVyZQ==".to_owned()), ..store("de-DE", "Evertill Markt") };
    let receipt = paper::of_entry(&entry("sale", &body(&sale())), &broken, false).unwrap();
    assert!(draw::png(&receipt, &Profile::MM_80).is_ok());
}

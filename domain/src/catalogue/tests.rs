//! What a price book promises: all its mistakes at once, each with its item; and that items are found by every code.

use super::*;

const HEAD: &str = r#""store":{"name":"Corner","locale":"en-US"},"currency":"USD","tax_mode":"exclusive",
    "taxes":[{"code":"T","label":"Sales tax","rates":[{"label":"State","rate":4000}]}]"#;

pub(super) fn parse(version: u64, items: &str) -> Result<PriceBook, CatalogueErrors> {
    PriceBook::parse(format!(r#"{{"version":{version},{HEAD},"items":[{items}]}}"#).as_bytes())
}

#[test]
fn an_item_is_found_by_each_of_its_codes() {
    let items = r#"{"gtins":["036000291452","40084077"],"name":"Tissues","price_minor":299,"tax":"T"},
        {"plu":"4011","name":"Bananas","price_minor":149,"tax":"T","sold_by":"weight"}"#;
    let book = parse(1, items).unwrap();
    let find = |text: &str| book.find(&Code::parse(text).unwrap()).map(|item| item.name.as_str());
    assert_eq!(find("036000291452"), Some("Tissues"));
    assert_eq!(find("0036000291452"), Some("Tissues"));
    assert_eq!(find("40084077"), Some("Tissues"));
    assert_eq!(find("4011"), Some("Bananas"));
    assert_eq!(find("4012"), None);
    assert_eq!(find("4006381333931"), None);
    assert_eq!(book.terms.cash_rounding_minor, 1);
    assert_eq!(book.items()[1].code(), "4011");
}

#[test]
fn eight_digits_are_found_as_ean_8_and_as_upc_e() {
    // 04252614 is the UPC-E of 042100005264; as EAN-8 its check digit does not hold. Both hold for 00000000.
    let upc = parse(1, r#"{"gtins":["042100005264"],"name":"Soup","price_minor":1,"tax":"T"}"#).unwrap();
    assert!(upc.find(&Code::parse("04252614").unwrap()).is_some());
    let both = (0..10_000_000u32)
        .map(|number| format!("0{number:07}"))
        .find(|text| matches!(Code::parse(text), Ok(Code::Gtin { gtin, or: Some(or) }) if gtin != or))
        .unwrap();
    let ean = parse(1, &format!(r#"{{"gtins":["{both}"],"name":"Own","price_minor":1,"tax":"T"}}"#)).unwrap();
    assert!(ean.find(&Code::parse(&both).unwrap()).is_some(), "{both}");
}

#[test]
fn every_mistake_is_named_with_its_item() {
    let items = r#"{"gtins":["036000291452"],"name":"Tissues","price_minor":299,"tax":"T"},
        {"gtins":["0036000291452"],"name":"Twin","price_minor":299,"tax":"T"},
        {"gtins":["036000291453"],"name":"Misread","price_minor":-1,"tax":"X"},
        {"name":" ","price_minor":1,"tax":"T"},
        {"plu":"1","name":"a","price_minor":1,"tax":"T"},{"plu":"1","name":"b","price_minor":1,"tax":"T"},
        {"plu":"4006381333931","name":"no plu","price_minor":1,"tax":"T"},
        {"gtins":["12"],"name":"Short\n","price_minor":1,"tax":"T"}"#;
    let errors = parse(0, items).unwrap_err();
    let messages: Vec<String> = errors.0.iter().map(ToString::to_string).collect();
    let expected = [
        "version: it is 0: versions count from 1",
        "line 3, item 2 (Twin): GTIN 00036000291452 is item 1's already: an item number names one item",
        "line 4, item 3 (Misread): UPC-A 036000291453: check digit is 3, must be 2: scan again",
        "line 4, item 3 (Misread): the price is -1, it must be from 0 to 999999999 minor units",
        "line 4, item 3 (Misread): there is no tax group 'X'",
        "line 5, item 4 ( ): it has neither a GTIN nor a PLU: give it one",
        "line 5, item 4 ( ): the name is empty",
        "line 6, item 6 (b): PLU 1 is item 5's already: a PLU names one item",
        "line 7, item 7 (no plu): PLU '4006381333931' is none: use 1 to 80 printable ASCII characters that are no GTIN",
        "line 8, item 8 (Short\n): '12' is not a GTIN: it has 8, 12, 13 or 14 digits",
        "line 8, item 8 (Short\n): the name is longer than 80 characters or holds control characters",
    ];
    assert_eq!(messages, expected);
    assert!(errors.to_string().starts_with("the price book has 11 mistakes and is not taken:\n- version"));
}

#[test]
fn a_book_that_is_no_json_is_refused_with_the_line() {
    let error = PriceBook::parse(b"{\n  \"version\": x").unwrap_err().to_string();
    assert!(error.contains("line 2"), "{error}");
    for broken in ["", "[]", "null", r#"{"version":1}"#, "{\"version\":-1}"] {
        assert!(PriceBook::parse(broken.as_bytes()).is_err(), "{broken}");
    }
    let command = r#"{"version":1,"store":{"name":"A\u001bp0","locale":"en-US"},"currency":"USD","tax_mode":"exclusive","taxes":[],"items":[]}"#;
    let printer_command = PriceBook::parse(command.as_bytes()).unwrap_err().to_string();
    assert!(printer_command.contains("store: a text holds control characters"), "{printer_command}");
    let unknown = parse(1, "").unwrap_err();
    assert!(unknown.to_string().contains("items: there are 0"), "{unknown}");
}

#[test]
fn a_price_book_keeps_its_meaning_when_it_is_written_and_read_again() {
    let book =
        parse(3, r#"{"gtins":["036000291452"],"plu":"7","name":"Tissues","price_minor":299,"tax":"T"}"#).unwrap();
    assert_eq!(PriceBook::parse(&serde_json::to_vec(&book).unwrap()).unwrap(), book);
}

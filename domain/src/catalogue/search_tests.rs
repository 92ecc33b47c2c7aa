//! What a look-up promises: every word counts, case and accents do not, and codes are found as well.

use super::super::{PriceBook, tests::parse};
use super::*;
use proptest::prelude::*;

fn book() -> PriceBook {
    let items = r#"{"gtins":["4006381333931"],"name":"Crème brûlée 125 g","price_minor":1,"tax":"T"},
        {"gtins":["036000291452"],"name":"BERGKÄSE gereift","price_minor":1,"tax":"T"},
        {"plu":"4011","name":"Bananen kg","price_minor":1,"tax":"T","sold_by":"weight"},
        {"plu":"A-7","name":"Weißbier Bergquelle","price_minor":1,"tax":"T"},
        {"gtins":["40084077"],"name":"Berg-Honig","price_minor":1,"tax":"T"}"#;
    parse(1, items).unwrap()
}

#[test]
fn every_word_begins_a_word_of_what_is_found() {
    let book = book();
    let table: [(&str, &[&str]); 14] = [
        ("berg", &["Berg-Honig", "BERGKÄSE gereift", "Weißbier Bergquelle"]),
        ("bergkäse", &["BERGKÄSE gereift"]),
        ("Bergkase GE", &["BERGKÄSE gereift"]),
        ("weissbier", &["Weißbier Bergquelle"]),
        ("weiß berg", &["Weißbier Bergquelle"]),
        ("creme brul 125", &["Crème brûlée 125 g"]),
        ("cre\u{300}me", &["Crème brûlée 125 g"]),
        ("40", &["Bananen kg", "Berg-Honig", "Crème brûlée 125 g"]),
        ("4006381", &["Crème brûlée 125 g"]),
        ("036000", &["BERGKÄSE gereift"]),
        ("0036000291452", &["BERGKÄSE gereift"]),
        ("a-7", &["Weißbier Bergquelle"]),
        ("quelle", &[]),
        (" , ", &[]),
    ];
    for (query, expected) in table {
        let names: Vec<&str> = book.search(query, 10).into_iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, expected, "{query}");
    }
    assert_eq!(book.search("berg", 2).len(), 2);
    assert!(book.search("99999999999999999999999", 10).is_empty());
}

fn naive(book: &PriceBook, query: &str) -> Vec<String> {
    let query = fold(query);
    let has = |item: &Item, word: &str| {
        let number = word.trim_start_matches('0');
        let code = |gtin: &Gtin| !number.is_empty() && gtin.to_string().trim_start_matches('0').starts_with(number);
        words(&fold(&item.name)).any(|own| own.starts_with(word))
            || item.plu.as_deref().is_some_and(|plu| words(&fold(plu)).any(|own| own.starts_with(word)))
            || item.gtins.iter().any(code)
    };
    let found =
        book.items().iter().filter(|item| words(&query).next().is_some() && words(&query).all(|word| has(item, word)));
    let mut names: Vec<String> = found.map(|item| item.name.clone()).collect();
    names.sort();
    names
}

proptest! {
    #[test]
    fn the_index_finds_what_reading_every_item_finds(
        names in prop::collection::vec("[a-cA-Cäé]{1,3}( [a-cß0-2]{1,3}){0,3}", 1..30), query in "[a-cäÉ0-4]{1,2}( [a-c0]{1,2})?"
    ) {
        let item = |(plu, name): (usize, &String)| format!(r#"{{"plu":"{plu}","name":"{name}","price_minor":1,"tax":"T"}}"#);
        let book = parse(1, &names.iter().enumerate().map(item).collect::<Vec<_>>().join(",")).unwrap();
        let mut found: Vec<String> = book.search(&query, 100).into_iter().map(|item| item.name.clone()).collect();
        found.sort();
        prop_assert_eq!(found, naive(&book, &query));
    }

    #[test]
    fn no_query_panics(query in "\\PC{0,30}") {
        let _ = book().search(&query, 10);
    }
}

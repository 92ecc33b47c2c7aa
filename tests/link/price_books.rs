//! The price book: whole at first, then as what changed; on the disk before it is in force, and never a broken one.

use super::region::Location;
use super::server::{Authority, Server, response};
use super::till::{GivenUp, Till};
use crate::publishing;
use evertill_domain::cashier::CashierList;
use evertill_domain::catalogue::PriceBook;
use evertill_domain::publication::{SIGNATURE_HEADER, Subject};
use evertill_head_office::publish::RegionKey;

fn pen(book: &PriceBook) -> i64 {
    book.by_code("1000").unwrap().price_minor
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_price_comes_as_what_changed_and_is_on_the_disk() {
    let authority = Authority::new();
    let fra = Location::start("fra", &authority).await;
    fra.sell_pens_at(1, 100).await;
    let till = Till::start(&authority, &[("fra", fra.address)], GivenUp::Shortly);
    assert_eq!(pen(&*till.wait_for_book(1).await), 100);
    for version in 2..=6 {
        let price = 100 + version as i64;
        fra.sell_pens_at(version, price).await;
        let book = till.wait_for_book(version).await;
        assert_eq!((pen(&book), book.items().len()), (price, 50));
        let stored = till.journal.price_book().await.unwrap().unwrap();
        assert_eq!(PriceBook::parse(stored.as_bytes()).unwrap(), *book, "what is on the disk is the whole book");
    }
}

/// What a location answers that is not head office's any more, and what the till is to say of it.
async fn is_refused(book: &str, signature: &str, said: &str) {
    let authority = Authority::new();
    let mut fra = Location::start("fra", &authority).await;
    fra.sell_pens_at(2, 100).await;
    let till = Till::start(&authority, &[("fra", fra.address)], GivenUp::Shortly);
    till.wait_for_book(2).await;
    // Head office refuses such a file itself, so a server that is none takes its place.
    let address = fra.address;
    fra.stop().await;
    let ack = r#"{"serial":0,"price_book":9,"server_time":"2026-11-02T00:00:00Z"}"#;
    let ready = r#"{"region":"eu","version":"1","server_time":"2026-11-02T00:00:00Z"}"#;
    let certified = authority.issue("localhost", |_| {});
    let head = if signature.is_empty() { String::new() } else { format!("{SIGNATURE_HEADER}: {signature}\r\n") };
    let book = book.to_owned();
    let server = Server::start_at(address, certified, move |path| match path {
        "/ready" => response(200, "eu", "", ready),
        path if path.ends_with("/heartbeat") => response(200, "eu", "", ack),
        path if path.ends_with("/price-book") => response(200, "eu", &head, &book),
        _ => response(429, "eu", "retry-after: 900\r\n", ""),
    });
    let is_said = |alarm: &String| {
        alarm.contains("the price book of fra is refused, the one in force stays") && alarm.contains(said)
    };
    till.wait_for(said, |state| state.alarms.iter().any(is_said)).await;
    assert_eq!(pen(till.books.borrow().as_ref().unwrap()), 100);
    drop(server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_that_is_broken_or_not_signed_as_the_stores_next_is_refused_with_an_alarm() {
    let folder = tempfile::tempdir().unwrap();
    let other = RegionKey::create(&folder.path().join("key"), None).unwrap();
    let claim = |store: &str, version: u64, since: u64| {
        format!("evertill price-book region=eu store={store} version={version} since={since}")
    };
    let signed = |book: &str, claim: &str| publishing::signed(book.as_bytes(), claim);
    let good = r#"{"version":9,"store":{"name":"S","locale":"de-DE"},"currency":"EUR","tax_mode":"inclusive","taxes":
        [{"code":"A","label":"VAT","rates":[{"label":"VAT","rate":1}]}],"items":[{"plu":"1000","name":"Pen","price_minor":1,"tax":"A"}]}"#;
    let delta = r#"{"from":1,"to":9,"upsert":[]}"#;
    let broken = good.replace("\"tax\":\"A\"", "\"tax\":\"X\"");
    let (all, next) = (claim("*", 9, 0), claim("*", 9, 2));
    for (book, signature, said) in [
        (good, String::new(), "it is not signed"),
        (good, "nonsense".to_owned(), "it is not signed"),
        (good, publishing::signed_by(&other, good.as_bytes(), &all), "its signature is not the region's"),
        (good, signed(&good.replace("Pen", "Pin"), &all), "its signature is not the region's"),
        (good, signed(good, &all.replace("=eu", "=na")), "not what this till asked for"),
        (good, signed(good, &claim("DE-0418", 9, 0)), "not what this till asked for"),
        (good, signed(good, &claim("*", 2, 0)), "not what this till asked for"),
        (good, signed(good, &all.replace("price-book", "cashiers")), "not what this till asked for"),
        (good, signed(good, &claim("*", 8, 0)), "it says version 9, not 8"),
        (delta, signed(delta, &claim("*", 9, 1)), "not what this till asked for"),
        (delta, signed(delta, &next), "not what this till asked for"),
        (&broken, signed(&broken, &all), "there is no tax group 'X'"),
    ] {
        is_refused(book, &signature, said).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cashiers_come_by_themselves_and_stay_when_the_book_changes() {
    let authority = Authority::new();
    let fra = Location::start("fra", &authority).await;
    let cashiers = include_str!("../../demo/cashiers.json");
    fra.publish(Subject::Cashiers, cashiers).await;
    fra.sell_pens_at(1, 100).await;
    let till = Till::start(&authority, &[("fra", fra.address)], GivenUp::Shortly);
    let names = |book: &PriceBook| -> Vec<String> {
        book.rules.staff.cashiers.iter().map(|cashier| cashier.name.clone()).collect()
    };
    assert_eq!(names(&*till.wait_for_book(1).await), ["Anna", "Ben", "Cem"], "with the first book already");
    fra.sell_pens_at(2, 120).await;
    assert_eq!(names(&*till.wait_for_book(2).await), ["Anna", "Ben", "Cem"]);
    fra.publish(Subject::Cashiers, &cashiers.replace("Anna", "Anne")).await;
    let mut books = till.books.clone();
    let renamed = books.wait_for(|book| book.as_ref().is_some_and(|book| names(book)[0] == "Anne"));
    assert_eq!(pen(renamed.await.unwrap().as_ref().unwrap()), 120);
    let stored = till.journal.cashiers().await.unwrap().unwrap();
    assert_eq!(CashierList::parse(stored.as_bytes()).unwrap().version(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_was_altered_is_no_price_book() {
    let authority = Authority::new();
    let fra = Location::start("fra", &authority).await;
    fra.sell_pens_at(1, 100).await;
    let till = Till::start(&authority, &[("fra", fra.address)], GivenUp::Shortly);
    till.wait_for_book(1).await;
    let stored = till.journal.price_book().await.unwrap().unwrap();
    let file = till.folder().join("price-books/1.json");
    std::fs::write(&file, stored.replace("\"price_minor\":100", "\"price_minor\":1")).unwrap();
    assert_eq!(till.journal.price_book().await.unwrap(), None);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(till.journal.price_book().await.unwrap(), None);
}

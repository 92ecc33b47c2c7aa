//! The price book: whole at first, then as what changed; on the disk before it is in force, and never a broken one.

use super::region::Location;
use super::server::{Authority, Server, response};
use super::till::{GivenUp, Till};
use evertill_domain::catalogue::PriceBook;

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_book_is_refused_with_an_alarm_and_the_one_in_force_stays() {
    let authority = Authority::new();
    let mut fra = Location::start("fra", &authority).await;
    fra.sell_pens_at(1, 100).await;
    let till = Till::start(&authority, &[("fra", fra.address)], GivenUp::Shortly);
    till.wait_for_book(1).await;
    // Head office refuses a broken file itself, so a server that is none takes its place.
    let address = fra.address;
    fra.stop().await;
    let ack = r#"{"serial":0,"price_book":9,"server_time":"2026-11-02T00:00:00Z"}"#;
    let ready = r#"{"region":"eu","version":"1","server_time":"2026-11-02T00:00:00Z"}"#;
    let delta = r#"{"from":7,"to":9,"upsert":[]}"#;
    let certified = authority.issue("localhost", |_| {});
    let server = Server::start_at(address, certified, move |path| match path {
        "/ready" => response(200, "eu", "", ready),
        path if path.ends_with("/heartbeat") => response(200, "eu", "", ack),
        path if path.ends_with("/price-book") => response(200, "eu", "", delta),
        _ => response(429, "eu", "retry-after: 900\r\n", ""),
    });
    let is_said = |alarm: &String| alarm.contains("the price book of fra is refused, the one in force stays");
    till.wait_for("the alarm", |state| state.alarms.iter().any(is_said)).await;
    assert_eq!(pen(till.books.borrow().as_ref().unwrap()), 100);
    drop(server);
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

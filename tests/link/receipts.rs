//! A receipt is asked for at head office: at the other location when the first one does not answer, and never for long.

use super::region::Location;
use super::server::{Authority, Says, Server, response};
use super::till::{GivenUp, Till, at};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_is_told_by_whichever_location_answers() {
    let authority = Authority::new();
    let mut fra = Location::start("fra", &authority).await;
    let mut ams = Location::start("ams", &authority).await;
    fra.sell_pens_at(1, 100).await;
    ams.sell_pens_at(1, 100).await;
    let mut till = Till::start(&authority, &[("fra", fra.address), ("ams", ams.address)], GivenUp::ForThisTest);
    let book = till.wait_for_book(1).await;
    let sale = till.sell_pen(&book).await;
    till.wait_until_delivered("fra").await;
    till.wait_until_delivered("ams").await;
    assert_eq!(till.ask_receipt(1).await.unwrap(), std::slice::from_ref(&sale));
    assert_eq!(till.ask_receipt(2).await.unwrap(), []);
    fra.stop().await;
    assert_eq!(till.ask_receipt(1).await.unwrap(), [sale], "the other location knows it, too");
    ams.stop().await;
    till.wait_for("both to be given up", |state| !state.online && at(state, "ams").breaker == "open").await;
    assert_eq!(till.ask_receipt(1).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_none_is_not_believed() {
    for says in ["not JSON", "{}", "[1]\n"] {
        let authority = Authority::new();
        let certified = authority.issue("localhost", |_| {});
        let ready = r#"{"region":"eu","version":"1","server_time":"2026-11-02T00:00:00Z"}"#;
        let server = Server::start_by_path(certified, move |path| match path {
            "/ready" => response(200, "eu", "", ready),
            path if path.contains("/receipts/") => response(200, "eu", "", says),
            _ => response(429, "eu", "retry-after: 900\r\n", ""),
        });
        let till = Till::start(&authority, &[("fra", server.address)], GivenUp::ForThisTest);
        assert_eq!(till.ask_receipt(1).await, None, "{says}");
        till.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_location_that_hangs_keeps_nobody_waiting_for_ever() {
    let authority = Authority::new();
    let server = Server::start(authority.issue("localhost", |_| {}), Says::Silence);
    let till = Till::start(&authority, &[("fra", server.address)], GivenUp::ForThisTest);
    assert_eq!(till.ask_receipt(1).await, None);
    till.stop().await;
}

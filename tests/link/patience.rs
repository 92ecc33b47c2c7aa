//! A location that says "not now" or "not you" is not broken: nothing is counted against it, nothing is thrown away, and all
//! of it arrives once it says yes.

use super::region::Location;
use super::server::{Authority, Says, Server, response};
use super::till::{GivenUp, Till, at};
use evertill_domain::wire::Problem;
use std::time::Duration;

const LOOK: Duration = Duration::from_millis(10);
const LOOKS_MAX: usize = 6_000;

/// Waits until the server was asked so often.
async fn wait_for_requests(server: &Server, count: usize) {
    for _ in 0..LOOKS_MAX {
        if server.requests() >= count {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
    panic!("the server was asked {} times, not {count}", server.requests());
}

/// A head office takes the server's place, and gets everything. On a busy machine the till may find nobody there in between
/// and give the place up for a while.
async fn is_replaced_by_a_good_one(server: Server, authority: &Authority, till: &Till) {
    let mut fra = Location::down("fra", authority, &authority.issue("localhost", |_| {}), server.address);
    drop(server);
    fra.know_till(true);
    fra.up().await;
    till.wait_until_delivered("fra").await;
    till.wait_for("the end of all alarms", |state| state.alarms.is_empty()).await;
    fra.check_has_all_of(till).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_location_that_asks_for_time_is_not_given_up() {
    let bare = "HTTP/1.1 429 X\r\nretry-after: 0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    for says in [
        response(429, "eu", "retry-after: 0\r\n", ""),
        response(503, "eu", "retry-after: 0\r\n", ""),
        Says::Bytes(bare.as_bytes().to_vec()),
    ] {
        let authority = Authority::new();
        let server = Server::start(authority.issue("localhost", |_| {}), says);
        let mut till = Till::start(&authority, &[("fra", server.address)], GivenUp::ForAWhile);
        till.sell(10).await;
        wait_for_requests(&server, 30).await;
        let state = till.wait_for("an answer", |state| state.online).await;
        let fra = at(&state, "fra");
        assert_eq!((fra.breaker.as_str(), fra.unsent, till.watermark("fra").await), ("closed", 1 + 10, 0));
        assert!(state.alarms.is_empty(), "{state:?}");
        is_replaced_by_a_good_one(server, &authority, &till).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_location_that_does_not_know_the_till_is_alarmed_and_everything_is_kept() {
    for (status, kind) in [(401, Problem::SIGNATURE), (403, Problem::IDENTITY)] {
        let authority = Authority::new();
        let refusal = serde_json::to_string(&Problem::new(kind, "No", status, "not you")).unwrap();
        let ready = r#"{"region":"eu","version":"1","server_time":"2026-11-02T00:00:00Z"}"#;
        let server = Server::start_by_path(authority.issue("localhost", |_| {}), move |path| match path {
            "/ready" => response(200, "eu", "", ready),
            _ => response(status, "eu", "", &refusal),
        });
        let mut till = Till::start(&authority, &[("fra", server.address)], GivenUp::ForAWhile);
        till.sell(10).await;
        wait_for_requests(&server, 30).await;
        let is_said = |alarm: &String| alarm.contains("fra does not accept this till's identity; sales are kept");
        let state = till.wait_for("the alarm", |state| state.alarms.iter().any(is_said)).await;
        till.sell(10).await;
        let fra = at(&state, "fra");
        assert_eq!((fra.breaker.as_str(), fra.online, fra.watermark), ("closed", true, 0));
        is_replaced_by_a_good_one(server, &authority, &till).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_that_is_registered_late_is_heard_without_a_restart() {
    let authority = Authority::new();
    let mut fra = Location::start("fra", &authority).await;
    fra.know_till(false);
    fra.stop().await;
    fra.up().await;
    let mut till = Till::start(&authority, &[("fra", fra.address)], GivenUp::ForAWhile);
    till.sell(10).await;
    till.wait_for("the alarm", |state| state.alarms.iter().any(|alarm| alarm.contains("identity"))).await;
    fra.know_till(true);
    till.wait_until_delivered("fra").await;
    till.wait_for("the end of the alarm", |state| state.alarms.is_empty()).await;
    fra.check_has_all_of(&till).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_location_that_hangs_on_questions_alone_is_left_for_the_other() {
    let authority = Authority::new();
    let ready = r#"{"region":"eu","version":"1","server_time":"2026-11-02T00:00:00Z"}"#;
    let server = Server::start_by_path(authority.issue("localhost", |_| {}), move |path| match path {
        "/ready" => response(200, "eu", "", ready),
        // The outbox is told to wait for a quarter of an hour, so that only questions are asked.
        path if path.ends_with("/watermark") => response(429, "eu", "retry-after: 900\r\n", ""),
        _ => response(200, "eu", "", "<html>"),
    });
    let ams = Location::start("ams", &authority).await;
    let till = Till::start(&authority, &[("fra", server.address), ("ams", ams.address)], GivenUp::ForAWhile);
    let state = till.wait_for("questions to go to ams", |state| state.active == "ams").await;
    assert_eq!(at(&state, "fra").breaker, "open");
}

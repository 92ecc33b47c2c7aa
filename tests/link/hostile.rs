//! Promise 5 and 7 against a server that is not what it should be: counted as a fault of the location, said in plain words,
//! alarmed where a person has to look, believed in nothing; and the journal takes every sale meanwhile.

use super::server::{Authority, ENDLESS_BYTES, Says, Server, response};
use super::till::{GivenUp, Till, at};
use rcgen::date_time_ymd;

/// Sold while the server is as it is.
const SALES: u64 = 20;
/// The journal's first entry, the epoch's beginning, and those of the sales.
const ENTRIES: u64 = 1 + SALES;

/// The till gives the location up, says `error`, keeps everything, and sells. Answers with its alarms.
async fn given_up(authority: &Authority, server: &Server, error: &str) -> Vec<String> {
    let mut till = Till::start(authority, &[("fra", server.address)], GivenUp::ForThisTest);
    till.sell(SALES / 2).await;
    let is_given_up = |state: &evertill::sync::SyncState| {
        let fra = at(state, "fra");
        fra.breaker == "open" && !fra.online && !state.online && fra.last_error.contains(error)
    };
    till.wait_for(&format!("the location's end with '{error}'"), is_given_up).await;
    till.sell(SALES / 2).await;
    let head = till.head().head.seq;
    let state = till.wait_for("the count of what waits", |state| at(state, "fra").unsent == head).await;
    assert_eq!((head, at(&state, "fra").watermark, till.watermark("fra").await), (ENTRIES, 0, 0));
    till.stop().await;
    state.alarms
}

/// The same for a server with a good certificate that says `says` to everything.
async fn given_up_by_answer(says: Says, error: &str) -> Vec<String> {
    let authority = Authority::new();
    let server = Server::start(authority.issue("localhost", |_| {}), says);
    given_up(&authority, &server, error).await
}

/// The same for one that says yes in words that nobody knows. Its price book is refused with an alarm, if the till came to
/// ask for one before it gave the location up; nothing else is alarmed.
async fn check_not_understood(says: Says) {
    let alarms = given_up_by_answer(says, "not understood").await;
    assert!(alarms.iter().all(|alarm| alarm.contains("price book of fra is refused")), "{alarms:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_authority() {
    let authority = Authority::new();
    let server = Server::start(Authority::new().issue("localhost", |_| {}), response(200, "eu", "", "{}"));
    let alarms = given_up(&authority, &server, "this region's authority").await;
    assert!(alarms.iter().any(|alarm| alarm.contains("fra: the server's certificate is not from")), "{alarms:?}");
    assert_eq!(server.requests(), 0, "no word was said to it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_certificate() {
    let authority = Authority::new();
    let expired = authority.issue("localhost", |params| params.not_after = date_time_ymd(2020, 1, 1));
    let server = Server::start(expired, response(200, "eu", "", "{}"));
    let alarms = given_up(&authority, &server, "check the clock").await;
    assert!(alarms.iter().any(|alarm| alarm.contains("not valid at this till's time")), "{alarms:?}");
    assert_eq!(server.requests(), 0, "no word was said to it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_another_region() {
    let alarms = given_up_by_answer(response(200, "na", "", "{}"), "not from region eu but from 'na'").await;
    assert!(alarms.iter().any(|alarm| alarm.contains("not from region eu but from 'na'")), "{alarms:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_without_an_end() {
    let authority = Authority::new();
    let server = Server::start(authority.issue("localhost", |_| {}), Says::Endless);
    let alarms = given_up(&authority, &server, "longer than 65536 bytes").await;
    assert!(alarms.is_empty(), "{alarms:?}");
    // Most of what the server got rid of lies in buffers of the system: the till hung up long before the end.
    assert!(server.longest_bytes() < ENDLESS_BYTES / 4, "{} bytes went", server.longest_bytes());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_drips() {
    assert!(given_up_by_answer(Says::Drips, "no answer in time").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_does_not_come() {
    assert!(given_up_by_answer(Says::Silence, "no answer in time").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_not_json() {
    check_not_understood(response(200, "eu", "content-type: text/html\r\n", "<html>The hotel's network</html>")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_that_is_another_answer() {
    check_not_understood(response(200, "eu", "", r#"{"watermark":20}"#)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn json_that_is_nested_without_end() {
    check_not_understood(response(200, "eu", "", &"[".repeat(60_000))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect() {
    let authority = Authority::new();
    let elsewhere = Server::start(authority.issue("localhost", |_| {}), response(200, "eu", "", "{}"));
    let location = format!("location: https://localhost:{}/\r\n", elsewhere.address.port());
    let server = Server::start(authority.issue("localhost", |_| {}), response(308, "eu", &location, ""));
    assert!(given_up(&authority, &server, "status 308").await.is_empty());
    assert_eq!(elsewhere.requests(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_breaks_off() {
    let half = b"HTTP/1.1 200 OK\r\nevertill-region: eu\r\ncontent-length: 100\r\n\r\n{".to_vec();
    assert!(given_up_by_answer(Says::Bytes(half), "broke off").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_balancer_with_nothing_behind_it() {
    for status in [502, 503, 504] {
        let bare = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let alarms = given_up_by_answer(Says::Bytes(bare.into_bytes()), &format!("status {status}")).await;
        assert!(alarms.is_empty(), "{alarms:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bare_refusal_makes_the_till_set_nothing_aside() {
    for status in [400, 409, 413, 422] {
        let authority = Authority::new();
        let server = Server::start(authority.issue("localhost", |_| {}), response(status, "eu", "", "no"));
        let alarms = given_up(&authority, &server, "without a problem").await;
        assert!(alarms.is_empty(), "{alarms:?}");
    }
}

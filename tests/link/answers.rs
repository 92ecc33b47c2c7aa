//! Whatever a server of the right certificate answers: it is capped, it ends, and it is believed only from our region.

use super::server::{Authority, Says, Server, link, question, response};
use evertill::link::{Failure, Reply, Transport};
use evertill_domain::wire::ANSWER_MAX_BYTES;

/// What the till makes of a server that says `says`.
async fn ask(says: Says) -> Result<Reply, Failure> {
    let authority = Authority::new();
    let server = Server::start(authority.issue("localhost", |_| {}), says);
    let reply = link(&authority, server.address).call(question()).await;
    assert!(server.requests() >= 1, "the question arrived");
    reply
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_of_our_region_is_taken_as_it_is() {
    let reply = ask(response(200, "eu", "", "{}")).await.unwrap();
    assert_eq!((reply.status, &reply.body[..]), (200, &b"{}"[..]));
    let reply = ask(response(503, "eu", "retry-after: 7\r\n", "")).await.unwrap();
    assert_eq!((reply.status, reply.retry_after_s), (503, Some(7)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_of_another_region_or_of_nobody_is_refused_and_alarmed() {
    for (region, found) in [("na", "na"), ("", ""), ("EU", "EU")] {
        let failure = ask(response(200, region, "", "{}")).await.unwrap_err();
        assert_eq!(failure, Failure::ForeignRegion { expected: "eu".to_owned(), found: found.to_owned() });
        assert!(failure.alarm().is_some() && failure.is_locations_fault());
    }
    let nobody = Says::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec());
    let failure = ask(nobody).await.unwrap_err();
    assert_eq!(failure, Failure::ForeignRegion { expected: "eu".to_owned(), found: "nobody".to_owned() });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_balancers_own_error_is_a_plain_fault_without_a_region() {
    for status in [502, 503, 504] {
        let text = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(ask(Says::Bytes(text.into_bytes())).await.unwrap().status, status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_huge_or_never_ends_is_cut_off_at_the_cap() {
    let huge = "x".repeat(ANSWER_MAX_BYTES + 1);
    assert_eq!(ask(response(200, "eu", "", &huge)).await.unwrap_err(), Failure::TooLong(ANSWER_MAX_BYTES));
    assert_eq!(ask(Says::Endless).await.unwrap_err(), Failure::TooLong(ANSWER_MAX_BYTES));
    let whole = "x".repeat(ANSWER_MAX_BYTES);
    assert_eq!(ask(response(200, "eu", "", &whole)).await.unwrap().body.len(), ANSWER_MAX_BYTES);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_drips_or_does_not_come_ends_by_the_deadline() {
    assert_eq!(ask(Says::Drips).await.unwrap_err(), Failure::Timeout);
    assert_eq!(ask(Says::Silence).await.unwrap_err(), Failure::Timeout);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_no_http_or_breaks_off_is_a_fault() {
    let broken = [
        &b"SSH-2.0-OpenSSH_9.9\r\n"[..],
        b"HTTP/1.1 200 OK\r\nevertill-region: eu\r\ncontent-length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nevertill-region: eu\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"",
    ];
    for bytes in broken {
        let failure = ask(Says::Bytes(bytes.to_vec())).await.unwrap_err();
        assert!(matches!(failure, Failure::Broken(_)), "{failure:?}");
        assert!(failure.is_locations_fault());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_is_not_followed() {
    let authority = Authority::new();
    let elsewhere = Server::start(authority.issue("localhost", |_| {}), response(200, "eu", "", "{}"));
    let location = format!("location: https://localhost:{}/ready\r\n", elsewhere.address.port());
    let server = Server::start(authority.issue("localhost", |_| {}), response(307, "eu", &location, ""));
    let reply = link(&authority, server.address).call(question()).await.unwrap();
    assert_eq!((reply.status, elsewhere.requests()), (307, 0));
}

//! Whom the till trusts: the region's authority, for the name that it asked, at a time that cannot be before the build.

use super::server::{Authority, Certified, Server, link, link_to, question, response};
use super::till::Year1970;
use evertill::link::{Failure, Transport};
use rcgen::date_time_ymd;
use std::sync::Arc;

/// What the till makes of a server with this certificate, and whether its question ever left.
async fn ask(trusted: &Authority, certified: Certified) -> (Failure, usize) {
    let server = Server::start(certified, response(200, "eu", "", "{}"));
    let failure = link(trusted, server.address).call(question()).await.unwrap_err();
    (failure, server.requests())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_of_another_authority_is_refused_before_a_word_is_said() {
    let (trusted, other) = (Authority::new(), Authority::new());
    let (failure, requests) = ask(&trusted, other.issue("localhost", |_| {})).await;
    assert!(matches!(failure, Failure::ForeignCertificate(_)), "{failure:?}");
    assert!(failure.alarm().is_some() && failure.is_locations_fault());
    assert_eq!(requests, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_for_another_name_is_refused() {
    let trusted = Authority::new();
    let (failure, requests) = ask(&trusted, trusted.issue("elsewhere.example", |_| {})).await;
    assert!(matches!(failure, Failure::ForeignCertificate(_)), "{failure:?}");
    assert_eq!(requests, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_certificate_is_refused_and_puts_the_clock_in_question() {
    let trusted = Authority::new();
    let expired = || trusted.issue("localhost", |params| params.not_after = date_time_ymd(2020, 1, 1));
    let (failure, requests) = ask(&trusted, expired()).await;
    assert!(matches!(failure, Failure::CertificateDate(_)), "{failure:?}");
    assert!(failure.alarm().is_some());
    // A till with a wrong clock must not eject a location that is well.
    assert!(!failure.is_locations_fault());
    assert_eq!(requests, 0);
    // A clock that was set back brings nothing back to life that had expired when this agent was built.
    let server = Server::start(expired(), response(200, "eu", "", "{}"));
    let late = link_to(&trusted, &[("fra", server.address)], Arc::new(Year1970));
    let failure = late.call(question()).await.unwrap_err();
    assert!(matches!(failure, Failure::CertificateDate(_)), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_is_newer_than_the_clock_is_taken_unless_it_has_no_time_at_all() {
    let trusted = Authority::new();
    let newer = trusted.issue("localhost", |params| params.not_before = date_time_ymd(2999, 1, 1));
    let server = Server::start(newer, response(200, "eu", "", "{}"));
    assert_eq!(link(&trusted, server.address).call(question()).await.unwrap().status, 200);
    let never = trusted.issue("localhost", |params| {
        params.not_before = date_time_ymd(2999, 1, 1);
        params.not_after = date_time_ymd(2998, 1, 1);
    });
    let (failure, requests) = ask(&trusted, never).await;
    assert!(matches!(failure, Failure::CertificateDate(_)), "{failure:?}");
    assert_eq!(requests, 0);
    // Nor does patience make another authority's certificate good.
    let (failure, _) =
        ask(&trusted, Authority::new().issue("localhost", |params| params.not_before = date_time_ymd(2999, 1, 1)))
            .await;
    assert!(matches!(failure, Failure::ForeignCertificate(_)), "{failure:?}");
}

//! The service around ingest: readiness, drain, price book, heartbeat, completeness.

#![allow(clippy::unwrap_used)] // also in the helpers of tests

mod common;

use common::{Chain, DAY, Site, TILL, answer, client, quick};
use evertill_domain::wire::{self, Heartbeat, HeartbeatAck, Problem, Ready};
use evertill_head_office::{Limits, cli};
use serde_json::Value;
use std::time::Duration;

async fn get<T: serde::de::DeserializeOwned>(site: &Site, path: &str) -> Result<T, Problem> {
    answer(site.client.get(format!("{}{path}", site.base)).send().await.unwrap()).await
}

async fn beat(site: &Site, chain: &Chain, head: u64) -> HeartbeatAck {
    let beat = Heartbeat {
        version: "0.1.0".to_owned(),
        epoch: chain.epoch,
        head,
        unsent: 0,
        price_book: 1,
        clock: "1970-01-01T00:00:00Z".to_owned(),
        alarms: vec!["the printer is out of paper".to_owned()],
        pool: Some("v41".parse().unwrap()),
        cohort: None,
        devices: [("printer".to_owned(), "paper_out".to_owned())].into(),
    };
    let body = serde_json::to_vec(&beat).unwrap();
    answer(site.send(chain, "POST", &wire::heartbeat_path(&chain.till), body, None).await).await.unwrap()
}

#[tokio::test]
async fn ready_answers_for_its_own_pool_only() {
    let site = Site::start().await;
    let ready: Ready = get(&site, "/ready?pool=v41").await.unwrap();
    assert_eq!((ready.region.as_str(), ready.version.as_str()), ("eu", env!("CARGO_PKG_VERSION")));
    get::<Ready>(&site, "/live").await.unwrap();
    let problem = get::<Ready>(&site, "/ready?pool=v42").await.unwrap_err();
    assert_eq!((problem.status, problem.kind.as_str()), (421, Problem::REQUEST));
}

#[tokio::test]
async fn tls_speaks_both_versions_of_http_and_only_to_those_who_trust_it() {
    let site = Site::start().await;
    let live = format!("{}/live", site.base);
    for (http1, version) in [(true, reqwest::Version::HTTP_11), (false, reqwest::Version::HTTP_2)] {
        let response = client(&site.ca, http1).get(&live).send().await.unwrap();
        assert_eq!((response.version(), response.status().as_u16()), (version, 200));
    }
    let stranger = Site::start().await;
    assert!(client(&stranger.ca, false).get(&live).send().await.is_err());
}

#[tokio::test]
async fn a_stopping_server_says_no_to_ready_and_still_takes_journals() {
    let mut site = Site::start_with(Limits { drain: Duration::from_secs(60), ..quick() }).await;
    let mut chain = Chain::of(TILL, 2);
    let entries = chain.sales(2);
    let stopping = tokio::spawn(site.server.take().unwrap().stop());
    let mut refused = None;
    for _ in 0..1_000 {
        refused = get::<Ready>(&site, "/ready?pool=v41").await.err();
        if refused.is_some() {
            break;
        }
    }
    assert_eq!(refused.unwrap().status, 503);
    // A balancer hears it in its own way; from then on it answers for the tills.
    assert_eq!(get::<Ready>(&site, "/ready?pool=v41&draining=404").await.unwrap_err().status, 404);
    get::<Ready>(&site, "/ready?pool=v41").await.unwrap();
    assert_eq!(get::<Ready>(&site, "/ready?draining=200").await.unwrap_err().status, 400);
    assert_eq!(site.post_journal(&chain, &entries).await.unwrap().watermark, 2);
    stopping.abort();
}

#[tokio::test]
async fn a_stopped_server_closes_its_connections() {
    let mut site = Site::start().await;
    get::<Ready>(&site, "/live").await.unwrap();
    site.server.take().unwrap().stop().await;
    assert!(site.client.get(format!("{}/live", site.base)).send().await.is_err());
}

async fn completeness_names_the_till_and_the_numbers_that_are_missing(site: Site) {
    for number in 1..=4u8 {
        let mut chain = Chain::of(&format!("eu/DE-0417/{number}"), number);
        let entries = chain.sales(9);
        site.post_journal(&chain, &entries[..5]).await.unwrap();
        beat(&site, &chain, if number == 4 { 9 } else { 5 }).await;
    }
    let (store, day) = ("DE-0417".parse().unwrap(), DAY.parse().unwrap());
    let comparison = cli::completeness(&site.config(), &store, &day).await.unwrap();
    let report = comparison.locations[0].report().unwrap();
    assert_eq!(report.sentence, "all sales of 3 May are here, except till 4, 6-9");
    assert!(!report.complete);
    let day_of = |till: usize| report.tills[till].epochs[0].day.unwrap();
    assert_eq!((day_of(0).sales, day_of(0).first_seq, day_of(0).last_seq), (5, 1, 5));
    // A till of the store may ask, another store's may not.
    let target = format!("/v1/stores/DE-0417/completeness?day={DAY}");
    let asked: Value = answer(site.send(&Chain::of(TILL, 2), "GET", &target, vec![], None).await).await.unwrap();
    assert_eq!(asked, serde_json::to_value(report).unwrap());
    let stranger = Chain::of("eu/DE-0418/1", 9);
    let refused = answer::<Value>(site.send(&stranger, "GET", &target, vec![], None).await).await;
    assert_eq!(refused.unwrap_err().status, 403);
    // The rest arrives.
    let mut chain = Chain::of("eu/DE-0417/4", 4);
    let entries = chain.sales(9);
    site.post_journal(&chain, &entries[5..]).await.unwrap();
    let comparison = cli::completeness(&site.config(), &store, &day).await.unwrap();
    let report = comparison.locations[0].report().unwrap();
    assert_eq!((report.complete, report.sentence.as_str()), (true, "all sales of 3 May are here"));
}

crate::on_each_engine!(completeness_names_the_till_and_the_numbers_that_are_missing,);

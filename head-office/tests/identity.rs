//! Who may speak: only the region's registered tills, each for itself, with what it signed.

#![allow(clippy::unwrap_used)] // also in the helpers of tests

mod common;

use common::{Chain, Site, TILL, answer, key, lines, sign, tills};
use evertill_domain::wire::{self, JournalAck, Problem};

async fn refused(site: &Site, chain: &Chain, target: &str) -> (u16, String) {
    let problem =
        answer::<JournalAck>(site.send(chain, "POST", target, b"x\n".to_vec(), None).await).await.unwrap_err();
    (problem.status, problem.kind)
}

#[tokio::test]
async fn a_till_speaks_for_itself_only() {
    let site = Site::start().await;
    let chain = Chain::of(TILL, 2);
    for other in ["eu/DE-0417/3", "na/DE-0417/2", "eu/DE-0418/2", "eu/DE-0417/02"] {
        let target = format!("/v1/tills/{other}/journal");
        assert_eq!(refused(&site, &chain, &target).await, (403, Problem::IDENTITY.to_owned()), "{other}");
    }
}

#[tokio::test]
async fn unknown_tills_and_foreign_regions_are_refused() {
    let site = Site::start().await;
    for (till, said) in [("eu/DE-0417/9", "unknown"), ("na/US-0001/2", "not of region eu")] {
        let chain = Chain::of(till, 2);
        let response = site.send(&chain, "POST", &wire::journal_path(&chain.till), vec![b'x'; 200_000], None).await;
        let problem = answer::<JournalAck>(response).await.unwrap_err();
        assert_eq!((problem.status, problem.kind.as_str()), (403, Problem::IDENTITY));
        assert!(problem.detail.contains(said), "{}", problem.detail);
    }
}

#[tokio::test]
async fn a_wrong_or_missing_signature_is_refused() {
    let site = Site::start().await;
    let mut chain = Chain::of(TILL, 2);
    let body = lines(&chain.sales(1));
    let target = wire::journal_path(&chain.till);
    let good = sign(&chain, "POST", &target, &body);
    let by_another = sign(&Chain { key: key(3), ..chain.clone() }, "POST", &target, &body);
    let mut missing = good.clone();
    missing.signature_input = String::new();
    for (headers, body) in [(by_another, &body[..]), (missing, &body[..]), (good.clone(), b"another body")] {
        let problem =
            answer::<JournalAck>(site.send_signed("POST", &target, body, None, headers).await).await.unwrap_err();
        assert_eq!((problem.status, problem.kind.as_str()), (401, Problem::SIGNATURE));
    }
    let response = site.client.post(format!("{}{target}", site.base)).body("x").send().await.unwrap();
    assert_eq!(answer::<JournalAck>(response).await.unwrap_err().status, 401);
    answer::<JournalAck>(site.send_signed("POST", &target, &body, None, good).await).await.unwrap();
}

#[tokio::test]
async fn a_till_that_leaves_the_register_is_refused_and_a_broken_register_changes_nothing() {
    let site = Site::start().await;
    let mut chain = Chain::of(TILL, 2);
    let entries = chain.sales(1);
    std::fs::write(site.path("tills.toml"), "[tills]\nbroken").unwrap();
    site.post_journal(&chain, &entries).await.unwrap();
    std::fs::write(site.path("tills.toml"), tills(&[1, 3])).unwrap();
    for _ in 0..500 {
        match site.post_journal(&chain, &entries).await {
            Ok(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
            Err(problem) => return assert_eq!(problem.kind, Problem::IDENTITY),
        }
    }
    panic!("the revoked till was never refused");
}

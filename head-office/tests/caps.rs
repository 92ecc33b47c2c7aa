//! Caps: nothing that is sent can take more than its share, and each refusal says so.

#![allow(clippy::unwrap_used)] // also in the helpers of tests

mod common;

use common::{Chain, Site, TILL, answer, lines, quick, zstd};
use evertill_domain::wire::{self, BATCH_MAX_BYTES, JournalAck, Problem};
use evertill_head_office::Limits;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn post(site: &Site, body: Vec<u8>, encoding: Option<&str>) -> Problem {
    let chain = Chain::of(TILL, 2);
    let response = site.send(&chain, "POST", &wire::journal_path(&chain.till), body, encoding).await;
    answer::<JournalAck>(response).await.unwrap_err()
}

#[tokio::test]
async fn a_body_that_unpacks_without_end_is_refused() {
    let site = Site::start().await;
    let bomb = zstd(&vec![b' '; 200 * BATCH_MAX_BYTES]);
    assert!(bomb.len() < BATCH_MAX_BYTES);
    let problem = post(&site, bomb, Some("zstd")).await;
    assert_eq!((problem.status, problem.kind.as_str()), (413, Problem::TOO_LARGE));
}

#[tokio::test]
async fn an_oversize_body_is_refused_with_the_reason_and_not_with_a_reset() {
    let site = Site::start().await;
    for http1 in [false, true] {
        let site = Site { client: common::client(&site.ca, http1), base: site.base.clone(), ..Site::start().await };
        for length in [BATCH_MAX_BYTES + 1, 5 * BATCH_MAX_BYTES] {
            let problem = post(&site, vec![b'x'; length], None).await;
            assert_eq!((problem.status, problem.kind.as_str()), (413, Problem::TOO_LARGE), "{length}");
        }
    }
}

#[tokio::test]
async fn too_many_entries_are_refused() {
    let site = Site::start().await;
    let mut chain = Chain::of(TILL, 2);
    let entries = chain.sales(501);
    let problem = post(&site, zstd(&lines(&entries)), Some("zstd")).await;
    assert_eq!((problem.status, problem.kind.as_str()), (413, Problem::TOO_LARGE));
    assert_eq!(site.post_journal(&chain, &entries[..500]).await.unwrap().watermark, 500);
}

#[tokio::test]
async fn what_is_no_batch_is_told_so() {
    let site = Site::start().await;
    let mut chain = Chain::of(TILL, 2);
    let mut other = Chain { epoch: common::epoch(2), ..chain.clone() };
    let mixed = lines(&[chain.sales(2), other.sales(1)].concat());
    for (body, encoding, status) in [
        (vec![], None, 400),
        (b"\n\n".to_vec(), None, 400),
        (b"not zstd".to_vec(), Some("zstd"), 400),
        (b"x".to_vec(), Some("gzip"), 415),
        (mixed, None, 400),
    ] {
        let problem = post(&site, body, encoding).await;
        assert_eq!((problem.status, problem.kind.as_str()), (status, Problem::REQUEST), "{encoding:?}");
    }
    let problem = post(&site, b"not an entry\n".to_vec(), None).await;
    assert_eq!((problem.status, problem.kind.as_str(), problem.seq), (422, Problem::ENTRY, None));
    let deep = format!("{{\"seq\":{}1{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(post(&site, deep.into_bytes(), None).await.status, 422);
}

#[tokio::test]
async fn routes_and_methods_that_do_not_exist_are_problems_too() {
    let site = Site::start().await;
    for (path, status) in [("/", 404), ("/v1/tills/eu/DE-0417/2/journal", 405), ("/v1/tills/eu/DE-0417", 404)] {
        let response = site.client.get(format!("{}{path}", site.base)).send().await.unwrap();
        assert_eq!(answer::<JournalAck>(response).await.unwrap_err().status, status, "{path}");
    }
}

#[tokio::test]
async fn a_mute_handshake_and_a_slow_body_are_ended() {
    let limits = Limits { handshake: Duration::from_millis(50), request: Duration::from_millis(200), ..quick() };
    let site = Site::start_with(limits).await;
    let port: u16 = site.base.rsplit(':').next().unwrap().parse().unwrap();
    let mut mute = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut nothing = Vec::new();
    // The server closes it; the test would hang here otherwise.
    assert_eq!(mute.read_to_end(&mut nothing).await.unwrap_or(0), 0);
    let mut slow = half(&site, &Chain::of(TILL, 2)).await;
    let mut answer = [0; 12];
    slow.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 504");
}

/// Half of a request of `chain`'s till, over a connection of its own.
async fn half(site: &Site, chain: &Chain) -> tokio_rustls::client::TlsStream<tokio::net::TcpStream> {
    let port: u16 = site.base.rsplit(':').next().unwrap().parse().unwrap();
    let target = wire::journal_path(&chain.till);
    let signed = common::sign(chain, "POST", &target, b"x");
    let mut slow = connect(site, port).await;
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nContent-Digest: {}\r\nSignature-Input: {}\r\nSignature: {}\r\n\r\nhalf",
        signed.content_digest, signed.signature_input, signed.signature
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    slow
}

/// What `chain`'s till hears at last, once it hears something else than `not`.
async fn hears(site: &Site, chain: &Chain, not: u16) -> (u16, Option<String>) {
    let target = format!("{}?epoch={}", wire::watermark_path(&chain.till), chain.epoch);
    for _ in 0..500 {
        let response = site.send(chain, "GET", &target, vec![], None).await;
        let status = response.status().as_u16();
        if status != not {
            return (status, response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned()));
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    (not, None)
}

#[tokio::test]
async fn a_till_that_asks_too_much_at_once_waits_and_takes_no_place_of_the_others() {
    let site = Site::start().await;
    let (greedy, other) = (Chain::of(TILL, 2), Chain::of("eu/DE-0417/3", 3));
    let mut halves = Vec::new();
    for _ in 0..4 {
        halves.push(half(&site, &greedy).await);
    }
    assert_eq!(hears(&site, &greedy, 200).await, (429, Some("2".to_owned())));
    assert_eq!(hears(&site, &other, 0).await.0, 200);
    // Whoever only claims to be another takes no place of theirs.
    let liar = Chain { key: common::key(2), ..other.clone() };
    for _ in 0..4 {
        halves.push(half(&site, &liar).await);
    }
    assert_eq!(hears(&site, &other, 0).await.0, 200);
    drop(halves);
    assert_eq!(hears(&site, &greedy, 429).await.0, 200);
}

#[tokio::test]
async fn when_all_places_are_taken_a_till_is_told_to_come_again() {
    let site = Site::start().await;
    let numbers: Vec<u8> = (1..=8).collect();
    std::fs::write(site.path("tills.toml"), common::tills(&numbers)).unwrap();
    assert_eq!(hears(&site, &Chain::of("eu/DE-0417/8", 8), 403).await.0, 200);
    let mut halves = Vec::new();
    for number in numbers {
        for _ in 0..4 {
            halves.push(half(&site, &Chain::of(&format!("eu/DE-0417/{number}"), number)).await);
        }
    }
    let late = Chain::of("eu/DE-0418/1", 9);
    assert_eq!(hears(&site, &late, 200).await, (503, Some("2".to_owned())));
    drop(halves);
    assert_eq!(hears(&site, &late, 503).await.0, 200);
}

async fn connect(site: &Site, port: u16) -> tokio_rustls::client::TlsStream<tokio::net::TcpStream> {
    use rustls_pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(rustls_pki_types::CertificateDer::from_pem_slice(site.ca.as_bytes()).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    connector.connect("localhost".try_into().unwrap(), stream).await.unwrap()
}

#[tokio::test]
async fn connections_beyond_the_cap_are_closed_and_the_others_served() {
    let site = Site::start_with(Limits { connections: 1, ..quick() }).await;
    let port: u16 = site.base.rsplit(':').next().unwrap().parse().unwrap();
    let live = format!("{}/live", site.base);
    assert_eq!(site.client.get(&live).send().await.unwrap().status(), 200);
    let mut second = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    assert_eq!(second.read_to_end(&mut Vec::new()).await.unwrap_or(0), 0);
    assert_eq!(site.client.get(&live).send().await.unwrap().status(), 200);
}

//! Caps on body, head, connections, rate and time. Each refuses, changes nothing, and the till serves on.

use crate::ask::{Answer, read_answer};
use crate::till::Till;
use evertill::http::Limits;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_body_beyond_the_cap_is_refused_announced_or_not() {
    let till = Till::start().await;
    let before = till.trace().await;
    let long = format!(r#"{{"code":"{}"}}"#, "1".repeat(64 * 1024));
    till.scan("key-large-1").json(&long).send(till.address).await.assert_problem(413, "too-large");
    till.scan("key-large-2").with("Content-Length", u32::MAX).send(till.address).await.assert_problem(413, "too-large");

    let chunked = till.scan("key-large-3").json("").without("Content-Length").header("Transfer-Encoding", "chunked");
    let mut bytes = chunked.bytes();
    bytes.extend_from_slice(format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len()).as_bytes());
    let mut stream = TcpStream::connect(till.address).await.unwrap();
    let _ = stream.write_all(&bytes).await;
    read_answer(&mut stream).await.assert_problem(413, "too-large");
    assert_eq!(till.trace().await, before);
}

#[tokio::test]
async fn a_head_beyond_the_cap_is_refused() {
    let till = Till::start().await;
    let before = till.trace().await;
    let long = till.scan("key-head-1").header("X-Long", "x".repeat(40 * 1024));
    assert_eq!(long.send(till.address).await.status, 431);
    let many = (0..100).fold(till.scan("key-head-2"), |ask, index| ask.header(&format!("X-{index}"), "x"));
    assert_eq!(many.send(till.address).await.status, 431);
    assert_eq!(till.trace().await, before);
    assert_eq!(till.scan("key-head-3").send(till.address).await.status, 200);
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let till = Till::with(Limits { head: Duration::from_millis(50), ..Limits::default() }).await;
    let before = till.trace().await;
    let whole = till.scan("key-slow-1").bytes();
    for part in [&whole[..0], &whole[..1], &whole[..40]] {
        let mut stream = TcpStream::connect(till.address).await.unwrap();
        stream.write_all(part).await.unwrap();
        // Ends only because the server closes.
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    }
    assert_eq!(till.trace().await, before);
}

#[tokio::test]
async fn one_connection_too_many_is_told_so_and_the_others_go_on() {
    let till = Till::with(Limits { connections: 3, ..Limits::default() }).await;
    let mut open = Vec::new();
    for index in 0..3 {
        let mut stream = TcpStream::connect(till.address).await.unwrap();
        let ask = till.ask("GET /v1/basket").without("Connection").header("X-Index", index);
        stream.write_all(&ask.bytes()).await.unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        open.push(stream);
    }
    let mut surplus = TcpStream::connect(till.address).await.unwrap();
    assert_eq!(read_answer(&mut surplus).await.status, 503);
    let before = till.trace().await;
    let stream = &mut open[0];
    stream.write_all(&till.scan("key-full-1").bytes()).await.unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(String::from_utf8_lossy(&rest).contains("HTTP/1.1 200"));
    assert_ne!(till.trace().await, before);
}

#[tokio::test]
async fn a_flood_is_stopped_and_strangers_cannot_take_the_cashiers_share() {
    let till = Till::with(Limits { requests_per_second: 5, ..Limits::default() }).await;
    let before = till.trace().await;
    let stranger = till.scan("key-flood-1").without("Authorization");
    let mut refused: Option<Answer> = None;
    for _ in 0..1_000 {
        let answer = stranger.send(till.address).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("1,000 requests in a row are too many");
    refused.assert_problem(429, "rate");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(till.trace().await, before);
    assert_eq!(till.scan("key-flood-2").send(till.address).await.status, 200);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_an_unknown_outcome() {
    let till = Till::with(Limits { request: Duration::from_millis(500), ..Limits::default() }).await;
    assert_eq!(till.sell("late").await.status, 200);
    let held = till.pen.lock().await;
    let answer = till.ask("GET /v1/receipts/1.png").send(till.address).await;
    answer.assert_problem(503, "deadline");
    assert!(answer.json()["detail"].as_str().unwrap().contains("same Idempotency-Key"));
    drop(held);
}

#[tokio::test]
async fn a_caller_that_never_reads_loses_its_connection() {
    let limits = Limits { request: Duration::from_millis(100), requests_per_second: u32::MAX, ..Limits::default() };
    let till = Till::with(limits).await;
    let ask = till.ask("GET /v1/openapi.json").without("Connection").bytes();
    let mut stream = TcpStream::connect(till.address).await.unwrap();
    // The server stops reading once its answers pile up; only its closing ends these writes.
    for _ in 0..1_000_000 {
        if stream.write_all(&ask).await.is_err() {
            return;
        }
    }
    panic!("the server took every request of a caller that never read an answer");
}

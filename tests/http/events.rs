//! Server-sent events: what happens is told; who falls behind is told that, too.

use crate::till::{Till, device_states};
use evertill::http::{EVENTS_MAX, Event};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;

/// Most lines that a test reads in search of one event.
const LINES_MAX: usize = 10_000;

struct Listener(Lines<BufReader<TcpStream>>);

impl Listener {
    async fn connect(till: &Till) -> Listener {
        Listener::to(till, "GET /v1/events").await
    }

    async fn to(till: &Till, line: &str) -> Listener {
        let mut stream = TcpStream::connect(till.address).await.unwrap();
        stream.write_all(&till.ask(line).without("Connection").bytes()).await.unwrap();
        Listener(BufReader::new(stream).lines())
    }

    /// Waits for an event of the page, which says nothing but that there is one.
    async fn changed(&mut self) {
        for _ in 0..LINES_MAX {
            if self.0.next_line().await.unwrap().unwrap() == "event: changed" {
                assert_eq!(self.0.next_line().await.unwrap().unwrap(), "data: look");
                return;
            }
        }
    }

    /// The data of the next event called `name`, or nothing when the stream ends before.
    async fn next(&mut self, name: &str) -> Option<serde_json::Value> {
        let mut found = false;
        for _ in 0..LINES_MAX {
            let line = self.0.next_line().await.ok()??;
            found |= line == format!("event: {name}");
            if let Some(data) = line.strip_prefix("data: ").filter(|_| found) {
                return Some(serde_json::from_str(data).unwrap());
            }
        }
        None
    }
}

#[tokio::test]
async fn an_act_is_told_to_every_screen() {
    let till = Till::start().await;
    let (mut first, mut second) = (Listener::connect(&till).await, Listener::connect(&till).await);
    for listener in [&mut first, &mut second] {
        assert_eq!(listener.next("device").await.unwrap()["data"]["printer"]["state"], "ready");
        assert!(listener.next("sync").await.is_some());
    }
    assert_eq!(till.scan("key-event-1").send(till.address).await.status, 200);
    for listener in [&mut first, &mut second] {
        assert_eq!(listener.next("basket").await.unwrap()["data"]["currency"], "EUR");
    }
    till.devices.send_replace(device_states("paper_out"));
    assert_eq!(first.next("device").await.unwrap()["data"]["printer"]["state"], "paper_out");
}

#[tokio::test]
async fn a_page_on_which_nobody_signed_on_is_told_that_something_changed_and_nothing_else() {
    let till = Till::staffed().await;
    let mut page = Listener::to(&till, "GET /counter/events").await;
    // The answer's head has come: from now on it hears.
    assert!(page.0.next_line().await.unwrap().unwrap().contains("200"));
    till.devices.send_replace(device_states("paper_out"));
    page.changed().await;
    till.outlet.announce(Event::Scan { code: "4006381333931".to_owned(), refusal: Some("nobody".to_owned()) });
    page.changed().await;
}

#[tokio::test]
async fn a_listener_that_falls_behind_is_told_to_ask_again() {
    let till = Till::start().await;
    let mut listener = Listener::connect(&till).await;
    assert!(listener.next("sync").await.is_some());
    // More than the channel and every buffer of the socket hold, without letting the server's task run in between.
    for round in 0..EVENTS_MAX * 3 {
        till.outlet.announce(Event::Scan { code: round.to_string(), refusal: None });
    }
    assert!(listener.next("resync").await.unwrap()["data"]["lost"].as_u64().unwrap() > 0);
    let last = (EVENTS_MAX * 3 - 1).to_string();
    for _ in 0..EVENTS_MAX {
        if listener.next("scan").await.unwrap()["data"]["code"] == last.as_str() {
            return;
        }
    }
    panic!("the newest event did not arrive");
}

#[tokio::test]
async fn streams_are_counted_and_freed() {
    let till = Till::start().await;
    let mut open = Vec::new();
    for _ in 0..16 {
        let mut listener = Listener::connect(&till).await;
        assert!(listener.next("device").await.is_some());
        open.push(listener);
    }
    till.ask("GET /v1/events").send(till.address).await.assert_problem(503, "busy");
}

#[tokio::test]
async fn a_stopping_till_ends_its_streams() {
    let mut till = Till::start().await;
    let mut listener = Listener::connect(&till).await;
    assert!(listener.next("sync").await.is_some());
    till.stop.take().unwrap().send(()).unwrap();
    assert!(listener.next("basket").await.is_none());
    till.server.await.unwrap().unwrap();
}

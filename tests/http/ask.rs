//! Raw requests: tests say things that no HTTP library would send.

use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One request, header by header.
pub struct Ask {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Ask {
    /// A request with nothing but its first line.
    pub fn bare(line: &str) -> Ask {
        Ask { line: line.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn header(mut self, name: &str, value: impl ToString) -> Ask {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn without(mut self, name: &str) -> Ask {
        self.headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        self
    }

    pub fn with(self, name: &str, value: impl ToString) -> Ask {
        self.without(name).header(name, value)
    }

    pub fn json(self, body: &str) -> Ask {
        let mut ask = self.with("Content-Type", "application/json").with("Content-Length", body.len());
        ask.body = body.as_bytes().to_vec();
        ask
    }

    pub fn form(self, fields: &[(&str, &str)]) -> Ask {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let mut ask = self.with("Content-Type", "application/x-www-form-urlencoded").with("Content-Length", body.len());
        ask.body = body.into_bytes();
        ask
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut text = format!("{} HTTP/1.1\r\n", self.line);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        [text.as_bytes(), &self.body].concat()
    }

    /// Sends it on a connection of its own.
    pub async fn send(&self, address: SocketAddr) -> Answer {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // The server may answer and close before it has read all: that is what some tests ask for.
        let _ = stream.write_all(&self.bytes()).await;
        read_answer(&mut stream).await
    }
}

/// Reads until the server closes.
pub async fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut chunk).await {
        bytes.extend_from_slice(&chunk[..count]);
    }
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("the answer has a head");
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).expect("the answer has a status");
    Answer { status, head, body: bytes[end + 4..].to_vec() }
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Asserts that this is a problem of `status` whose type ends in `kind`, with a sentence that helps.
    #[track_caller]
    pub fn assert_problem(&self, status: u16, kind: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("urn:evertill:problem:{kind}"));
        assert!(problem["detail"].as_str().unwrap().len() > 20, "{problem}");
    }
}

//! The till's loopback API, as any local program uses it: bearer token, JSON, an idempotency key with every act.

use anyhow::{Context, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::cell::Cell;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// The till answers in milliseconds, whatever the network does. A longer wait is a failure of the demo.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// A caller of the till.
pub struct Api {
    agent: ureq::Agent,
    address: SocketAddr,
    token: String,
    acts: Cell<u64>,
}

/// What the demo reads of `GET /v1/status`.
#[derive(Debug, Clone, Deserialize)]
pub struct Status {
    pub price_book_version: u64,
    pub head: u64,
    pub sync: Sync,
    pub devices: Devices,
    pub alarms: Vec<String>,
}

/// Where the journal's delivery stands.
#[derive(Debug, Clone, Deserialize)]
pub struct Sync {
    pub online: bool,
    pub locations: Vec<LocationState>,
}

/// What the till knows of its devices; the demo looks at the scanner alone, the others show themselves.
#[derive(Debug, Clone, Deserialize)]
pub struct Devices {
    pub scanner: Device,
}

/// One device.
#[derive(Debug, Clone, Deserialize)]
pub struct Device {
    pub state: String,
}

/// One location, as the till sees it.
#[derive(Debug, Clone, Deserialize)]
pub struct LocationState {
    pub name: String,
    pub unsent: u64,
}

/// What the demo reads of the open basket.
#[derive(Debug, Clone, Deserialize)]
pub struct Basket {
    pub lines: Vec<Line>,
    pub due_minor: i64,
    pub age_to_confirm: Option<u8>,
}

/// One line of it.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    pub name: String,
}

/// A recorded sale.
#[derive(Debug, Clone, Deserialize)]
pub struct Sale {
    pub receipt_number: u64,
    pub total_minor: i64,
    pub change_minor: i64,
}

/// Answer to an act.
#[derive(Debug, Deserialize)]
pub struct Act {
    pub sale: Option<Sale>,
}

impl Api {
    /// A caller of the till at `address` whose token lies in `data_dir`.
    pub fn new(address: SocketAddr, data_dir: &Path) -> anyhow::Result<Api> {
        let token = std::fs::read_to_string(data_dir.join("api.token"))?.trim().to_owned();
        // No proxy: the token must not leave this machine.
        let config =
            ureq::Agent::config_builder().timeout_global(Some(ANSWER_MAX)).http_status_as_error(false).proxy(None);
        Ok(Api { agent: config.build().into(), address, token, acts: Cell::new(0) })
    }

    /// `GET path`.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let request = self.agent.get(self.url(path)).header("authorization", self.bearer());
        parsed(path, request.call())
    }

    /// `POST path` with `json`, under a key of its own.
    pub fn post<T: DeserializeOwned>(&self, path: &str, json: &serde_json::Value) -> anyhow::Result<T> {
        self.acts.set(self.acts.get() + 1);
        let request = self
            .agent
            .post(self.url(path))
            .header("authorization", self.bearer())
            .header("idempotency-key", format!("demo-act-{}", self.acts.get()))
            .header("content-type", "application/json");
        parsed(path, request.send(json.to_string()))
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

fn parsed<T: DeserializeOwned>(
    path: &str,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> anyhow::Result<T> {
    let mut response = answer.with_context(|| format!("the till does not answer {path}"))?;
    let text = response.body_mut().read_to_string()?;
    if !response.status().is_success() {
        bail!("the till refuses {path} ({}): {text}", response.status());
    }
    serde_json::from_str(&text).with_context(|| format!("the till's answer to {path} is of another shape: {text}"))
}

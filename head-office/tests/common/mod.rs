//! A location in this process, and a till that speaks to it over real TLS.
#![allow(dead_code, clippy::unwrap_used)] // each test binary uses its own part of it, and a failed unwrap is the message

#[path = "../../../tests/support/publishing.rs"]
pub mod publishing;

use ed25519_dalek::SigningKey;
use evertill_domain::chain::Head;
use evertill_domain::entry::{Content, Entry, Hash};
use evertill_domain::ids::{Epoch, TillId};
use evertill_domain::publication::Subject;
use evertill_domain::signature::{self, SignedHeaders};
use evertill_domain::wire::{self, JournalAck, Problem, SetAside, WatermarkAnswer};
use evertill_head_office::config::{CacheConfig, OperatorsConfig, PeerConfig, PostgresConfig};
use evertill_head_office::publish::{Done, Publisher};
use evertill_head_office::{Config, Limits, Server, serve_with};
use evertill_testbed::Postgres;
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

pub const TILL: &str = "eu/DE-0417/2";
pub const DAY: &str = "2026-05-03";

/// The epoch of tests, as `n` tells it from others.
pub fn epoch(n: u8) -> Epoch {
    format!("0197a1b2-0000-7000-8000-0000000000{n:02x}").parse().unwrap()
}

/// The key of till `number`.
pub fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

/// A sale that reconciles, of one line at 1.19.
pub fn sale(receipt_number: u64) -> String {
    format!(
        r#"{{"receipt_number":{receipt_number},"price_book":1,"currency":"EUR","tax_mode":"inclusive","rounding":"half-up","lines":[{{"line":1,"code":"04006381333931","name":"Pen","quantity_milli":1000,"unit_price_minor":119,"amount_minor":119,"tax":"A"}}],"taxes":[{{"code":"A","label":"MwSt","rate":19000,"net_minor":100,"tax_minor":19,"gross_minor":119}}],"total_minor":119,"cash_rounding_minor":0,"tenders":[{{"kind":"cash","amount_minor":200}}],"change_minor":81}}"#
    )
}

/// A till's journal as it grows.
#[derive(Clone)]
pub struct Chain {
    pub till: TillId,
    pub key: SigningKey,
    pub epoch: Epoch,
    pub head: Head,
    pub day: &'static str,
}

impl Chain {
    pub fn of(till: &str, number: u8) -> Chain {
        Chain { till: till.parse().unwrap(), key: key(number), epoch: epoch(1), head: Head::START, day: DAY }
    }

    pub fn next(&mut self, kind: &str, body: String) -> Entry {
        let content = Content {
            till: self.till.clone(),
            at: "2026-05-03T18:04:05.123+02:00".parse().unwrap(),
            business_day: self.day.parse().unwrap(),
            kind: kind.parse().unwrap(),
            body,
        };
        let entry = Entry::seal(content, self.epoch, self.head.seq + 1, self.head.hash, &self.key);
        self.head = Head::of(&entry);
        entry
    }

    /// `count` sales; receipt numbers are the entries' numbers.
    pub fn sales(&mut self, count: u64) -> Vec<Entry> {
        (0..count).map(|_| self.next("sale", sale(self.head.seq + 1))).collect()
    }
}

/// The batch of `entries`, uncompressed.
pub fn lines(entries: &[Entry]) -> Vec<u8> {
    entries.iter().flat_map(|entry| (entry.to_line() + "\n").into_bytes()).collect()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// Where a location keeps what it took.
#[derive(Debug, Clone)]
pub enum Engine {
    Sqlite,
    /// A database of its own, at this address.
    Postgres(String),
}

impl Engine {
    /// A new database on the server that all tests of this process share.
    pub fn postgres() -> Engine {
        Engine::Postgres(Postgres::shared().unwrap().database().unwrap())
    }
}

/// Makes of each function, which takes a [`Site`], a test on every engine.
#[macro_export]
macro_rules! on_each_engine {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $name() { super::$name($crate::common::Site::start().await).await })+
        }
        mod on_postgres {
            use $crate::common::{Engine, Site};
            $(#[tokio::test] async fn $name() { super::$name(Site::start_on(Engine::postgres()).await).await })+
        }
    };
}

/// A location that runs in this process.
pub struct Site {
    pub engine: Engine,
    pub folder: TempDir,
    pub ca: String,
    pub server: Option<Server>,
    pub client: reqwest::Client,
    pub base: String,
    pub limits: Limits,
    pub peers: Vec<PeerConfig>,
    pub cache: CacheConfig,
}

/// Tests wait for nothing: no drain notice, files are looked at often.
pub fn quick() -> Limits {
    Limits { drain: Duration::ZERO, reload: Duration::from_millis(20), ..Limits::default() }
}

impl Site {
    /// Starts one that knows tills 1 to 4 of DE-0417 and till 1 of DE-0418.
    pub async fn start() -> Site {
        Site::start_with(quick()).await
    }

    pub async fn start_with(limits: Limits) -> Site {
        Site::start_so(limits, Engine::Sqlite).await
    }

    pub async fn start_on(engine: Engine) -> Site {
        Site::start_so(quick(), engine).await
    }

    async fn start_so(limits: Limits, engine: Engine) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("cert.pem"), certificate.cert.pem()).unwrap();
        std::fs::write(path("cert.key"), certificate.signing_key.serialize_pem()).unwrap();
        std::fs::write(path("tills.toml"), tills(&[1, 2, 3, 4])).unwrap();
        publishing::write_operators(folder.path());
        let ca = certificate.cert.pem();
        let (client, cache) = (client(&ca, false), CacheConfig::default());
        let mut site =
            Site { engine, folder, ca, server: None, client, base: String::new(), limits, peers: Vec::new(), cache };
        site.restart().await;
        site
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn config(&self) -> Config {
        Config {
            region: "eu".parse().unwrap(),
            location: "fra".parse().unwrap(),
            pool: "v41".parse().unwrap(),
            listen: "127.0.0.1:0".parse().unwrap(),
            data_dir: self.path("data"),
            certificate: self.path("cert.pem"),
            certificate_key: self.path("cert.key"),
            tills: self.path("tills.toml"),
            publish_keys: publishing::publish_keys(),
            cache: self.cache.clone(),
            postgres: match &self.engine {
                Engine::Sqlite => None,
                Engine::Postgres(url) => Some(postgres_config(url)),
            },
            operators: Some(OperatorsConfig {
                listen: "127.0.0.1:0".parse().unwrap(),
                file: self.path("operators.toml"),
                peers: self.peers.clone(),
            }),
        }
    }

    /// Publishes `file` here for every store.
    pub async fn publish(&self, subject: Subject, file: &str) -> Done {
        let locations = [("fra", self.pages())];
        publishing::publish(&self.region(&locations), subject, file).await
    }

    /// Somebody who publishes here.
    pub fn publisher(&self) -> Publisher {
        let locations = [("fra", self.pages())];
        publishing::publisher(&self.region(&locations)).unwrap()
    }

    fn region<'a>(&'a self, locations: &'a [(&'a str, String)]) -> publishing::Region<'a> {
        publishing::Region { name: "eu", folder: self.folder.path(), ca: "cert.pem", locations }
    }

    /// The address of the operators' port.
    pub fn pages(&self) -> String {
        format!("https://localhost:{}", self.server.as_ref().unwrap().pages_addr().unwrap().port())
    }

    /// Starts the server anew on the same files; a running one is stopped first.
    pub async fn restart(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
        let server = serve_with(self.config(), self.limits).await.unwrap();
        self.base = format!("https://localhost:{}", server.local_addr().port());
        self.server = Some(server);
    }

    /// Sends a signed request as `chain`'s till.
    pub async fn send(
        &self,
        chain: &Chain,
        method: &str,
        target: &str,
        body: Vec<u8>,
        encoding: Option<&str>,
    ) -> Response {
        self.send_signed(method, target, &body, encoding, sign(chain, method, target, &body)).await
    }

    pub async fn send_signed(
        &self,
        method: &str,
        target: &str,
        body: &[u8],
        encoding: Option<&str>,
        signed: SignedHeaders,
    ) -> Response {
        let mut request = self
            .client
            .request(method.parse().unwrap(), format!("{}{target}", self.base))
            .header("Content-Digest", signed.content_digest)
            .header("Signature-Input", signed.signature_input)
            .header("Signature", signed.signature)
            .body(body.to_vec());
        if let Some(encoding) = encoding {
            request = request.header("Content-Encoding", encoding);
        }
        request.send().await.unwrap()
    }

    pub async fn post_journal(&self, chain: &Chain, entries: &[Entry]) -> Result<JournalAck, Problem> {
        let target = wire::journal_path(&chain.till);
        answer(self.send(chain, "POST", &target, zstd(&lines(entries)), Some("zstd")).await).await
    }

    pub async fn post_lines(&self, chain: &Chain, lines: &[u8]) -> Result<JournalAck, Problem> {
        answer(self.send(chain, "POST", &wire::journal_path(&chain.till), lines.to_vec(), None).await).await
    }

    pub async fn set_aside(&self, chain: &Chain, place: &SetAside, bytes: &[u8]) -> Result<JournalAck, Problem> {
        let target = format!("{}?{}", wire::set_aside_path(&chain.till), place.to_query());
        answer(self.send(chain, "POST", &target, bytes.to_vec(), None).await).await
    }

    pub async fn watermark(&self, chain: &Chain) -> WatermarkAnswer {
        let target = format!("{}?epoch={}", wire::watermark_path(&chain.till), chain.epoch);
        answer(self.send(chain, "GET", &target, vec![], None).await).await.unwrap()
    }

    /// What `head-office verify` prints, and whether all was whole.
    pub async fn verify(&self) -> (bool, String) {
        let mut text = String::new();
        let config = self.config();
        let line = |line: String| text.push_str(&(line + "\n"));
        let whole = evertill_head_office::cli::verify_all(&config, line).await.unwrap();
        (whole, text)
    }

    /// The row that `sql` asks the database for, its columns joined by `|`; nothing for a statement without one.
    pub fn sql(&self, sql: &str) -> String {
        match &self.engine {
            Engine::Sqlite => {
                let connection = rusqlite::Connection::open(self.config().database()).unwrap();
                let mut statement = connection.prepare(sql).unwrap();
                let columns = statement.column_count();
                let mut rows = statement.query([]).unwrap();
                let Some(row) = rows.next().unwrap() else { return String::new() };
                let column = |index| match row.get(index).unwrap() {
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    rusqlite::types::Value::Text(text) => text,
                    other => format!("{other:?}"),
                };
                (0..columns).map(column).collect::<Vec<_>>().join("|")
            }
            Engine::Postgres(url) => {
                let name = url.rsplit('/').next().unwrap();
                Postgres::shared().unwrap().psql(name, sql).unwrap().trim_end().to_owned()
            }
        }
    }
}

/// How the database at `url` is reached.
pub fn postgres_config(url: &str) -> PostgresConfig {
    PostgresConfig { name: "tests".to_owned(), settings: url.parse().unwrap(), ca: None, connections: 12 }
}

pub fn sign(chain: &Chain, method: &str, target: &str, body: &[u8]) -> SignedHeaders {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    signature::sign(signature::Request { method, path, query, body }, &chain.till, 0, &chain.key)
}

/// The answer of a 2xx, or the problem.
pub async fn answer<T: DeserializeOwned>(response: Response) -> Result<T, Problem> {
    assert_eq!(response.headers()[wire::REGION_HEADER], "eu", "every answer names the region");
    let status = response.status();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let text = response.text().await.unwrap();
    if status.is_success() {
        return Ok(serde_json::from_str(&text).unwrap());
    }
    assert_eq!(kind, wire::PROBLEM_JSON);
    let problem: Problem = serde_json::from_str(&text).unwrap();
    assert_eq!(StatusCode::from_u16(problem.status).unwrap(), status);
    Err(problem)
}

/// A client that trusts `ca` only.
pub fn client(ca: &str, http1_only: bool) -> reqwest::Client {
    // Only the first test of the process installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([reqwest::Certificate::from_pem(ca.as_bytes()).unwrap()])
        .timeout(Duration::from_secs(30));
    if http1_only { builder.http1_only() } else { builder }.build().unwrap()
}

/// A register of DE-0417's tills `numbers` and till 1 of DE-0418, which has key 9.
pub fn tills(numbers: &[u8]) -> String {
    let public = |number: u8| Hash(key(number).verifying_key().to_bytes());
    let line = |number: &u8| format!("\"eu/DE-0417/{number}\" = \"{}\"\n", public(*number));
    format!("[tills]\n\"eu/DE-0418/1\" = \"{}\"\n{}", public(9), numbers.iter().map(line).collect::<String>())
}

pub fn price_book(version: u64) -> String {
    format!(
        r#"{{"version":{version},"store":{{"name":"S","locale":"de-DE"}},"currency":"EUR","tax_mode":"inclusive","taxes":[{{"code":"A","label":"MwSt","rates":[{{"label":"MwSt","rate":19000}}]}}],"items":[{{"gtins":["4006381333931"],"name":"Pen","price_minor":119,"tax":"A"}}]}}"#
    )
}

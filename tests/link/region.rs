//! One location of head office on loopback: the real service, which can be stopped, started again and asked what it has.

use super::server::{Authority, Certified, TILL, key};
use super::till::Till;
use crate::publishing::{self, Region};
use evertill_domain::entry::Hash;
use evertill_domain::publication::Subject;
use evertill_head_office::cli::verify_all;
use evertill_head_office::config::{CacheConfig, OperatorsConfig};
use evertill_head_office::{Config, Limits, Server, serve_with};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tempfile::TempDir;

/// A location.
pub struct Location {
    pub name: &'static str,
    pub address: SocketAddr,
    server: Option<Server>,
    folder: TempDir,
}

impl Location {
    /// One that is up and knows the till.
    pub async fn start(name: &'static str, authority: &Authority) -> Location {
        let mut location = Location::down(name, authority, &authority.issue("localhost", |_| {}), free_address());
        location.know_till(true);
        location.up().await;
        location
    }

    /// One with this certificate that will be at `address`, once it is up. It knows nobody yet.
    pub fn down(name: &'static str, authority: &Authority, certified: &Certified, address: SocketAddr) -> Location {
        let location = Location { name, address, server: None, folder: tempfile::tempdir().unwrap() };
        let (certificate, key) = certified.pem();
        let write = |file: &str, text: &str| std::fs::write(location.folder.path().join(file), text).unwrap();
        write("cert.pem", &certificate);
        write("cert.key", &key);
        write("ca.pem", &authority.pem());
        publishing::write_operators(location.folder.path());
        location.know_till(false);
        location
    }

    /// Writes the register, with the till or without it.
    pub fn know_till(&self, known: bool) {
        let public = Hash(key().verifying_key().to_bytes());
        let line = if known { format!("\"{TILL}\" = \"{public}\"\n") } else { String::new() };
        std::fs::write(self.folder.path().join("tills.toml"), format!("[tills]\n{line}")).unwrap();
    }

    /// Publishes a price book of fifty items; the pen costs `pen_minor`.
    pub async fn sell_pens_at(&self, version: u64, pen_minor: i64) {
        let item = |plu: usize| {
            let price_minor = if plu == 0 { pen_minor } else { 100 };
            serde_json::json!({"plu": format!("{}", 1_000 + plu), "name": format!("Item {plu}"), "price_minor": price_minor, "tax": "A"})
        };
        let items: Vec<serde_json::Value> = (0..50).map(item).collect();
        let taxes = serde_json::json!([{"code": "A", "label": "VAT", "rates": [{"label": "VAT", "rate": 19000}]}]);
        let store = serde_json::json!({"name": "Corner", "locale": "de-DE"});
        let book = serde_json::json!({"version": version, "store": store, "currency": "EUR", "tax_mode": "inclusive",
            "taxes": taxes, "items": items});
        self.publish(Subject::PriceBook, &book.to_string()).await;
    }

    /// Publishes at this location.
    pub async fn publish(&self, subject: Subject, file: &str) {
        let pages = self.server.as_ref().unwrap().pages_addr().unwrap().port();
        let locations = [(self.name, format!("https://localhost:{pages}"))];
        let region = Region { name: "eu", folder: self.folder.path(), ca: "ca.pem", locations: &locations };
        publishing::publish(&region, subject, file).await;
    }

    pub async fn up(&mut self) {
        let limits = Limits { drain: Duration::ZERO, reload: Duration::from_millis(20), ..Limits::default() };
        self.server = Some(serve_with(self.config(), limits).await.unwrap());
    }

    pub async fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// Checks that the location has the till's whole chain up to its last entry, each once, and no other chain.
    pub async fn check_has_all_of(&mut self, till: &Till) {
        self.stop().await;
        let mut lines = Vec::new();
        let whole = verify_all(&self.config(), |line| lines.push(line)).await.unwrap();
        let head = till.head();
        let expected = format!("{TILL} epoch {} head {} {}: whole", head.epoch, head.head.seq, head.head.hash);
        assert!(whole && lines == [expected.clone()], "{}: {lines:?} is not {expected}", self.name);
    }

    fn config(&self) -> Config {
        let path = |file: &str| self.folder.path().join(file);
        Config {
            region: "eu".parse().unwrap(),
            location: self.name.parse().unwrap(),
            pool: "v41".parse().unwrap(),
            listen: self.address,
            data_dir: path("data"),
            certificate: path("cert.pem"),
            certificate_key: path("cert.key"),
            tills: path("tills.toml"),
            operators: Some(OperatorsConfig {
                listen: "127.0.0.1:0".parse().unwrap(),
                file: path("operators.toml"),
                peers: Vec::new(),
            }),
            postgres: None,
            publish_keys: publishing::publish_keys(),
            cache: CacheConfig::default(),
        }
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

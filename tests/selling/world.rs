//! A small region on loopback: two locations of head office, a printer, and one till as a real process.

use crate::publishing::{self, Region};
use evertill::http::MachineToken;
use evertill::http::client::{Client, ClientError};
use evertill::http::views::{ActView, BasketView, Status};
use evertill_domain::entry::Entry;
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::publication::Subject;
use evertill_hal::emulator::{EmulatedPrinter, EmulatedScanner};
use evertill_hal::escpos::Profile;
use evertill_head_office::cli::verify_all;
use evertill_head_office::{Config, Server};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::json;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The till of these tests.
pub const TILL: &str = "eu/DE-0417/2";
/// The demo's price book.
pub const PRICE_BOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/price-book-eu.json");
/// Locations of the region.
pub const LOCATIONS: [&str; 2] = ["fra", "ams"];
/// How often a wait looks, and how long it waits at most.
const LOOK: Duration = Duration::from_millis(25);
const WAIT_MAX: Duration = Duration::from_secs(180);

/// The region.
pub struct World {
    pub folder: TempDir,
    pub servers: [Option<Server>; 2],
    pub printer: EmulatedPrinter,
    pub scanner: EmulatedScanner,
    ports: [SocketAddr; 2],
    /// Where operators sign on at each location.
    offices: [SocketAddr; 2],
    /// Where the till's API and page are.
    pub api: SocketAddr,
    till: Option<Child>,
    till_name: &'static str,
}

impl World {
    /// Everything configured and both locations up; the till is not started yet.
    pub async fn new() -> World {
        World::of(TILL, PRICE_BOOK.into()).await
    }

    /// The same for another till, with the price book in another file.
    pub async fn of(till_name: &'static str, price_book: PathBuf) -> World {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let printer = EmulatedPrinter::start(([127, 0, 0, 1], 0).into(), &Profile::MM_80).unwrap();
        let scanner = EmulatedScanner::plugged_in(folder.path().join("scanner")).unwrap();
        let [fra, ams, fra_office, ams_office, api] = free_ports();
        let (ports, offices) = ([fra, ams], [fra_office, ams_office]);
        std::fs::write(folder.path().join("ca.pem"), certificates(folder.path())).unwrap();
        publishing::write_operators(folder.path());
        write_till_config(folder.path(), till_name, api, ports, printer.address());
        let servers = [None, None];
        let mut world = World { folder, servers, printer, scanner, ports, offices, api, till: None, till_name };
        world.register_till();
        for index in 0..2 {
            world.start_location(index).await;
        }
        world.publish(Subject::PriceBook, &std::fs::read_to_string(&price_book).unwrap()).await;
        world
    }

    pub fn till_config(&self) -> PathBuf {
        self.folder.path().join("till.toml")
    }

    pub fn journal(&self) -> PathBuf {
        self.folder.path().join("data/journal.db")
    }

    /// Changes what the till's configuration says, for its next start.
    pub fn reconfigure(&self, said: &str, says: &str) {
        let text = std::fs::read_to_string(self.till_config()).unwrap();
        assert!(text.contains(said), "{text}");
        std::fs::write(self.till_config(), text.replace(said, says)).unwrap();
    }

    /// A `till` command with this till's configuration.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_till"));
        command.arg("--config").arg(self.till_config());
        command
    }

    /// The till names its key; head office's register takes it.
    fn register_till(&self) {
        let identity = self.command().arg("identity").output().unwrap();
        assert!(identity.status.success(), "{}", String::from_utf8_lossy(&identity.stderr));
        let line = String::from_utf8(identity.stdout).unwrap();
        std::fs::write(self.folder.path().join("tills.toml"), format!("[tills]\n{line}")).unwrap();
    }

    pub fn location_config(&self, index: usize) -> Config {
        let (name, listen) = (LOCATIONS[index], self.ports[index]);
        let region = self.till_name.split('/').next().unwrap();
        let office = self.offices[index];
        let text = format!(
            "region = \"{region}\"\nlocation = \"{name}\"\npool = \"v41\"\nlisten = \"{listen}\"\ndata_dir = \"{name}\"\n\
             certificate = \"{name}.pem\"\ncertificate_key = \"{name}.key\"\ntills = \"tills.toml\"\n\
             publish_keys = [\"{}\"]\n[operators]\nlisten = \"{office}\"\nfile = \"operators.toml\"\n",
            publishing::PUBLIC_KEY
        );
        let path = self.folder.path().join(format!("{name}.toml"));
        std::fs::write(&path, text).unwrap();
        std::fs::create_dir_all(self.folder.path().join(name)).unwrap();
        Config::load(&path).unwrap()
    }

    /// Where operators sign on at a location.
    pub fn office(&self, index: usize) -> String {
        format!("https://{}", self.offices[index])
    }

    /// Publishes `file` at both locations, for every store.
    pub async fn publish(&self, subject: Subject, file: &str) {
        let locations = [0, 1].map(|index| (LOCATIONS[index], self.office(index)));
        let name = self.till_name.split('/').next().unwrap();
        let region = Region { name, folder: self.folder.path(), ca: "ca.pem", locations: &locations };
        publishing::publish(&region, subject, file).await;
    }

    pub async fn start_location(&mut self, index: usize) {
        self.servers[index] = Some(evertill_head_office::serve(self.location_config(index)).await.unwrap());
    }

    /// From its next start on, every location shows a certificate that an authority issued which the till does not know.
    pub fn make_certificates_foreign(&self) {
        certificates(self.folder.path());
    }

    pub async fn stop_location(&mut self, index: usize) {
        self.servers[index].take().unwrap().stop().await;
    }

    /// Starts the till.
    pub fn spawn_till(&mut self) {
        let log =
            std::fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("till.log")).unwrap();
        let mut command = self.command();
        command.arg("run").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.till = Some(command.spawn().unwrap());
    }

    /// Starts the till and waits until it answers.
    pub async fn start_till(&mut self) -> Client {
        self.spawn_till();
        let data = self.folder.path().join("data");
        let begun = Instant::now();
        while begun.elapsed() < WAIT_MAX {
            if let Ok(Some(status)) = self.till.as_mut().unwrap().try_wait() {
                panic!("the till ended with {status}: {}", self.till_log());
            }
            if let Ok(token) = MachineToken::open_or_create(&data) {
                let client = Client::new(self.api, token).unwrap();
                if client.status().await.is_ok() {
                    return client;
                }
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("the till did not start: {}", self.till_log());
    }

    /// The running till's process.
    pub fn till_id(&self) -> u32 {
        self.till.as_ref().unwrap().id()
    }

    /// SIGKILL: no goodbye, no flush.
    pub fn kill_till(&mut self) {
        let mut till = self.till.take().unwrap();
        till.kill().unwrap();
        till.wait().unwrap();
    }

    /// The journal, as `till journal export` writes it.
    pub fn entries(&self) -> Vec<Entry> {
        let export = self.command().args(["journal", "export"]).output().unwrap();
        assert!(export.status.success(), "{}", String::from_utf8_lossy(&export.stderr));
        let lines = String::from_utf8(export.stdout).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Stops both locations, and checks that each has the till's chain up to its last entry, whole.
    pub async fn check_locations(&mut self) {
        let head = self.entries().pop().unwrap();
        for (index, name) in LOCATIONS.iter().enumerate() {
            if self.servers[index].is_some() {
                self.stop_location(index).await;
            }
            let mut lines = Vec::new();
            let whole = verify_all(&self.location_config(index), |line| lines.push(line.to_owned())).await.unwrap();
            let expected = format!("{} epoch {} head {} {}: whole", self.till_name, head.epoch, head.seq, head.hash);
            assert!(whole && lines.contains(&expected), "{name}: {lines:?} lacks {expected}");
        }
    }

    pub fn till_log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("till.log")).unwrap_or_default()
    }

    /// Waits until `done` is true of the till's status.
    pub async fn wait_for(&self, client: &Client, what: &str, done: impl Fn(&Status) -> bool) -> Status {
        let mut last = None;
        let begun = Instant::now();
        while begun.elapsed() < WAIT_MAX {
            if let Ok(status) = client.status().await {
                if done(&status) {
                    return status;
                }
                last = Some(status);
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("{what} did not come; last status: {last:?}\n{}", self.till_log());
    }

    /// Waits until the open basket is as wished.
    pub async fn wait_for_basket(&self, client: &Client, done: impl Fn(&BasketView) -> bool) -> BasketView {
        let mut last = None;
        let begun = Instant::now();
        while begun.elapsed() < WAIT_MAX {
            let basket: BasketView = client.get("/v1/basket").await.unwrap();
            if done(&basket) {
                return basket;
            }
            last = Some(basket);
            tokio::time::sleep(LOOK).await;
        }
        panic!("the basket did not become as wished: {last:?}\n{}", self.till_log());
    }

    /// Waits until the printer has cut off so many receipts.
    pub async fn wait_until_printed(&self, receipts: u64) {
        self.wait_until(&format!("{receipts} receipts"), || self.printer.printed() >= receipts).await;
        assert_eq!(self.printer.printed(), receipts);
    }

    /// Waits until the drawer was kicked so often.
    pub async fn wait_until_kicked(&self, kicks: usize) {
        self.wait_until(&format!("{kicks} kicks of the drawer"), || self.printer.pulses().len() >= kicks).await;
        assert_eq!(self.printer.pulses().len(), kicks);
    }

    pub async fn wait_until(&self, what: &str, done: impl Fn() -> bool) {
        let begun = Instant::now();
        while begun.elapsed() < WAIT_MAX {
            if done() {
                return;
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("{what} did not come\n{}", self.till_log());
    }

    /// Waits until every receipt is printed or in doubt, and both locations have everything, the printer's outcomes too.
    pub async fn wait_until_delivered(&self, client: &Client) -> Status {
        let sent = |status: &Status| {
            status.receipts_waiting == 0
                && status.sync.locations.len() == 2
                && status.sync.locations.iter().all(|location| location.unsent == 0)
        };
        self.wait_for(client, "delivery to both locations", sent).await
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(mut till) = self.till.take() {
            let _ = till.kill();
            let _ = till.wait();
        }
    }
}

pub fn key(text: String) -> IdempotencyKey {
    text.parse().unwrap()
}

pub async fn scan(client: &Client, act: String, code: &str) -> Result<ActView, ClientError> {
    client.post("/v1/basket/scan", &key(act), &json!({ "code": code })).await
}

pub async fn pay_cash(client: &Client, act: String, amount_minor: i64) -> Result<ActView, ClientError> {
    client.post("/v1/basket/tender", &key(act), &json!({ "kind": "cash", "amount_minor": amount_minor })).await
}

/// Codes of items that are sold by the piece.
pub fn codes() -> Vec<String> {
    let book: serde_json::Value = serde_json::from_slice(&std::fs::read(PRICE_BOOK).unwrap()).unwrap();
    let items = book["items"].as_array().unwrap();
    let piece = |item: &&serde_json::Value| item["sold_by"] != "weight" && item["gtins"][0].is_string();
    items.iter().filter(piece).take(40).map(|item| item["gtins"][0].as_str().unwrap().to_owned()).collect()
}

/// All are held until all are known, so that they differ.
fn free_ports() -> [SocketAddr; 5] {
    let held = [(); 5].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap())
}

/// Writes certificates of both locations, by one authority; the authority's.
fn certificates(folder: &Path) -> String {
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    for name in LOCATIONS {
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
        std::fs::write(folder.join(format!("{name}.pem")), server.pem()).unwrap();
        std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
    }
    authority.pem()
}

fn write_till_config(folder: &Path, till: &str, api: SocketAddr, ports: [SocketAddr; 2], printer: SocketAddr) {
    let locations: Vec<String> = (LOCATIONS.iter().zip(ports))
        .map(|(name, port)| format!("{{ name = \"{name}\", urls = [\"https://{port}\"] }}"))
        .collect();
    let text = format!(
        "till = \"{till}\"\ndata_dir = \"data\"\napi = \"{api}\"\n[head_office]\nca = \"ca.pem\"\npool = \"v41\"\n\
         publish_keys = [\"{}\"]\nlocations = [ {} ]\n[printer]\nkind = \"tcp\"\naddress = \"{printer}\"\n[drawer]\nkind = \"printer\"\n\
         [scanner]\nkind = \"serial\"\npath = \"{}\"\n[link.outbox]\nspread_after_outage_ms = 500\n\
         [link.failover]\nheartbeat_ms = 1000\nopen_step_ms = 2000\nopen_spread_ms = 1000\n",
        publishing::PUBLIC_KEY,
        locations.join(", "),
        folder.join("scanner").display()
    );
    std::fs::write(folder.join("till.toml"), text).unwrap();
}

/// Numbers of the receipts of all sales, in the order of the journal.
pub fn receipt_numbers(entries: &[Entry]) -> Vec<u64> {
    let body = |entry: &Entry| serde_json::from_str::<serde_json::Value>(&entry.body).unwrap();
    let sales = entries.iter().filter(|entry| entry.kind.as_str() == "sale");
    sales.map(|entry| body(entry)["receipt_number"].as_u64().unwrap()).collect()
}

/// Rings up one item and takes cash for it; the receipt's number.
pub async fn sell(client: &Client, name: &str, code: &str) -> u64 {
    scan(client, format!("{name}-scan"), code).await.unwrap();
    let paid = pay_cash(client, format!("{name}-pay"), 50_000).await.unwrap();
    paid.sale.expect("500.00 pays for one item").receipt_number
}

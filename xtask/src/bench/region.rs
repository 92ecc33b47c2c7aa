//! A small region for the bench: locations as processes of their own, and a till's journal and link in this one.

use crate::demo::certificates::Authority;
use crate::demo::programs::{Program, wait_for};
use anyhow::Context;
use ed25519_dalek::SigningKey;
use evertill::clock::SystemClock;
use evertill::journal::{Journal, Options};
use evertill::link::{HttpsTransport, LinkOptions, Routes};
use evertill::sync::{self, PilotLink, Serials, SyncHandle, SyncOptions};
use evertill_domain::basket::Basket;
use evertill_domain::catalogue::{PriceBook, SoldBy};
use evertill_domain::entry::Hash;
use evertill_domain::failover::{self, Mode};
use evertill_domain::ids::{Location, TillId};
use evertill_domain::moment::Moment;
use evertill_domain::outbox;
use evertill_domain::piloting::Cohort;
use evertill_domain::publication::PublishKeys;
use evertill_domain::quantity::Quantity;
use evertill_domain::sale::UnnumberedSale;
use evertill_domain::tender::Tender;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

/// The till of the bench.
pub const TILL: &str = "eu/DE-0417/2";
/// A time for entries; nothing reads it.
pub const AT: &str = "2026-05-03T18:04:05.123+02:00";
/// Its day.
pub const DAY: &str = "2026-05-03";
const LINES_A_SALE: usize = 5;
const START_MAX: Duration = Duration::from_secs(20);

/// The region.
pub struct Region {
    folder: TempDir,
    authority: Authority,
    addresses: Vec<(&'static str, SocketAddr)>,
}

/// The till's key. Not secret: it signs nothing but the bench.
pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// A folder on the disk of the checkout, where a shop's disk would be.
pub fn folder() -> anyhow::Result<TempDir> {
    Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(crate::root().join("target"))?)
}

/// The journal at `path`.
pub fn journal(path: &Path) -> anyhow::Result<Journal> {
    let (at, business_day) = (AT.parse()?, DAY.parse()?);
    let options = Options { path: path.to_owned(), till: TILL.parse()?, key: key(), at, business_day };
    Ok(Journal::open(options)?.journal)
}

/// A paid sale of five lines in the demo's shop.
pub fn sale() -> anyhow::Result<UnnumberedSale> {
    let book = PriceBook::parse(&std::fs::read(crate::root().join("demo/price-book-eu.json"))?)?;
    let mut basket = Basket::new(&book);
    let at = Moment::of(&AT.parse()?);
    // Every 13th item, so that both tax groups and long names come in.
    for item in book.items().iter().filter(|item| item.sold_by == SoldBy::Piece).step_by(13).take(LINES_A_SALE) {
        basket.add(&book, item, Quantity::ONE, &at)?;
    }
    basket.tender(Tender::Cash { amount_minor: 10_000 })?;
    Ok(UnnumberedSale::of(&basket, None)?)
}

impl Region {
    /// A region with these locations, none of them started.
    pub fn new(locations: &[&'static str]) -> anyhow::Result<Region> {
        let (folder, authority) = (folder()?, Authority::new("eu")?);
        std::fs::write(folder.path().join("ca.pem"), authority.pem())?;
        let public = Hash(key().verifying_key().to_bytes());
        std::fs::write(folder.path().join("tills.toml"), format!("[tills]\n\"{TILL}\" = \"{public}\"\n"))?;
        let held: Vec<TcpListener> =
            locations.iter().map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).collect::<Result<_, _>>()?;
        let ports = held.iter().map(TcpListener::local_addr).collect::<Result<Vec<_>, _>>()?;
        Ok(Region { folder, authority, addresses: locations.iter().copied().zip(ports).collect() })
    }

    /// A file of the region.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Certificate and key of `name`, as files.
    pub fn certificate(&self, name: &str) -> anyhow::Result<(PathBuf, PathBuf)> {
        self.authority.issue(name, self.folder.path())?;
        Ok((self.path(&format!("{name}.pem")), self.path(&format!("{name}.key"))))
    }

    /// Starts the location `name` and returns once it listens.
    pub fn start(&self, name: &str) -> anyhow::Result<Program> {
        let (_, address) = self.addresses.iter().find(|(own, _)| *own == name).context("a location of the region")?;
        self.certificate(name)?;
        let toml = crate::demo::stage::head_office_toml(name, *address);
        let config = self.path(&format!("{name}.toml"));
        std::fs::write(&config, toml)?;
        // It was built beside us, in the same profile.
        let binary = std::env::current_exe()?.with_file_name("head-office");
        let arguments = ["--config", config.to_str().context("the path is UTF-8")?, "run"];
        let mut program = Program::start(name, &binary, &arguments, &self.path(&format!("{name}.log")))?;
        wait_for("the location's start", START_MAX, || {
            program.ensure_running()?;
            Ok(TcpStream::connect(address).ok())
        })?;
        Ok(program)
    }

    /// Starts bringing `journal` to the region's locations, with the numbers of a real shop.
    pub fn sync(&self, journal: &Journal, deliver_to_all: bool) -> anyhow::Result<SyncHandle> {
        let till: TillId = TILL.parse()?;
        let locations = self
            .addresses
            .iter()
            .map(|(name, address)| Ok((name.parse()?, vec![format!("https://localhost:{}", address.port())])))
            .collect::<anyhow::Result<Vec<(Location, Vec<String>)>>>()?;
        let names = locations.iter().map(|(name, _)| name.clone()).collect();
        let ca = self.path("ca.pem");
        let clock = Arc::new(SystemClock);
        let routes = watch::channel(Arc::new(Routes { pool: "v41".parse()?, locations })).1;
        let link =
            LinkOptions { till: till.clone(), key: key(), ca: &ca, routes: routes.clone(), clock: clock.clone() };
        let handle = sync::start(SyncOptions {
            till,
            journal: journal.clone(),
            transport: Arc::new(HttpsTransport::new(link)?),
            locations: names,
            mode: Mode::ActivePassive,
            deliver_to_all,
            routes,
            cohort: Cohort::General,
            pilot: PilotLink { brought: mpsc::channel(1).0, serials: watch::channel(Serials::default()).1 },
            failover: failover::Numbers::default(),
            outbox: outbox::Numbers::default(),
            basket_open: watch::channel(false).1,
            devices: Arc::new(std::collections::BTreeMap::new),
            publish_keys: PublishKeys::default(),
            cashiers: None,
            price_books: watch::channel(None).0,
            clock,
            seed: 1,
        });
        handle.context("a region has locations")
    }
}

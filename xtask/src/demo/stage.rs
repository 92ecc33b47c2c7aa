//! The stage of the demo: a folder with keys, certificates and configurations, free ports, and the programs on them.
//! Everything is as in a shop, only small and on this machine.

use super::certificates::Authority;
use super::programs::Program;
use crate::process;
use anyhow::Context;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// The till of the demo.
pub const TILL: &str = "eu/DE-0417/2";
/// Its store.
pub const STORE: &str = "DE-0417";
/// The two locations of its region.
pub const LOCATIONS: [&str; 2] = ["fra", "ams"];
/// A verb that only looks must be quick.
const VERB_MAX: Duration = Duration::from_secs(60);
/// Building both programs from cold takes minutes on a small machine.
const BUILD_MAX: Duration = Duration::from_secs(20 * 60);

/// Numbers of the link that suit a demo of a minute: it looks more often and waits less than a shop of 5,000 tills.
const QUICK_LINK: &str = include_str!("link.toml");

/// Who may sign on at both locations (demo/operators.toml).
pub const OPERATOR: &str = "demo";
/// Their password.
pub const OPERATOR_PASSWORD: &str = "evertill-demo";

/// The programs as they were built.
pub struct Binaries {
    till: PathBuf,
    head_office: PathBuf,
}

/// Where everything is.
pub struct Stage {
    folder: TempDir,
    binaries: Binaries,
    ports: [SocketAddr; 2],
    /// Where operators sign on at each location.
    pub offices: [SocketAddr; 2],
    /// Where the till's API listens.
    pub api: SocketAddr,
}

impl Binaries {
    /// Builds till and head office; cargo tells its progress itself.
    pub fn build() -> anyhow::Result<Binaries> {
        let arguments = ["build", "--package", "evertill", "--package", "evertill-head-office", "--bins"];
        process::run(&mut process::cargo(arguments), BUILD_MAX)?;
        // They lie beside us: cargo built us into the same folder.
        let folder = std::env::current_exe()?.parent().context("a program lies in a folder")?.to_owned();
        Ok(Binaries { till: folder.join("till"), head_office: folder.join("head-office") })
    }
}

impl Stage {
    /// Writes everything that till and locations need. `devices` are the tables of `till.toml` that name them.
    pub fn set(binaries: Binaries, devices: &str) -> anyhow::Result<Stage> {
        let folder = tempfile::Builder::new().prefix("evertill-demo-").tempdir()?;
        let [fra, ams, fra_office, ams_office, api] = free_ports()?;
        let offices = [fra_office, ams_office];
        let stage = Stage { folder, binaries, ports: [fra, ams], offices, api };
        let authority = Authority::new("eu")?;
        std::fs::write(stage.path("eu-ca.pem"), authority.pem())?;
        std::fs::write(stage.path("price-book.json"), price_book_with_cashiers()?)?;
        std::fs::write(stage.path("till.toml"), stage.till_toml(devices))?;
        // The till makes its key when it is first asked for it; the locations are told of it.
        let identity = stage.till_says(&["identity"])?;
        std::fs::write(stage.path("tills.toml"), format!("[tills]\n{identity}"))?;
        std::fs::copy(crate::root().join("demo/operators.toml"), stage.path("operators.toml"))?;
        std::fs::write(stage.path("operator.password"), OPERATOR_PASSWORD)?;
        for (index, (location, address)) in LOCATIONS.iter().zip(stage.ports).enumerate() {
            authority.issue(location, stage.folder.path())?;
            let config = head_office_toml(location, address, Some("price-book.json")) + &stage.operators_toml(index);
            std::fs::write(stage.path(&format!("{location}.toml")), config)?;
        }
        Ok(stage)
    }

    /// The folder of everything.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The till's data folder.
    pub fn till_data(&self) -> PathBuf {
        self.path("till")
    }

    /// Starts a location.
    pub fn start_location(&self, location: &str) -> anyhow::Result<Program> {
        let (config, log) = (self.path(&format!("{location}.toml")), self.path(&format!("{location}.log")));
        Program::start(location, &self.binaries.head_office, &["--config", text(&config)?, "run"], &log)
    }

    /// Starts the till.
    pub fn start_till(&self) -> anyhow::Result<Program> {
        let (config, log) = (self.path("till.toml"), self.path("till.log"));
        Program::start("till", &self.binaries.till, &["--config", text(&config)?, "run"], &log)
    }

    /// What a verb of `till` prints.
    ///
    /// # Errors
    /// When it exits with anything but 0: what it printed.
    pub fn till_says(&self, words: &[&str]) -> anyhow::Result<String> {
        let config = self.path("till.toml");
        process::output(Command::new(&self.binaries.till).arg("--config").arg(config).args(words), VERB_MAX)
    }

    /// What a verb of `head-office` prints at `location`.
    ///
    /// # Errors
    /// As [`Stage::till_says`].
    pub fn location_says(&self, location: &str, words: &[&str]) -> anyhow::Result<String> {
        let config = self.path(&format!("{location}.toml"));
        process::output(Command::new(&self.binaries.head_office).arg("--config").arg(config).args(words), VERB_MAX)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The operators' port of the location at `index`, which asks the other one.
    fn operators_toml(&self, index: usize) -> String {
        let (here, there) = (self.offices[index], self.offices[1 - index].port());
        format!(
            "\n[operators]\nlisten = \"{here}\"\nfile = \"operators.toml\"\n\n[[operators.peers]]\n\
             location = \"{}\"\nurl = \"https://localhost:{there}\"\nca = \"eu-ca.pem\"\nname = \"{OPERATOR}\"\n\
             password_file = \"operator.password\"\n",
            LOCATIONS[1 - index]
        )
    }

    fn till_toml(&self, devices: &str) -> String {
        let api = self.api;
        let locations: Vec<String> = LOCATIONS
            .iter()
            .zip(self.ports)
            .map(|(name, address)| {
                format!("{{ name = \"{name}\", urls = [\"https://localhost:{}\"] }}", address.port())
            })
            .collect();
        let locations = locations.join(", ");
        format!(
            "till = \"{TILL}\"\ndata_dir = \"till\"\napi = \"{api}\"\n\n\
             [head_office]\nca = \"eu-ca.pem\"\npool = \"v41\"\nlocations = [{locations}]\n\n\
             {devices}\n{QUICK_LINK}"
        )
    }
}

/// The configuration of a location whose files are named for it.
pub fn head_office_toml(location: &str, listen: SocketAddr, price_book: Option<&str>) -> String {
    let price_book = price_book.map(|file| format!("price_book = \"{file}\"\n")).unwrap_or_default();
    format!(
        "region = \"eu\"\nlocation = \"{location}\"\npool = \"v41\"\nlisten = \"{listen}\"\ndata_dir = \"{location}\"\n\
         certificate = \"{location}.pem\"\ncertificate_key = \"{location}.key\"\ntills = \"tills.toml\"\n{price_book}"
    )
}

/// The demo's price book for a shop with staff: demo/cashiers.json, whose PINs are their numbers four times.
fn price_book_with_cashiers() -> anyhow::Result<String> {
    let read = |name: &str| -> anyhow::Result<serde_json::Value> {
        let path = crate::root().join("demo").join(name);
        let text = std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        Ok(serde_json::from_slice(&text)?)
    };
    let mut book = read("price-book-eu.json")?;
    book["cashiers"] = read("cashiers.json")?;
    book["voucher_validity"] = serde_json::json!({ "years": 3, "to_year_end": true });
    Ok(book.to_string())
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the temporary folder's name is not UTF-8: set TMPDIR to another")
}

/// Ports of this machine that nobody uses. A location keeps its port when it is started again.
fn free_ports() -> anyhow::Result<[SocketAddr; 5]> {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    // All are held until all are known, so that they differ.
    let held = [listen()?, listen()?, listen()?, listen()?, listen()?];
    let mut addresses = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)); 5];
    for (address, listener) in addresses.iter_mut().zip(&held) {
        *address = listener.local_addr()?;
    }
    Ok(addresses)
}

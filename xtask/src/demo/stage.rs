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
    /// The region's public key.
    publish_key: String,
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

    /// Head office's.
    pub fn head_office(&self) -> &Path {
        &self.head_office
    }
}

impl Stage {
    /// Writes everything that till and locations need. `devices` are the tables of `till.toml` that name them.
    pub fn set(binaries: Binaries, devices: &str) -> anyhow::Result<Stage> {
        let folder = tempfile::Builder::new().prefix("evertill-demo-").tempdir()?;
        let [fra, ams, fra_office, ams_office, api] = free_ports()?;
        let offices = [fra_office, ams_office];
        let publish_key = String::new();
        let mut stage = Stage { folder, binaries, ports: [fra, ams], offices, api, publish_key };
        let authority = Authority::new("eu")?;
        std::fs::write(stage.path("eu-ca.pem"), authority.pem())?;
        stage.publish_key =
            stage.head_office_says(&["publish-key", text(&stage.path("region.key"))?])?.trim().to_owned();
        std::fs::write(stage.path("publish.toml"), stage.publish_toml())?;
        std::fs::write(stage.path("till.toml"), stage.till_toml(devices))?;
        // The till makes its key when it is first asked for it; the locations are told of it.
        let identity = stage.till_says(&["identity"])?;
        std::fs::write(stage.path("tills.toml"), format!("[tills]\n{identity}"))?;
        std::fs::copy(crate::root().join("demo/operators.toml"), stage.path("operators.toml"))?;
        std::fs::write(stage.path("operator.password"), OPERATOR_PASSWORD)?;
        for (index, (location, address)) in LOCATIONS.iter().zip(stage.ports).enumerate() {
            authority.issue(location, stage.folder.path())?;
            let config = head_office_toml(location, address) + &stage.operators_toml(index);
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

    /// Publishes what the shop sells and who sells it (demo/cashiers.json: their PINs are their numbers four times), at both
    /// locations.
    ///
    /// # Errors
    /// When a location does not take it: what it said.
    pub fn publish(&self) -> anyhow::Result<String> {
        let files = [("cashiers", "cashiers.json"), ("price-book", "price-book-eu.json")];
        let publish = |(subject, file): (&str, &str)| {
            let (file, with) = (crate::root().join("demo").join(file), self.path("publish.toml"));
            self.head_office_says(&["publish", subject, text(&file)?, "--with", text(&with)?])
        };
        Ok(files.into_iter().map(publish).collect::<anyhow::Result<Vec<_>>>()?.concat())
    }

    fn head_office_says(&self, words: &[&str]) -> anyhow::Result<String> {
        process::output(Command::new(&self.binaries.head_office).args(words), VERB_MAX)
    }

    fn publish_toml(&self) -> String {
        let location = |(name, office): (&&str, SocketAddr)| {
            format!(
                "[[locations]]\nlocation = \"{name}\"\nurl = \"https://localhost:{}\"\nca = \"eu-ca.pem\"\n\
                 name = \"{OPERATOR}\"\npassword_file = \"operator.password\"\n",
                office.port()
            )
        };
        let locations: String = LOCATIONS.iter().zip(self.offices).map(location).collect();
        format!("region = \"eu\"\nkey = \"region.key\"\n{locations}")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The operators' port of the location at `index`, which asks the other one.
    fn operators_toml(&self, index: usize) -> String {
        let (here, there) = (self.offices[index], self.offices[1 - index].port());
        format!(
            "publish_keys = [\"{}\"]\n\n[operators]\nlisten = \"{here}\"\nfile = \"operators.toml\"\n\n[[operators.peers]]\n\
             location = \"{}\"\nurl = \"https://localhost:{there}\"\nca = \"eu-ca.pem\"\nname = \"{OPERATOR}\"\n\
             password_file = \"operator.password\"\n",
            self.publish_key,
            LOCATIONS[1 - index]
        )
    }

    fn till_toml(&self, devices: &str) -> String {
        let (api, publish_key) = (self.api, &self.publish_key);
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
             [head_office]\nca = \"eu-ca.pem\"\npool = \"v41\"\n\
             publish_keys = [\"{publish_key}\"]\nlocations = [{locations}]\n\n\
             {devices}\n{QUICK_LINK}"
        )
    }
}

/// The configuration of a location whose files are named for it.
pub fn head_office_toml(location: &str, listen: SocketAddr) -> String {
    format!(
        "region = \"eu\"\nlocation = \"{location}\"\npool = \"v41\"\nlisten = \"{listen}\"\ndata_dir = \"{location}\"\n\
         certificate = \"{location}.pem\"\ncertificate_key = \"{location}.key\"\ntills = \"tills.toml\"\n"
    )
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

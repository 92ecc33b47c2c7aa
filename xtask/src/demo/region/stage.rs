//! The stage of a region: a folder with keys, certificates, configurations, and what is published.

use super::location::Location;
use crate::demo::certificates::Authority;
use crate::demo::programs::Program;
use crate::demo::stage::{Binaries, LOCATIONS, OPERATOR, OPERATOR_PASSWORD};
use crate::process;
use anyhow::Context;
use evertill_testbed::daemon::free_port;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// The instances of each location.
pub const INSTANCES: [&str; 2] = ["a", "b"];
/// Stores of the region, with five tills each.
pub const STORES: usize = 40;
/// Its tills.
pub const TILLS: usize = STORES * 5;
/// Sales of a till in an hour: a busy day, so that a minute has some thousand.
const SALES_PER_TILL_HOUR: u32 = 1_200;
/// A verb that looks through every chain takes its time in a build without optimisation.
const VERB_MAX: Duration = Duration::from_secs(120);

/// Numbers of the link that suit a story of a minute.
const QUICK: &str = "[failover]\nprobe_healthy_ms = 2000\nprobe_transition_ms = 500\nopen_step_ms = 1000\nopen_max_ms = 3000\n\
    open_spread_ms = 500\nfailback_after_ms = 3000\nfailback_spread_ms = 2000\nswitches_to_pin = 50\nheartbeat_ms = 5000\n\
    [outbox]\nspread_after_outage_ms = 3000\nretry_max_ms = 3000\n";

/// Where everything is.
pub struct Stage {
    folder: TempDir,
    binaries: Binaries,
    publish_key: String,
    /// Where operators sign on at the instances of each location.
    offices: [[u16; 2]; 2],
}

impl Stage {
    /// Writes what both locations share: nothing but the region's authority, its key and its tills.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn set(binaries: Binaries) -> anyhow::Result<Stage> {
        let folder = tempfile::Builder::new().prefix("evertill-region-").tempdir()?;
        let offices = [[free_port()?, free_port()?], [free_port()?, free_port()?]];
        let mut stage = Stage { folder, binaries, publish_key: String::new(), offices };
        let authority = Authority::new("eu")?;
        std::fs::write(stage.path("eu-ca.pem"), authority.pem())?;
        for location in LOCATIONS {
            authority.issue(location, stage.folder.path())?;
        }
        std::fs::copy(crate::root().join("demo/operators.toml"), stage.path("operators.toml"))?;
        std::fs::write(stage.path("operator.password"), OPERATOR_PASSWORD)?;
        let key = stage.path("region.key");
        stage.publish_key = stage.says(&["publish-key", text(&key)?])?.trim().to_owned();
        std::fs::write(stage.path("fleet.toml"), fleet_toml(&[], 1))?;
        let register = stage.says(&["simulate", "--register", "--plan", text(&stage.path("fleet.toml"))?])?;
        std::fs::write(stage.path("tills.toml"), register)?;
        Ok(stage)
    }

    /// The folder of everything.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program of head office.
    pub fn binary(&self) -> PathBuf {
        self.binaries.head_office().to_owned()
    }

    /// Certificate and key of a location, as HAProxy wants them: in one file.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn certificate(&self, location: &str) -> anyhow::Result<String> {
        let read = |end: &str| std::fs::read_to_string(self.path(&format!("{location}.{end}")));
        Ok(read("pem")? + &read("key")?)
    }

    /// The region's authority.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn authority(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(self.path("eu-ca.pem"))?)
    }

    /// Writes the configuration of an instance, which tills reach at `port`; its path, and where operators sign on.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write_instance(
        &self,
        location: &str,
        instance: usize,
        tills: u16,
        database: &str,
        cache: &str,
    ) -> anyhow::Result<(PathBuf, u16)> {
        let here = LOCATIONS.iter().position(|name| *name == location).context("a location of the region")?;
        let (office, peer, there) = (self.offices[here][instance], self.offices[1 - here][0], LOCATIONS[1 - here]);
        let instance = INSTANCES[instance];
        let config = self.path(&format!("{location}-{instance}.toml"));
        let text = format!(
            "region = \"eu\"\nlocation = \"{location}\"\npool = \"v41\"\nlisten = \"127.0.0.1:{tills}\"\n\
             data_dir = \"{location}-{instance}\"\ncertificate = \"{location}.pem\"\ncertificate_key = \"{location}.key\"\n\
             tills = \"tills.toml\"\npublish_keys = [\"{}\"]\n\n[postgres]\nurl = \"{database}\"\n\n[cache]\nredis = \"{cache}\"\n\n\
             [operators]\nlisten = \"127.0.0.1:{office}\"\nfile = \"operators.toml\"\n\n[[operators.peers]]\n\
             location = \"{there}\"\nurl = \"https://localhost:{peer}\"\nca = \"eu-ca.pem\"\nname = \"{OPERATOR}\"\n\
             password_file = \"operator.password\"\n",
            self.publish_key
        );
        std::fs::write(&config, text)?;
        Ok((config, office))
    }

    /// Publishes endpoints, cashiers and a price book at both locations; what the program said.
    ///
    /// # Errors
    /// When a location does not take one.
    pub fn publish(&self, locations: &[Location]) -> anyhow::Result<String> {
        let location = |location: &Location| {
            format!(
                "\n[[locations]]\nlocation = \"{}\"\nurl = \"https://localhost:{}\"\nca = \"eu-ca.pem\"\nname = \"{OPERATOR}\"\n\
                 password_file = \"operator.password\"\n",
                location.name,
                location.office_port()
            )
        };
        let settings: String = locations.iter().map(location).collect();
        std::fs::write(self.path("publish.toml"), format!("region = \"eu\"\nkey = \"region.key\"\n{settings}"))?;
        let urls: Vec<String> = (locations.iter())
            .map(|location| format!("{} = [\"https://localhost:{}\"]", location.name, location.port))
            .collect();
        let endpoints = format!(
            "schema = 1\nregion = \"eu\"\nserial = 1\nmode = \"active-active\"\norder = [\"fra\", \"ams\"]\n\n[pool.v41]\n\
             version = \"{}\"\nclient = \">=0.1\"\nurls = {{ {} }}\n",
            env!("CARGO_PKG_VERSION"),
            urls.join(", ")
        );
        std::fs::write(self.path("endpoints.toml"), endpoints)?;
        let demo = crate::root().join("demo");
        let files = [
            ("endpoints", self.path("endpoints.toml")),
            ("cashiers", demo.join("cashiers.json")),
            ("price-book", demo.join("price-book-eu.json")),
        ];
        let with = self.path("publish.toml");
        let publish =
            |(subject, file): &(&str, PathBuf)| self.says(&["publish", subject, text(file)?, "--with", text(&with)?]);
        Ok(files.iter().map(publish).collect::<anyhow::Result<Vec<_>>>()?.concat())
    }

    /// How to publish a file here, for people.
    pub fn publish_command(&self) -> String {
        let (binary, with) = (self.binaries.head_office().display(), self.path("publish.toml"));
        format!("{binary} publish price-book FILE --with {}", with.display())
    }

    /// What `head-office publications` says; fails when the locations differ.
    ///
    /// # Errors
    /// With what it said.
    pub fn publications(&self) -> anyhow::Result<String> {
        self.says(&["publications", "--with", text(&self.path("publish.toml"))?])
    }

    /// Starts tills that sell for so long; [`Stage::summary`] is what came of it.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_fleet(&self, locations: &[Location], selling: Duration) -> anyhow::Result<Program> {
        let urls: Vec<String> = (locations.iter())
            .map(|location| format!("\"{}=https://localhost:{}\"", location.name, location.port))
            .collect();
        let plan = self.path("fleet.toml");
        std::fs::write(&plan, fleet_toml(&urls, selling.as_secs()))?;
        let arguments = ["simulate", "--json", "--plan", text(&plan)?];
        Program::start_telling("fleet", &self.binary(), &arguments, &self.path("fleet.log"), &self.path("fleet.json"))
    }

    /// What came of the fleet's day.
    ///
    /// # Errors
    /// When it told nothing.
    pub fn summary(&self) -> anyhow::Result<Value> {
        let text = std::fs::read(self.path("fleet.json"))?;
        let log = || std::fs::read_to_string(self.path("fleet.log")).unwrap_or_default();
        serde_json::from_slice(&text).with_context(|| format!("the fleet told no summary: {}", log()))
    }

    /// What a verb of `head-office` prints beside a location's first instance.
    ///
    /// # Errors
    /// With what it said, when it fails.
    pub fn location_says(&self, location: &Location, words: &[&str]) -> anyhow::Result<String> {
        self.says(&[&["--config", text(location.config())?], words].concat())
    }

    fn says(&self, words: &[&str]) -> anyhow::Result<String> {
        process::output(Command::new(self.binaries.head_office()).args(words), VERB_MAX)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn fleet_toml(urls: &[String], seconds: u64) -> String {
    let urls =
        if urls.is_empty() { String::new() } else { format!("url = [{}]\nca = \"eu-ca.pem\"\n", urls.join(", ")) };
    format!(
        "{urls}region = \"eu\"\npool = \"v41\"\nstores = {STORES}\ntills_per_store = {}\nseconds = {seconds}\n\
         sales_per_till_hour = {SALES_PER_TILL_HOUR}\n{QUICK}",
        TILLS / STORES
    )
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the temporary folder's name is not UTF-8: set TMPDIR to another")
}

//! What is simulated: flags, and a file that says the same, become a plan that is checked whole.
//!
//! ```toml
//! # simulate.toml: the flags without their dashes; a flag on the command line counts more
//! url = ["fra=https://fra.example:8441", "ams=https://ams.example:8441"]
//! ca = "eu-ca.pem"                 # relative to this file
//! region = "eu"
//! pool = "v41"
//! stores = 1000
//! tills_per_store = 5
//! seconds = 3600
//! outage = ["600:1200"]
//! [failover]                       # as till.toml's [link.failover]; the defaults are those of real tills
//! [outbox]                         # as till.toml's [link.outbox]
//! ```

use super::curve::{DayCurve, Sales};
use super::fleet::{Fleet, TILLS_MAX};
use crate::config::{ConfigError, line_error};
use crate::descriptors;
use evertill_domain::ids::{Pool, Region};
use evertill_domain::{failover, outbox};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Longest simulation: a day, in seconds.
const SECONDS_MAX: u64 = 86_400;
/// Most sales of a till in an hour: ten a second, more than any cashier.
const SALES_MAX: u32 = 36_000;
/// Entries that all tills together may keep: 120 bytes each.
const KEPT_MAX: usize = 2_000_000;
/// File descriptors beside connections: standard streams, the runtime, name look-ups.
const DESCRIPTORS_BESIDE: usize = 64;

/// What somebody asks for, by flags or by a file.
#[derive(Debug, Clone, Default, clap::Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wish {
    /// A location's address; repeat it for more locations, or for more endpoints of one name.
    #[arg(long, value_name = "[NAME=]https://HOST[:PORT]")]
    url: Vec<String>,
    /// The region's certificate authority, PEM; no other is trusted.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The region of the tills.
    #[arg(long)]
    region: Option<Region>,
    /// The pool that they ask for.
    #[arg(long)]
    pool: Option<Pool>,
    /// How many stores.
    #[arg(long)]
    stores: Option<u32>,
    /// How many tills each store has (1).
    #[arg(long)]
    tills_per_store: Option<u16>,
    /// How long they sell, in seconds (60); a day of the curve takes as long.
    #[arg(long)]
    seconds: Option<u64>,
    /// Sales of a till in an hour of the wall clock, mean over the day (60).
    #[arg(long)]
    sales_per_till_hour: Option<u32>,
    /// How sales are spread over the day.
    #[arg(long)]
    day_curve: Option<DayCurve>,
    /// All tills are offline from second AT, for LENGTH seconds; repeat it for more outages.
    #[arg(long, value_name = "AT:LENGTH")]
    outage: Vec<String>,
    /// How long deliveries may take after the last sale, in seconds (300).
    #[arg(long)]
    drain_seconds: Option<u64>,
    /// What keys and chances follow from (1).
    #[arg(long)]
    seed: Option<u64>,
    /// The price book that is sold from; the demo's without it.
    #[arg(long, value_name = "FILE")]
    price_book: Option<PathBuf>,
    #[arg(skip)]
    failover: failover::Numbers,
    #[arg(skip)]
    outbox: outbox::Numbers,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The file is not good.
    #[error(transparent)]
    File(#[from] ConfigError),
    /// Something must be said.
    #[error("--{flag} is missing: {remedy}")]
    Missing {
        /// The flag.
        flag: &'static str,
        /// What to say.
        remedy: &'static str,
    },
    /// Something was said that cannot be.
    #[error("--{flag} {value}: {remedy}")]
    Wrong {
        /// The flag.
        flag: &'static str,
        /// What it said.
        value: String,
        /// What to say instead.
        remedy: String,
    },
    /// The system does not let this process have as many connections.
    #[error("{needed} file descriptors are needed, the system allows {allowed}: run `ulimit -n {needed}` first")]
    Descriptors {
        /// For all connections, and some beside.
        needed: usize,
        /// How many the process may have.
        allowed: u64,
    },
}

/// A time without a network, in milliseconds of the simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// Its beginning.
    pub from_ms: u64,
    /// Its end, not included.
    pub until_ms: u64,
}

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Names and addresses of the locations, as they were given.
    pub addresses: Vec<(Option<String>, String)>,
    /// The region's certificate authority.
    pub ca: PathBuf,
    /// The pool that the tills ask for.
    pub pool: Pool,
    /// Who takes part.
    pub fleet: Fleet,
    /// When they sell.
    pub sales: Sales,
    /// When they are offline; in order, none touches another.
    pub outages: Vec<Outage>,
    /// How long deliveries may take after the last sale, in milliseconds.
    pub drain_ms: u64,
    /// The price book that is sold from.
    pub price_book: Option<PathBuf>,
    /// When a location is given up, probed and trusted again.
    pub failover: failover::Numbers,
    /// How deliveries are paced.
    pub outbox: outbox::Numbers,
}

impl Wish {
    /// Fills what the command line left open from the file at `path`.
    ///
    /// # Errors
    /// [`PlanError::File`] with the file, the line and the remedy.
    pub fn or_file(self, path: &Path) -> Result<Wish, PlanError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let file: Wish = toml::from_str(&text).map_err(|error| line_error(path, &text, &error))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let resolved = |file: Option<PathBuf>| file.map(|file| folder.join(file));
        Ok(Wish {
            url: if self.url.is_empty() { file.url } else { self.url },
            ca: self.ca.or(resolved(file.ca)),
            region: self.region.or(file.region),
            pool: self.pool.or(file.pool),
            stores: self.stores.or(file.stores),
            tills_per_store: self.tills_per_store.or(file.tills_per_store),
            seconds: self.seconds.or(file.seconds),
            sales_per_till_hour: self.sales_per_till_hour.or(file.sales_per_till_hour),
            day_curve: self.day_curve.or(file.day_curve),
            outage: if self.outage.is_empty() { file.outage } else { self.outage },
            drain_seconds: self.drain_seconds.or(file.drain_seconds),
            seed: self.seed.or(file.seed),
            price_book: self.price_book.or(resolved(file.price_book)),
            failover: file.failover,
            outbox: file.outbox,
        })
    }

    /// Who takes part: all that a register needs to know.
    ///
    /// # Errors
    /// [`PlanError`] when the region or the number of stores is missing, or there are too many tills.
    pub fn fleet(&self) -> Result<Fleet, PlanError> {
        let region = said("region", self.region.clone(), "say whose tills these are, as --region eu")?;
        let stores = said("stores", self.stores, "say how many stores there are, as --stores 100")?;
        let fleet =
            Fleet { region, stores, tills_per_store: self.tills_per_store.unwrap_or(1), seed: self.seed.unwrap_or(1) };
        let tills = u64::from(fleet.stores) * u64::from(fleet.tills_per_store);
        if (1..=TILLS_MAX).contains(&tills) {
            return Ok(fleet);
        }
        Err(wrong("stores", stores, format!("these are {tills} tills, one process simulates 1 to {TILLS_MAX}")))
    }

    /// Checks everything.
    ///
    /// # Errors
    /// [`PlanError`] with the first flag that is missing or wrong.
    pub fn plan(self) -> Result<Plan, PlanError> {
        let fleet = self.fleet()?;
        let seconds = within("seconds", self.seconds.unwrap_or(60), 1, SECONDS_MAX)?;
        let per_hour = within("sales-per-till-hour", self.sales_per_till_hour.unwrap_or(60), 0, SALES_MAX)?;
        let drain_seconds = within("drain-seconds", self.drain_seconds.unwrap_or(300), 0, SECONDS_MAX)?;
        if self.url.is_empty() {
            return Err(PlanError::Missing {
                flag: "url",
                remedy: "say where the service is, as --url https://localhost:8441",
            });
        }
        let addresses = self.url.iter().map(|url| match url.split_once('=') {
            Some((name, address)) => (Some(name.to_owned()), address.to_owned()),
            None => (None, url.clone()),
        });
        Ok(Plan {
            addresses: addresses.collect(),
            ca: said("ca", self.ca, "name the region's certificate authority, a PEM file")?,
            pool: said("pool", self.pool, "say which pool answers, as --pool v41")?,
            sales: Sales { curve: self.day_curve.unwrap_or_default(), day_ms: seconds * 1_000, per_hour },
            outages: outages(&self.outage, seconds)?,
            drain_ms: drain_seconds * 1_000,
            price_book: self.price_book,
            failover: self.failover,
            outbox: self.outbox,
            fleet,
        })
    }
}

impl Plan {
    /// Entries that one till may keep.
    pub fn kept_max(&self) -> usize {
        KEPT_MAX / self.fleet.tills()
    }

    /// The outage at `now_ms`, if there is one.
    pub fn outage_at(&self, now_ms: u64) -> Option<Outage> {
        self.outages.iter().copied().find(|outage| (outage.from_ms..outage.until_ms).contains(&now_ms))
    }

    /// When the next outage begins after `now_ms`.
    pub fn next_outage_ms(&self, now_ms: u64) -> Option<u64> {
        self.outages.iter().map(|outage| outage.from_ms).find(|from_ms| *from_ms > now_ms)
    }

    /// Sees to it that all connections may stand at once.
    ///
    /// # Errors
    /// [`PlanError::Descriptors`] when the system does not let them.
    pub fn claim_descriptors(&self) -> Result<(), PlanError> {
        let needed = self.fleet.tills() * self.addresses.len() + DESCRIPTORS_BESIDE;
        match descriptors::claim(needed as u64) {
            Some(allowed) if allowed < needed as u64 => Err(PlanError::Descriptors { needed, allowed }),
            _ => Ok(()),
        }
    }
}

fn outages(texts: &[String], seconds: u64) -> Result<Vec<Outage>, PlanError> {
    let mut outages: Vec<Outage> = Vec::new();
    for text in texts {
        let wrong = |remedy: &str| wrong("outage", text, remedy.to_owned());
        let (at, length) = (text.split_once(':'))
            .and_then(|(at, length)| Some((at.parse::<u64>().ok()?, length.parse::<u64>().ok()?)))
            .filter(|(_, length)| *length > 0)
            .ok_or_else(|| wrong("write AT:LENGTH in seconds, as 600:120"))?;
        let until = at.checked_add(length).filter(|until| *until < seconds);
        let until = until.ok_or_else(|| wrong("it must be over before the selling ends (--seconds)"))?;
        let outage = Outage { from_ms: at * 1_000, until_ms: until * 1_000 };
        if outages.last().is_some_and(|last| outage.from_ms <= last.until_ms) {
            return Err(wrong("outages must follow each other in order, with a time between them"));
        }
        outages.push(outage);
    }
    Ok(outages)
}

fn said<T>(flag: &'static str, value: Option<T>, remedy: &'static str) -> Result<T, PlanError> {
    value.ok_or(PlanError::Missing { flag, remedy })
}

fn within<T: PartialOrd + ToString>(flag: &'static str, value: T, least: T, most: T) -> Result<T, PlanError> {
    if value >= least && value <= most {
        return Ok(value);
    }
    Err(wrong(flag, value, format!("say a number from {} to {}", least.to_string(), most.to_string())))
}

fn wrong(flag: &'static str, value: impl ToString, remedy: String) -> PlanError {
    PlanError::Wrong { flag, value: value.to_string(), remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "url = [\"fra=https://localhost:1\"]\nca = \"ca.pem\"\nregion = \"eu\"\npool = \"v41\"\nstores = 2\nseconds = 100\n";

    fn plan(flags: Wish, text: &str) -> Result<Plan, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("simulate.toml");
        std::fs::write(&path, text).unwrap();
        flags.or_file(&path).and_then(Wish::plan).map_err(|error| error.to_string())
    }

    #[test]
    fn a_flag_counts_more_than_the_file_and_numbers_of_the_link_may_be_set() {
        let flags = Wish { stores: Some(7), ..Wish::default() };
        let plan =
            plan(flags, &format!("{GOOD}outage = [\"10:20\", \"50:1\"]\n[failover]\nheartbeat_ms = 5\n")).unwrap();
        assert_eq!((plan.fleet.tills(), plan.failover.heartbeat_ms), (7, 5));
        assert!(plan.ca.is_absolute() && plan.ca.ends_with("ca.pem"));
        assert_eq!(plan.outage_at(29_999), Some(Outage { from_ms: 10_000, until_ms: 30_000 }));
        assert_eq!((plan.outage_at(30_000), plan.next_outage_ms(30_000)), (None, Some(50_000)));
    }

    #[test]
    fn nonsense_is_refused_with_the_flag_and_the_remedy() {
        for (add, said) in [
            ("stores = 2", "duplicate key"),
            ("colour = 1", "unknown field `colour`"),
            ("tills_per_store = 60000", "--stores 2: these are 120000 tills"),
            ("sales_per_till_hour = 40000", "--sales-per-till-hour 40000: say a number from 0 to 36000"),
            ("outage = [\"10\"]", "--outage 10: write AT:LENGTH"),
            ("outage = [\"10:90\"]", "over before the selling ends"),
            ("outage = [\"10:20\", \"30:5\"]", "with a time between"),
        ] {
            let message = plan(Wish::default(), &format!("{GOOD}{add}\n")).unwrap_err();
            assert!(message.contains(said), "{message}");
        }
        for flag in ["url", "ca", "region", "pool", "stores"] {
            let text: String =
                GOOD.lines().filter(|line| !line.starts_with(flag)).map(|line| format!("{line}\n")).collect();
            let message = plan(Wish::default(), &text).unwrap_err();
            assert!(message.starts_with(&format!("--{flag} is missing: ")), "{message}");
        }
    }
}

//! `till.toml`: read once, checked whole, refused with the file, the line and the remedy.

mod cohort;
mod devices;

pub use cohort::Membership;
pub use devices::{
    Dialect, Display, DisplayCommands, Drawer, Flow, Pin, Prefix, Printer, Scale, Scanner, Sensor, SensorLine, Unit,
};

use evertill_domain::ids::{Location, Pool, TillId};
use evertill_domain::publication::{PublishKeys, SealError};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The name of the file that says how ready the store is.
const COHORT_FILE: &str = "cohort.toml";

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no such file, or it cannot be read.
    #[error("{path}: cannot be read ({source}): give the configuration's path with --config")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line says something that it must not.
    #[error("{path}:{line}: {message}: correct this line (README, section Configuration, lists every key)")]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
    /// The whole does not fit together.
    #[error("{path}: {message}")]
    Whole {
        /// The file.
        path: PathBuf,
        /// What does not fit, and the remedy.
        message: String,
    },
}

/// The till's configuration. Paths are absolute or relative to the file's folder, and resolved here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who this till is, `eu/DE-0417/2`.
    pub till: TillId,
    /// Where journal, key and token live.
    pub data_dir: PathBuf,
    /// Where the loopback API listens.
    #[serde(default = "default_api")]
    pub api: SocketAddr,
    /// Whom it talks to.
    pub head_office: HeadOffice,
    /// How ready its store is for something new: `cohort.toml` beside this file.
    #[serde(skip)]
    pub membership: Membership,
    /// The receipt printer.
    #[serde(default)]
    pub printer: Printer,
    /// The cash drawer.
    #[serde(default)]
    pub drawer: Drawer,
    /// The barcode scanner.
    #[serde(default)]
    pub scanner: Scanner,
    /// The customer's line display.
    #[serde(default)]
    pub display: Display,
    /// The scale.
    #[serde(default)]
    pub scale: Scale,
    /// Numbers of the failover and the outbox.
    #[serde(default)]
    pub link: Link,
}

/// Head office, as this till sees it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadOffice {
    /// Certificate authority of the region, PEM. No other is trusted.
    pub ca: PathBuf,
    /// The region's public keys, as lines of minisign: nothing that is published is believed without one of them.
    #[serde(deserialize_with = "publish_keys")]
    pub publish_keys: PublishKeys,
    /// How the locations share the stores.
    #[serde(default)]
    pub mode: Mode,
    /// Who gets the journal.
    #[serde(default)]
    pub delivery: Delivery,
    /// The pool that this till's store is assigned to.
    pub pool: Pool,
    /// The locations of the region, in the order of preference for `active-passive`.
    pub locations: Vec<LocationUrls>,
}

/// One data centre.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocationUrls {
    /// Its name.
    pub name: Location,
    /// Its endpoints, `https` only.
    #[serde(deserialize_with = "https_urls")]
    pub urls: Vec<String>,
}

/// How the locations share the stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Stores are split evenly over the locations.
    #[default]
    ActiveActive,
    /// The first listed location serves until it fails.
    ActivePassive,
}

/// Who gets the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Every location, from the till itself.
    #[default]
    Both,
    /// The location in use only: for databases that replicate synchronously.
    Home,
}

/// Numbers of the failover and the outbox; what is not said has the default of the design.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Numbers of `domain::failover`.
    #[serde(default)]
    pub failover: evertill_domain::failover::Numbers,
    /// Numbers of `domain::outbox`.
    #[serde(default)]
    pub outbox: evertill_domain::outbox::Numbers,
}

fn default_api() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7411))
}

/// Checked while they are read, so that the message names the line.
fn publish_keys<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<PublishKeys, D::Error> {
    let keys = PublishKeys::parse(&Vec::<String>::deserialize(deserializer)?).map_err(serde::de::Error::custom)?;
    if keys.is_empty() { Err(serde::de::Error::custom(SealError::NoKeys)) } else { Ok(keys) }
}

/// Checked while it is read, so that the message names the line.
fn https_urls<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let urls = Vec::<String>::deserialize(deserializer)?;
    if urls.is_empty() {
        return Err(serde::de::Error::custom("a location needs at least one url"));
    }
    match urls.iter().find(|url| !url.starts_with("https://")) {
        Some(url) => Err(serde::de::Error::custom(format!("the url {url} must begin with https://"))),
        None => Ok(urls),
    }
}

impl Config {
    /// Reads and checks the file at `path`.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let mut config: Config = toml::from_str(&text).map_err(|error| ConfigError::Line {
            path: path.to_owned(),
            line: error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1),
            message: error.message().trim_end_matches('\n').replace('\n', " "),
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        config.data_dir = folder.join(&config.data_dir);
        config.head_office.ca = folder.join(&config.head_office.ca);
        if let Some(capabilities) = config.printer.capabilities_mut() {
            *capabilities = folder.join(&capabilities);
        }
        config.membership = cohort::load(&folder.join(COHORT_FILE), &config.till)?;
        config.check().map_err(|message| ConfigError::Whole { path: path.to_owned(), message })?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        if !self.api.ip().is_loopback() {
            return Err(format!("api = \"{}\" would serve the network: use 127.0.0.1 or [::1]", self.api));
        }
        if !self.head_office.ca.is_file() {
            let ca = self.head_office.ca.display();
            return Err(format!("head_office.ca: there is no file {ca}: put the region's certificate authority there"));
        }
        let locations = &self.head_office.locations;
        if locations.is_empty() {
            return Err("head_office.locations is empty: name at least one location with its urls".to_owned());
        }
        for (index, location) in locations.iter().enumerate() {
            if locations[..index].iter().any(|other| other.name == location.name) {
                return Err(format!("location {} is listed twice: join its urls in one entry", location.name));
            }
        }
        if matches!(self.drawer, Drawer::Printer { .. }) && matches!(self.printer, Printer::None) {
            return Err(
                "drawer.kind = \"printer\" needs a printer: add [printer], or set drawer.kind = \"none\"".to_owned()
            );
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;

//! `head-office.toml`: read once, checked whole, refused with the file, the line and the remedy.

mod written;

pub(crate) use written::{PeerWritten, Reading};

use evertill_domain::ids::{Location, Pool, Region};
use evertill_domain::publication::PublishKeys;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use written::Written;

/// Most of what is published in memory, unless the file says otherwise, in MiB: five books of 50,000 items, and what leads on
/// to them.
const MEMORY_MB: usize = 128;

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
    /// A file that the configuration names does not hold what it must.
    #[error("{path}: {message}")]
    Named {
        /// The named file.
        path: PathBuf,
        /// What is wrong, and the remedy.
        message: String,
    },
}

/// The configuration of one instance. Paths are resolved against the file's folder.
#[derive(Debug, Clone)]
pub struct Config {
    /// The region it serves; tills of another are refused.
    pub region: Region,
    /// The data centre it stands in.
    pub location: Location,
    /// The pool it belongs to; `/ready` answers for this one only.
    pub pool: Pool,
    /// Where it listens, TLS only.
    pub listen: SocketAddr,
    /// Where `head-office.db` lives.
    pub data_dir: PathBuf,
    /// Its certificate chain, PEM.
    pub certificate: PathBuf,
    /// The certificate's private key, PEM.
    pub certificate_key: PathBuf,
    /// The register of tills and their public keys.
    pub tills: PathBuf,
    /// The region's public keys, by which what is published is believed; without any, nothing can be published here.
    pub publish_keys: PublishKeys,
    /// Where what is published is kept beside the database.
    pub cache: CacheConfig,
    /// The database server; without it the database is a file in `data_dir`.
    pub postgres: Option<PostgresConfig>,
    /// The operators' pages; without it there are none.
    pub operators: Option<OperatorsConfig>,
}

/// The caches.
#[derive(Debug, Clone)]
pub struct CacheConfig {
    /// Most bytes in this instance's memory.
    pub memory_bytes: usize,
    /// The cache that the location's instances share; without it each asks the database.
    pub redis: Option<RedisConfig>,
}

impl Default for CacheConfig {
    fn default() -> CacheConfig {
        CacheConfig { memory_bytes: MEMORY_MB * 1024 * 1024, redis: None }
    }
}

/// How Redis is reached.
#[derive(Debug, Clone)]
pub struct RedisConfig {
    /// How it is told of, without the password.
    pub name: String,
    /// Host, database, password.
    pub settings: redis::ConnectionInfo,
}

/// How PostgreSQL is reached.
#[derive(Debug, Clone)]
pub struct PostgresConfig {
    /// How it is told of: hosts and database, never the password.
    pub name: String,
    /// Hosts, database, user and password.
    pub settings: tokio_postgres::Config,
    /// The certificate authority of the server's certificate, PEM. With it every connection is TLS.
    pub ca: Option<PathBuf>,
    /// Most connections of this instance.
    pub connections: usize,
}

/// Where operators look, and who they are.
#[derive(Debug, Clone)]
pub struct OperatorsConfig {
    /// Where their pages and the metrics are, TLS with the same certificate; never where the tills connect.
    pub listen: SocketAddr,
    /// The file of operators.
    pub file: PathBuf,
    /// Other locations of the region, to compare what is there.
    pub peers: Vec<PeerConfig>,
}

/// How another location's operators' port is asked.
#[derive(Debug, Clone)]
pub struct PeerConfig {
    /// The location.
    pub location: Location,
    /// Its operators' port, as `https://ams.example:8444`.
    pub url: String,
    /// The certificate authority of its certificate, PEM.
    pub ca: PathBuf,
    /// An operator there.
    pub name: String,
    /// The file of that operator's password.
    pub password_file: PathBuf,
}

impl Config {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// [`ConfigError`] with the file, the line and the remedy.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let reading = Reading::of(path)?;
        let (written, file) = reading.parse::<Written>()?;
        Ok(Config {
            region: written.region,
            location: written.location,
            pool: written.pool,
            listen: written.listen,
            data_dir: file.folder.join(written.data_dir),
            certificate: file.named("certificate", &written.certificate)?,
            certificate_key: file.named("certificate_key", &written.certificate_key)?,
            tills: file.named("tills", &written.tills)?,
            publish_keys: file.publish_keys(written.publish_keys.as_ref())?,
            cache: file.cache(written.cache)?,
            postgres: written.postgres.map(|postgres| file.postgres(&postgres)).transpose()?,
            operators: written.operators.map(|operators| file.operators(operators)).transpose()?,
        })
    }

    /// The database of this instance.
    pub fn database(&self) -> PathBuf {
        self.data_dir.join("head-office.db")
    }
}

/// The refusal of a file that is not the TOML it must be.
pub(crate) fn line_error(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    ConfigError::Line {
        path: path.to_owned(),
        line: error.span().map_or(1, |span| line_of(text, span.start)),
        message: error.message().trim_end_matches('\n').replace('\n', " "),
    }
}

/// The line, from 1, on which the byte at `offset` stands.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests;

//! `head-office.toml`: read once, checked whole, refused with the file, the line and the remedy.

use evertill_domain::ids::{Location, Pool, Region};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio_postgres::config::{Host, SslMode};
use toml::Spanned;

/// Most connections of one instance to PostgreSQL, unless the file says otherwise.
const CONNECTIONS: usize = 12;
/// The writers' connections, and some for those who ask.
const CONNECTIONS_MIN: usize = 6;

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
    /// The price book that the stores get; without it they keep what they have.
    pub price_book: Option<PathBuf>,
    /// The database server; without it the database is a file in `data_dir`.
    pub postgres: Option<PostgresConfig>,
    /// The operators' pages; without it there are none.
    pub operators: Option<OperatorsConfig>,
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

/// The file as it is written; named files keep their place, so that a missing one is said with its line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    region: Region,
    location: Location,
    pool: Pool,
    listen: SocketAddr,
    data_dir: PathBuf,
    certificate: Spanned<PathBuf>,
    certificate_key: Spanned<PathBuf>,
    tills: Spanned<PathBuf>,
    price_book: Option<Spanned<PathBuf>>,
    postgres: Option<WrittenPostgres>,
    operators: Option<WrittenOperators>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPostgres {
    url: Spanned<String>,
    password_file: Option<Spanned<PathBuf>>,
    ca: Option<Spanned<PathBuf>>,
    connections: Option<Spanned<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOperators {
    listen: SocketAddr,
    file: Spanned<PathBuf>,
    #[serde(default)]
    peers: Vec<WrittenPeer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPeer {
    location: Location,
    url: Spanned<String>,
    ca: Spanned<PathBuf>,
    name: String,
    password_file: Spanned<PathBuf>,
}

impl Config {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// [`ConfigError`] with the file, the line and the remedy.
    pub fn load(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let written: Written = toml::from_str(&text).map_err(|error| line_error(path, &text, &error))?;
        let file = File { path, text: &text, folder: path.parent().unwrap_or(Path::new("")) };
        Ok(Config {
            region: written.region,
            location: written.location,
            pool: written.pool,
            listen: written.listen,
            data_dir: file.folder.join(written.data_dir),
            certificate: file.named("certificate", &written.certificate)?,
            certificate_key: file.named("certificate_key", &written.certificate_key)?,
            tills: file.named("tills", &written.tills)?,
            price_book: written.price_book.map(|book| file.named("price_book", &book)).transpose()?,
            postgres: written.postgres.map(|postgres| file.postgres(&postgres)).transpose()?,
            operators: written.operators.map(|operators| file.operators(operators)).transpose()?,
        })
    }

    /// The database of this instance.
    pub fn database(&self) -> PathBuf {
        self.data_dir.join("head-office.db")
    }
}

/// The file that is read, to say where it is wrong.
struct File<'a> {
    path: &'a Path,
    text: &'a str,
    folder: &'a Path,
}

impl File<'_> {
    fn refusal<T>(&self, at: &Spanned<T>, message: String) -> ConfigError {
        ConfigError::Line { path: self.path.to_owned(), line: line_of(self.text, at.span().start), message }
    }

    /// A file that the key names; it must be there.
    fn named(&self, key: &str, file: &Spanned<PathBuf>) -> Result<PathBuf, ConfigError> {
        let resolved = self.folder.join(file.get_ref());
        if resolved.is_file() {
            return Ok(resolved);
        }
        Err(self.refusal(file, format!("{key}: there is no file {}", resolved.display())))
    }

    fn postgres(&self, written: &WrittenPostgres) -> Result<PostgresConfig, ConfigError> {
        let WrittenPostgres { url, password_file, ca, connections } = written;
        let wrong = |message: String| self.refusal(url, format!("postgres.url {message}"));
        let mut settings: tokio_postgres::Config = url
            .get_ref()
            .parse()
            .map_err(|error| wrong(format!("is not like postgres://user@host:5432/database: {error}")))?;
        if settings.get_password().is_some() {
            return Err(wrong(
                "holds a password: put it into a file of its own, and name that as password_file".to_owned(),
            ));
        }
        if ca.is_none() && settings.get_ssl_mode() == SslMode::Require {
            return Err(wrong("asks for TLS: name the server's certificate authority as ca".to_owned()));
        }
        if let Some(file) = password_file {
            let file = self.named("postgres.password_file", file)?;
            let password = std::fs::read_to_string(&file)
                .map_err(|source| ConfigError::Unreadable { path: file.clone(), source })?;
            settings.password(password.trim_end_matches(['\r', '\n']));
        }
        if let Some(connections) = connections.as_ref().filter(|connections| *connections.get_ref() < CONNECTIONS_MIN) {
            return Err(self.refusal(connections, format!("postgres.connections must be at least {CONNECTIONS_MIN}")));
        }
        let database = settings.get_dbname().or(settings.get_user()).unwrap_or("postgres");
        let hosts: Vec<String> = settings.get_hosts().iter().map(host).collect();
        Ok(PostgresConfig {
            name: format!("{database} on {}", hosts.join(", ")),
            settings,
            ca: ca.as_ref().map(|ca| self.named("postgres.ca", ca)).transpose()?,
            connections: connections.as_ref().map_or(CONNECTIONS, |connections| *connections.get_ref()),
        })
    }

    fn operators(&self, written: WrittenOperators) -> Result<OperatorsConfig, ConfigError> {
        let peers = written.peers.into_iter().map(|peer| self.peer(peer)).collect::<Result<_, _>>()?;
        Ok(OperatorsConfig { listen: written.listen, file: self.named("operators.file", &written.file)?, peers })
    }

    fn peer(&self, peer: WrittenPeer) -> Result<PeerConfig, ConfigError> {
        if !peer.url.get_ref().starts_with("https://") {
            return Err(self.refusal(&peer.url, "operators.peers.url must begin with https://".to_owned()));
        }
        Ok(PeerConfig {
            ca: self.named("operators.peers.ca", &peer.ca)?,
            password_file: self.named("operators.peers.password_file", &peer.password_file)?,
            location: peer.location,
            url: peer.url.into_inner(),
            name: peer.name,
        })
    }
}

fn host(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
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
mod tests {
    use super::*;

    const GOOD: &str = "region = \"eu\"\nlocation = \"fra\"\npool = \"v41\"\nlisten = \"127.0.0.1:0\"\ndata_dir = \"data\"\n\
        certificate = \"a.pem\"\ncertificate_key = \"a.key\"\ntills = \"tills.toml\"\n";

    /// What `load` says to `text`, in a folder that holds the named files.
    fn load(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.pem", "a.key", "tills.toml"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let path = folder.path().join("head-office.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(&path).map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let config = load(GOOD).unwrap();
        assert!(config.database().is_absolute() && config.database().ends_with("data/head-office.db"));
    }

    #[test]
    fn a_mistake_is_told_with_file_line_and_remedy() {
        let cases = [
            (format!("{GOOD}colour = 1\n"), "head-office.toml:9: unknown field `colour`"),
            (GOOD.replace("\"v41\"", "41"), "head-office.toml:3: invalid type: integer `41`"),
            (GOOD.replace("a.key", "b.key"), "head-office.toml:7: certificate_key: there is no file b.key"),
            (GOOD.replace("\"eu\"", "\"EU\""), "head-office.toml:1: region 'EU' is not valid"),
            (GOOD.replace("tills = \"tills.toml\"\n", ""), "missing field `tills`"),
            (
                format!("{GOOD}[postgres]\nurl = \"http://x\"\n"),
                "head-office.toml:10: postgres.url is not like postgres://",
            ),
            (
                format!("{GOOD}[postgres]\nurl = \"postgres://a:b@c/d\"\n"),
                "head-office.toml:10: postgres.url holds a password",
            ),
            (
                format!("{GOOD}[postgres]\nurl = \"postgres://a@c/d?sslmode=require\"\n"),
                ":10: postgres.url asks for TLS",
            ),
            (
                format!("{GOOD}[postgres]\nurl = \"postgres://a@c/d\"\nconnections = 2\n"),
                ":11: postgres.connections must be",
            ),
        ];
        for (text, said) in cases {
            let message = load(&text).unwrap_err();
            assert!(message.contains(said) && message.contains("correct this line"), "{message}");
        }
        assert!(Config::load(Path::new("/nowhere/x.toml")).unwrap_err().to_string().contains("--config"));
    }
}

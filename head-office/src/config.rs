//! `head-office.toml`: read once, checked whole, refused with the file, the line and the remedy.

use evertill_domain::ids::{Location, Pool, Region};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use toml::Spanned;

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
    /// The operators' pages; without it there are none.
    pub operators: Option<OperatorsConfig>,
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
    operators: Option<WrittenOperators>,
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
        let folder = path.parent().unwrap_or(Path::new(""));
        let named = |key: &str, file: &Spanned<PathBuf>| {
            let resolved = folder.join(file.get_ref());
            if resolved.is_file() {
                return Ok(resolved);
            }
            let message = format!("{key}: there is no file {}", resolved.display());
            Err(ConfigError::Line { path: path.to_owned(), line: line_of(&text, file.span().start), message })
        };
        let peer = |peer: WrittenPeer| {
            if !peer.url.get_ref().starts_with("https://") {
                let message = "operators.peers.url must begin with https://".to_owned();
                let line = line_of(&text, peer.url.span().start);
                return Err(ConfigError::Line { path: path.to_owned(), line, message });
            }
            Ok(PeerConfig {
                ca: named("operators.peers.ca", &peer.ca)?,
                password_file: named("operators.peers.password_file", &peer.password_file)?,
                location: peer.location,
                url: peer.url.into_inner(),
                name: peer.name,
            })
        };
        Ok(Config {
            region: written.region,
            location: written.location,
            pool: written.pool,
            listen: written.listen,
            data_dir: folder.join(written.data_dir),
            certificate: named("certificate", &written.certificate)?,
            certificate_key: named("certificate_key", &written.certificate_key)?,
            tills: named("tills", &written.tills)?,
            price_book: written.price_book.map(|file| named("price_book", &file)).transpose()?,
            operators: (written.operators)
                .map(|operators| {
                    let file = named("operators.file", &operators.file)?;
                    let peers = operators.peers.into_iter().map(peer).collect::<Result<_, _>>()?;
                    Ok::<_, ConfigError>(OperatorsConfig { listen: operators.listen, file, peers })
                })
                .transpose()?,
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
        ];
        for (text, said) in cases {
            let message = load(&text).unwrap_err();
            assert!(message.contains(said) && message.contains("correct this line"), "{message}");
        }
        assert!(Config::load(Path::new("/nowhere/x.toml")).unwrap_err().to_string().contains("--config"));
    }
}

//! The configuration as it is written; named files keep their place, so that a missing one is said with its line.

use super::{
    CacheConfig, ConfigError, MEMORY_MB, OperatorsConfig, PeerConfig, PostgresConfig, RedisConfig, line_error, line_of,
};
use evertill_domain::ids::{Location, Pool, Region};
use evertill_domain::publication::PublishKeys;
use redis::IntoConnectionInfo;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio_postgres::config::{Host, SslMode};
use toml::Spanned;

/// Most connections of one instance to PostgreSQL, unless the file says otherwise.
const CONNECTIONS: usize = 12;
/// The writers' connections, and some for those who ask.
const CONNECTIONS_MIN: usize = 6;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) region: Region,
    pub(super) location: Location,
    pub(super) pool: Pool,
    pub(super) listen: SocketAddr,
    pub(super) data_dir: PathBuf,
    pub(super) certificate: Spanned<PathBuf>,
    pub(super) certificate_key: Spanned<PathBuf>,
    pub(super) tills: Spanned<PathBuf>,
    pub(super) publish_keys: Option<Spanned<Vec<String>>>,
    pub(super) cache: Option<WrittenCache>,
    pub(super) postgres: Option<WrittenPostgres>,
    pub(super) operators: Option<WrittenOperators>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenCache {
    memory_mb: Option<usize>,
    redis: Option<Spanned<String>>,
    redis_password_file: Option<Spanned<PathBuf>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPostgres {
    url: Spanned<String>,
    password_file: Option<Spanned<PathBuf>>,
    ca: Option<Spanned<PathBuf>>,
    connections: Option<Spanned<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenOperators {
    listen: SocketAddr,
    file: Spanned<PathBuf>,
    #[serde(default)]
    peers: Vec<PeerWritten>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PeerWritten {
    location: Location,
    url: Spanned<String>,
    ca: Spanned<PathBuf>,
    name: String,
    password_file: Spanned<PathBuf>,
}

/// A file that was read, and is not understood yet.
pub(crate) struct Reading {
    path: PathBuf,
    text: String,
}

impl Reading {
    /// The file at `path`.
    pub(crate) fn of(path: &Path) -> Result<Reading, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        Ok(Reading { path: path.to_owned(), text })
    }

    /// What is written there, and the file, to say where it is wrong.
    pub(crate) fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<(T, File<'_>), ConfigError> {
        let Reading { path, text } = self;
        let written = toml::from_str(text).map_err(|error| line_error(path, text, &error))?;
        Ok((written, File { path, text, folder: path.parent().unwrap_or(Path::new("")) }))
    }
}

/// The file that is read, to say where it is wrong.
pub(crate) struct File<'a> {
    path: &'a Path,
    text: &'a str,
    pub(super) folder: &'a Path,
}

impl File<'_> {
    pub(crate) fn refusal<T>(&self, at: &Spanned<T>, message: String) -> ConfigError {
        ConfigError::Line { path: self.path.to_owned(), line: line_of(self.text, at.span().start), message }
    }

    /// A file that the key names; it must be there.
    pub(crate) fn named(&self, key: &str, file: &Spanned<PathBuf>) -> Result<PathBuf, ConfigError> {
        let resolved = self.folder.join(file.get_ref());
        if resolved.is_file() {
            return Ok(resolved);
        }
        Err(self.refusal(file, format!("{key}: there is no file {}", resolved.display())))
    }

    pub(super) fn postgres(&self, written: &WrittenPostgres) -> Result<PostgresConfig, ConfigError> {
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
            settings.password(self.password("postgres.password_file", file)?);
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

    pub(super) fn publish_keys(&self, keys: Option<&Spanned<Vec<String>>>) -> Result<PublishKeys, ConfigError> {
        let Some(keys) = keys else { return Ok(PublishKeys::default()) };
        PublishKeys::parse(keys.get_ref()).map_err(|error| self.refusal(keys, error.to_string()))
    }

    pub(super) fn cache(&self, written: Option<WrittenCache>) -> Result<CacheConfig, ConfigError> {
        let Some(WrittenCache { memory_mb, redis, redis_password_file }) = written else {
            return Ok(CacheConfig::default());
        };
        let memory_bytes = memory_mb.unwrap_or(MEMORY_MB).saturating_mul(1024 * 1024);
        let redis = redis.map(|url| self.redis(&url, redis_password_file.as_ref())).transpose()?;
        Ok(CacheConfig { memory_bytes, redis })
    }

    fn redis(
        &self,
        url: &Spanned<String>,
        password_file: Option<&Spanned<PathBuf>>,
    ) -> Result<RedisConfig, ConfigError> {
        let wrong = |message: String| self.refusal(url, format!("cache.redis {message}"));
        let parsed: Result<redis::ConnectionInfo, _> = url.get_ref().as_str().into_connection_info();
        let mut settings =
            parsed.map_err(|error| wrong(format!("is not like redis://host:6379 or unix:///path: {error}")))?;
        let inner = settings.redis_settings().clone();
        if inner.password().is_some() {
            let remedy = "put it into a file of its own, and name that as redis_password_file";
            return Err(wrong(format!("holds a password: {remedy}")));
        }
        let name = settings.addr().to_string();
        if let Some(file) = password_file {
            settings =
                settings.set_redis_settings(inner.set_password(self.password("cache.redis_password_file", file)?));
        }
        Ok(RedisConfig { name, settings })
    }

    /// The only line of a file that holds a password.
    pub(crate) fn password(&self, key: &str, file: &Spanned<PathBuf>) -> Result<String, ConfigError> {
        let file = self.named(key, file)?;
        let text = std::fs::read_to_string(&file).map_err(|source| ConfigError::Unreadable { path: file, source })?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    pub(super) fn operators(&self, written: WrittenOperators) -> Result<OperatorsConfig, ConfigError> {
        let peers = written.peers.into_iter().map(|peer| self.peer(peer)).collect::<Result<_, _>>()?;
        Ok(OperatorsConfig { listen: written.listen, file: self.named("operators.file", &written.file)?, peers })
    }

    pub(crate) fn peer(&self, peer: PeerWritten) -> Result<PeerConfig, ConfigError> {
        if !peer.url.get_ref().starts_with("https://") {
            return Err(self.refusal(&peer.url, "url must begin with https://".to_owned()));
        }
        Ok(PeerConfig {
            ca: self.named("ca", &peer.ca)?,
            password_file: self.named("password_file", &peer.password_file)?,
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

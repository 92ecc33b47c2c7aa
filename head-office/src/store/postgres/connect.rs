//! Connections: a pool of them, with TLS where a certificate authority is named, each with its time limits.

use super::error::Error;
use crate::config::{ConfigError, PostgresConfig};
use crate::store::StoreError;
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use std::time::Duration;
use tokio_postgres::NoTls;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

/// A caller waits this long for a connection that others use.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// A new connection, its TLS handshake and its sign-on take at most this long.
const CONNECT_MAX: Duration = Duration::from_secs(3);
/// What the database is told once a connection stands. A statement that takes longer than a request may is of no use;
/// two instances that wait for one row wait for each other's commit, no longer. `synchronous_commit` is said, so that a
/// server set up for speed does not acknowledge what a power loss takes back.
const SETTINGS: &str = "SET statement_timeout = '8s'; SET lock_timeout = '5s'; SET synchronous_commit = 'on'; SET client_encoding = 'UTF8'";

/// A pool on the database of `config`. Nothing is connected yet.
///
/// # Errors
/// [`ConfigError::Named`] for a certificate authority that is none.
pub(super) fn pool(config: &PostgresConfig) -> Result<Pool, ConfigError> {
    let mut settings = config.settings.clone();
    settings.connect_timeout(CONNECT_MAX).application_name("evertill head-office");
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = match &config.ca {
        Some(ca) => {
            settings.ssl_mode(SslMode::Require);
            Manager::from_config(settings, MakeRustlsConnect::new(tls(ca)?), recycling)
        }
        None => Manager::from_config(settings, NoTls, recycling),
    };
    let set = Hook::async_fn(|client, _| {
        Box::pin(async move { client.batch_execute(SETTINGS).await.map_err(HookError::Backend) })
    });
    let pool = Pool::builder(manager)
        .max_size(config.connections)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(WAIT_MAX))
        .create_timeout(Some(CONNECT_MAX))
        .recycle_timeout(Some(CONNECT_MAX))
        .post_create(set)
        .build();
    Ok(pool.expect("a runtime is given, so the pool can be built"))
}

fn tls(ca: &std::path::Path) -> Result<ClientConfig, ConfigError> {
    let wrong = |message: String| ConfigError::Named { path: ca.to_owned(), message };
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(ca).map_err(|error| wrong(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| wrong(format!("this is no certificate in PEM: {error}")))?;
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong(
            "there is no certificate in it: give the database's certificate authority in PEM".to_owned(),
        ));
    }
    // The first of the process counts; every part of it takes the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

/// A connection of `pool`.
///
/// # Errors
/// [`StoreError`] when there is none in time.
pub(super) async fn connection(pool: &Pool) -> Result<deadpool_postgres::Object, StoreError> {
    Ok(pool.get().await.map_err(Error::from)?)
}

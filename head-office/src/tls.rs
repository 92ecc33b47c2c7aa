//! TLS of the service: its certificate, HTTP/2 and HTTP/1.1 by ALPN.

use crate::config::{Config, ConfigError};
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

/// The name of HTTP/2 in ALPN.
pub const H2: &[u8] = b"h2";

/// Reads certificate and key of `config`.
///
/// # Errors
/// [`ConfigError::Named`] with the file and the remedy.
pub fn server_config(config: &Config) -> Result<Arc<ServerConfig>, ConfigError> {
    let chain = CertificateDer::pem_file_iter(&config.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| named(&config.certificate, &error, "put the certificate chain there, as PEM"))?;
    let key = PrivateKeyDer::from_pem_file(&config.certificate_key)
        .map_err(|error| named(&config.certificate_key, &error, "put the certificate's private key there, as PEM"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut tls = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| named(&config.certificate, &error, "certificate and certificate_key must belong together"))?;
    tls.alpn_protocols = vec![H2.to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(tls))
}

fn named(path: &Path, error: &dyn Display, remedy: &str) -> ConfigError {
    ConfigError::Named { path: path.to_owned(), message: format!("{error}: {remedy}") }
}

//! Where a location is, and a connection to it: TCP, TLS that trusts the region's authority alone, HTTP/1.1, as a till
//! opens it.

use super::plan::Plan;
use super::questions::Failure;
use bytes::Bytes;
use evertill_domain::ids::Location;
use http::Uri;
use http_body_util::Full;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::client::Resumption;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Connecting, TLS included: what a till allows.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(1_000);
/// The port of an address that names none.
const HTTPS_PORT: u16 = 443;
/// What a location is called when its address comes without a name.
const NAMELESS: &str = "location";

/// Why there is no way to a location.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The authority cannot be used.
    #[error("{path}: not a certificate authority in PEM ({detail}): give the region's with --ca")]
    Authority {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The address is none.
    #[error("--url {url}: {problem}: write https://HOST:PORT, with NAME= before it for more than one location")]
    Address {
        /// What was said.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// One address of a location.
#[derive(Debug, Clone)]
pub struct Endpoint {
    host: String,
    port: u16,
    name: ServerName<'static>,
    /// What the Host header says.
    pub authority: String,
}

impl Endpoint {
    /// The endpoint at `url`.
    ///
    /// # Errors
    /// [`EndpointError::Address`] for anything but `https://HOST[:PORT]`.
    pub fn of(url: &str) -> Result<Endpoint, EndpointError> {
        let bad = |problem: &str| EndpointError::Address { url: url.to_owned(), problem: problem.to_owned() };
        let uri: Uri = url.parse().map_err(|_| bad("not an address"))?;
        if uri.scheme_str() != Some("https") {
            return Err(bad("only https is spoken"));
        }
        let authority = uri.authority().ok_or_else(|| bad("it names no host"))?;
        if !uri.path().trim_matches('/').is_empty() || uri.query().is_some() {
            return Err(bad("it has a path"));
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host.clone()).map_err(|_| bad("its host is no name"))?;
        Ok(Endpoint { host, port: authority.port_u16().unwrap_or(HTTPS_PORT), name, authority: authority.to_string() })
    }

    /// Opens a connection; it lives in a task of its own, which ends with the sender.
    ///
    /// # Errors
    /// [`Failure`] when there is none within [`CONNECT_TIMEOUT`].
    pub async fn connect(&self, tls: &TlsConnector) -> Result<SendRequest<Full<Bytes>>, Failure> {
        let connecting = async {
            let stream = TcpStream::connect((self.host.as_str(), self.port))
                .await
                .map_err(|error| Failure::Connect(error.to_string()))?;
            // A request is small and awaited; without this it could wait for a timer of TCP.
            let _ = stream.set_nodelay(true);
            let stream = tls.connect(self.name.clone(), stream).await.map_err(|error| Failure::of_tls(&error))?;
            handshake(TokioIo::new(stream)).await.map_err(|error| Failure::Broken(error.to_string()))
        };
        let (sender, connection) = timeout(CONNECT_TIMEOUT, connecting).await.map_err(|_| Failure::Timeout)??;
        // What ends a connection is told to whoever uses it next.
        tokio::spawn(async { drop(connection.await) });
        Ok(sender)
    }
}

/// The locations of `plan` with their endpoints, in the order in which they were named.
///
/// # Errors
/// [`EndpointError::Address`] with the first address that is none.
pub fn locations(plan: &Plan) -> Result<Vec<(Location, Vec<Endpoint>)>, EndpointError> {
    let mut found: Vec<(Location, Vec<Endpoint>)> = Vec::new();
    for (name, url) in &plan.addresses {
        let endpoint = Endpoint::of(url)?;
        let name: Location = (name.as_deref().unwrap_or(NAMELESS).parse())
            .map_err(|error| EndpointError::Address { url: url.clone(), problem: format!("{error}") })?;
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, endpoints)) => endpoints.push(endpoint),
            None => found.push((name, vec![endpoint])),
        }
    }
    Ok(found)
}

/// TLS that trusts only the authority in the PEM file `ca`. Sessions are not resumed: thousands of tills in one process
/// would share what thousands of machines have each for itself, and come back cheaper than those.
///
/// # Errors
/// [`EndpointError::Authority`] with the file and the remedy.
pub fn connector(ca: &Path) -> Result<TlsConnector, EndpointError> {
    let bad = |detail: String| EndpointError::Authority { path: ca.to_owned(), detail };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca).map_err(|error| bad(error.to_string()))? {
        let certificate = certificate.map_err(|error| bad(error.to_string()))?;
        roots.add(certificate).map_err(|error| bad(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(bad("it holds no certificate".to_owned()));
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_with_a_host_and_nothing_behind_it() {
        let endpoint = Endpoint::of("https://fra.example").unwrap();
        assert_eq!((endpoint.host.as_str(), endpoint.port), ("fra.example", 443));
        assert_eq!(Endpoint::of("https://[::1]:8441/").unwrap().port, 8441);
        for (url, said) in [
            ("http://fra.example", "only https"),
            ("fra.example:8441", "only https"),
            ("https://fra.example/v1", "it has a path"),
            ("https://", "not an address"),
            ("nonsense", "only https"),
        ] {
            let message = Endpoint::of(url).unwrap_err().to_string();
            assert!(message.contains(said) && message.contains("https://HOST:PORT"), "{message}");
        }
    }

    #[test]
    fn an_authority_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        assert!(connector(&path).err().unwrap().to_string().contains("--ca"));
        std::fs::write(&path, "no certificate").unwrap();
        assert!(connector(&path).err().unwrap().to_string().contains("it holds no certificate"));
    }
}

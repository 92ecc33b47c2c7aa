//! Whom the till trusts: the certificate authority of its region, and nobody else. And what time it tells TLS.
//!
//! The clock may lie. A till whose battery is dead says 1970 and would call every certificate not yet valid. So TLS is
//! told the latest of the clock, the day this agent was built for, and the newest time that head office acknowledged.

use super::LinkError;
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// No certificate of this version's servers was valid before: 1 November 2026, in seconds since 1970.
const RELEASED_S: u64 = 1_793_491_200;

/// The time that TLS is told.
#[derive(Debug, Default)]
pub struct TrustedTime {
    acknowledged_s: AtomicU64,
}

impl TrustedTime {
    /// Head office says that it is `server_time`, RFC 3339. An older or unreadable one changes nothing.
    pub fn acknowledge(&self, server_time: &str) {
        if let Ok(time) = server_time.parse::<jiff::Timestamp>() {
            self.acknowledged_s.fetch_max(u64::try_from(time.as_second()).unwrap_or(0), Ordering::Relaxed);
        }
    }

    fn now_s(&self) -> u64 {
        let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        clock.max(RELEASED_S).max(self.acknowledged_s.load(Ordering::Relaxed))
    }
}

impl TimeProvider for TrustedTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.now_s())))
    }
}

/// TLS that trusts only the authority in the PEM file `ca`.
pub(super) fn client_config(ca: &Path, time: Arc<TrustedTime>) -> Result<ClientConfig, LinkError> {
    let bad = |detail: String| LinkError::Authority { path: ca.to_owned(), detail };
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(ca).map_err(|error| bad(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| bad(error.to_string()))?;
        roots.add(certificate).map_err(|error| bad(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(bad("it holds no certificate".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|error| bad(error.to_string()))?;
    let config = ClientConfig::builder_with_details(provider, time)
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(error.to_string()))?
        .with_webpki_verifier(verifier)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_tls_is_told_never_goes_back() {
        let time = TrustedTime::default();
        time.acknowledge("2099-01-01T00:00:00Z");
        let told = time.now_s();
        for older in ["1970-01-01T00:00:00Z", "2026-01-01T00:00:00+02:00", "not a time", ""] {
            time.acknowledge(older);
            assert_eq!(time.now_s(), told);
        }
        assert!(TrustedTime::default().now_s() >= RELEASED_S);
    }
}

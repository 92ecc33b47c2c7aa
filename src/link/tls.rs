//! Whom the till trusts: the certificate authority of its region, and nobody else. And what time it tells TLS.
//!
//! The clock may lie. A till whose battery is dead says 1970 and would call every certificate not yet valid. So TLS is
//! told the latest of the clock, the day this agent was built for, and the newest time that head office acknowledged;
//! and a certificate that is newer than all of these is judged as of its own first second. That gives nothing away: only
//! the region's authority dates certificates, and an expired one is refused all the same.

use super::LinkError;
use crate::clock::Clock;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore, SignatureScheme,
};
use std::fmt::{Debug, Formatter};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// No certificate of this version's servers was valid before: 1 November 2026, in seconds since 1970.
const RELEASED_S: u64 = 1_793_491_200;

/// Most certificates of a chain whose first second is waited for: the server's, and those between it and the authority.
const CHAIN_MAX: usize = 8;

/// The time that TLS is told.
pub struct TrustedTime {
    clock: Arc<dyn Clock>,
    acknowledged_s: AtomicU64,
}

impl Debug for TrustedTime {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "TrustedTime({} s)", self.now_s())
    }
}

impl TrustedTime {
    /// The time by `clock`, until head office acknowledges a later one.
    pub fn new(clock: Arc<dyn Clock>) -> TrustedTime {
        TrustedTime { clock, acknowledged_s: AtomicU64::new(0) }
    }

    /// What the till's own clock says, in seconds since 1970.
    pub fn clock_s(&self) -> u64 {
        seconds_of(self.clock.now().at.as_str())
    }

    /// Head office says that it is `server_time`, RFC 3339. An older or unreadable one changes nothing.
    pub fn acknowledge(&self, server_time: &str) {
        self.acknowledged_s.fetch_max(seconds_of(server_time), Ordering::Relaxed);
    }

    fn now_s(&self) -> u64 {
        self.clock_s().max(RELEASED_S).max(self.acknowledged_s.load(Ordering::Relaxed))
    }
}

/// Seconds since 1970 of an RFC 3339 time; 0 for an unreadable or an earlier one.
fn seconds_of(time: &str) -> u64 {
    time.parse::<jiff::Timestamp>().ok().and_then(|time| u64::try_from(time.as_second()).ok()).unwrap_or(0)
}

impl TimeProvider for TrustedTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.now_s())))
    }
}

/// The usual judge of certificates, who waits for those whose time has not come by a clock that is slow.
#[derive(Debug)]
struct PatientVerifier(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for PatientVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let judge = |at| self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at);
        let mut verdict = judge(now);
        for _ in 0..CHAIN_MAX {
            let Err(TlsError::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. })) = verdict
            else {
                break;
            };
            // Later than before in any case, so that nothing expired comes to life again.
            verdict = judge(not_before.max(now));
        }
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
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
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(PatientVerifier(verifier)))
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn the_time_that_tls_is_told_never_goes_back() {
        let time = TrustedTime::new(Arc::new(SystemClock));
        time.acknowledge("2099-01-01T00:00:00Z");
        let told = time.now_s();
        for older in ["1970-01-01T00:00:00Z", "2026-01-01T00:00:00+02:00", "not a time", ""] {
            time.acknowledge(older);
            assert_eq!(time.now_s(), told);
        }
        assert!(TrustedTime::new(Arc::new(SystemClock)).now_s() >= RELEASED_S);
    }
}

//! Why there was no answer, told apart by what follows from it.

use std::error::Error;

/// Why a request has no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection.
    #[error("no connection: {0}")]
    Connect(String),
    /// The certificate is not from the region's authority: a foreign server, or an attack.
    #[error("the server's certificate is not from this region's authority: {0}")]
    ForeignCertificate(String),
    /// The certificate's dates do not fit the till's clock.
    #[error("the server's certificate is not valid at this till's time; check the clock: {0}")]
    CertificateDate(String),
    /// TLS failed otherwise.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The answer is from a server of another region, or from none of ours.
    #[error("the answer is not from region {expected} but from '{found}'")]
    ForeignRegion {
        /// Our region.
        expected: String,
        /// What the answer said.
        found: String,
    },
    /// The answer was longer than anything head office says.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// The answer broke off or is no HTTP.
    #[error("the answer broke off: {0}")]
    Broken(String),
    /// The answer's body is not what the route answers.
    #[error("the answer is not understood: {0}")]
    NotUnderstood(String),
}

impl Failure {
    /// What a person has to be told, beyond that the line is down.
    pub fn alarm(&self) -> Option<String> {
        match self {
            Failure::ForeignCertificate(_) | Failure::CertificateDate(_) | Failure::ForeignRegion { .. } => {
                Some(self.to_string())
            }
            _ => None,
        }
    }

    /// Whether the location is to blame. The clock of the till is not its fault.
    pub fn is_locations_fault(&self) -> bool {
        !matches!(self, Failure::CertificateDate(_))
    }

    /// What the client's error means, by the causes that it carries.
    pub(super) fn of(error: &reqwest::Error) -> Failure {
        let text = innermost(error);
        if let Some(certificate) = find::<rustls::Error>(error) {
            return Failure::of_tls(certificate, text);
        }
        if error.is_timeout() {
            return Failure::Timeout;
        }
        if error.is_connect() { Failure::Connect(text) } else { Failure::Broken(text) }
    }

    fn of_tls(error: &rustls::Error, text: String) -> Failure {
        use rustls::CertificateError as Bad;
        match error {
            rustls::Error::InvalidCertificate(
                Bad::Expired | Bad::ExpiredContext { .. } | Bad::NotValidYet | Bad::NotValidYetContext { .. },
            ) => Failure::CertificateDate(text),
            rustls::Error::InvalidCertificate(_) => Failure::ForeignCertificate(text),
            _ => Failure::Tls(text),
        }
    }
}

/// The first cause of type `E`. I/O errors hide theirs behind `get_ref`.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    // Chains are short; the bound keeps a broken one from turning for ever.
    for _ in 0..16 {
        let current = next?;
        if let Some(found) = current.downcast_ref::<E>() {
            return Some(found);
        }
        let hidden = current.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match hidden {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => current.source(),
        };
    }
    None
}

fn innermost(error: &reqwest::Error) -> String {
    let mut current: &dyn Error = error;
    for _ in 0..16 {
        match current.source() {
            Some(source) => current = source,
            None => break,
        }
    }
    current.to_string()
}

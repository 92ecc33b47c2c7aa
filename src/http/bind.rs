//! Opening the port. The API moves money and trusts local programs, so it never listens beyond this machine.

use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;

/// Why the loopback API does not come up.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address reaches beyond this machine.
    #[error(
        "api = \"{0}\" in till.toml is not a loopback address: use 127.0.0.1 or [::1]; the API is for this machine only"
    )]
    NotLoopback(SocketAddr),
    /// The port cannot be had.
    #[error(
        "cannot listen on {address}: {source}; stop the program that holds the port, or set another one as `api` in till.toml"
    )]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The listener does not say where it listens.
    #[error("the listener has no address: {0}")]
    Listener(std::io::Error),
    /// The token file cannot be read or made.
    #[error("cannot use the token file {path}: {detail}")]
    Token {
        /// The file.
        path: PathBuf,
        /// What is wrong and what to do.
        detail: String,
    },
}

/// Listens on `address`.
///
/// # Errors
/// [`HttpError::NotLoopback`] for an address that other machines could reach, [`HttpError::Bind`] when the port is taken.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, HttpError> {
    require_loopback(address)?;
    TcpListener::bind(address).await.map_err(|source| HttpError::Bind { address, source })
}

pub(super) fn require_loopback(address: SocketAddr) -> Result<(), HttpError> {
    if address.ip().is_loopback() { Ok(()) } else { Err(HttpError::NotLoopback(address)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_that_others_could_reach_is_refused() {
        for address in ["0.0.0.0:0", "[::]:0", "192.168.1.7:0", "[::ffff:127.0.0.1]:0"] {
            let refused = bind(address.parse().unwrap()).await;
            assert!(matches!(refused, Err(HttpError::NotLoopback(_))), "{address}");
        }
        assert!(bind("127.0.0.1:0".parse().unwrap()).await.is_ok());
    }

    #[tokio::test]
    async fn a_taken_port_is_named() {
        let first = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = first.local_addr().unwrap();
        let error = bind(address).await.unwrap_err().to_string();
        assert!(error.contains(&address.to_string()) && error.contains("till.toml"), "{error}");
    }
}

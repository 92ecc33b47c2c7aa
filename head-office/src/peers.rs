//! The other locations' operators' pages, asked by this one: the data centres share nothing, so whoever wants to know whether
//! both have the same asks both.

use crate::completeness::Report;
use crate::completeness::compare::{Answer, Comparison, Said, compare};
use crate::config::{Config, ConfigError, PeerConfig};
use evertill_domain::ids::{BusinessDay, StoreId};
use std::time::Duration;

/// A person waits for the page.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// A report of a store with some thousand epochs.
const ANSWER_MAX_BYTES: usize = 4 * 1024 * 1024;

/// Another location.
#[derive(Debug)]
pub struct Peer {
    location: String,
    url: String,
    name: String,
    password: String,
    client: reqwest::Client,
}

/// Every other location that `config` names.
///
/// # Errors
/// [`ConfigError`] when a file that it names is not what it must be.
pub fn all(config: &Config) -> Result<Vec<Peer>, ConfigError> {
    config.operators.iter().flat_map(|operators| &operators.peers).map(Peer::new).collect()
}

/// What `here` and all peers have, who are asked at once.
pub async fn compared(here: Said, peers: &[Peer], store: &StoreId, day: &BusinessDay) -> Comparison {
    let asked = peers.iter().map(|peer| peer.completeness(store, day));
    let there = futures_util::future::join_all(asked).await;
    compare(std::iter::once(here).chain(there).collect())
}

impl Peer {
    /// The location that `config` names.
    ///
    /// # Errors
    /// [`ConfigError::Named`] when a file that it names is not what it must be.
    fn new(config: &PeerConfig) -> Result<Peer, ConfigError> {
        let named = |path: &std::path::Path, message: String| ConfigError::Named { path: path.to_owned(), message };
        let read = |path: &std::path::Path| {
            std::fs::read(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })
        };
        let certificates = reqwest::Certificate::from_pem_bundle(&read(&config.ca)?)
            .map_err(|error| named(&config.ca, format!("this is no certificate in PEM: {error}")))?;
        let password = String::from_utf8(read(&config.password_file)?)
            .map_err(|_| named(&config.password_file, "the password is no text".to_owned()))?;
        // The first of the process counts; every part of it takes the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only(certificates)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ANSWER_TIMEOUT)
            .build()
            .map_err(|error| named(&config.ca, error.to_string()))?;
        Ok(Peer {
            location: config.location.to_string(),
            url: config.url.trim_end_matches('/').to_owned(),
            name: config.name.clone(),
            password: password.trim_end_matches(['\r', '\n']).to_owned(),
            client,
        })
    }

    /// What it has of a store's day.
    async fn completeness(&self, store: &StoreId, day: &BusinessDay) -> Said {
        let answer = match self.ask(store, day).await {
            Ok(report) => Answer::Report(Box::new(report)),
            Err(why) => Answer::Failed(why),
        };
        Said { location: self.location.clone(), answer }
    }

    async fn ask(&self, store: &StoreId, day: &BusinessDay) -> Result<Report, String> {
        let address = format!("{}/v1/completeness?store={store}&day={day}", self.url);
        let request = self.client.get(&address).basic_auth(&self.name, Some(&self.password));
        let mut response = request.send().await.map_err(|_| "it does not answer".to_owned())?;
        if !response.status().is_success() {
            return Err(format!(
                "it refuses with status {}: look at the operator {} there",
                response.status(),
                self.name
            ));
        }
        let mut body = Vec::new();
        while let Some(bytes) = response.chunk().await.map_err(|_| "its answer broke off".to_owned())? {
            body.extend_from_slice(&bytes);
            if body.len() > ANSWER_MAX_BYTES {
                return Err("its answer is too long".to_owned());
            }
        }
        serde_json::from_slice(&body).map_err(|error| format!("its answer is no report: {error}"))
    }
}

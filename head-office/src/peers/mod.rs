//! Other locations' operators' ports, asked by name and password: the data centres share nothing, so whoever wants to know
//! whether both have the same asks both, and whoever publishes brings it to both.

pub mod published;

use crate::completeness::Report;
use crate::completeness::compare::{Answer, Comparison, Said, compare};
use crate::config::{Config, ConfigError, PeerConfig};
use crate::pages::Listed;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use evertill_domain::ids::{BusinessDay, StoreId, TillId};
use evertill_domain::piloting::Cohort;
use evertill_domain::publication::{SIGNATURE_HEADER, Subject};
use evertill_domain::wire::{PRICE_BOOK_MAX_BYTES, Problem};
use published::{Answered, Compared};
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A person waits for the page.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// A price book takes its time, there or back.
const BYTES_TIMEOUT: Duration = Duration::from_secs(120);
/// A report of a store with some thousand epochs, a list of what a thousand stores have of their own, or a fleet of 10,000 tills.
const ANSWER_MAX_BYTES: usize = 16 * 1024 * 1024;

/// Another location.
#[derive(Debug)]
pub struct Peer {
    location: String,
    url: String,
    name: String,
    password: String,
    client: reqwest::Client,
}

/// The answer to something that was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publishing {
    /// Whether it was not there before.
    pub taken: bool,
}

/// What is read of a fleet.
#[derive(Deserialize)]
struct Fleet {
    tills: Vec<OfFleet>,
}

#[derive(Deserialize)]
struct OfFleet {
    till: TillId,
    said: Option<Word>,
}

#[derive(Deserialize)]
struct Word {
    cohort: Option<Cohort>,
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

/// What is published at all peers, who are asked at once.
pub async fn published(peers: &[Peer]) -> Vec<Answered> {
    let asked = peers.iter().map(|peer| async { (peer.location.clone(), peer.published().await) });
    futures_util::future::join_all(asked).await
}

/// What is published at `here` beside what is published `there`.
pub fn compare_published(here: &str, listed: &[Listed], there: &[Answered]) -> Compared {
    let here = (here.to_owned(), Ok(listed.to_vec()));
    published::compare(&std::iter::once(here).chain(there.iter().cloned()).collect::<Vec<_>>())
}

impl Peer {
    /// The location that `config` names.
    ///
    /// # Errors
    /// [`ConfigError::Named`] when a file that it names is not what it must be.
    pub fn new(config: &PeerConfig) -> Result<Peer, ConfigError> {
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

    /// Its name.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// What is published there.
    ///
    /// # Errors
    /// Why that is not known, for people.
    pub async fn published(&self) -> Result<Vec<Listed>, String> {
        self.read(self.client.get(format!("{}/v1/publications", self.url)), "a list of publications").await
    }

    /// Every store that it knows, once for each till, with what that till says of its cohort.
    ///
    /// # Errors
    /// Why that is not known, for people.
    pub async fn stores(&self) -> Result<Vec<(StoreId, Option<Cohort>)>, String> {
        let fleet: Fleet = self.read(self.client.get(format!("{}/v1/fleet", self.url)), "a fleet").await?;
        let of_till = |till: OfFleet| (till.till.store, till.said.and_then(|said| said.cohort));
        Ok(fleet.tills.into_iter().map(of_till).collect())
    }

    /// The bytes of something published that is kept there.
    ///
    /// # Errors
    /// Why they do not come, for people.
    pub async fn published_bytes(
        &self,
        subject: Subject,
        version: u64,
        store: Option<&StoreId>,
    ) -> Result<Bytes, String> {
        let query = store.map(|store| format!("?store={store}")).unwrap_or_default();
        let address = format!("{}/v1/publications/{subject}/{version}{query}", self.url);
        let response = self.send(self.client.get(address).timeout(BYTES_TIMEOUT)).await?;
        body(response, PRICE_BOOK_MAX_BYTES).await
    }

    /// Brings something signed there.
    ///
    /// # Errors
    /// Why it is not taken, for people.
    pub async fn publish(&self, bytes: Bytes, signature: &str) -> Result<Publishing, String> {
        let request = self.client.post(format!("{}/v1/publications", self.url)).timeout(BYTES_TIMEOUT).body(bytes);
        let request = request.header(SIGNATURE_HEADER, BASE64_STANDARD.encode(signature));
        self.read(request, "what becomes of a publication").await
    }

    /// What it has of a store's day.
    async fn completeness(&self, store: &StoreId, day: &BusinessDay) -> Said {
        let address = format!("{}/v1/completeness?store={store}&day={day}", self.url);
        let answer = match self.read::<Report>(self.client.get(address), "a report").await {
            Ok(report) => Answer::Report(Box::new(report)),
            Err(why) => Answer::Failed(why),
        };
        Said { location: self.location.clone(), answer }
    }

    /// The answer to `request` as the JSON of a `T`, which is `what`.
    async fn read<T: DeserializeOwned>(&self, request: RequestBuilder, what: &str) -> Result<T, String> {
        let body = body(self.send(request).await?, ANSWER_MAX_BYTES).await?;
        serde_json::from_slice(&body).map_err(|error| format!("its answer is not {what}: {error}"))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, String> {
        let request = request.basic_auth(&self.name, Some(&self.password));
        let response = request.send().await.map_err(|_| "it does not answer".to_owned())?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let problem = body(response, ANSWER_MAX_BYTES).await.ok();
        match problem.and_then(|body| serde_json::from_slice::<Problem>(&body).ok()) {
            Some(problem) if problem.kind != Problem::IDENTITY => Err(problem.detail),
            _ => Err(format!("it refuses with status {status}: look at the operator {} there", self.name)),
        }
    }
}

/// The whole body, if it is not longer than `max_bytes`.
async fn body(mut response: Response, max_bytes: usize) -> Result<Bytes, String> {
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.map_err(|_| "its answer broke off".to_owned())? {
        body.extend_from_slice(&bytes);
        if body.len() > max_bytes {
            return Err("its answer is too long".to_owned());
        }
    }
    Ok(Bytes::from(body))
}

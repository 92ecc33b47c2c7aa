//! The real transport: HTTPS to the endpoints of each location, signed, capped and with deadlines.

use super::tls::{TrustedTime, client_config};
use super::{Call, Failure, Method, Reply, Routes, Transport};
use crate::clock::Clock;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::{Bytes, BytesMut};
use ed25519_dalek::SigningKey;
use evertill_domain::ids::{Location, Pool, TillId};
use evertill_domain::publication::SIGNATURE_HEADER;
use evertill_domain::signature::{self, Request};
use evertill_domain::wire::{POOL_HEADER, REGION_HEADER, STORE_HEADER};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Connecting, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1_000);
/// One attempt, from the first byte out to the last byte in.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(2_500);
/// A large answer (a price book) may take longer than an attempt, but not for ever.
const LARGE_TIMEOUT: Duration = Duration::from_secs(60);
/// Answers up to this size belong within one attempt.
const SMALL_ANSWER_BYTES: usize = evertill_domain::wire::ANSWER_MAX_BYTES;
/// Idle connections are closed before a balancer's usual minute is over, so that none is found dead.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The region's authority cannot be used.
    #[error("{path}: not a certificate authority in PEM ({detail}): get the region's file from head office")]
    Authority {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The HTTP client could not be made.
    #[error("the HTTPS client cannot be made: {0}")]
    Client(String),
}

/// What the transport needs to know.
pub struct LinkOptions<'a> {
    /// Who asks.
    pub till: TillId,
    /// With which key.
    pub key: SigningKey,
    /// The region's certificate authority.
    pub ca: &'a Path,
    /// Where the locations are.
    pub routes: watch::Receiver<Arc<Routes>>,
    /// The till's clock; TLS never believes it alone.
    pub clock: Arc<dyn Clock>,
}

/// HTTPS to the region.
pub struct HttpsTransport {
    till: TillId,
    key: SigningKey,
    routes: watch::Receiver<Arc<Routes>>,
    /// Which endpoint of a location answered last, by its place.
    current: Mutex<BTreeMap<Location, usize>>,
    client: reqwest::Client,
    time: Arc<TrustedTime>,
}

impl HttpsTransport {
    /// A transport to these locations and no others.
    pub fn new(options: LinkOptions<'_>) -> Result<HttpsTransport, LinkError> {
        let time = Arc::new(TrustedTime::new(options.clock));
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(client_config(options.ca, time.clone())?)
            .https_only(true)
            // A redirect could lead out of the region, a proxy could stand between.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build()
            .map_err(|error| LinkError::Client(error.to_string()))?;
        let LinkOptions { till, key, routes, .. } = options;
        Ok(HttpsTransport { till, key, routes, current: Mutex::default(), client, time })
    }

    fn request(&self, call: &Call, pool: &Pool, url: &str) -> reqwest::RequestBuilder {
        let signed = Request { method: call.method.as_str(), path: &call.path, query: &call.query, body: &call.body };
        let headers = signature::sign(signed, &self.till, self.time.clock_s(), &self.key);
        let mark = if call.query.is_empty() { "" } else { "?" };
        let url = format!("{}{}{mark}{}", url.trim_end_matches('/'), call.path, call.query);
        let method = match call.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let timeout = if call.answer_max_bytes > SMALL_ANSWER_BYTES { LARGE_TIMEOUT } else { ATTEMPT_TIMEOUT };
        let mut request = self
            .client
            .request(method, url)
            .timeout(timeout)
            .header("content-digest", headers.content_digest)
            .header("signature-input", headers.signature_input)
            .header("signature", headers.signature)
            .header(STORE_HEADER, self.till.store.as_str())
            .header(POOL_HEADER, pool.as_str());
        if !call.content_type.is_empty() {
            request = request.header("content-type", call.content_type);
        }
        if !call.content_encoding.is_empty() {
            request = request.header("content-encoding", call.content_encoding);
        }
        request.body(call.body.clone())
    }

    fn current(&self) -> MutexGuard<'_, BTreeMap<Location, usize>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn attempt(&self, call: &Call, pool: &Pool, url: &str) -> Result<Reply, Failure> {
        let mut response = self.request(call, pool, url).send().await.map_err(|error| Failure::of(&error))?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let region = header(REGION_HEADER);
        let retry_after_s = header("retry-after").and_then(|text| text.parse().ok());
        let signature = header(SIGNATURE_HEADER).and_then(|text| BASE64_STANDARD.decode(text).ok());
        let signature = signature.and_then(|bytes| String::from_utf8(bytes).ok());
        let status = response.status().as_u16();
        // What a balancer says by itself names no region: that it throttles, or that nothing is behind it. Its certificate is
        // the region's all the same.
        let is_balancers = region.is_none() && matches!(status, 429 | 502..=504);
        if !is_balancers && region != Some(self.till.region.as_str()) {
            let found = region.unwrap_or("nobody").chars().take(40).collect();
            return Err(Failure::ForeignRegion { expected: self.till.region.to_string(), found });
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Failure::of(&error))? {
            if body.len() + chunk.len() > call.answer_max_bytes {
                return Err(Failure::TooLong(call.answer_max_bytes));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, retry_after_s, signature, body: Bytes::from(body) })
    }
}

impl HttpsTransport {
    /// Brings `call` to a location as other routes have it, before they are taken.
    pub async fn elsewhere(&self, routes: &Routes, call: Call) -> Result<Reply, Failure> {
        let at = routes.locations.iter().find(|(location, _)| *location == call.location);
        let Some((location, urls)) = at.filter(|(_, urls)| !urls.is_empty()) else {
            return Err(Failure::Connect(format!("{} has no endpoint in pool {}", call.location, routes.pool)));
        };
        let current = self.current().get(location).copied().unwrap_or(0) % urls.len();
        let reply = self.attempt(&call, &routes.pool, &urls[current]).await;
        let is_server_down = matches!(&reply, Ok(reply) if matches!(reply.status, 502..=504));
        if reply.is_err() || is_server_down {
            // The next request tries the location's next endpoint.
            self.current().insert(location.clone(), current + 1);
        }
        reply
    }
}

impl Transport for HttpsTransport {
    async fn call(&self, call: Call) -> Result<Reply, Failure> {
        let routes = self.routes.borrow().clone();
        self.elsewhere(&routes, call).await
    }

    fn acknowledged(&self, server_time: &str) {
        self.time.acknowledge(server_time);
    }
}

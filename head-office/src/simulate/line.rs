//! The way from a till to the locations: its own connection to each, deadlines, signatures, and the outages of the plan.

use super::endpoint::{Endpoint, EndpointError, connector, locations};
use super::fleet::Member;
use super::plan::Plan;
use super::questions::{Call, Failure, Reply};
use super::tally::Tally;
use bytes::Bytes;
use evertill_domain::ids::{Location, Region};
use evertill_domain::signature;
use evertill_domain::wire::{ANSWER_MAX_BYTES, REGION_HEADER};
use http::Request;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HOST, RETRY_AFTER};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::SendRequest;
use hyper::{Response, body::Incoming};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// One request with its answer: what a till allows.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(2_500);

/// The locations, and what is true of the network.
pub struct Line {
    locations: Vec<(Location, Vec<Endpoint>)>,
    tls: TlsConnector,
    region: Region,
    plan: Plan,
    tally: Arc<Tally>,
    began: Instant,
}

/// A till's connection to one location.
#[derive(Debug, Default)]
pub struct Wire {
    connection: Option<SendRequest<Full<Bytes>>>,
    /// Which of the location's endpoints is next; another one after each failure.
    endpoint: usize,
}

impl Line {
    /// The way to the locations of `plan`.
    ///
    /// # Errors
    /// [`EndpointError`] for an address or an authority that is none.
    pub fn new(plan: &Plan, tally: Arc<Tally>) -> Result<Line, EndpointError> {
        Ok(Line {
            locations: locations(plan)?,
            tls: connector(&plan.ca)?,
            region: plan.fleet.region.clone(),
            plan: plan.clone(),
            tally,
            began: Instant::now(),
        })
    }

    /// Time begins now.
    pub fn begin_anew(&mut self) {
        self.began = Instant::now();
    }

    /// Milliseconds of the simulation.
    pub fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The locations' names.
    pub fn names(&self) -> Vec<Location> {
        self.locations.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Asks location `at` over `wire` as `member`, and counts what comes of it.
    ///
    /// # Errors
    /// [`Failure`] when there is no answer that can be used.
    pub async fn call(&self, wire: &mut Wire, at: usize, member: &Member, call: &Call) -> Result<Reply, Failure> {
        if self.plan.outage_at(self.now_ms()).is_some() {
            // A line that is cut takes its connections with it.
            wire.connection = None;
            return Err(Failure::Offline);
        }
        let begun = Instant::now();
        let sent_ms = self.now_ms();
        let result = self.attempt(wire, at, member, call).await;
        self.tally.asked(sent_ms, begun.elapsed(), result.as_ref().map(|reply| reply.status));
        if result.is_err() {
            wire.connection = None;
            wire.endpoint = wire.endpoint.wrapping_add(1);
        }
        result
    }

    async fn attempt(&self, wire: &mut Wire, at: usize, member: &Member, call: &Call) -> Result<Reply, Failure> {
        let (_, endpoints) = &self.locations[at];
        let endpoint = &endpoints[wire.endpoint % endpoints.len()];
        // A connection that the service closed while nobody looked is no fault: it is opened again.
        let kept = match wire.connection.take() {
            Some(mut kept) => kept.ready().await.is_ok().then_some(kept),
            None => None,
        };
        let mut connection = match kept {
            Some(kept) => kept,
            None => endpoint.connect(&self.tls).await?,
        };
        let request = request(endpoint, member, call)?;
        let reply = timeout(ATTEMPT_TIMEOUT, async {
            let broken = |error: hyper::Error| Failure::Broken(error.to_string());
            let response = connection.send_request(request).await.map_err(broken)?;
            self.read(response).await
        });
        let reply = reply.await.map_err(|_| Failure::Timeout)??;
        wire.connection = Some(connection);
        Ok(reply)
    }

    async fn read(&self, response: Response<Incoming>) -> Result<Reply, Failure> {
        let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let region = text(REGION_HEADER).unwrap_or_default();
        let retry_after_s = text(RETRY_AFTER.as_str()).and_then(|value| value.parse().ok());
        let status = response.status().as_u16();
        // A balancer's own answer names no region: it is a fault like any other, and says so by its status.
        if region != self.region.as_str() && status < 500 {
            return Err(Failure::ForeignRegion(region));
        }
        let body = Limited::new(response.into_body(), ANSWER_MAX_BYTES).collect().await;
        let body = body.map_err(|error| Failure::Broken(error.to_string()))?.to_bytes();
        Ok(Reply { status, retry_after_s, body })
    }
}

/// `call`, signed by `member`.
fn request(endpoint: &Endpoint, member: &Member, call: &Call) -> Result<Request<Full<Bytes>>, Failure> {
    let Call { method, path, query, body, content_type, is_zstd } = call;
    let asked = signature::Request { method: method.as_str(), path, query, body };
    let now_s = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0);
    let signed = signature::sign(asked, &member.id, now_s, &member.key);
    let target = if query.is_empty() { path.clone() } else { format!("{path}?{query}") };
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header(HOST, &endpoint.authority)
        .header("Content-Digest", signed.content_digest)
        .header("Signature-Input", signed.signature_input)
        .header("Signature", signed.signature);
    if !content_type.is_empty() {
        request = request.header(CONTENT_TYPE, *content_type);
    }
    if *is_zstd {
        request = request.header(CONTENT_ENCODING, "zstd");
    }
    request.body(Full::new(body.clone())).map_err(|error| Failure::Broken(error.to_string()))
}

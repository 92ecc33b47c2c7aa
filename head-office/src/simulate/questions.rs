//! What a till says to a location, and what the answers mean to its machines: as the agent's own `sync` room has it,
//! which head office must not import.

use bytes::Bytes;
use evertill_domain::entry::Entry;
use evertill_domain::ids::{Epoch, Pool, TillId};
use evertill_domain::outbox::Refusal;
use evertill_domain::wire::{self, Heartbeat, Problem, SetAside};
use http::Method;
use serde::de::DeserializeOwned;

/// Level of zstd: the agent's.
const ZSTD_LEVEL: i32 = 1;
/// A throttle without a time waits this long.
const RETRY_AFTER_DEFAULT_MS: u64 = 5_000;

/// One request.
#[derive(Debug, Clone)]
pub struct Call {
    /// GET or POST.
    pub method: Method,
    /// The path, from the first slash.
    pub path: String,
    /// The query, without the question mark; empty when there is none.
    pub query: String,
    /// The body as it goes over the line.
    pub body: Bytes,
    /// Its media type; empty without a body.
    pub content_type: &'static str,
    /// Whether the body is zstd.
    pub is_zstd: bool,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// What Retry-After says, in seconds.
    pub retry_after_s: Option<u64>,
    /// The body.
    pub body: Bytes,
}

/// Why a request has no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The plan says that there is no network.
    #[error("the simulated network is down")]
    Offline,
    /// No connection.
    #[error("no connection ({0}): check the address, and that the service runs there")]
    Connect(String),
    /// The certificate is not good.
    #[error(
        "the certificate is refused ({0}): give the region's authority with --ca, and a name of the certificate in --url"
    )]
    Certificate(String),
    /// TLS failed otherwise.
    #[error("TLS failed ({0}): check that the address is that of the service")]
    Tls(String),
    /// No answer in time.
    #[error("no answer in time: check the address, and that the service is not overloaded")]
    Timeout,
    /// Another region, or none of ours.
    #[error("the answer is of region '{0}': check --region and --url")]
    ForeignRegion(String),
    /// The answer broke off or is no HTTP.
    #[error("the answer broke off ({0}): check that the address is that of the service")]
    Broken(String),
}

impl Failure {
    /// What a failed TLS handshake means.
    pub fn of_tls(error: &std::io::Error) -> Failure {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match tls {
            Some(rustls::Error::InvalidCertificate(problem)) => Failure::Certificate(problem.to_string()),
            _ => Failure::Tls(error.to_string()),
        }
    }

    /// One word for the summary.
    pub fn kind(&self) -> &'static str {
        match self {
            Failure::Offline => "offline",
            Failure::Connect(_) => "connect",
            Failure::Certificate(_) => "certificate",
            Failure::Tls(_) => "tls",
            Failure::Timeout => "timeout",
            Failure::ForeignRegion(_) => "region",
            Failure::Broken(_) => "broken",
        }
    }
}

/// What an answer means to an outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<A> {
    /// As asked.
    Good(A),
    /// Refused.
    Refused(Refusal),
    /// Not now.
    Throttled {
        /// Wait this long.
        retry_after_ms: u64,
    },
    /// 500: counts only across different requests.
    Internal,
    /// A fault of the location.
    Fault,
}

fn call(method: Method, path: String, query: String) -> Call {
    Call { method, path, query, body: Bytes::new(), content_type: "", is_zstd: false }
}

/// Whether the location is ready for `pool`.
pub fn probe(pool: &Pool) -> Call {
    call(Method::GET, "/ready".to_owned(), format!("pool={pool}"))
}

/// Where the location stands with `epoch`.
pub fn watermark(till: &TillId, epoch: Epoch) -> Call {
    call(Method::GET, wire::watermark_path(till), format!("epoch={epoch}"))
}

/// Brings `entries`: JSON lines in zstd.
pub fn journal(till: &TillId, entries: &[Entry]) -> std::io::Result<Call> {
    let mut lines = Vec::new();
    entries.iter().for_each(|entry| entry.write_line(&mut lines));
    let body = Bytes::from(zstd::bulk::compress(&lines, ZSTD_LEVEL)?);
    let call = call(Method::POST, wire::journal_path(till), String::new());
    Ok(Call { body, content_type: wire::JSON_LINES, is_zstd: true, ..call })
}

/// Brings one entry that was refused, as bytes, with the place that it keeps.
pub fn set_aside(till: &TillId, entry: &Entry, reason: &str) -> Call {
    let call = call(Method::POST, wire::set_aside_path(till), SetAside::of(entry, reason).to_query());
    Call { body: Bytes::from(entry.to_line()), content_type: wire::JSON_LINES, ..call }
}

/// Says how the till is.
pub fn heartbeat(till: &TillId, beat: &Heartbeat) -> Call {
    let body = Bytes::from(serde_json::to_vec(beat).expect("a heartbeat has only texts and numbers"));
    Call { body, content_type: "application/json", ..call(Method::POST, wire::heartbeat_path(till), String::new()) }
}

/// What `reply` means.
pub fn understand<A: DeserializeOwned>(reply: &Result<Reply, Failure>) -> Answer<A> {
    let Ok(reply) = reply else { return Answer::Fault };
    let retry_after_ms = reply.retry_after_s.map_or(RETRY_AFTER_DEFAULT_MS, |seconds| seconds.saturating_mul(1_000));
    match reply.status {
        200 => serde_json::from_slice(&reply.body).map_or(Answer::Fault, Answer::Good),
        429 => Answer::Throttled { retry_after_ms },
        503 if reply.retry_after_s.is_some() => Answer::Throttled { retry_after_ms },
        500 => Answer::Internal,
        400 | 401 | 403 | 409 | 413 | 422 => refusal(reply),
        _ => Answer::Fault,
    }
}

/// A refusal counts only with a problem that says what was refused.
fn refusal<A>(reply: &Reply) -> Answer<A> {
    let Ok(problem) = serde_json::from_slice::<Problem>(&reply.body) else { return Answer::Fault };
    let Problem { kind, seq, watermark, hash, .. } = problem;
    match (reply.status, kind.as_str(), watermark) {
        (401 | 403, ..) => Answer::Refused(Refusal::Identity),
        (409, Problem::GAP, Some(watermark)) => Answer::Refused(Refusal::Gap { watermark }),
        (409, Problem::FORK, _) => Answer::Refused(Refusal::Fork { receipt_number: 0 }),
        (409, ..) => Answer::Fault,
        _ => Answer::Refused(Refusal::Batch { reason: kind, seq, watermark: watermark.zip(hash) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evertill_domain::wire::HeartbeatAck;

    fn meaning(status: u16, retry_after_s: Option<u64>, body: &str) -> Answer<HeartbeatAck> {
        understand(&Ok(Reply { status, retry_after_s, body: Bytes::copy_from_slice(body.as_bytes()) }))
    }

    #[test]
    fn each_status_means_to_a_simulated_till_what_it_means_to_a_real_one() {
        let problem = |kind: &str| serde_json::to_string(&Problem::new(kind, "t", 400, "d")).unwrap();
        assert_eq!(meaning(429, None, ""), Answer::Throttled { retry_after_ms: 5_000 });
        assert_eq!(meaning(503, Some(7), ""), Answer::Throttled { retry_after_ms: 7_000 });
        assert_eq!(meaning(500, None, ""), Answer::Internal);
        assert_eq!(meaning(403, None, &problem(Problem::IDENTITY)), Answer::Refused(Refusal::Identity));
        for (status, body) in [(200, "<html>"), (503, ""), (502, ""), (409, "{}"), (422, "<html>")] {
            assert_eq!(meaning(status, None, body), Answer::Fault, "{status}");
        }
        let batch = Refusal::Batch { reason: Problem::ENTRY.to_owned(), seq: None, watermark: None };
        assert_eq!(meaning(422, None, &problem(Problem::ENTRY)), Answer::Refused(batch));
    }
}

//! Talking to head office: one request, one answer, every bound named.
//!
//! | room | what |
//! |---|---|
//! | [`https`] | the real transport: HTTPS to the region's locations |
//! | [`tls`] | whom it trusts, and what time it tells TLS |
//! | [`failure`] | why there was no answer |
//! | [`jitter`] | the wait before a retry |

pub mod failure;
pub mod https;
pub mod jitter;
pub mod tls;

pub use failure::Failure;
pub use https::{HttpsTransport, LinkError, LinkOptions};

use bytes::Bytes;
use evertill_domain::ids::{Location, Pool};

/// Where the locations are, as the pool of this store sees them. It changes when the store moves to another pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routes {
    /// The pool.
    pub pool: Pool,
    /// Each location with its endpoints, the preferred first.
    pub locations: Vec<(Location, Vec<String>)>,
}

/// One request to a location.
#[derive(Debug, Clone)]
pub struct Call {
    /// Whom to ask.
    pub location: Location,
    /// `GET` or `POST`.
    pub method: Method,
    /// The path, from the first slash.
    pub path: String,
    /// The query, without the question mark; empty when there is none.
    pub query: String,
    /// The body as it goes over the line.
    pub body: Bytes,
    /// Its media type; empty without a body.
    pub content_type: &'static str,
    /// `zstd`, or empty.
    pub content_encoding: &'static str,
    /// Most bytes of the answer; a longer one counts as a fault.
    pub answer_max_bytes: usize,
}

/// The methods of head office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Asks.
    Get,
    /// Brings.
    Post,
}

impl Method {
    /// As on the line.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
        }
    }
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Retry-After in seconds, when it was said as a number.
    pub retry_after_s: Option<u64>,
    /// The minisign signature of something published, as text, when one came along.
    pub signature: Option<String>,
    /// The body.
    pub body: Bytes,
}

/// How requests reach a location. The simulator has one of its own, so that it runs the real `sync`.
pub trait Transport: Send + Sync + 'static {
    /// Brings `call` to its location and its answer back, or says why not. Ends by itself within its deadline.
    fn call(&self, call: Call) -> impl Future<Output = Result<Reply, Failure>> + Send;
    /// The newest time that head office acknowledged, RFC 3339: from then on TLS is never told an older one.
    fn acknowledged(&self, server_time: &str);
}

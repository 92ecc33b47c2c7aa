//! Every refusal of the service, and the only place that maps one to an HTTP status and an RFC 9457 problem.

use crate::batch::BatchError;
use crate::store::StoreError;
use axum::response::{IntoResponse, Response};
use evertill_domain::chain::Head;
use evertill_domain::ids::{Pool, Region, TillId};
use evertill_domain::signature::SignatureError;
use evertill_domain::wire::{PROBLEM_JSON, Problem};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

/// After this many seconds a till that was told "busy" asks again.
const RETRY_AFTER_S: u32 = 2;

/// Why a request is refused.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// Not what the route takes.
    #[error("{0}")]
    Request(String),
    /// There is no such route.
    #[error("there is nothing here: see the README for the routes")]
    NoRoute,
    /// The route has no such method.
    #[error("this route does not know that method")]
    NoMethod,
    /// An encoding that this service does not read.
    #[error("Content-Encoding '{0}' is not read here: send zstd, or nothing")]
    Encoding(String),
    /// The batch as a whole is not good.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The signature is missing or wrong.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A till that is not in the register.
    #[error("till {0} is unknown here or revoked: register its public key")]
    Unknown(TillId),
    /// A till of another region.
    #[error("till {till} is not of region {ours}: it belongs to another head office")]
    Foreign {
        /// The till.
        till: TillId,
        /// This region.
        ours: Region,
    },
    /// A till that asks in another's name.
    #[error("{signer} may not speak for {path}: a till speaks for itself and reads of its store")]
    NotYours {
        /// Who signed.
        signer: TillId,
        /// What the path names.
        path: String,
    },
    /// The epoch was begun with another key.
    #[error("this epoch was begun with another key: the till must begin a new epoch")]
    OtherKey,
    /// Another pool's request.
    #[error("this is pool {ours}, not {asked}: the load balancer or the till's assignment is wrong")]
    Pool {
        /// The pool that was asked for.
        asked: String,
        /// This instance's.
        ours: Pool,
    },
    /// Larger than the cap.
    #[error("the body is longer than {max_bytes} bytes: send less at a time")]
    TooLarge {
        /// The cap.
        max_bytes: usize,
    },
    /// Numbers are missing before the batch.
    #[error("entries are missing between {} and this batch: resume behind {}", .0.seq, .0.seq)]
    Gap(Head),
    /// Another entry stands under one of the numbers.
    #[error("entry {seq} is not the one that is here: the till's journal took another branch; begin a new epoch")]
    Fork {
        /// Where the chain stands here.
        head: Head,
        /// The number.
        seq: u64,
    },
    /// An entry cannot be taken in; those before it are.
    #[error("{detail}: send it alone to the set-aside route")]
    Entry {
        /// Its number, when it could be told.
        seq: Option<u64>,
        /// Where the chain stands now; the entries before the broken one are in.
        head: Option<Head>,
        /// What is wrong with it.
        detail: String,
    },
    /// More beside a chain than is kept.
    #[error("too many entries lie beside this epoch's chain: a person must look at the till")]
    TooManyBeside(Head),
    /// Somebody who may not look, or not yet.
    #[error("{0}")]
    Operator(String),
    /// Something that was to be published.
    #[error("{0}")]
    Published(String),
    /// One till that asks too much at once.
    #[error("{0} has too many requests under way: wait for their answers")]
    TooMany(TillId),
    /// No room for the request right now.
    #[error("too many requests at once: ask again later")]
    Busy,
    /// On its way out.
    #[error("this instance is going down: ask another")]
    Draining,
    /// The same, as a balancer wants to hear it.
    #[error("this instance is going down: give it no new request")]
    Drained,
    /// The answer took too long.
    #[error("the request was not done in time: ask again, it is harmless")]
    Late,
    /// The database failed; what it said stays in the log.
    #[error("the entries cannot be kept right now: ask another location, or again later")]
    Store(StoreError),
    /// A fault of this program.
    #[error("a fault of head office; it is in its log")]
    Internal,
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        Refusal::Store(error)
    }
}

impl Refusal {
    /// The problem that the caller gets.
    pub fn to_problem(&self) -> Problem {
        let (kind, title, status) = self.class();
        let problem = Problem::new(kind, title, status.as_u16(), self.to_string());
        let (seq, head) = match self {
            Refusal::Gap(head) | Refusal::TooManyBeside(head) => (None, Some(*head)),
            Refusal::Fork { head, seq } => (Some(*seq), Some(*head)),
            Refusal::Entry { seq, head, .. } => (*seq, *head),
            _ => (None, None),
        };
        Problem { seq, watermark: head.map(|head| head.seq), hash: head.map(|head| head.hash), ..problem }
    }

    fn class(&self) -> (&'static str, &'static str, StatusCode) {
        use StatusCode as Status;
        match self {
            Refusal::Request(_) => (Problem::REQUEST, "Not what this route takes", Status::BAD_REQUEST),
            Refusal::NoRoute => (Problem::REQUEST, "Nothing here", Status::NOT_FOUND),
            Refusal::NoMethod => (Problem::REQUEST, "Not with this method", Status::METHOD_NOT_ALLOWED),
            Refusal::Encoding(_) => (Problem::REQUEST, "Unknown encoding", Status::UNSUPPORTED_MEDIA_TYPE),
            Refusal::Batch(BatchError::TooManyLines(_) | BatchError::TooLong { .. }) | Refusal::TooLarge { .. } => {
                (Problem::TOO_LARGE, "Too large", Status::PAYLOAD_TOO_LARGE)
            }
            Refusal::Batch(_) => (Problem::REQUEST, "Not a batch", Status::BAD_REQUEST),
            Refusal::Signature(_) => (Problem::SIGNATURE, "Not signed by the till", Status::UNAUTHORIZED),
            Refusal::Unknown(_) | Refusal::Foreign { .. } | Refusal::NotYours { .. } | Refusal::OtherKey => {
                (Problem::IDENTITY, "Not allowed to this till", Status::FORBIDDEN)
            }
            Refusal::Operator(_) => (Problem::IDENTITY, "Not signed on", Status::FORBIDDEN),
            Refusal::Published(_) => (Problem::REQUEST, "Not published", Status::UNPROCESSABLE_ENTITY),
            Refusal::Pool { .. } => (Problem::REQUEST, "Another pool", Status::MISDIRECTED_REQUEST),
            Refusal::Gap(_) => (Problem::GAP, "Entries are missing", Status::CONFLICT),
            Refusal::Fork { .. } | Refusal::TooManyBeside(_) => (Problem::FORK, "Another branch", Status::CONFLICT),
            Refusal::Entry { .. } => (Problem::ENTRY, "An entry is not good", Status::UNPROCESSABLE_ENTITY),
            Refusal::TooMany(_) => (Problem::BUSY, "Too much at once", Status::TOO_MANY_REQUESTS),
            Refusal::Busy => (Problem::BUSY, "Busy", Status::SERVICE_UNAVAILABLE),
            // These are faults to a till, so it asks the other location: no Retry-After, which would only slow it.
            Refusal::Drained => (Problem::BUSY, "Going down", Status::NOT_FOUND),
            Refusal::Draining => (Problem::BUSY, "Going down", Status::SERVICE_UNAVAILABLE),
            Refusal::Store(_) => (Problem::INTERNAL, "The store failed", Status::SERVICE_UNAVAILABLE),
            Refusal::Late => (Problem::INTERNAL, "Too late", Status::GATEWAY_TIMEOUT),
            Refusal::Internal => (Problem::INTERNAL, "A fault of head office", Status::INTERNAL_SERVER_ERROR),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Refusal::Store(error) = &self {
            tracing::error!(%error, "the store failed");
        }
        let problem = self.to_problem();
        tracing::info!(status = problem.status, kind = problem.kind, detail = problem.detail, "refused");
        let body = serde_json::to_string(&problem).expect("a problem has only strings and numbers");
        let status = StatusCode::from_u16(problem.status).expect("it was a StatusCode just above");
        let mut response = (status, body).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if matches!(self, Refusal::Busy | Refusal::TooMany(_)) {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
        }
        response
    }
}

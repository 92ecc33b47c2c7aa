//! Who may speak to the API. Loopback is no wall: every web page in a browser on this machine can send requests here.
//!
//! | room | what it stops |
//! |---|---|
//! | [`host`] | a name of an attacker that resolves to this machine (DNS rebinding) |
//! | [`origin`] | a page of another origin that sends requests with the cashier's browser |
//! | [`bearer`] | any program that cannot read the token file |
//! | [`rate`] | a flood |
//! | [`headers`] | what a browser may do with an answer |
//! | [`deadline`] | a request that never ends |
//!
//! Every request passes them in this order, before any route is looked for.

mod bearer;
mod deadline;
mod headers;
mod host;
mod origin;
mod rate;

pub(super) use deadline::deadline;
pub(super) use headers::answer_headers;

use super::counter_page::Sessions;
use super::customer_page::{CUSTOMER_PATH, VIEW_PATH};
use super::extract::BODY_MAX_BYTES;
use super::problem::{ApiProblem, RATE};
use super::token::MachineToken;
use crate::page::forms::PAGE_PATH;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use host::OwnNames;
use rate::Bucket;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What may be read without the token. Everything else, known or not, needs it.
const PUBLIC_PATHS: [&str; 5] = ["/", PAGE_PATH, CUSTOMER_PATH, VIEW_PATH, super::OPENAPI_PATH];

/// The checks of one server.
pub(super) struct Guard {
    names: OwnNames,
    token: MachineToken,
    pages: Arc<Sessions>,
    /// Requests that passed every check.
    trusted: Mutex<Bucket>,
    /// The rest. They have a bucket of their own, so that a page that floods the port cannot take the cashier's share.
    strangers: Mutex<Bucket>,
}

impl Guard {
    pub(super) fn new(port: u16, token: MachineToken, pages: Arc<Sessions>, requests_per_second: u32) -> Guard {
        let bucket = || Mutex::new(Bucket::full(requests_per_second, Instant::now()));
        Guard { names: OwnNames::new(port), token, pages, trusted: bucket(), strangers: bucket() }
    }

    fn admit(&self, request: &Request) -> Result<(), ApiProblem> {
        let verdict = self.judge(request);
        let bucket = if verdict == Ok(Standing::Trusted) { &self.trusted } else { &self.strangers };
        let within = bucket.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
        if !within {
            return Err(ApiProblem::new(
                RATE,
                "Too many requests",
                StatusCode::TOO_MANY_REQUESTS,
                "more requests than the local API takes in a second: wait a second",
            ));
        }
        verdict.map(|_| ())
    }

    fn judge(&self, request: &Request) -> Result<Standing, ApiProblem> {
        host::check(&self.names, request)?;
        origin::check(&self.names, request.headers())?;
        let path = request.uri().path();
        let is_page = path.strip_prefix(PAGE_PATH).is_some_and(|rest| rest.starts_with('/'));
        let standing = if (is_page || path == PAGE_PATH) && self.pages.knows(request.headers()) {
            // The browser of the cashier who is signed on.
            Standing::Trusted
        } else if is_page || PUBLIC_PATHS.contains(&path) {
            // The page itself asks for a PIN before it shows or does anything.
            Standing::Public
        } else {
            bearer::check(&self.token, request.headers())?;
            Standing::Trusted
        };
        announced_length(request)?;
        Ok(standing)
    }
}

#[derive(PartialEq)]
enum Standing {
    Public,
    Trusted,
}

/// Refuses a body that says itself that it is too long, before a byte of it is read.
fn announced_length(request: &Request) -> Result<(), ApiProblem> {
    let length =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match length {
        Some(length) if length > BODY_MAX_BYTES as u64 => {
            Err(ApiProblem::too_large(format!("the body has {length} bytes, the most is {BODY_MAX_BYTES}")))
        }
        _ => Ok(()),
    }
}

/// The middleware: lets a request through or answers it with a problem.
pub(super) async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match guard.admit(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => {
            tracing::warn!(status = problem.0.status, kind = problem.0.kind, "refused a request to the local API");
            problem.into_response()
        }
    }
}

//! The deadline of a request. An event stream has answered long before it; only its body goes on.

use crate::http::problem::{ApiProblem, DEADLINE};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// The middleware: answers for a route that has not answered in time. An act that has begun is not undone by it: acts
/// run to their end in a task of their own, and the caller's key tells later what became of them.
pub(in crate::http) async fn deadline(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiProblem::new(
            DEADLINE,
            "Not answered in time",
            StatusCode::SERVICE_UNAVAILABLE,
            "whether the act was recorded is not known yet: repeat it with the same Idempotency-Key, which cannot do it twice",
        )
        .into_response(),
    }
}

//! The routes of `domain::wire`.

mod completeness;
mod health;
mod heartbeat;
mod journal;
mod publication;
mod receipt;
mod set_aside;
mod watermark;

use crate::clock;
use crate::metrics;
use crate::problem::Refusal;
use crate::state::State;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use evertill_domain::chain::Head;
use evertill_domain::ids::Epoch;
use evertill_domain::wire::{JournalAck, REGION_HEADER};
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// The path of a till: region, store, number.
type TillPath = axum::extract::Path<(String, String, String)>;
/// The shared state, as handlers take it.
type Shared = axum::extract::State<Arc<State>>;

/// All routes, with the deadline, the net under panics and the region on every answer.
pub fn router(state: Arc<State>, deadline: Duration) -> Router {
    let region = HeaderValue::from_str(state.config.region.as_str()).expect("a region is of lower-case letters");
    let metrics = state.metrics.clone();
    Router::new()
        .route("/v1/tills/{region}/{store}/{till}/journal", post(journal::post))
        .route("/v1/tills/{region}/{store}/{till}/set-aside", post(set_aside::post))
        .route("/v1/tills/{region}/{store}/{till}/watermark", get(watermark::get))
        .route("/v1/tills/{region}/{store}/{till}/heartbeat", post(heartbeat::post))
        .route("/v1/stores/{store}/price-book", get(publication::price_book))
        .route("/v1/stores/{store}/cashiers", get(publication::cashiers))
        .route("/v1/regions/{region}/endpoints", get(publication::endpoints))
        .route("/v1/regions/{region}/assignment", get(publication::assignment))
        .route("/v1/stores/{store}/receipts/{till}/{receipt_number}", get(receipt::get))
        .route("/v1/stores/{store}/completeness", get(completeness::get))
        .route("/live", get(health::live))
        .route("/ready", get(health::ready))
        .fallback(|| async { Refusal::NoRoute })
        .method_not_allowed_fallback(|| async { Refusal::NoMethod })
        .with_state(state)
        // Where routes are known already; what fits none is not counted by its path, of which there are any number.
        .layer(from_fn(move |request: Request, next: Next| metrics::count(metrics.clone(), request, next)))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(move |request: Request, next: Next| async move {
            let answer = tokio::time::timeout(deadline, next.run(request)).await;
            answer.unwrap_or_else(|_| Refusal::Late.into_response())
        }))
        .layer(SetResponseHeaderLayer::overriding(HeaderName::from_static(REGION_HEADER), region))
}

/// One bad request must not stop the others.
fn panicked(_panic: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request panicked");
    Refusal::Internal.into_response()
}

/// `value` as a JSON answer.
pub(crate) fn json<T: Serialize>(value: &T) -> Response {
    let body = serde_json::to_string(value).expect("answers have only strings, numbers and lists");
    let json = HeaderValue::from_static("application/json");
    (StatusCode::OK, [(CONTENT_TYPE, json)], body).into_response()
}

/// The query as a `T`.
fn query<T: DeserializeOwned>(query: &str) -> Result<T, Refusal> {
    let uri: http::Uri =
        format!("/?{query}").parse().map_err(|_| Refusal::Request("the query is not one".to_owned()))?;
    let parsed = axum::extract::Query::<T>::try_from_uri(&uri);
    parsed.map(|parsed| parsed.0).map_err(|error| Refusal::Request(format!("the query: {error}")))
}

/// The answer that all up to `head` is durable here.
fn ack(state: &State, epoch: Epoch, head: Head) -> Response {
    let Head { seq: watermark, hash } = head;
    json(&JournalAck { epoch, watermark, hash, serial: state.serial(), pace: state.pace(), server_time: clock::now() })
}

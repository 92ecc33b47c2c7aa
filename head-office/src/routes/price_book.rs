//! `GET /v1/stores/{store}/price-book?since=V&delta=true`: the price book, or what changed since version V where the till can
//! apply that and it is known; 204 when the till has the newest.

use super::{Shared, query};
use crate::problem::Refusal;
use crate::signed;
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    since: u64,
    #[serde(default)]
    delta: bool,
}

pub(super) async fn get(state: Shared, store: Path<String>, request: Request) -> Result<Response, Refusal> {
    let signed = signed::read(&state, request, 0).await?;
    signed.must_be_of(&store)?;
    let Asked { since, delta } = query(&signed.query)?;
    let price_book = state.price_book();
    if since >= price_book.version {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let body = price_book.delta_from(since).filter(|_| delta).unwrap_or(&price_book.json).clone();
    let json = HeaderValue::from_static("application/json");
    Ok((StatusCode::OK, [(CONTENT_TYPE, json)], Body::from(body)).into_response())
}

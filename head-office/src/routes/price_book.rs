//! `GET /v1/stores/{store}/price-book?since=V`: the price book, 204 when the till has the newest.

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
}

pub(super) async fn get(state: Shared, store: Path<String>, request: Request) -> Result<Response, Refusal> {
    let signed = signed::read(&state, request, 0).await?;
    signed.must_be_of(&store)?;
    let Asked { since } = query(&signed.query)?;
    let price_book = state.price_book();
    if since >= price_book.version {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let json = HeaderValue::from_static("application/json");
    Ok((StatusCode::OK, [(CONTENT_TYPE, json)], Body::from(price_book.json.clone())).into_response())
}

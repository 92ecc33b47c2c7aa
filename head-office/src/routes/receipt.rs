//! `GET /v1/stores/{store}/receipts/{till}/{receipt_number}`: a sale of the store, and what came back of it at any till.

use super::Shared;
use crate::problem::Refusal;
use crate::signed;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use evertill_domain::ids::TillId;
use evertill_domain::wire::JSON_LINES;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

pub(super) async fn get(
    state: Shared,
    path: Path<(String, String, String)>,
    request: Request,
) -> Result<Response, Refusal> {
    let signed = signed::read(&state, request, 0).await?;
    let (store, till, number) = &path.0;
    signed.must_be_of(store)?;
    let bad = |what: &str| Refusal::Request(format!("{what}: a receipt is named by its till's and its own number"));
    let till = format!("{}/{store}/{till}", signed.till.region);
    let till: TillId = till.parse().map_err(|error| bad(&format!("{error}")))?;
    let number = number.parse().map_err(|_| bad(&format!("{number} is no receipt number")))?;
    let mut lines = Vec::new();
    for entry in state.store.receipt(&till, number).await? {
        entry.write_line(&mut lines);
    }
    let kind = HeaderValue::from_static(JSON_LINES);
    Ok((StatusCode::OK, [(CONTENT_TYPE, kind)], lines).into_response())
}

//! What is published, as a till asks for it:
//!
//! ```text
//! GET /v1/stores/{store}/price-book?since=V&delta=true    GET /v1/regions/{region}/endpoints?since=V
//! GET /v1/stores/{store}/cashiers?since=V                 GET /v1/regions/{region}/assignment?since=V
//! ```
//! The bytes as they were signed, the signature in `evertill-signature`; what leads on from version V where the till can
//! apply that and it is known; 204 when the till has the newest; 304 when it has these very bytes (`If-None-Match`).

use super::{Shared, query};
use crate::problem::Refusal;
use crate::signed;
use crate::store::Published;
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evertill_domain::publication::{SIGNATURE_HEADER, Subject};
use http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderValue, StatusCode};
use serde::Deserialize;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    since: u64,
    #[serde(default)]
    delta: bool,
}

pub(super) async fn price_book(state: Shared, store: Path<String>, request: Request) -> Result<Response, Refusal> {
    get(state, Subject::PriceBook, store, request).await
}

pub(super) async fn cashiers(state: Shared, store: Path<String>, request: Request) -> Result<Response, Refusal> {
    get(state, Subject::Cashiers, store, request).await
}

pub(super) async fn endpoints(state: Shared, region: Path<String>, request: Request) -> Result<Response, Refusal> {
    get(state, Subject::Endpoints, region, request).await
}

pub(super) async fn assignment(state: Shared, region: Path<String>, request: Request) -> Result<Response, Refusal> {
    get(state, Subject::Assignment, region, request).await
}

/// `of` is the path's store, or its region.
async fn get(state: Shared, subject: Subject, of: Path<String>, request: Request) -> Result<Response, Refusal> {
    let has = request.headers().get(IF_NONE_MATCH).cloned();
    let signed = signed::read(&state, request, 0).await?;
    if subject.may_be_a_stores() {
        signed.must_be_of(&of)?;
    } else if *of != state.config.region.as_str() {
        return Err(Refusal::NotYours { signer: signed.till.clone(), path: of.0 });
    }
    let Asked { since, delta } = query(&signed.query)?;
    let (index, store) = (state.publications.index(), &signed.till.store);
    let Some(whole) = index.of_store(subject, store).filter(|whole| whole.claim.version > since) else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let wanted = index.delta(subject, store, since).filter(|_| delta).unwrap_or(whole);
    let tag = header(&format!("\"{}\"", wanted.sha256))?;
    if has.is_some_and(|has| has == tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    // A newer one may have come in between: the till asks again.
    let bytes = state.publications.bytes(wanted).await?.ok_or(Refusal::Busy)?;
    answer(wanted, tag, bytes)
}

/// `bytes` with what a till needs to believe them.
fn answer(published: &Published, tag: HeaderValue, bytes: bytes::Bytes) -> Result<Response, Refusal> {
    let signature = header(&BASE64_STANDARD.encode(&published.signature))?;
    let kind = if published.claim.subject.may_be_a_stores() { "application/json" } else { "application/toml" };
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(ETAG, tag);
    headers.insert(SIGNATURE_HEADER, signature);
    Ok(response)
}

fn header(text: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(text).map_err(|_| Refusal::Internal)
}

//! What is published here: brought by `head-office publish`, listed for it and for the other locations, and shown beside
//! what those have, so that one that lags is seen.

use super::access::Program;
use super::{Person, Shared, view};
use crate::operators::Role;
use crate::peers::{self, Publishing};
use crate::problem::Refusal;
use crate::publications::content::max_bytes;
use crate::publications::{AcceptError, Index};
use crate::store::{Accepted, AuditLine, Published};
use axum::body::Body;
use axum::extract::{Path, Query, Request};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evertill_domain::ids::StoreId;
use evertill_domain::publication::{SIGNATURE_HEADER, Subject};
use serde::{Deserialize, Serialize};

/// Something published, as programs read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// `price-book`, `cashiers`, `endpoints` or `assignment`.
    pub subject: String,
    /// The store that it is for; `None` for every store.
    pub store: Option<StoreId>,
    /// Its version, or serial.
    pub version: u64,
    /// The hash of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// When it came, RFC 3339 in UTC.
    pub at: String,
    /// Who brought it.
    pub who: String,
    /// Whether it is in force; others are kept to lead tills on from them.
    pub in_force: bool,
}

impl Listed {
    fn of(published: &Published, in_force: bool) -> Listed {
        let Published { claim, sha256, at, who, .. } = published;
        Listed {
            subject: claim.subject.to_string(),
            store: claim.store.clone(),
            version: claim.version,
            sha256: sha256.to_string(),
            at: at.clone(),
            who: who.clone(),
            in_force,
        }
    }
}

/// Every whole version that `index` knows.
pub(super) fn listed(index: &Index) -> Vec<Listed> {
    let lines = index.in_force().map(|one| index.kept(one.claim.subject, one.claim.store.clone()));
    lines.flat_map(|kept| kept.enumerate().map(|(place, one)| Listed::of(one, place == 0))).collect()
}

/// What is published here, as JSON.
pub(super) async fn list(desk: Shared, _: Program) -> Response {
    crate::routes::json(&listed(&desk.state.publications.index()))
}

#[derive(Deserialize)]
pub(super) struct OfStore {
    store: Option<StoreId>,
}

/// The bytes of a version that is kept.
pub(super) async fn bytes(
    desk: Shared,
    _: Program,
    Path((subject, version)): Path<(String, u64)>,
    Query(OfStore { store }): Query<OfStore>,
) -> Result<Response, Refusal> {
    let subject: Subject = subject.parse().map_err(Refusal::Request)?;
    let index = desk.state.publications.index();
    let found = index.kept(subject, store).find(|one| one.claim.version == version).ok_or(Refusal::NoRoute)?;
    let bytes = desk.state.publications.bytes(found).await?.ok_or(Refusal::NoRoute)?;
    Ok(([(CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

/// Takes something published. It is signed by the region, and brought by an operator of this location.
pub(super) async fn take(desk: Shared, Program(who): Program, request: Request) -> Result<Response, Refusal> {
    if who.role < Role::Operator {
        return Err(Refusal::Operator("a viewer publishes nothing: ask an operator".to_owned()));
    }
    let (parts, body) = request.into_parts();
    let signature = signature(&parts.headers)?;
    let bytes = body_of(body).await?;
    let taken = desk.state.publications.accept(bytes, signature, who.name.as_str()).await;
    let (claim, accepted) = taken.map_err(|error| match error {
        AcceptError::Store(error) => Refusal::Store(error),
        other => Refusal::Published(other.to_string()),
    })?;
    if accepted == Accepted::Taken {
        tracing::info!(%claim, who = %who.name, "published");
        desk.state.store.note(AuditLine::now(who.name.as_str(), "published", claim.to_string())).await?;
    }
    Ok(crate::routes::json(&Publishing { taken: accepted == Accepted::Taken }))
}

async fn body_of(body: Body) -> Result<bytes::Bytes, Refusal> {
    let max_bytes = max_bytes(Subject::PriceBook);
    axum::body::to_bytes(body, max_bytes).await.map_err(|_| Refusal::TooLarge { max_bytes })
}

fn signature(headers: &HeaderMap) -> Result<String, Refusal> {
    let text = headers.get(SIGNATURE_HEADER).and_then(|value| BASE64_STANDARD.decode(value).ok());
    let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| Refusal::Request(format!("{SIGNATURE_HEADER} must hold a minisign signature in base64")))
}

/// The page: what is in force here, and at every other location.
pub(super) async fn page(desk: Shared, Person(who): Person) -> Response {
    let here = listed(&desk.state.publications.index());
    let there = peers::published(&desk.peers).await;
    let compared = peers::compare_published(desk.state.config.location.as_str(), &here, &there);
    view::publications(&desk.state.config, &who, &compared)
}

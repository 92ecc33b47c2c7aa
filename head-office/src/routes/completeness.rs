//! `GET /v1/stores/{store}/completeness?day=D`: what is here of a business day, for the tills of that store.

use super::{Shared, json, query};
use crate::completeness::report;
use crate::problem::Refusal;
use crate::signed;
use axum::extract::{Path, Request};
use axum::response::Response;
use evertill_domain::ids::BusinessDay;
use serde::Deserialize;

#[derive(Deserialize)]
struct Asked {
    day: BusinessDay,
}

pub(super) async fn get(state: Shared, store: Path<String>, request: Request) -> Result<Response, Refusal> {
    let signed = signed::read(&state, request, 0).await?;
    signed.must_be_of(&store)?;
    let Asked { day } = query(&signed.query)?;
    let store = signed.till.store.clone();
    let registered = state.tills.current().of_store(&store);
    let region = signed.till.region.to_string();
    let facts = state.store.store_facts(registered, (region, store.clone()), day.clone()).await?;
    Ok(json(&report(&store, &day, facts)))
}

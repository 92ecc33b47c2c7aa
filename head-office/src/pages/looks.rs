//! What can be looked at. A page asks the store when it is opened, and again by itself every half minute.

use super::access::{Person, Program};
use super::{Shared, view};
use crate::completeness::compare::{Answer, Comparison, Said};
use crate::completeness::{Report, report};
use crate::fleet::{self, TillState};
use crate::peers;
use crate::problem::Refusal;
use axum::extract::{Path, Query};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use evertill_domain::ids::{BusinessDay, StoreId};
use serde::Deserialize;
use serde_json::json;

/// Stores on one page; who looks for another searches it.
const STORES_MAX: usize = 500;
/// Lines of the audit log on its page.
const AUDIT_LINES_MAX: u32 = 500;
/// The longest search.
const SEARCH_MAX_CHARS: usize = 40;

#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    store: String,
    #[serde(default)]
    day: String,
}

/// Every store of the fleet, or those that a search finds.
pub(super) async fn fleet(
    desk: Shared,
    Person(who): Person,
    Query(search): Query<Search>,
) -> Result<Response, Refusal> {
    let sought: String = search.q.trim().chars().take(SEARCH_MAX_CHARS).collect();
    let lines = fleet::stores(&tills(&desk).await?, jiff::Timestamp::now());
    let totals = fleet::totals(&lines);
    let wanted = sought.to_ascii_uppercase();
    let found: Vec<_> =
        lines.into_iter().filter(|line| line.store.as_str().to_ascii_uppercase().contains(&wanted)).collect();
    let shown = view::Fleet { found: found.len(), stores_max: STORES_MAX, totals, sought };
    Ok(view::fleet(&desk.state.config, &who, shown, &found[..found.len().min(STORES_MAX)]))
}

/// The tills of a store.
pub(super) async fn store(desk: Shared, Person(who): Person, Path(store): Path<String>) -> Result<Response, Refusal> {
    let store: StoreId = store.parse().map_err(|error| Refusal::Request(format!("{error}")))?;
    let tills: Vec<TillState> = tills(&desk).await?.into_iter().filter(|till| till.till.store == store).collect();
    Ok(view::store(&desk.state.config, &who, &store, &tills, jiff::Timestamp::now()))
}

/// Whether all sales of a store's day are here.
pub(super) async fn completeness(
    desk: Shared,
    Person(who): Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let day = match asked.day.as_str() {
        // The day as it is in Greenwich: the person may choose another.
        "" => crate::clock::now().chars().take(10).collect(),
        day => day.to_owned(),
    };
    let answer = match asked.store.trim() {
        "" => None,
        store => match everywhere(&desk, store, &day).await {
            Err(Refusal::Request(wrong)) => Some(Err(wrong)),
            answer => Some(Ok(answer?)),
        },
    };
    Ok(view::completeness(&desk.state.config, &who, &asked.store, &day, answer))
}

/// What operators did.
pub(super) async fn audit(desk: Shared, Person(who): Person) -> Result<Response, Refusal> {
    let lines = desk.state.store.audit(AUDIT_LINES_MAX).await?;
    Ok(view::audit(&desk.state.config, &who, &lines))
}

/// The fleet as JSON.
pub(super) async fn fleet_json(desk: Shared, _: Program) -> Result<Response, Refusal> {
    let now = jiff::Timestamp::now();
    let tills: Vec<serde_json::Value> = (tills(&desk).await?.iter())
        .map(|till| {
            json!({ "till": till.till.to_string(), "heard_at": till.heard_at, "silent": till.is_silent(now),
                "watermark": till.watermark, "missing": till.unsent(), "said": till.said })
        })
        .collect();
    Ok(crate::routes::json(&json!({ "location": desk.state.config.location, "tills": tills })))
}

/// The answer to a store and a day as JSON.
pub(super) async fn completeness_json(
    desk: Shared,
    _: Program,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    Ok(crate::routes::json(&answer(&desk, &asked.store, &asked.day).await?))
}

/// The same at every location of the region, compared.
pub(super) async fn everywhere_json(desk: Shared, _: Program, Query(asked): Query<Asked>) -> Result<Response, Refusal> {
    Ok(crate::routes::json(&everywhere(&desk, &asked.store, &asked.day).await?))
}

/// What is counted, for Prometheus. It names no store and no till.
pub(super) async fn metrics(desk: Shared) -> Result<Response, Refusal> {
    let lines = fleet::stores(&tills(&desk).await?, jiff::Timestamp::now());
    desk.state.metrics.see(fleet::totals(&lines), desk.state.store.ready().await.is_ok());
    let text = desk.state.metrics.text();
    Ok(([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response())
}

async fn tills(desk: &Shared) -> Result<Vec<TillState>, Refusal> {
    Ok(desk.state.store.fleet(desk.state.tills.current().all()).await?)
}

/// This location's answer and its peers', who are asked at once.
async fn everywhere(desk: &Shared, store: &str, day: &str) -> Result<Comparison, Refusal> {
    let report = answer(desk, store, day).await?;
    let (store, day) = (report.store.clone(), report.day.clone());
    let here = Said { location: desk.state.config.location.to_string(), answer: Answer::Report(Box::new(report)) };
    Ok(peers::compared(here, &desk.peers, &store, &day).await)
}

async fn answer(desk: &Shared, store: &str, day: &str) -> Result<Report, Refusal> {
    let wrong = |error: &dyn std::fmt::Display| Refusal::Request(error.to_string());
    let store: StoreId = store.trim().parse().map_err(|error| wrong(&error))?;
    let day: BusinessDay = day.parse().map_err(|error| wrong(&error))?;
    let registered = desk.state.tills.current().of_store(&store);
    let region = desk.state.config.region.to_string();
    let facts = desk.state.store.store_facts(registered, (region, store.clone()), day.clone()).await?;
    Ok(report(&store, &day, facts))
}

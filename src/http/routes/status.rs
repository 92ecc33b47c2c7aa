//! The till's state, and the document that describes the API.

use super::Shared;
use crate::http::problem::ApiProblem;
use crate::http::state::Context;
use crate::http::views::Status;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

/// What the till says of itself.
#[utoipa::path(get, path = "/v1/status", tag = "status",
    responses((status = 200, description = "The status", body = Status), ApiProblem))]
pub(super) async fn status(State(context): State<Shared>) -> Result<Json<Status>, ApiProblem> {
    Ok(Json(current(&context).await?))
}

/// The OpenAPI document.
pub(super) async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], super::openapi())
}

async fn current(context: &Context) -> Result<Status, ApiProblem> {
    let api = &context.api;
    let receipts_waiting = api.journal.receipts_waiting().await?;
    let head = *api.journal.heads().borrow();
    let mut alarms = api.alarms.borrow().clone();
    alarms.extend(api.outlet.alarm());
    let devices = api.devices.borrow().clone();
    alarms.extend(devices.paper_in_doubt.iter().map(|paper| paper.sentence.clone()));
    Ok(Status {
        till: api.till.to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        epoch: head.epoch.to_string(),
        head: head.head.seq,
        price_book_version: api.counter.price_book_version(),
        sync: api.sync.borrow().clone().at_head(head.head.seq),
        devices,
        receipts_waiting,
        alarms,
    })
}

//! The X report reads the day, the Z report closes it.

use super::Shared;
use super::act::act;
use super::cashier::{PermissionBody, PermittedBody};
use crate::http::extract::{JsonBody, Key};
use crate::http::problem::ApiProblem;
use crate::http::views::ActView;
use axum::Json;
use axum::extract::{Path, State};
use evertill_domain::report::Report;

/// The totals of the day so far: a fold over the journal, always.
#[utoipa::path(get, path = "/v1/report", tag = "reports", operation_id = "report",
    responses((status = 200, description = "The totals", body = serde_json::Value), ApiProblem))]
pub(super) async fn show(State(context): State<Shared>) -> Result<Json<Report>, ApiProblem> {
    Ok(Json(context.api.counter.report().await?))
}

/// Reads the totals of the day so far, on paper and with an entry.
#[utoipa::path(post, path = "/v1/reports/x", tag = "reports", request_body = PermittedBody, params(Key),
    responses((status = 200, description = "Printed, or printed before with this key", body = ActView), ApiProblem))]
pub(super) async fn x(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<PermittedBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let permission = PermissionBody::parse(body.permission)?;
    act(context, move |counter| async move { counter.x_report(key, permission).await }).await
}

/// Closes the day. Never waits for the network.
#[utoipa::path(post, path = "/v1/reports/z", tag = "reports", request_body = PermittedBody, params(Key),
    responses((status = 200, description = "Closed, or closed before with this key", body = ActView), ApiProblem))]
pub(super) async fn z(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<PermittedBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let permission = PermissionBody::parse(body.permission)?;
    act(context, move |counter| async move { counter.close_day(key, permission).await }).await
}

/// Prints a Z report again, marked COPY.
#[utoipa::path(post, path = "/v1/reports/z/{z_number}/copy", tag = "reports", request_body = PermittedBody,
    params(("z_number" = u64, Path, description = "number of the Z report"), Key),
    responses((status = 200, description = "Waits for the printer, or did before with this key", body = ActView), ApiProblem))]
pub(super) async fn z_copy(
    State(context): State<Shared>,
    Path(number): Path<String>,
    Key(key): Key,
    JsonBody(body): JsonBody<PermittedBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let number = number.parse().map_err(|_| ApiProblem::not_found("a Z report is named by its number"))?;
    let permission = PermissionBody::parse(body.permission)?;
    act(context, move |counter| async move { counter.reprint_z(key, number, permission).await }).await
}

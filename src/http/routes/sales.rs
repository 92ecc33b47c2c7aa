//! Recorded sales.

use super::Shared;
use crate::http::problem::ApiProblem;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use evertill_domain::ids::Kind;

/// A recorded sale: the exact JSON of its journal entry's body.
#[utoipa::path(get, path = "/v1/sales/{receipt_number}", tag = "sales",
    params(("receipt_number" = u64, Path, description = "number on the receipt")),
    responses((status = 200, description = "The sale", body = serde_json::Value), ApiProblem))]
pub(super) async fn sale(
    State(context): State<Shared>,
    number: Result<Path<u64>, PathRejection>,
) -> Result<impl IntoResponse, ApiProblem> {
    let Path(number) = number.map_err(|_| ApiProblem::not_found("a sale is named by its receipt number"))?;
    let entry = context.api.journal.receipt(number).await?.filter(|entry| entry.kind.as_str() == Kind::SALE);
    let entry = entry.ok_or_else(|| ApiProblem::not_found(format!("there is no sale with receipt number {number}")))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], entry.body))
}

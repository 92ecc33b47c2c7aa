//! Baskets that wait for their customers.

use super::Shared;
use super::act::act;
use crate::http::extract::Key;
use crate::http::problem::ApiProblem;
use crate::http::views::{ActView, SuspendedView};
use axum::Json;
use axum::extract::{Path, State};

/// The baskets that wait, oldest first.
#[utoipa::path(get, path = "/v1/baskets", tag = "basket", operation_id = "suspended",
    responses((status = 200, description = "They", body = Vec<SuspendedView>), ApiProblem))]
pub(super) async fn list(State(context): State<Shared>) -> Result<Json<Vec<SuspendedView>>, ApiProblem> {
    let waiting = context.api.counter.suspended().await?;
    Ok(Json(waiting.iter().map(SuspendedView::from).collect()))
}

/// Puts the open basket aside.
#[utoipa::path(post, path = "/v1/basket/suspend", tag = "basket", params(Key),
    responses((status = 200, description = "It waits, or was put aside before with this key", body = ActView), ApiProblem))]
pub(super) async fn suspend(State(context): State<Shared>, Key(key): Key) -> Result<Json<ActView>, ApiProblem> {
    act(context, move |counter| async move { counter.suspend(key).await }).await
}

/// Opens a basket that waits.
#[utoipa::path(post, path = "/v1/baskets/{id}/recall", tag = "basket",
    params(("id" = i64, Path, description = "number of the basket"), Key),
    responses((status = 200, description = "It is open, or was opened before with this key", body = ActView), ApiProblem))]
pub(super) async fn recall(
    State(context): State<Shared>,
    Path(id): Path<String>,
    Key(key): Key,
) -> Result<Json<ActView>, ApiProblem> {
    let id = id.parse().map_err(|_| ApiProblem::not_found("a basket that waits is named by its number"))?;
    act(context, move |counter| async move { counter.recall(key, id).await }).await
}

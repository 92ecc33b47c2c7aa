//! Who is signed on.

use super::Shared;
use super::act::act;
use crate::counter;
use crate::http::extract::{JsonBody, Key};
use crate::http::problem::ApiProblem;
use crate::http::views::{ActView, CashierView};
use axum::Json;
use axum::extract::State;
use evertill_domain::reason::ReasonError;
use serde::Deserialize;
use utoipa::ToSchema;

/// A cashier's number and PIN.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignOnBody {
    /// The number.
    number: u32,
    /// The PIN.
    pin: String,
}

/// A second person's permission for what the cashier's role does not allow.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PermissionBody {
    /// Their number.
    number: u32,
    /// Their PIN.
    pin: String,
    /// Why, in a few words.
    reason: String,
}

impl PermissionBody {
    /// The permission in the counter's words.
    pub(super) fn parse(body: Option<PermissionBody>) -> Result<Option<counter::Permission>, ApiProblem> {
        let Some(PermissionBody { number, pin, reason }) = body else { return Ok(None) };
        let reason = reason.parse().map_err(|error: ReasonError| ApiProblem::request(error.to_string()))?;
        Ok(Some(counter::Permission { by: counter::Credentials { number, pin }, reason }))
    }
}

/// Only a permission, for acts that take nothing else.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PermittedBody {
    /// A second person's permission.
    pub(super) permission: Option<PermissionBody>,
}

/// Who is signed on; `null` when nobody is.
#[utoipa::path(get, path = "/v1/cashier", tag = "cashier", operation_id = "cashier",
    responses((status = 200, description = "Who is signed on", body = Option<CashierView>), ApiProblem))]
pub(super) async fn show(State(context): State<Shared>) -> Json<Option<CashierView>> {
    Json(context.api.counter.cashier_view().await.map(|view| CashierView::from(&view)))
}

/// Signs a cashier on; whoever was signed on before is signed off.
#[utoipa::path(post, path = "/v1/cashier/sign-on", tag = "cashier", request_body = SignOnBody, params(Key),
    responses((status = 200, description = "Signed on", body = ActView), ApiProblem))]
pub(super) async fn sign_on(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(SignOnBody { number, pin }): JsonBody<SignOnBody>,
) -> Result<Json<ActView>, ApiProblem> {
    act(context, move |counter| async move { counter.sign_on(key, counter::Credentials { number, pin }).await }).await
}

/// Signs off whoever is signed on.
#[utoipa::path(post, path = "/v1/cashier/sign-off", tag = "cashier", params(Key),
    responses((status = 200, description = "Nobody is signed on now", body = ActView), ApiProblem))]
pub(super) async fn sign_off(State(context): State<Shared>, Key(key): Key) -> Result<Json<ActView>, ApiProblem> {
    act(context, move |counter| async move { counter.sign_off(key).await }).await
}

/// Lets a cashier who guessed too often try again.
#[utoipa::path(post, path = "/v1/cashiers/{number}/unlock", tag = "cashier", request_body = PermittedBody,
    params(("number" = u32, Path, description = "the cashier's number"), Key),
    responses((status = 200, description = "They may try again", body = ActView), ApiProblem))]
pub(super) async fn unlock(
    State(context): State<Shared>,
    axum::extract::Path(number): axum::extract::Path<String>,
    Key(key): Key,
    JsonBody(body): JsonBody<PermittedBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let number = number.parse().map_err(|_| ApiProblem::not_found("a cashier is named by their number"))?;
    let permission = PermissionBody::parse(body.permission)?;
    act(context, move |counter| async move { counter.unlock(key, number, permission).await }).await
}

//! The cash of a shift: float, paid-in, paid-out, pick-up, no-sale, count.

use super::Shared;
use super::act::act;
use super::cashier::PermissionBody;
use crate::http::extract::{JsonBody, Key};
use crate::http::problem::ApiProblem;
use crate::http::views::ActView;
use axum::Json;
use axum::extract::State;
use evertill_domain::reason::{Reason, ReasonError};
use evertill_domain::shift::{Counted, Direction};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is in the drawer at first.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenShiftBody {
    /// The float, in minor units.
    #[schema(minimum = 0)]
    float_minor: i64,
    /// A second person's permission.
    permission: Option<PermissionBody>,
}

/// Which way cash goes.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum CashDirection {
    /// Into the drawer.
    PaidIn,
    /// Out of it, for a bill.
    PaidOut,
    /// Out of it, to the safe.
    PickUp,
}

/// Cash that comes or goes without goods.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CashBody {
    /// Which way.
    direction: CashDirection,
    /// How much, in minor units.
    #[schema(minimum = 1)]
    amount_minor: i64,
    /// What for, in a few words.
    reason: String,
    /// A second person's permission.
    permission: Option<PermissionBody>,
}

/// Why the drawer is opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoSaleBody {
    /// Why, in a few words.
    reason: String,
    /// A second person's permission.
    permission: Option<PermissionBody>,
}

/// How many of one note or coin there are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CountedBody {
    /// What one is worth, in minor units.
    value_minor: i64,
    /// How many.
    pieces: u32,
}

/// The blind count at the end of a shift.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CloseShiftBody {
    /// Notes and coins.
    count: Vec<CountedBody>,
    /// A second person's permission.
    permission: Option<PermissionBody>,
}

/// A reason, or the refusal that names its form.
pub(super) fn reason(text: &str) -> Result<Reason, ApiProblem> {
    text.parse().map_err(|error: ReasonError| ApiProblem::request(error.to_string()))
}

/// Opens a shift.
#[utoipa::path(post, path = "/v1/shift/open", tag = "drawer", request_body = OpenShiftBody, params(Key),
    responses((status = 200, description = "Open, or opened before with this key", body = ActView), ApiProblem))]
pub(super) async fn open(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<OpenShiftBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let permission = PermissionBody::parse(body.permission)?;
    act(context, move |counter| async move { counter.open_shift(key, body.float_minor, permission).await }).await
}

/// Cash comes or goes without goods.
#[utoipa::path(post, path = "/v1/shift/cash", tag = "drawer", request_body = CashBody, params(Key),
    responses((status = 200, description = "Recorded, or recorded before with this key", body = ActView), ApiProblem))]
pub(super) async fn cash(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<CashBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let (reason, permission) = (reason(&body.reason)?, PermissionBody::parse(body.permission)?);
    let direction = match body.direction {
        CashDirection::PaidIn => Direction::PaidIn,
        CashDirection::PaidOut => Direction::PaidOut,
        CashDirection::PickUp => Direction::PickUp,
    };
    let amount_minor = body.amount_minor;
    act(
        context,
        move |counter| async move { counter.move_cash(key, direction, amount_minor, reason, permission).await },
    )
    .await
}

/// Opens the drawer without a sale.
#[utoipa::path(post, path = "/v1/no-sale", tag = "drawer", request_body = NoSaleBody, params(Key),
    responses((status = 200, description = "Recorded, or recorded before with this key", body = ActView), ApiProblem))]
pub(super) async fn no_sale(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<NoSaleBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let (reason, permission) = (reason(&body.reason)?, PermissionBody::parse(body.permission)?);
    act(context, move |counter| async move { counter.no_sale(key, reason, permission).await }).await
}

/// Closes the shift with what was counted.
#[utoipa::path(post, path = "/v1/shift/close", tag = "drawer", request_body = CloseShiftBody, params(Key),
    responses((status = 200, description = "Closed, or closed before with this key", body = ActView), ApiProblem))]
pub(super) async fn close(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<CloseShiftBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let permission = PermissionBody::parse(body.permission)?;
    let counted =
        |CountedBody { value_minor, pieces }: &CountedBody| Counted { value_minor: *value_minor, pieces: *pieces };
    let count = body.count.iter().map(counted).collect();
    act(context, move |counter| async move { counter.close_shift(key, count, permission).await }).await
}

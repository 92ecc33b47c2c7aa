//! What changes a basket beside scans: quantity, discount, age, gift vouchers; and the search for items.

use super::Shared;
use super::act::act;
use super::cashier::PermissionBody;
use super::drawer;
use crate::http::extract::{JsonBody, Key};
use crate::http::problem::ApiProblem;
use crate::http::views::{ActView, ItemView};
use axum::Json;
use axum::extract::{Path, Query, State};
use evertill_domain::catalogue::SoldBy;
use evertill_domain::discount::Off;
use evertill_domain::ids::BusinessDay;
use evertill_domain::money::Rate;
use evertill_domain::quantity::Quantity;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// How much of an item.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuantityBody {
    /// In 1/1000 of the item's unit.
    #[schema(minimum = 1)]
    quantity_milli: i64,
}

/// Something taken off by hand: an amount or a share.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DiscountBody {
    /// The line; left out for the whole basket.
    line: Option<u32>,
    /// An amount in minor units.
    amount_minor: Option<i64>,
    /// A share in 1/100,000: 10 % is 10000.
    percent: Option<i64>,
    /// Why, in a few words.
    reason: String,
    /// A second person's permission.
    permission: Option<PermissionBody>,
}

/// Whose discount is taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoDiscountBody {
    /// The line; left out for the whole basket.
    line: Option<u32>,
}

/// How the customer's age is known: by the birth date on their paper, or because somebody answers for it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AgeBody {
    /// `YYYY-MM-DD`.
    birth_date: Option<String>,
    /// A second person's permission.
    permission: Option<PermissionBody>,
}

/// A gift voucher to be sold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VoucherBody {
    /// What it will be worth, in minor units.
    #[schema(minimum = 1)]
    amount_minor: i64,
}

/// What is looked for.
#[derive(Deserialize, IntoParams)]
pub(super) struct SearchQuery {
    /// Words of the name, or the beginning of a code.
    words: String,
}

fn line_of(line: &str) -> Result<u32, ApiProblem> {
    line.parse().map_err(|_| ApiProblem::not_found("a line is named by its number"))
}

/// Items whose names or codes begin with the words, with their prices now.
#[utoipa::path(get, path = "/v1/items", tag = "basket", operation_id = "search", params(SearchQuery),
    responses((status = 200, description = "The best 30", body = Vec<ItemView>), ApiProblem))]
pub(super) async fn search(
    State(context): State<Shared>,
    Query(SearchQuery { words }): Query<SearchQuery>,
) -> Result<Json<Vec<ItemView>>, ApiProblem> {
    let found = context.api.counter.search(&words).await?;
    let view = |(item, price_minor): &(evertill_domain::catalogue::Item, i64)| ItemView {
        code: item.code(),
        name: item.name.clone(),
        price_minor: *price_minor,
        weighed: item.sold_by == SoldBy::Weight,
    };
    Ok(Json(found.iter().map(view).collect()))
}

/// Sets the quantity of a line.
#[utoipa::path(post, path = "/v1/basket/lines/{line}/quantity", tag = "basket", request_body = QuantityBody,
    params(("line" = u32, Path, description = "number of the line"), Key),
    responses((status = 200, description = "Done, or done before with this key", body = ActView), ApiProblem))]
pub(super) async fn quantity(
    State(context): State<Shared>,
    Path(line): Path<String>,
    Key(key): Key,
    JsonBody(body): JsonBody<QuantityBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let line = line_of(&line)?;
    let quantity = Quantity::from_milli(body.quantity_milli).map_err(|error| ApiProblem::request(error.to_string()))?;
    act(context, move |counter| async move { counter.set_quantity(key, line, quantity).await }).await
}

/// Takes something off a line or the basket, in place of what was taken off it by hand before.
#[utoipa::path(post, path = "/v1/basket/discount", tag = "basket", request_body = DiscountBody, params(Key),
    responses((status = 200, description = "Done, or done before with this key", body = ActView), ApiProblem))]
pub(super) async fn discount(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<DiscountBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let off = match (body.amount_minor, body.percent) {
        (Some(minor), None) => Off::AmountMinor(minor),
        (None, Some(rate)) => Off::Percent(Rate(rate)),
        _ => return Err(ApiProblem::request("a discount is an amount_minor or a percent, one of both")),
    };
    let (reason, permission) = (drawer::reason(&body.reason)?, PermissionBody::parse(body.permission)?);
    act(context, move |counter| async move { counter.discount(key, body.line, off, reason, permission).await }).await
}

/// Takes a discount back.
#[utoipa::path(post, path = "/v1/basket/discount/take-back", tag = "basket", request_body = NoDiscountBody, params(Key),
    responses((status = 200, description = "Done, or done before with this key", body = ActView), ApiProblem))]
pub(super) async fn no_discount(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<NoDiscountBody>,
) -> Result<Json<ActView>, ApiProblem> {
    act(context, move |counter| async move { counter.take_back_discount(key, body.line).await }).await
}

/// Confirms that the customer is old enough.
#[utoipa::path(post, path = "/v1/basket/age", tag = "basket", request_body = AgeBody, params(Key),
    responses((status = 200, description = "Confirmed, or confirmed before with this key", body = ActView), ApiProblem))]
pub(super) async fn age(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<AgeBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let permission = PermissionBody::parse(body.permission)?;
    match body.birth_date {
        Some(text) => {
            let born: BusinessDay =
                text.parse().map_err(|_| ApiProblem::request("a birth date is written YYYY-MM-DD"))?;
            act(context, move |counter| async move { counter.confirm_birth_date(key, &born).await }).await
        }
        None => act(context, move |counter| async move { counter.confirm_age(key, permission).await }).await,
    }
}

/// Adds a new gift voucher to the basket.
#[utoipa::path(post, path = "/v1/basket/voucher", tag = "basket", request_body = VoucherBody, params(Key),
    responses((status = 200, description = "Added, or added before with this key", body = ActView), ApiProblem))]
pub(super) async fn voucher(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<VoucherBody>,
) -> Result<Json<ActView>, ApiProblem> {
    act(context, move |counter| async move { counter.sell_voucher(key, body.amount_minor).await }).await
}

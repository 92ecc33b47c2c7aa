//! Goods that come back, and the last sale taken back.

use super::Shared;
use super::act::act;
use super::cashier::PermissionBody;
use super::drawer;
use crate::counter::{Back, Counter, Goods};
use crate::http::extract::{JsonBody, Key};
use crate::http::problem::ApiProblem;
use crate::http::views::ActView;
use axum::Json;
use axum::extract::{Path, State};
use evertill_domain::quantity::Quantity;
use evertill_domain::refund::Returned;
use evertill_domain::tender::{AuthorisationReference, ReferenceError};
use serde::Deserialize;
use utoipa::ToSchema;

/// A line of a receipt that comes back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReturnedBody {
    /// Number of the line on the receipt.
    line: u32,
    /// How much of it, in 1/1000.
    quantity_milli: i64,
}

/// Goods that come back without a receipt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GoodsBody {
    /// GTIN or PLU.
    code: String,
    /// How much, in 1/1000.
    quantity_milli: i64,
}

/// A refund.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefundBody {
    /// The receipt; left out when there is none.
    receipt_number: Option<u64>,
    /// The number of the store's till that printed it; left out for this till. Head office knows another till's receipts.
    #[schema(minimum = 1)]
    receipt_till: Option<u16>,
    /// What of the receipt comes back.
    #[serde(default)]
    lines: Vec<ReturnedBody>,
    /// What comes back without a receipt.
    #[serde(default)]
    goods: Vec<GoodsBody>,
    /// The card terminal's reference when the money goes back to a card; left out for cash.
    card_reference: Option<String>,
    /// Whether the money is given as a new gift voucher.
    #[serde(default)]
    as_voucher: bool,
    /// Why; needed without a receipt.
    reason: Option<String>,
    /// A second person's permission.
    permission: Option<PermissionBody>,
}

/// The last sale taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VoidBody {
    /// What the card terminal printed when it reversed each card payment, in their order.
    #[serde(default)]
    card_references: Vec<String>,
    /// Why, in a few words.
    reason: String,
    /// A second person's permission.
    permission: Option<PermissionBody>,
}

fn quantity(milli: i64) -> Result<Quantity, ApiProblem> {
    Quantity::from_milli(milli).map_err(|error| ApiProblem::request(error.to_string()))
}

fn reference(text: &str) -> Result<AuthorisationReference, ApiProblem> {
    text.parse().map_err(|error: ReferenceError| ApiProblem::request(error.to_string()))
}

impl RefundBody {
    fn goods(&self, counter: &Counter) -> Result<Goods, ApiProblem> {
        match self.receipt_number {
            Some(_) if !self.goods.is_empty() => {
                Err(ApiProblem::request("goods are for a refund without receipt: give lines of the receipt"))
            }
            Some(receipt_number) => {
                let returned =
                    |body: &ReturnedBody| Ok(Returned { line: body.line, quantity: quantity(body.quantity_milli)? });
                let lines = self.lines.iter().map(returned).collect::<Result<_, ApiProblem>>()?;
                Ok(Goods::OfReceipt { receipt: counter.receipt_of(self.receipt_till, receipt_number), lines })
            }
            None if !self.lines.is_empty() => {
                Err(ApiProblem::request("lines are of a receipt: give its number, or goods without a receipt"))
            }
            None => {
                let goods = |body: &GoodsBody| Ok((body.code.clone(), quantity(body.quantity_milli)?));
                Ok(Goods::WithoutReceipt(self.goods.iter().map(goods).collect::<Result<_, ApiProblem>>()?))
            }
        }
    }
}

/// Takes goods back and gives money for them.
#[utoipa::path(post, path = "/v1/refunds", tag = "refunds", request_body = RefundBody, params(Key),
    responses((status = 200, description = "Recorded, or recorded before with this key", body = ActView), ApiProblem))]
pub(super) async fn refund(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<RefundBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let goods = body.goods(&context.api.counter)?;
    let back = match &body.card_reference {
        Some(_) if body.as_voucher => {
            return Err(ApiProblem::request("the money goes to a card or on a voucher, not both"));
        }
        Some(text) => Back::Card(reference(text)?),
        None if body.as_voucher => Back::Voucher,
        None => Back::Cash,
    };
    let reason = body.reason.as_deref().map(drawer::reason).transpose()?;
    let permission = PermissionBody::parse(body.permission)?;
    act(context, move |counter| async move { counter.refund(key, goods, back, reason, permission).await }).await
}

/// Takes the last sale back as a whole.
#[utoipa::path(post, path = "/v1/sales/{receipt_number}/void", tag = "refunds", request_body = VoidBody,
    params(("receipt_number" = u64, Path, description = "number on the receipt"), Key),
    responses((status = 200, description = "Recorded, or recorded before with this key", body = ActView), ApiProblem))]
pub(super) async fn void(
    State(context): State<Shared>,
    Path(number): Path<String>,
    Key(key): Key,
    JsonBody(body): JsonBody<VoidBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let number = number.parse().map_err(|_| ApiProblem::not_found("a sale is named by its receipt number"))?;
    let references = body.card_references.iter().map(|text| reference(text)).collect::<Result<_, ApiProblem>>()?;
    let reason = drawer::reason(&body.reason)?;
    let permission = PermissionBody::parse(body.permission)?;
    act(context, move |counter| async move { counter.void_sale(key, number, references, reason, permission).await })
        .await
}

//! The basket: show, scan, void a line, tender, abandon.

use super::Shared;
use super::act::act;
use crate::http::extract::{JsonBody, Key};
use crate::http::problem::ApiProblem;
use crate::http::views::{ActView, BasketView};
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use evertill_domain::tender::{ReferenceError, Tender};
use serde::Deserialize;
use utoipa::ToSchema;

/// What was scanned or typed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScanBody {
    /// The code as the scanner gave it.
    #[schema(max_length = 256)]
    code: String,
}

/// How the customer pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TenderBody {
    /// Cash, card or voucher.
    kind: TenderKind,
    /// What is handed over, in minor units of the store's currency; left out for a voucher, which pays what it can.
    #[schema(minimum = 1)]
    amount_minor: Option<i64>,
    /// The card terminal's authorisation reference (never a card number), or the voucher's number.
    reference: Option<String>,
}

/// How the counter is told of a payment.
enum Payment {
    Tender(Tender),
    Voucher(String),
}

impl TenderBody {
    fn parse(self) -> Result<Payment, ApiProblem> {
        let TenderBody { kind, amount_minor, reference } = self;
        if let (TenderKind::Voucher, Some(number)) = (kind, &reference) {
            return Ok(Payment::Voucher(number.clone()));
        }
        let amount_minor = amount_minor.ok_or_else(|| ApiProblem::request("cash and card need an amount_minor"))?;
        match (kind, reference) {
            (TenderKind::Voucher, _) => Err(ApiProblem::request("a voucher needs its number as reference")),
            (TenderKind::Cash, None) => Ok(Payment::Tender(Tender::Cash { amount_minor })),
            (TenderKind::Cash, Some(_)) => Err(ApiProblem::request("cash has no reference: leave it out")),
            (TenderKind::Card, None) => {
                Err(ApiProblem::request("a card needs the authorisation reference of the terminal's slip"))
            }
            (TenderKind::Card, Some(reference)) => {
                let reference =
                    reference.parse().map_err(|error: ReferenceError| ApiProblem::request(error.to_string()))?;
                Ok(Payment::Tender(Tender::Card { amount_minor, reference }))
            }
        }
    }
}

/// Kinds of tender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum TenderKind {
    /// Notes and coins; the only kind that gives change.
    Cash,
    /// A card, authorised by its own terminal.
    Card,
    /// A gift voucher.
    Voucher,
}

/// The open basket.
#[utoipa::path(get, path = "/v1/basket", tag = "basket", operation_id = "basket",
    responses((status = 200, description = "The basket", body = BasketView), ApiProblem))]
pub(super) async fn show(State(context): State<Shared>) -> Json<BasketView> {
    Json((&context.api.counter.view().await).into())
}

/// Adds what was scanned.
#[utoipa::path(post, path = "/v1/basket/scan", tag = "basket", request_body = ScanBody,
    params(Key),
    responses((status = 200, description = "Done, or done before with this key", body = ActView), ApiProblem))]
pub(super) async fn scan(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<ScanBody>,
) -> Result<Json<ActView>, ApiProblem> {
    act(context, |counter| async move { counter.scan(key, &body.code).await }).await
}

/// Voids a line.
#[utoipa::path(post, path = "/v1/basket/lines/{line}/void", tag = "basket",
    params(("line" = u32, Path, description = "number of the line"), Key),
    responses((status = 200, description = "Done, or done before with this key", body = ActView), ApiProblem))]
pub(super) async fn void_line(
    State(context): State<Shared>,
    line: Result<Path<u32>, PathRejection>,
    Key(key): Key,
) -> Result<Json<ActView>, ApiProblem> {
    let Path(line) = line.map_err(|_| ApiProblem::not_found("a line is named by its number"))?;
    act(context, move |counter| async move { counter.void_line(key, line).await }).await
}

/// Takes a payment; the one that covers the total records the sale.
#[utoipa::path(post, path = "/v1/basket/tender", tag = "basket", request_body = TenderBody,
    params(Key),
    responses((status = 200, description = "Done, or done before with this key", body = ActView), ApiProblem))]
pub(super) async fn tender(
    State(context): State<Shared>,
    Key(key): Key,
    JsonBody(body): JsonBody<TenderBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let payment = body.parse()?;
    act(context, |counter| async move {
        match payment {
            Payment::Tender(tender) => counter.tender(key, tender).await,
            Payment::Voucher(number) => counter.tender_voucher(key, &number).await,
        }
    })
    .await
}

/// Gives the basket up. Nothing is sold.
#[utoipa::path(post, path = "/v1/basket/abandon", tag = "basket",
    params(Key),
    responses((status = 200, description = "Done, or done before with this key", body = ActView), ApiProblem))]
pub(super) async fn abandon(State(context): State<Shared>, Key(key): Key) -> Result<Json<ActView>, ApiProblem> {
    act(context, |counter| async move { counter.abandon(key).await }).await
}

//! Receipts of recorded sales: as text, as picture, and again on paper, marked COPY.

use super::Shared;
use super::act::act;
use crate::http::extract::{JsonBody, Key};
use crate::http::problem::ApiProblem;
use crate::http::state::Context;
use crate::http::views::ActView;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use evertill_domain::paper;
use evertill_domain::receipt::Receipt;
use serde::Deserialize;
use utoipa::ToSchema;

/// Characters a line of a receipt as text: as on 80 mm paper.
const TEXT_CHARS: usize = 48;

/// A receipt as text (`17.txt`) or as picture (`17.png`), as it was printed.
#[utoipa::path(get, path = "/v1/receipts/{receipt}", tag = "receipts",
    params(("receipt" = String, Path, description = "receipt number and `.txt` or `.png`")),
    responses(
        (status = 200, description = "The receipt", content((String = "text/plain"), ("image/png"))),
        ApiProblem))]
pub(super) async fn receipt(State(context): State<Shared>, Path(file): Path<String>) -> Result<Response, ApiProblem> {
    let unknown = || ApiProblem::not_found("a receipt is named by its number and .txt or .png, as 17.txt");
    let (number, form) = file.split_once('.').ok_or_else(unknown)?;
    let number = number.parse().map_err(|_| unknown())?;
    match form {
        "txt" => {
            let text = document(&context, number).await?.to_text(TEXT_CHARS);
            Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
        }
        "png" => picture(&context, number).await,
        _ => Err(unknown()),
    }
}

/// The picture of a receipt.
pub(in crate::http) async fn picture(context: &Context, number: u64) -> Result<Response, ApiProblem> {
    let receipt = document(context, number).await?;
    let render = context.api.render_png.clone();
    // Drawing takes milliseconds of a core: not on a thread that serves the cashier.
    let drawn = tokio::task::spawn_blocking(move || render(&receipt)).await;
    let png = drawn
        .map_err(|error| ApiProblem::internal(format!("receipt {number} could not be drawn: {error}")))?
        .map_err(|error| ApiProblem::internal(format!("receipt {number} could not be drawn: {error}")))?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}

/// Prints a receipt again, marked COPY.
#[utoipa::path(post, path = "/v1/receipts/{receipt}/copy", tag = "receipts", operation_id = "copy_receipt",
    params(("receipt" = u64, Path, description = "receipt number"), Key),
    responses((status = 200, description = "Waits for the printer, or did before with this key", body = ActView), ApiProblem))]
pub(super) async fn copy(
    State(context): State<Shared>,
    Path(number): Path<String>,
    Key(key): Key,
) -> Result<Json<ActView>, ApiProblem> {
    let number = number.parse().map_err(|_| ApiProblem::not_found("a receipt is named by its number"))?;
    act(context, move |counter| async move { counter.reprint(key, number).await }).await
}

/// What a person saw of a paper in doubt.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenBody {
    /// Whether it came out whole; else it is printed again, marked COPY.
    whole: bool,
}

/// Settles a paper of which the till does not know whether it came out.
#[utoipa::path(post, path = "/v1/papers/{job}/settle", tag = "receipts", request_body = SeenBody,
    params(("job" = i64, Path, description = "print job"), Key),
    responses((status = 200, description = "It is in doubt no more, or a copy waits for the printer", body = ActView), ApiProblem))]
pub(super) async fn settle_paper(
    State(context): State<Shared>,
    Path(job): Path<String>,
    Key(key): Key,
    JsonBody(seen): JsonBody<SeenBody>,
) -> Result<Json<ActView>, ApiProblem> {
    let job = job.parse().map_err(|_| ApiProblem::not_found("a print job is named by its number"))?;
    act(context, move |counter| async move { counter.settle_paper(key, job, seen.whole).await }).await
}

async fn document(context: &Context, number: u64) -> Result<Receipt, ApiProblem> {
    let entry = context.api.journal.receipt(number).await?;
    let entry = entry.ok_or_else(|| ApiProblem::not_found(format!("there is no receipt {number}")))?;
    let store = context.api.counter.store().await;
    paper::of_entry(&entry, &store, false).map_err(|error| ApiProblem::internal(error.to_string()))
}

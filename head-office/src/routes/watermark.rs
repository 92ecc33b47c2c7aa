//! `GET /v1/tills/{region}/{store}/{till}/watermark?epoch=E`: where to resume.

use super::{Shared, TillPath, json, query};
use crate::clock;
use crate::problem::Refusal;
use crate::signed;
use axum::extract::Request;
use axum::response::Response;
use evertill_domain::ids::Epoch;
use evertill_domain::wire::WatermarkAnswer;
use serde::Deserialize;

#[derive(Deserialize)]
struct Asked {
    epoch: Epoch,
}

pub(super) async fn get(state: Shared, path: TillPath, request: Request) -> Result<Response, Refusal> {
    let signed = signed::read(&state, request, 0).await?;
    signed.must_be(&path.0)?;
    let Asked { epoch } = query(&signed.query)?;
    let standing = state.store.standing(&signed.till, epoch).await?;
    let (head, receipt_number) = (standing.head, standing.receipt_number);
    let server_time = clock::now();
    Ok(json(&WatermarkAnswer { epoch, watermark: head.seq, hash: head.hash, receipt_number, server_time }))
}

//! `POST /v1/tills/{region}/{store}/{till}/heartbeat`: the till's state, as it sees itself.

use super::{Shared, TillPath, json};
use crate::clock;
use crate::limits::HEARTBEAT_MAX_BYTES;
use crate::problem::Refusal;
use crate::signed;
use crate::store::Beat;
use axum::extract::Request;
use axum::response::Response;
use evertill_domain::publication::Subject;
use evertill_domain::wire::{Heartbeat, HeartbeatAck};

pub(super) async fn post(state: Shared, path: TillPath, request: Request) -> Result<Response, Refusal> {
    let mut signed = signed::read(&state, request, HEARTBEAT_MAX_BYTES).await?;
    signed.must_be(&path.0)?;
    let not_one = |error: &dyn std::fmt::Display| Refusal::Request(format!("the body is not a heartbeat: {error}"));
    let body = String::from_utf8(std::mem::take(&mut signed.body)).map_err(|error| not_one(&error))?;
    let Heartbeat { epoch, head, alarms, .. } = serde_json::from_str(&body).map_err(|error| not_one(&error))?;
    if !alarms.is_empty() {
        tracing::warn!(till = %signed.till, ?alarms, "a till reports what is wrong");
    }
    let beat = Beat { till: signed.till.clone(), epoch, head, body, at: clock::now() };
    state.store.heartbeat(beat).await?;
    let (index, store) = (state.publications.index(), &signed.till.store);
    Ok(json(&HeartbeatAck {
        serial: state.serial(),
        price_book: index.version(Subject::PriceBook, store),
        cashiers: index.version(Subject::Cashiers, store),
        endpoints: index.version(Subject::Endpoints, store),
        server_time: clock::now(),
    }))
}

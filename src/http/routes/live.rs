//! The event stream.

use super::Shared;
use crate::http::events::{self, Event};
use crate::http::problem::ApiProblem;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{KeepAlive, Sse};
use std::sync::Arc;
use std::time::Duration;

/// A comment line this often, so that a listener and the system notice a dead connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Scans, basket, sales, device and sync states as they change. After `resync`, ask for basket and status again.
#[utoipa::path(get, path = "/v1/events", tag = "status",
    responses((status = 200, description = "The stream, until one side closes", body = Event, content_type = "text/event-stream"), ApiProblem))]
pub(super) async fn events(State(context): State<Shared>) -> Result<impl IntoResponse, ApiProblem> {
    let place = Arc::clone(&context.streams)
        .try_acquire_owned()
        .map_err(|_| ApiProblem::busy("too many event streams are open: close one"))?;
    Ok(Sse::new(events::stream(&context, place)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

//! `/live`: the process answers. `/ready?pool=P`: it is this pool's, it can write, and it stays.

use super::{Shared, json, query};
use crate::clock;
use crate::problem::Refusal;
use axum::extract::Request;
use axum::response::Response;
use evertill_domain::wire::Ready;
use serde::Deserialize;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    pool: Option<String>,
}

pub(super) async fn live(state: Shared) -> Response {
    json(&answer(&state))
}

pub(super) async fn ready(state: Shared, request: Request) -> Result<Response, Refusal> {
    let Asked { pool } = query(request.uri().query().unwrap_or(""))?;
    let ours = state.config.pool.clone();
    match pool {
        Some(asked) if asked != ours.as_str() => {
            return Err(Refusal::Pool { asked: asked.chars().take(40).collect(), ours });
        }
        _ => {}
    }
    if state.is_draining() {
        return Err(Refusal::Draining);
    }
    state.store.ready().await?;
    Ok(json(&answer(&state)))
}

fn answer(state: &Shared) -> Ready {
    let region = state.config.region.clone();
    Ready { region, version: env!("CARGO_PKG_VERSION").to_owned(), server_time: clock::now() }
}

//! `/live`: the process answers. `/ready?pool=P`: it is this pool's, it can write, and it stays. A balancer asks with
//! `&draining=404`: then an instance that goes down says so by 404, which is to get no new requests, apart from one that
//! is broken (503). Tills that come through that balancer are not told: it takes them elsewhere, and what one instance is
//! about to do is not a word about the location.

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
    #[serde(default)]
    draining: Option<u16>,
}

/// The status by which a balancer wants to be told of a drain.
const DRAINING: u16 = 404;

pub(super) async fn live(state: Shared) -> Response {
    json(&answer(&state))
}

pub(super) async fn ready(state: Shared, request: Request) -> Result<Response, Refusal> {
    let Asked { pool, draining } = query(request.uri().query().unwrap_or(""))?;
    let ours = state.config.pool.clone();
    match pool {
        Some(asked) if asked != ours.as_str() => {
            return Err(Refusal::Pool { asked: asked.chars().take(40).collect(), ours });
        }
        _ => {}
    }
    match draining {
        None if state.is_draining() && !state.has_balancer() => return Err(Refusal::Draining),
        None => {}
        Some(DRAINING) => {
            state.note_balancer();
            if state.is_draining() {
                return Err(Refusal::Drained);
            }
        }
        Some(other) => return Err(Refusal::Request(format!("draining is {other}, it must be {DRAINING} or left out"))),
    }
    state.store.ready().await?;
    Ok(json(&answer(&state)))
}

fn answer(state: &Shared) -> Ready {
    let region = state.config.region.clone();
    Ready { region, version: env!("CARGO_PKG_VERSION").to_owned(), server_time: clock::now() }
}

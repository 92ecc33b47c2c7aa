//! `/live`: the process answers. `/ready?pool=P`: it is this pool's, it can write, and it stays. A balancer asks with
//! `&draining=404`: then an instance that goes down says so by 404, which is to get no new requests, apart from one that
//! is broken (503). Tills that come through that balancer are not told: it takes them elsewhere, and what one instance is
//! about to do is not a word about the location.

use super::{Shared, json, query};
use crate::clock;
use crate::problem::Refusal;
use axum::extract::Request;
use axum::response::Response;
use evertill_domain::ids::StoreId;
use evertill_domain::publication::Subject;
use evertill_domain::wire::Ready;
use serde::Deserialize;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    pool: Option<String>,
    #[serde(default)]
    draining: Option<u16>,
    #[serde(default)]
    store: Option<StoreId>,
}

/// The status by which a balancer wants to be told of a drain.
const DRAINING: u16 = 404;

pub(super) async fn live(state: Shared) -> Response {
    json(&answer(&state, None))
}

pub(super) async fn ready(state: Shared, request: Request) -> Result<Response, Refusal> {
    let Asked { pool, draining, store } = query(request.uri().query().unwrap_or(""))?;
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
    Ok(json(&answer(&state, store.as_ref())))
}

/// How this instance is; to a till that names its `store`, also what it would give it. So tills notice when the location that
/// they do not use just now falls behind.
fn answer(state: &Shared, store: Option<&StoreId>) -> Ready {
    let index = state.publications.index();
    let published = store.map(|store| {
        let versions = Subject::ALL.map(|subject| (subject.to_string(), index.version(subject, store)));
        versions.into_iter().collect()
    });
    Ready {
        region: state.config.region.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        server_time: clock::now(),
        schema: state.store.schema(),
        published,
    }
}

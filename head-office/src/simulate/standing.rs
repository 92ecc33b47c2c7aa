//! What the locations have: asked before the beginning, whether they take the tills at all, and at the end of every till.

use super::line::{Line, Wire};
use super::plan::Plan;
use super::questions::{self, Answer};
use super::till::Ended;
use super::{Shared, SimulateError};
use evertill_domain::chain::Head;
use evertill_domain::outbox::Refusal;
use evertill_domain::wire::{Ready, WatermarkAnswer};
use futures_util::stream::{self, StreamExt};
use serde::Serialize;
use std::sync::Arc;

/// Questions at the same time.
const ASKED_AT_ONCE: usize = 64;
/// A question is repeated so often before it counts as unanswered.
const TRIES_MAX: u32 = 3;
/// So many tills are named that a location lacks something of.
const NAMED_MAX: usize = 5;

/// What the locations have at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Tills whose whole chain is at every location, by number and hash.
    pub whole: usize,
    /// What is not there, in words; the first few.
    pub lacking: Vec<String>,
    /// How many tills lack something at some location.
    pub lacking_tills: usize,
}

/// Asks every location whether it is ready for the pool, and takes the first till for who it is.
///
/// # Errors
/// [`SimulateError::Location`] with the remedy.
pub async fn check(plan: &Plan, line: &Line) -> Result<(), SimulateError> {
    let Some(member) = plan.fleet.members().next() else { return Ok(()) };
    for (at, location) in line.names().iter().enumerate() {
        let refused = |problem: String| SimulateError::Location { location: location.to_string(), problem };
        let mut wire = Wire::default();
        let reply = line.call(&mut wire, at, &member, &questions::probe(&plan.pool)).await;
        match (&reply, questions::understand::<Ready>(&reply)) {
            (_, Answer::Good(_)) => {}
            (Err(failure), _) => return Err(refused(failure.to_string())),
            (Ok(reply), _) => {
                let remedy = "look at its log, and whether --pool is its pool";
                return Err(refused(format!("it is not ready (status {}): {remedy}", reply.status)));
            }
        }
        let epoch = evertill_domain::ids::Epoch(uuid::Uuid::nil());
        let reply = line.call(&mut wire, at, &member, &questions::watermark(&member.id, epoch)).await;
        if let Answer::Refused(Refusal::Identity) = questions::understand::<WatermarkAnswer>(&reply) {
            let remedy = "give it the register that `head-office simulate --register` prints, with the same flags";
            return Err(refused(format!("it does not know {}: {remedy}", member.id)));
        }
    }
    Ok(())
}

/// Asks every location where it stands with each till.
pub async fn of_all(shared: &Arc<Shared>, ended: Vec<Ended>) -> Standing {
    let asked = ended.into_iter().map(|till| {
        let shared = shared.clone();
        async move { lacks(&shared, &till).await }
    });
    let mut standing = Standing::default();
    let mut answers = stream::iter(asked).buffer_unordered(ASKED_AT_ONCE);
    while let Some(lacks) = answers.next().await {
        if lacks.is_empty() {
            standing.whole += 1;
            continue;
        }
        standing.lacking_tills += 1;
        let room = NAMED_MAX.saturating_sub(standing.lacking.len());
        standing.lacking.extend(lacks.into_iter().take(room));
    }
    standing
}

/// What some location lacks of `till`.
async fn lacks(shared: &Shared, till: &Ended) -> Vec<String> {
    let mut lacks = Vec::new();
    for (at, location) in shared.line.names().iter().enumerate() {
        let here = head(shared, at, till).await;
        let member = &till.member.id;
        match here {
            Some(here) if here == till.head => {}
            Some(here) => lacks.push(format!("{location} has {member} up to {}, of {}", here.seq, till.head.seq)),
            None => lacks.push(format!("{location} does not answer for {member}")),
        }
    }
    lacks
}

async fn head(shared: &Shared, at: usize, till: &Ended) -> Option<Head> {
    let call = questions::watermark(&till.member.id, till.epoch);
    let mut wire = Wire::default();
    for _ in 0..TRIES_MAX {
        let reply = shared.line.call(&mut wire, at, &till.member, &call).await;
        if let Answer::Good(WatermarkAnswer { watermark, hash, .. }) = questions::understand(&reply) {
            return Some(Head { seq: watermark, hash });
        }
    }
    None
}

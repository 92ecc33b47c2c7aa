//! `POST /v1/tills/{region}/{store}/{till}/journal`: entries in order.

use super::{Shared, TillPath, ack};
use crate::batch::{self, Break, Judged};
use crate::clock;
use crate::limits::{BATCH_DECODED_MAX_BYTES, BATCH_SENT_MAX_BYTES};
use crate::problem::Refusal;
use crate::signed::{self, Signed};
use crate::state::State;
use crate::store::{Batch, Outcome};
use axum::extract::Request;
use axum::response::Response;
use ed25519_dalek::VerifyingKey;
use evertill_domain::chain::Head;
use evertill_domain::ids::TillId;

pub(super) async fn post(state: Shared, path: TillPath, request: Request) -> Result<Response, Refusal> {
    let mut signed = signed::read(&state, request, BATCH_SENT_MAX_BYTES).await?;
    signed.must_be(&path.0)?;
    let judged = judge(&mut signed).await?;
    let Judged { epoch: Some(epoch), .. } = judged else {
        return Err(refusal(judged.broken, None).unwrap_or(Refusal::Internal));
    };
    let count = judged.entries.len();
    let (outcome, broken) = take(&state, signed.till.clone(), signed.key, judged).await?;
    let head = match outcome {
        Outcome::Taken(head) => {
            state.metrics.took(count);
            head
        }
        Outcome::Gap(head) => return Err(Refusal::Gap(head)),
        Outcome::Fork { head, seq } => return Err(Refusal::Fork { head, seq }),
        Outcome::OtherKey => return Err(Refusal::OtherKey),
        Outcome::TooMany(head) => return Err(Refusal::TooManyBeside(head)),
    };
    match refusal(broken, Some(head)) {
        Some(refusal) => Err(refusal),
        None => Ok(ack(&state, epoch, head)),
    }
}

/// Decompresses and judges away from the runtime's threads: it is work for the cores.
async fn judge(signed: &mut Signed<'_>) -> Result<Judged, Refusal> {
    let compressed = is_compressed(signed.encoding.as_deref())?;
    let body = std::mem::take(&mut signed.body);
    let (till, key) = (signed.till.clone(), signed.key);
    let judge = move || {
        let body = if compressed { batch::decompress(&body, BATCH_DECODED_MAX_BYTES)? } else { body };
        batch::judge(&till, &key, &body)
    };
    let judged = tokio::task::spawn_blocking(judge).await.map_err(|_| Refusal::Internal)?;
    Ok(judged?)
}

/// Takes in what is good, and says where the till stands now and what broke.
async fn take(
    state: &State,
    till: TillId,
    key: VerifyingKey,
    judged: Judged,
) -> Result<(Outcome, Option<Break>), Refusal> {
    let Judged { epoch, entries, receipt_number, broken } = judged;
    let epoch = epoch.ok_or(Refusal::Internal)?;
    if entries.is_empty() {
        return Ok((Outcome::Taken(state.store.standing(&till, epoch).await?.head), broken));
    }
    let (branch, broken) = match broken {
        Some(Break::Branch(branch)) => (Some(branch), None),
        other => (None, other),
    };
    let (public_key, at) = (key.to_bytes(), clock::now());
    let batch = Batch { till, public_key, epoch, entries, branch, receipt_number, at };
    Ok((state.store.take(batch).await?, broken))
}

/// What the till hears of the break, once all before it is in and the chain stands at `head`.
fn refusal(broken: Option<Break>, head: Option<Head>) -> Option<Refusal> {
    let next = head.map_or(u64::MAX, |head| head.seq.saturating_add(1));
    match (broken?, head) {
        // A broken entry far ahead: what lies before it comes first.
        (Break::Entry { seq: Some(seq), .. }, Some(head)) if seq > next => Some(Refusal::Gap(head)),
        (Break::Entry { seq, detail }, head) => Some(Refusal::Entry { seq, head, detail }),
        (Break::Gap, Some(head)) => Some(Refusal::Gap(head)),
        (Break::Branch(branch), Some(head)) => Some(Refusal::Fork { head, seq: branch.seq }),
        (Break::Gap | Break::Branch(_), None) => None,
    }
}

/// Whether the body is zstd; any other encoding but none is refused.
pub(super) fn is_compressed(encoding: Option<&str>) -> Result<bool, Refusal> {
    match encoding {
        None | Some("identity") => Ok(false),
        Some("zstd") => Ok(true),
        Some(other) => Err(Refusal::Encoding(other.chars().take(40).collect())),
    }
}

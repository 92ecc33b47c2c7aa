//! `POST /v1/tills/{region}/{store}/{till}/set-aside`: one entry that ingest refused, kept as the bytes that came.
//! Whatever is in them blocks nobody: the entry keeps its number and hash, and the chain goes on.

use super::journal::is_compressed;
use super::{Shared, TillPath, ack, query};
use crate::batch::{self, Place};
use crate::clock;
use crate::limits::{SEQ_MAX, SET_ASIDE_MAX_BYTES};
use crate::problem::Refusal;
use crate::signed;
use crate::store::{Aside, Outcome};
use axum::extract::Request;
use axum::response::Response;
use evertill_domain::ids::BusinessDay;
use evertill_domain::wire::SetAside;

/// Longest reason that is kept, in characters.
const REASON_MAX_CHARS: usize = 100;

pub(super) async fn post(state: Shared, path: TillPath, request: Request) -> Result<Response, Refusal> {
    let mut signed = signed::read(&state, request, SET_ASIDE_MAX_BYTES).await?;
    signed.must_be(&path.0)?;
    let SetAside { epoch, seq, prev, hash, reason } = query(&signed.query)?;
    if seq == 0 || seq > SEQ_MAX {
        return Err(Refusal::Request(format!("seq is {seq}, it must be 1 to {SEQ_MAX}")));
    }
    let body = std::mem::take(&mut signed.body);
    let compressed = is_compressed(signed.encoding.as_deref())?;
    let bytes = if compressed { batch::decompress(&body, SET_ASIDE_MAX_BYTES)? } else { body };
    let place = Place::of(&bytes);
    let receipt_number = place.receipt_number();
    let business_day = place.business_day.filter(|day| day.parse::<BusinessDay>().is_ok());
    // A column of text takes no NUL.
    let reason = reason.chars().filter(|letter| *letter != '\0').take(REASON_MAX_CHARS).collect();
    let (till, public_key, at) = (signed.till.clone(), signed.key.to_bytes(), clock::now());
    let aside = Aside { till, public_key, epoch, seq, prev, hash, reason, bytes, business_day, receipt_number, at };
    match state.store.set_aside(aside).await? {
        Outcome::Taken(head) => Ok(ack(&state, epoch, head)),
        Outcome::OtherKey => Err(Refusal::OtherKey),
        Outcome::Gap(head) => Err(Refusal::Gap(head)),
        Outcome::Fork { head, seq } => Err(Refusal::Fork { head, seq }),
        Outcome::TooMany(head) => Err(Refusal::TooManyBeside(head)),
    }
}

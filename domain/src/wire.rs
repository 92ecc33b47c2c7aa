//! What till and head office say to each other: paths, answers, problems. JSON; journal batches are JSON lines in zstd.
//!
//! Unknown fields are ignored on both sides, so that a newer version may add some.

use crate::entry::{Entry, Hash};
use crate::ids::{Epoch, IdempotencyKey, Pool, Region, TillId};
use crate::piloting::Cohort;
use crate::publication::Subject;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most entries of one journal batch.
pub const BATCH_MAX_ENTRIES: usize = 500;
/// Most bytes of one journal batch before compression. One entry that is longer goes alone.
pub const BATCH_MAX_BYTES: usize = 1024 * 1024;
/// Most bytes of any answer of head office but a price book.
pub const ANSWER_MAX_BYTES: usize = 64 * 1024;
/// Most bytes of a receipt and what came back of it.
pub const RECEIPT_MAX_BYTES: usize = BATCH_MAX_BYTES;
/// Most entries of a receipt and what came back of it: no sale has as many lines.
pub const RECEIPT_MAX_ENTRIES: usize = 1_000;
/// Most bytes of a price book: 50,000 items are about 15 MB.
pub const PRICE_BOOK_MAX_BYTES: usize = 64 * 1024 * 1024;
/// Most bytes of a list of cashiers.
pub const CASHIERS_MAX_BYTES: usize = 1024 * 1024;
/// Media type of a journal batch.
pub const JSON_LINES: &str = "application/jsonl";
/// Media type of a problem (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";
/// Header of every answer of head office: its region. A till refuses an answer of another region.
pub const REGION_HEADER: &str = "evertill-region";
/// Header of every request of a till: its store, for canary routers.
pub const STORE_HEADER: &str = "x-store";
/// Header of every request of a till: its assigned pool, for canary routers.
pub const POOL_HEADER: &str = "x-pool";

/// `POST`: entries in order.
pub fn journal_path(till: &TillId) -> String {
    format!("/v1/tills/{till}/journal")
}

/// `POST`: one entry that ingest refused, as bytes, with [`SetAside`] as query.
pub fn set_aside_path(till: &TillId) -> String {
    format!("/v1/tills/{till}/set-aside")
}

/// `GET ?epoch=E`: where to resume.
pub fn watermark_path(till: &TillId) -> String {
    format!("/v1/tills/{till}/watermark")
}

/// `POST`: the till's state.
pub fn heartbeat_path(till: &TillId) -> String {
    format!("/v1/tills/{till}/heartbeat")
}

/// `GET ?since=V`: what is published for a till, 204 when V is the newest.
pub fn publication_path(subject: Subject, till: &TillId) -> String {
    if subject.may_be_a_stores() {
        format!("/v1/stores/{}/{subject}", till.store)
    } else {
        format!("/v1/regions/{}/{subject}", till.region)
    }
}

/// `GET`: the sale with this receipt number of a till, and what came back of it at any till, as JSON lines of entries.
pub fn receipt_path(till: &TillId, receipt_number: u64) -> String {
    format!("/v1/stores/{}/receipts/{}/{receipt_number}", till.store, till.number)
}

/// How fast head office wants the next batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Most entries of the next batch.
    pub max_entries: u32,
    /// Wait this long before the next batch, in milliseconds.
    pub wait_ms: u32,
}

impl Pace {
    /// As fast as the till can.
    pub const FULL: Pace = Pace { max_entries: BATCH_MAX_ENTRIES as u32, wait_ms: 0 };
}

/// Answer to a journal batch or a set-aside entry: all up to `watermark` is durable at this location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalAck {
    /// The epoch that is answered for.
    pub epoch: Epoch,
    /// Highest number of the epoch up to which nothing is missing here.
    pub watermark: u64,
    /// Hash of the entry with that number, [`Hash::ZERO`] at 0.
    pub hash: Hash,
    /// Serial of the assignment in force, 0 when there is none.
    pub serial: u64,
    /// How fast to go on.
    pub pace: Pace,
    /// Head office's clock, RFC 3339 in UTC.
    pub server_time: String,
}

/// Answer to `GET watermark`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatermarkAnswer {
    /// The epoch that was asked for.
    pub epoch: Epoch,
    /// Highest number up to which nothing is missing here, 0 when nothing is here.
    pub watermark: u64,
    /// Hash of the entry with that number, [`Hash::ZERO`] at 0.
    pub hash: Hash,
    /// Highest receipt number of this till seen here, over all its epochs.
    pub receipt_number: u64,
    /// Head office's clock, RFC 3339 in UTC.
    pub server_time: String,
}

/// Query of the set-aside route: the place that the entry keeps in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Its epoch.
    pub epoch: Epoch,
    /// Its number.
    pub seq: u64,
    /// Hash of the entry before it.
    pub prev: Hash,
    /// Its own hash, which the next entry names.
    pub hash: Hash,
    /// Why ingest refused it: the problem's type.
    pub reason: String,
}

impl SetAside {
    /// The place of `entry`, refused for `reason`.
    pub fn of(entry: &Entry, reason: &str) -> SetAside {
        let Entry { epoch, seq, prev, hash, .. } = entry;
        SetAside { epoch: *epoch, seq: *seq, prev: *prev, hash: *hash, reason: reason.to_owned() }
    }

    /// The query string, without the question mark. All values are of URL-safe characters.
    pub fn to_query(&self) -> String {
        let SetAside { epoch, seq, prev, hash, reason } = self;
        format!("epoch={epoch}&seq={seq}&prev={prev}&hash={hash}&reason={reason}")
    }
}

/// What a till says of itself every minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Agent version.
    pub version: String,
    /// The journal's epoch.
    pub epoch: Epoch,
    /// Its last number.
    pub head: u64,
    /// Entries that this location does not have yet.
    pub unsent: u64,
    /// Version of the price book in force, 0 when none.
    pub price_book: u64,
    /// The till's clock, RFC 3339.
    pub clock: String,
    /// What is wrong, one plain sentence each; empty when all is well.
    pub alarms: Vec<String>,
    /// The pool that it belongs to; tills of an earlier version do not say.
    #[serde(default)]
    pub pool: Option<Pool>,
    /// How ready its store is for something new; tills of an earlier version do not say.
    #[serde(default)]
    pub cohort: Option<Cohort>,
    /// Its devices by what they are, and the state of each in a word: `printer`, `ready`.
    #[serde(default)]
    pub devices: BTreeMap<String, String>,
}

/// Answer to a heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeartbeatAck {
    /// Serial of the assignment in force.
    pub serial: u64,
    /// Newest version of the store's price book, 0 when there is none.
    pub price_book: u64,
    /// Newest version of the store's list of cashiers, 0 when there is none; an earlier head office knows none.
    #[serde(default)]
    pub cashiers: u64,
    /// Serial of the endpoints in force, 0 when there are none; an earlier head office knows none.
    #[serde(default)]
    pub endpoints: u64,
    /// Head office's clock, RFC 3339 in UTC.
    pub server_time: String,
}

/// Answer to `/ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// Region of the server.
    pub region: Region,
    /// Version of the service.
    pub version: String,
    /// Head office's clock, RFC 3339 in UTC.
    pub server_time: String,
    /// The form of its database, `postgresql-2`; empty from an earlier head office.
    #[serde(default)]
    pub schema: String,
    /// What it has to give to the store that asked, and the version of each; `None` from an earlier head office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<BTreeMap<String, u64>>,
}

/// A refusal of head office or of the till's own API (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// One of the constants of [`Problem`].
    #[serde(rename = "type")]
    pub kind: String,
    /// A short name for people.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// The journal number concerned, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Where head office stands, with a gap or a fork.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watermark: Option<u64>,
    /// Hash of what head office has at the watermark, with a gap or a fork.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<Hash>,
    /// The act that was refused, when the request named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<IdempotencyKey>,
}

impl Problem {
    /// 409: numbers are missing before the batch; resume behind `watermark`.
    pub const GAP: &'static str = "urn:evertill:problem:gap";
    /// 409: head office has another entry under one of these numbers.
    pub const FORK: &'static str = "urn:evertill:problem:fork";
    /// 422: an entry cannot be taken in; `seq` names it. It goes to the set-aside route, alone.
    pub const ENTRY: &'static str = "urn:evertill:problem:entry";
    /// 400: the request is not what the route takes.
    pub const REQUEST: &'static str = "urn:evertill:problem:request";
    /// 401: the request's signature is missing or not the till's.
    pub const SIGNATURE: &'static str = "urn:evertill:problem:signature";
    /// 403: the till is unknown, revoked, or not of this region.
    pub const IDENTITY: &'static str = "urn:evertill:problem:identity";
    /// 413: larger than the caps allow.
    pub const TOO_LARGE: &'static str = "urn:evertill:problem:too-large";
    /// 503 with Retry-After: not now.
    pub const BUSY: &'static str = "urn:evertill:problem:busy";
    /// 500: a fault of head office.
    pub const INTERNAL: &'static str = "urn:evertill:problem:internal";

    /// A problem without the optional members.
    pub fn new(kind: &str, title: &str, status: u16, detail: impl Into<String>) -> Problem {
        Problem {
            kind: kind.to_owned(),
            title: title.to_owned(),
            status,
            detail: detail.into(),
            seq: None,
            watermark: None,
            hash: None,
            idempotency_key: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_of_a_newer_head_office_is_still_read() {
        let newer = r#"{"type":"urn:evertill:problem:gap","title":"Gap","status":409,"detail":"d","watermark":3,"instance":"/x"}"#;
        let problem: Problem = serde_json::from_str(newer).unwrap();
        assert_eq!((problem.kind.as_str(), problem.watermark), (Problem::GAP, Some(3)));
    }
}

//! The requests of a till and what head office's answers mean.

use crate::link::{Call, Failure, Method, Reply};
use bytes::Bytes;
use evertill_domain::entry::Entry;
use evertill_domain::ids::{Epoch, Location, Pool, StoreId, TillId};
use evertill_domain::outbox::Refusal;
use evertill_domain::publication::Subject;
use evertill_domain::refund::Original;
use evertill_domain::wire::{self, Problem, SetAside};
use serde::de::DeserializeOwned;

/// Level of zstd: sales are so alike that 1 packs them nearly as well as 3, in half the time.
const ZSTD_LEVEL: i32 = 1;
/// What a line has beside its body, about.
const LINE_BYTES: usize = 768;
/// A throttle without a time waits this long.
const RETRY_AFTER_DEFAULT_MS: u64 = 5_000;

/// What an answer means to an outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer<A> {
    /// As asked.
    Good(A),
    /// Head office refused what was brought.
    Refused(Refusal),
    /// Not now.
    Throttled {
        /// Wait this long.
        retry_after_ms: u64,
    },
    /// 500: counts only across different requests.
    Internal,
    /// A fault of the location, with a sentence for people.
    Fault(String),
}

fn call(location: &Location, method: Method, path: String) -> Call {
    Call {
        location: location.clone(),
        method,
        path,
        query: String::new(),
        body: Bytes::new(),
        content_type: "",
        content_encoding: "",
        answer_max_bytes: wire::ANSWER_MAX_BYTES,
    }
}

pub(super) fn probe(location: &Location, pool: &Pool, store: &StoreId) -> Call {
    Call { query: format!("pool={pool}&store={store}"), ..call(location, Method::Get, "/ready".to_owned()) }
}

pub(super) fn watermark(location: &Location, till: &TillId, epoch: Epoch) -> Call {
    Call { query: format!("epoch={epoch}"), ..call(location, Method::Get, wire::watermark_path(till)) }
}

/// A batch: JSON lines in zstd.
pub(super) fn journal(location: &Location, till: &TillId, entries: &[Entry]) -> std::io::Result<Call> {
    let mut lines = Vec::with_capacity(entries.iter().map(|entry| entry.body.len() * 5 / 4 + LINE_BYTES).sum());
    entries.iter().for_each(|entry| entry.write_line(&mut lines));
    let body = zstd::bulk::compress(&lines, ZSTD_LEVEL)?;
    Ok(Call {
        body: Bytes::from(body),
        content_type: wire::JSON_LINES,
        content_encoding: "zstd",
        ..call(location, Method::Post, wire::journal_path(till))
    })
}

/// One entry as bytes, with the place that it keeps.
pub(super) fn set_aside(location: &Location, till: &TillId, entry: &Entry, reason: &str) -> Call {
    Call {
        query: SetAside::of(entry, reason).to_query(),
        body: Bytes::from(entry.to_line()),
        content_type: wire::JSON_LINES,
        ..call(location, Method::Post, wire::set_aside_path(till))
    }
}

pub(super) fn heartbeat(location: &Location, till: &TillId, beat: &wire::Heartbeat) -> Result<Call, serde_json::Error> {
    Ok(Call {
        body: Bytes::from(serde_json::to_vec(beat)?),
        content_type: "application/json",
        ..call(location, Method::Post, wire::heartbeat_path(till))
    })
}

/// What is published and newer than `since`; as what changed since then, where `delta` is asked for and known there.
pub(super) fn published(location: &Location, till: &TillId, subject: Subject, since: u64, delta: bool) -> Call {
    let answer_max_bytes = match subject {
        Subject::PriceBook => wire::PRICE_BOOK_MAX_BYTES,
        Subject::Cashiers => wire::CASHIERS_MAX_BYTES,
        Subject::Endpoints | Subject::Assignment => wire::ANSWER_MAX_BYTES,
    };
    Call {
        query: format!("since={since}&delta={delta}"),
        answer_max_bytes,
        ..call(location, Method::Get, wire::publication_path(subject, till))
    }
}

/// A sale of a till of this store, and what came back of it.
pub(super) fn receipt(location: &Location, of: &Original) -> Call {
    let path = wire::receipt_path(&of.till, of.receipt_number);
    Call { answer_max_bytes: wire::RECEIPT_MAX_BYTES, ..call(location, Method::Get, path) }
}

/// What `reply` means.
pub(super) fn understand<A: DeserializeOwned>(reply: Result<Reply, Failure>) -> Answer<A> {
    let reply = match reply {
        Ok(reply) => reply,
        Err(failure) => return Answer::Fault(failure.to_string()),
    };
    match reply.status {
        200 => match serde_json::from_slice(&reply.body) {
            Ok(answer) => Answer::Good(answer),
            Err(error) => Answer::Fault(Failure::NotUnderstood(error.to_string()).to_string()),
        },
        429 => Answer::Throttled { retry_after_ms: retry_after_ms(&reply) },
        503 if reply.retry_after_s.is_some() => Answer::Throttled { retry_after_ms: retry_after_ms(&reply) },
        500 => Answer::Internal,
        400 | 401 | 403 | 409 | 413 | 422 => refusal(&reply),
        status => Answer::Fault(format!("it answered with status {status}")),
    }
}

fn retry_after_ms(reply: &Reply) -> u64 {
    reply.retry_after_s.map_or(RETRY_AFTER_DEFAULT_MS, |seconds| seconds.saturating_mul(1_000))
}

/// A refusal counts only with a problem that says what was refused: a strange server's bare 400 must not make the till
/// set sales aside.
fn refusal<A>(reply: &Reply) -> Answer<A> {
    let Ok(problem) = serde_json::from_slice::<Problem>(&reply.body) else {
        return Answer::Fault(format!("it answered with status {} and without a problem", reply.status));
    };
    let watermark = problem.watermark.zip(problem.hash);
    match (reply.status, problem.kind.as_str()) {
        (401 | 403, _) => Answer::Refused(Refusal::Identity),
        (409, Problem::GAP) => match problem.watermark {
            Some(watermark) => Answer::Refused(Refusal::Gap { watermark }),
            None => Answer::Fault("it reported a gap without saying where".to_owned()),
        },
        (409, Problem::FORK) => Answer::Refused(Refusal::Fork { receipt_number: 0 }),
        (409, other) => Answer::Fault(format!("it reported a conflict that is not known here: {other}")),
        (_, kind) => {
            // The reason travels on in a query: only what is safe there is kept.
            let reason =
                kind.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '-')).take(80).collect();
            Answer::Refused(Refusal::Batch { reason, seq: problem.seq, watermark })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evertill_domain::wire::HeartbeatAck;

    fn reply(status: u16, retry_after_s: Option<u64>, body: &str) -> Answer<HeartbeatAck> {
        understand(Ok(Reply { status, retry_after_s, signature: None, body: Bytes::copy_from_slice(body.as_bytes()) }))
    }

    fn problem(kind: &str, status: u16) -> String {
        serde_json::to_string(&Problem::new(kind, "t", status, "d")).unwrap()
    }

    #[test]
    fn each_status_means_what_the_design_says() {
        let identity = Answer::Refused(Refusal::Identity);
        assert_eq!(reply(401, None, &problem(Problem::SIGNATURE, 401)), identity);
        assert_eq!(reply(403, None, &problem(Problem::IDENTITY, 403)), identity);
        assert_eq!(reply(429, Some(7), ""), Answer::Throttled { retry_after_ms: 7_000 });
        assert_eq!(reply(503, Some(7), ""), Answer::Throttled { retry_after_ms: 7_000 });
        assert_eq!(reply(500, None, ""), Answer::Internal);
        for fault in [reply(503, None, ""), reply(502, None, ""), reply(504, None, ""), reply(418, None, "")] {
            assert!(matches!(fault, Answer::Fault(_)), "{fault:?}");
        }
    }

    #[test]
    fn a_strange_server_cannot_make_the_till_set_sales_aside() {
        for (status, body) in [(200, "<html>"), (200, ""), (400, "<html>"), (422, "{}"), (409, "{}")] {
            assert!(matches!(reply(status, None, body), Answer::Fault(_)), "{status} {body}");
        }
        assert!(matches!(reply(409, None, &problem("urn:new", 409)), Answer::Fault(_)));
    }

    #[test]
    fn a_refused_entry_is_named() {
        let problem = Problem { seq: Some(4), ..Problem::new(Problem::ENTRY, "t", 422, "d") };
        let expected = Refusal::Batch { reason: Problem::ENTRY.to_owned(), seq: Some(4), watermark: None };
        assert_eq!(reply(422, None, &serde_json::to_string(&problem).unwrap()), Answer::Refused(expected));
    }
}

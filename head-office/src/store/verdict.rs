//! What a batch does to its chain: the same on every engine.

use super::{Accepted, Batch, Outcome};
use crate::ingest::{Decision, decide};
use evertill_domain::chain::Head;
use evertill_domain::entry::{Entry, Hash};
use evertill_domain::ids::{BusinessDay, Kind};
use evertill_domain::publication::Claim;
use std::collections::BTreeMap;

/// Most entries that are kept beside one chain, of forks and of other branches each: a till gone mad must not fill
/// the disk, and a person needs the first ones.
pub(super) const BESIDE_MAX: i64 = 1_000;

/// What becomes of something published, of which `known` is the hash under the same claim and `newest` the newest whole
/// version of its subject here. What leads on to a version may come before or after that version itself.
pub(super) fn judge(claim: &Claim, sha256: &Hash, known: Option<Hash>, newest: u64) -> Accepted {
    match known {
        Some(known) if known == *sha256 => Accepted::Known,
        Some(_) => Accepted::Differs,
        None if claim.version > newest || (claim.since > 0 && claim.version == newest) => Accepted::Taken,
        None => Accepted::Behind { newest },
    }
}

/// What is here of an epoch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) public_key: [u8; 32],
    pub(super) head: Head,
}

impl Known {
    /// An epoch that begins now.
    pub(super) fn begun(public_key: [u8; 32]) -> Known {
        Known { public_key, head: Head::START }
    }
}

/// What is to be written, and what the till hears once it is.
#[derive(Debug)]
pub(super) struct Verdict<'a> {
    /// Entries behind the head, to be appended.
    pub(super) append: &'a [Entry],
    /// An entry that contradicts the chain, to be recorded beside it.
    pub(super) fork: Option<&'a Entry>,
    /// The answer.
    pub(super) outcome: Outcome,
}

impl<'a> Verdict<'a> {
    fn only(outcome: Outcome) -> Verdict<'a> {
        Verdict { append: &[], fork: None, outcome }
    }
}

/// Judges `batch` where `known` of its epoch is here. `stored` tells the hash that is here under a number up to the head's.
///
/// # Errors
/// Those of `stored`.
pub(super) fn verdict<'a, E>(
    known: Option<Known>,
    batch: &'a Batch,
    stored: impl FnMut(u64) -> Result<Hash, E>,
) -> Result<Verdict<'a>, E> {
    let Batch { public_key, entries, branch, .. } = batch;
    let begins = entries.first().is_some_and(|first| first.seq == 1 && first.prev == Head::START.hash);
    let head = match known {
        Some(known) if known.public_key != *public_key => return Ok(Verdict::only(Outcome::OtherKey)),
        Some(known) => known.head,
        // A chain is begun by its first entry only; a gap or a fork leaves no trace of an empty one.
        None if begins => Head::START,
        None => return Ok(Verdict::only(Outcome::Gap(Head::START))),
    };
    let append = match decide(head, entries, stored)? {
        Decision::Append { skip } => &entries[skip..],
        Decision::Gap => return Ok(Verdict::only(Outcome::Gap(head))),
        Decision::Fork { index } => {
            let entry = &entries[index];
            let outcome = Outcome::Fork { head, seq: entry.seq };
            return Ok(Verdict { append: &[], fork: Some(entry), outcome });
        }
    };
    let head = append.last().map_or(head, Head::of);
    Ok(match branch.as_deref() {
        // Behind the head it is not a contradiction yet: the numbers between are missing.
        Some(branch) if branch.seq <= head.seq + 1 => {
            Verdict { append, fork: Some(branch), outcome: Outcome::Fork { head, seq: branch.seq } }
        }
        Some(_) => Verdict { append, fork: None, outcome: Outcome::Gap(head) },
        None => Verdict { append, fork: None, outcome: Outcome::Taken(head) },
    })
}

/// What some entries add to a business day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
    pub(super) entries: i64,
    pub(super) sales: i64,
}

/// What `entries`, which are consecutive, add to each business day.
pub(super) fn days(entries: &[Entry]) -> BTreeMap<&BusinessDay, Day> {
    let mut days = BTreeMap::new();
    for Entry { seq, business_day, kind, .. } in entries {
        let new = Day { first_seq: *seq, last_seq: *seq, entries: 0, sales: 0 };
        let day = days.entry(business_day).or_insert(new);
        day.last_seq = *seq;
        day.entries += 1;
        day.sales += i64::from(kind.as_str() == Kind::SALE);
    }
    days
}

/// Says aloud that a till contradicts itself.
pub(super) fn cry_fork(entry: &Entry) {
    let Entry { till, epoch, seq, .. } = entry;
    tracing::error!(%till, %epoch, seq, "fork: the till sent another branch of its journal");
}

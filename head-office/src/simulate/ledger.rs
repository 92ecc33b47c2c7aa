//! A till's chain in memory: only what is not yet everywhere, and of that only what cannot be made again.
//!
//! The body of an entry follows from its basket and its number, so an entry takes 120 bytes here instead of the two
//! kilobytes that it has on the line. When there is no room, nothing is sold: an entry that was made is never dropped.

use super::goods::Goods;
use ed25519_dalek::SigningKey;
use evertill_domain::chain::Head;
use evertill_domain::entry::{Content, Entry, Hash, Signature, VERSION};
use evertill_domain::ids::{BusinessDay, Epoch, Kind, TillId, Timestamp};
use evertill_domain::random::Seeded;
use std::collections::VecDeque;
use uuid::Builder;

/// When the simulation began, by which the journals of this run are told from those of an earlier one.
#[derive(Debug, Clone)]
pub struct Life {
    began: jiff::Timestamp,
    business_day: BusinessDay,
}

impl Life {
    /// One that begins now.
    pub fn begun_now() -> Life {
        let began = jiff::Timestamp::now();
        let business_day = began.to_string()[..10].parse().expect("RFC 3339 begins with a day");
        Life { began, business_day }
    }

    /// The time `ms` milliseconds after the beginning.
    pub fn at(&self, ms: u64) -> Timestamp {
        let span = jiff::SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
        let at = self.began.checked_add(span).unwrap_or(self.began);
        format!("{at:.3}").parse().expect("RFC 3339 to the millisecond")
    }

    /// Milliseconds since 1970 when it began.
    fn began_ms(&self) -> u64 {
        u64::try_from(self.began.as_millisecond()).unwrap_or(0)
    }
}

/// An entry that is not yet everywhere.
#[derive(Debug, Clone)]
struct Kept {
    at_ms: u64,
    basket: u16,
    hash: Hash,
    sig: Signature,
}

/// The chain of one till.
#[derive(Debug)]
pub struct Ledger {
    till: TillId,
    key: SigningKey,
    epoch: Epoch,
    life: Life,
    /// The last entry that is everywhere; those behind it are kept.
    base: Head,
    kept: VecDeque<Kept>,
    kept_max: usize,
}

impl Ledger {
    /// An empty chain of its own epoch, which keeps at most `kept_max` entries.
    pub fn new(till: TillId, key: SigningKey, life: Life, kept_max: usize, random: &mut Seeded) -> Ledger {
        let mut chance = [0; 10];
        chance.fill_with(|| random.up_to(255) as u8);
        let epoch = Epoch(Builder::from_unix_timestamp_millis(life.began_ms(), &chance).into_uuid());
        Ledger { till, key, epoch, life, base: Head::START, kept: VecDeque::new(), kept_max }
    }

    /// Its epoch.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Where it stands.
    pub fn head(&self) -> Head {
        let last = self.kept.back().map(|kept| Head { seq: self.base.seq + self.kept.len() as u64, hash: kept.hash });
        last.unwrap_or(self.base)
    }

    /// Records that `basket` was sold at `at_ms` of the simulation. False when there is no room: then it was not sold.
    pub fn sell(&mut self, goods: &Goods, basket: u16, at_ms: u64) -> bool {
        if self.kept.len() >= self.kept_max {
            return false;
        }
        let Head { seq, hash } = self.head();
        let content = Content {
            till: self.till.clone(),
            at: self.life.at(at_ms),
            business_day: self.life.business_day.clone(),
            kind: sale_kind(),
            body: goods.body(basket, self.receipt_number(seq + 1)),
        };
        let Entry { hash, sig, .. } = Entry::seal(content, self.epoch, seq + 1, hash, &self.key);
        self.kept.push_back(Kept { at_ms, basket, hash, sig });
        true
    }

    /// The entries behind `after_seq`: at most `count`, with at most `bodies_max_bytes` of bodies, but one at least.
    /// None when they are not kept any more.
    pub fn entries(&self, goods: &Goods, after_seq: u64, count: usize, bodies_max_bytes: usize) -> Vec<Entry> {
        let Some(skip) = after_seq.checked_sub(self.base.seq).and_then(|skip| usize::try_from(skip).ok()) else {
            return Vec::new();
        };
        let mut entries: Vec<Entry> = Vec::new();
        let mut bytes = 0;
        let mut prev = self.hash(after_seq).unwrap_or(Hash::ZERO);
        for (kept, seq) in self.kept.iter().skip(skip).zip(after_seq + 1..).take(count) {
            let body = goods.body(kept.basket, self.receipt_number(seq));
            bytes += body.len();
            if bytes > bodies_max_bytes && !entries.is_empty() {
                break;
            }
            let Kept { at_ms, hash, sig, .. } = *kept;
            let (till, business_day) = (self.till.clone(), self.life.business_day.clone());
            let (at, kind, epoch) = (self.life.at(at_ms), sale_kind(), self.epoch);
            entries.push(Entry { v: VERSION, till, epoch, seq, at, business_day, kind, body, prev, hash, sig });
            prev = hash;
        }
        entries
    }

    /// The hash of entry `seq`, as far back as it is known.
    pub fn hash(&self, seq: u64) -> Option<Hash> {
        match seq.checked_sub(self.base.seq)? {
            0 => Some(self.base.hash),
            behind => self.kept.get(usize::try_from(behind).ok()? - 1).map(|kept| kept.hash),
        }
    }

    /// All up to `seq` is everywhere: tells when each of them was sold that was not before.
    pub fn confirm(&mut self, seq: u64) -> Vec<u64> {
        let Some(hash) = self.hash(seq) else { return Vec::new() };
        let count = usize::try_from(seq - self.base.seq).unwrap_or(usize::MAX).min(self.kept.len());
        self.base = Head { seq, hash };
        self.kept.drain(..count).map(|kept| kept.at_ms).collect()
    }

    /// Receipt numbers rise from one run to the next: no till sells more than once a millisecond.
    fn receipt_number(&self, seq: u64) -> u64 {
        self.life.began_ms() + seq
    }
}

fn sale_kind() -> Kind {
    Kind::SALE.parse().expect("a kind of ours is a kind")
}

#[cfg(test)]
mod tests {
    use super::*;
    use evertill_domain::chain::Verifier;

    #[test]
    fn entries_are_made_again_as_they_were_signed_wherever_one_begins() {
        let (goods, key) = (Goods::of(None, 1).unwrap(), SigningKey::from_bytes(&[7; 32]));
        let till: TillId = "eu/SIM-0001/1".parse().unwrap();
        let mut ledger = Ledger::new(till.clone(), key.clone(), Life::begun_now(), 40, &mut Seeded::new(1));
        for at in 0..40 {
            assert!(ledger.sell(&goods, at as u16, at * 1_000));
        }
        assert!(!ledger.sell(&goods, 0, 41_000), "there is no room");
        assert_eq!(ledger.confirm(15).len(), 15);
        for after in [15, 16, 39] {
            let from = Head { seq: after, hash: ledger.hash(after).unwrap() };
            let mut verifier = Verifier::new(till.clone(), ledger.epoch(), key.verifying_key(), from);
            let entries = ledger.entries(&goods, after, 500, usize::MAX);
            for entry in &entries {
                verifier.check(entry).unwrap();
            }
            assert_eq!((verifier.head(), entries.len() as u64), (ledger.head(), 40 - after));
        }
        assert!(ledger.entries(&goods, 14, 500, usize::MAX).is_empty() && ledger.hash(14).is_none());
        assert_eq!(ledger.entries(&goods, 15, 500, 1).len(), 1);
        assert_eq!(ledger.entries(&goods, 15, 7, usize::MAX).len(), 7);
        assert_eq!(ledger.confirm(40), (15..40).map(|at| at * 1_000).collect::<Vec<u64>>());
        assert!(ledger.sell(&goods, 0, 41_000) && ledger.head().seq == 41);
    }
}

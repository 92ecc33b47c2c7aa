//! The chain: what makes an altered, dropped or reordered entry show.

use crate::entry::{Entry, Hash};
use crate::ids::{Epoch, TillId};
use ed25519_dalek::VerifyingKey;

/// How an entry fails to continue its chain. Each names the number at which the chain breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// Written in a format this version cannot check.
    #[error("entry {seq} has format version {v}, this program checks version {}", crate::entry::VERSION)]
    Version {
        /// Its number.
        seq: u64,
        /// Its version.
        v: u16,
    },
    /// Another till's or another epoch's entry stands in this chain.
    #[error("entry {seq} belongs to {till} epoch {epoch}, not to this chain")]
    Foreign {
        /// Its number.
        seq: u64,
        /// The till it names.
        till: TillId,
        /// The epoch it names.
        epoch: Epoch,
    },
    /// Numbers are not consecutive.
    #[error("entry {found} stands where {expected} belongs")]
    Gap {
        /// The number that belongs here.
        expected: u64,
        /// The number that was found.
        found: u64,
    },
    /// The entry names another predecessor than the one before it.
    #[error("entry {seq} continues another chain: it names the predecessor {found}, the one here is {expected}")]
    Prev {
        /// Its number.
        seq: u64,
        /// The hash of the entry before it.
        expected: Hash,
        /// The hash it names.
        found: Hash,
    },
    /// The entry's fields do not give the hash it carries.
    #[error("entry {seq} was altered: its content does not give its hash")]
    Hash {
        /// Its number.
        seq: u64,
    },
    /// The signature is not the till's.
    #[error("entry {seq} is not signed by the till's key")]
    Signature {
        /// Its number.
        seq: u64,
    },
}

impl ChainError {
    /// The number at which the chain breaks.
    pub fn seq(&self) -> u64 {
        match self {
            ChainError::Version { seq, .. }
            | ChainError::Foreign { seq, .. }
            | ChainError::Prev { seq, .. }
            | ChainError::Hash { seq }
            | ChainError::Signature { seq } => *seq,
            ChainError::Gap { expected, .. } => *expected,
        }
    }
}

/// Where a chain stands: the last number and its hash. A new epoch stands at 0 and [`Hash::ZERO`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry, 0 when there is none.
    pub seq: u64,
    /// Hash of the last entry.
    pub hash: Hash,
}

impl Head {
    /// Before the first entry of an epoch.
    pub const START: Head = Head { seq: 0, hash: Hash::ZERO };

    /// The head once `entry` is appended.
    pub fn of(entry: &Entry) -> Head {
        Head { seq: entry.seq, hash: entry.hash }
    }
}

/// Checks entries one by one against one till's chain.
#[derive(Debug, Clone)]
pub struct Verifier {
    till: TillId,
    epoch: Epoch,
    key: VerifyingKey,
    head: Head,
}

impl Verifier {
    /// A verifier that expects the entry after `head`.
    pub fn new(till: TillId, epoch: Epoch, key: VerifyingKey, head: Head) -> Verifier {
        Verifier { till, epoch, key, head }
    }

    /// Where the chain stands now.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The same chain, expected to go on behind `head`: to find what else is wrong behind a break.
    pub fn resume_at(self, head: Head) -> Verifier {
        Verifier { head, ..self }
    }

    /// Accepts `entry` as the next one, or says how it breaks the chain; then the head stays.
    pub fn check(&mut self, entry: &Entry) -> Result<(), ChainError> {
        self.follows(entry)?;
        if !entry.is_signed_by(&self.key) {
            return Err(ChainError::Signature { seq: entry.seq });
        }
        self.head = Head::of(entry);
        Ok(())
    }

    /// As [`Verifier::check`], but leaves the signature to the caller, who has many to verify and does it at once.
    pub fn check_unsigned(&mut self, entry: &Entry) -> Result<(), ChainError> {
        self.follows(entry)?;
        self.head = Head::of(entry);
        Ok(())
    }

    fn follows(&self, entry: &Entry) -> Result<(), ChainError> {
        let seq = entry.seq;
        if entry.v != crate::entry::VERSION {
            return Err(ChainError::Version { seq, v: entry.v });
        }
        if entry.till != self.till || entry.epoch != self.epoch {
            return Err(ChainError::Foreign { seq, till: entry.till.clone(), epoch: entry.epoch });
        }
        if seq != self.head.seq + 1 {
            return Err(ChainError::Gap { expected: self.head.seq + 1, found: seq });
        }
        if entry.prev != self.head.hash {
            return Err(ChainError::Prev { seq, expected: self.head.hash, found: entry.prev });
        }
        if entry.computed_hash() != entry.hash {
            return Err(ChainError::Hash { seq });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Content;
    use ed25519_dalek::SigningKey;
    use proptest::prelude::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn epoch() -> Epoch {
        "0197a1b2-0000-7000-8000-000000000001".parse().unwrap()
    }

    fn chain(bodies: &[String]) -> Vec<Entry> {
        let mut head = Head::START;
        let seal = |body: &String| {
            let content = Content {
                till: "eu/DE-0417/2".parse().unwrap(),
                at: "2026-05-03T18:04:05.123+02:00".parse().unwrap(),
                business_day: "2026-05-03".parse().unwrap(),
                kind: Kind::SALE.parse().unwrap(),
                body: body.clone(),
            };
            let entry = Entry::seal(content, epoch(), head.seq + 1, head.hash, &key());
            head = Head::of(&entry);
            entry
        };
        bodies.iter().map(seal).collect()
    }

    use crate::ids::Kind;

    /// Reads each line and checks the whole; `Err` is what a person would be told.
    fn verify(lines: &[Vec<u8>]) -> Result<Head, String> {
        let mut verifier = Verifier::new("eu/DE-0417/2".parse().unwrap(), epoch(), key().verifying_key(), Head::START);
        for line in lines {
            let entry = Entry::parse_line(line).map_err(|error| error.to_string())?;
            verifier.check(&entry).map_err(|error| error.to_string())?;
        }
        Ok(verifier.head())
    }

    proptest! {
        #[test]
        fn a_chain_with_any_bit_changed_fails_to_verify(
            bodies in prop::collection::vec("\\PC{0,40}", 1..5), which: prop::sample::Index, at: prop::sample::Index, bit in 0u8..8
        ) {
            let mut lines: Vec<Vec<u8>> = chain(&bodies).iter().map(|entry| entry.to_line().into_bytes()).collect();
            let whole = verify(&lines);
            prop_assert!(whole.is_ok());
            let line = which.index(lines.len());
            let byte = at.index(lines[line].len());
            let before = Entry::parse_line(&lines[line]).unwrap();
            lines[line][byte] ^= 1 << bit;
            // A few flips only respell the same entry (`A` for `a` in a UUID, an escape for its character);
            // the chain protects what an entry says, so those are the only ones that may pass.
            match Entry::parse_line(&lines[line]) {
                Ok(after) if after == before => prop_assert_eq!(verify(&lines), whole),
                _ => prop_assert!(verify(&lines).is_err()),
            }
        }

        #[test]
        fn dropping_or_swapping_entries_shows(count in 3usize..8, at: prop::sample::Index) {
            let bodies: Vec<String> = (0..count).map(|n| format!("{{\"n\":{n}}}")).collect();
            let lines: Vec<Vec<u8>> = chain(&bodies).iter().map(|entry| entry.to_line().into_bytes()).collect();
            let at = at.index(count - 1);
            let mut dropped = lines.clone();
            dropped.remove(at);
            prop_assert!(verify(&dropped).is_err());
            let mut swapped = lines.clone();
            swapped.swap(at, at + 1);
            prop_assert!(verify(&swapped).is_err());
        }
    }

    #[test]
    fn the_hash_is_what_the_format_says() {
        // Built here a second time, from the layout that entry.rs documents.
        let entry = &chain(&["{}".to_owned()])[0];
        let mut bytes = b"evertill-entry-v1".to_vec();
        for field in [
            &1u16.to_be_bytes()[..],
            b"eu/DE-0417/2",
            epoch().0.as_bytes(),
            &1u64.to_be_bytes(),
            b"2026-05-03T18:04:05.123+02:00",
            b"2026-05-03",
            b"sale",
            b"{}",
        ] {
            bytes.extend((field.len() as u64).to_be_bytes());
            bytes.extend(field);
        }
        bytes.extend([0; 32]);
        use sha2::Digest;
        assert_eq!(entry.hash.0, <[u8; 32]>::from(sha2::Sha256::digest(&bytes)));
    }

    #[test]
    fn another_key_another_till_or_another_epoch_is_named() {
        let entry = chain(&["{}".to_owned()]).remove(0);
        let other = SigningKey::from_bytes(&[8; 32]);
        let mut verifier = Verifier::new(entry.till.clone(), epoch(), other.verifying_key(), Head::START);
        assert_eq!(verifier.check(&entry), Err(ChainError::Signature { seq: 1 }));
        let mut verifier = Verifier::new("eu/DE-0417/3".parse().unwrap(), epoch(), key().verifying_key(), Head::START);
        assert!(matches!(verifier.check(&entry), Err(ChainError::Foreign { seq: 1, .. })));
    }
}

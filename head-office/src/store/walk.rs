//! A chain walked from its start: hashes, signatures, numbers, and the anchor at its end. An engine brings the rows.

use super::ChainReport;
use ed25519_dalek::VerifyingKey;
use evertill_domain::chain::{Head, Verifier};
use evertill_domain::entry::{Entry, Hash};
use evertill_domain::ids::{Epoch, TillId};
use std::collections::BTreeMap;

/// A chain as a database names it.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) till: String,
    pub(super) epoch: String,
    pub(super) public_key: [u8; 32],
    /// What was acknowledged.
    pub(super) anchor: Head,
    /// Entries of other branches.
    pub(super) forks: u64,
    /// Entries that are kept as bytes in the chain: what each continues, and its hash.
    pub(super) set_aside: BTreeMap<u64, (Hash, Hash)>,
}

/// The walk over one chain.
pub(super) struct Walk {
    named: Named,
    /// `None` when the chain's own names are none.
    verifier: Option<Verifier>,
    broken: Option<String>,
}

impl Walk {
    pub(super) fn of(named: Named) -> Walk {
        match start(&named) {
            Ok(verifier) => Walk { named, verifier: Some(verifier), broken: None },
            Err(broken) => Walk { named, verifier: None, broken: Some(broken) },
        }
    }

    /// Steps to the next entry, which is numbered `seq` there. False when the chain is broken and no more is asked for.
    pub(super) fn step(&mut self, seq: u64, entry: Result<Entry, String>) -> bool {
        if self.broken.is_none() {
            self.broken = self.follow(seq, entry).err();
        }
        self.broken.is_none()
    }

    fn follow(&mut self, seq: u64, entry: Result<Entry, String>) -> Result<(), String> {
        self.skip_set_aside()?;
        let entry = entry.map_err(|error| format!("entry {seq} is not what was written: {error}"))?;
        let verifier = self.verifier.as_mut().ok_or("the chain has no key")?;
        verifier.check(&entry).map_err(|error| error.to_string())
    }

    /// What was found, once all entries were stepped over.
    pub(super) fn end(mut self) -> ChainReport {
        if self.broken.is_none() {
            self.broken = self.reach_anchor().err();
        }
        let head = self.head();
        let Named { till, epoch, forks, set_aside, .. } = self.named;
        ChainReport { till, epoch, head, set_aside: set_aside.len() as u64, forks, broken: self.broken }
    }

    fn head(&self) -> Head {
        self.verifier.as_ref().map_or(Head::START, Verifier::head)
    }

    fn reach_anchor(&mut self) -> Result<(), String> {
        self.skip_set_aside()?;
        let (head, anchor) = (self.head(), self.named.anchor);
        if head != anchor {
            let (here, acknowledged) = (head.seq, anchor.seq);
            return Err(format!("the chain ends at {here}, but {acknowledged} was acknowledged, or with another hash"));
        }
        Ok(())
    }

    /// Steps over entries that are kept as bytes: their hash is the till's word, which the next entry confirms.
    fn skip_set_aside(&mut self) -> Result<(), String> {
        while let Some((prev, hash)) = self.named.set_aside.get(&(self.head().seq + 1)) {
            let head = self.head();
            if *prev != head.hash {
                return Err(format!("entry {} was set aside and does not continue {}", head.seq + 1, head.seq));
            }
            let next = Head { seq: head.seq + 1, hash: *hash };
            self.verifier = self.verifier.take().map(|verifier| verifier.resume_at(next));
        }
        Ok(())
    }
}

fn start(named: &Named) -> Result<Verifier, String> {
    let till: TillId = named.till.parse().map_err(|error| format!("{error}"))?;
    let epoch: Epoch = named.epoch.parse().map_err(|error| format!("{error}"))?;
    let key = VerifyingKey::from_bytes(&named.public_key).map_err(|_| "the chain's public key is none".to_owned())?;
    Ok(Verifier::new(till, epoch, key, Head::START))
}

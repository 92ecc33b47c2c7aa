//! The decision of ingest, apart from any database: what a checked batch means for a chain that stands somewhere.
//!
//! ```text
//!   here:   1 2 3 4 5|            head = 5
//!   batch:        4 5 6 7         4 and 5 are compared by hash, 6 and 7 are appended
//!   batch:              8 9       gap: resume behind 5
//!   batch:        4'5'6'          fork: another branch from 4 on; nothing is taken
//! ```

use evertill_domain::chain::Head;
use evertill_domain::entry::{Entry, Hash};

/// What to do with a batch whose entries form one checked chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The first `skip` are here already, with the same hash; append the rest.
    Append {
        /// How many are here already.
        skip: usize,
    },
    /// Numbers are missing before the batch.
    Gap,
    /// The entry at `index` contradicts what is here; nothing of the batch is taken.
    Fork {
        /// Its place in the batch.
        index: usize,
    },
}

/// Decides about `entries`, which continue each other, where the chain stands at `head`. `stored` tells the hash that
/// is here under a number up to the head's.
///
/// # Errors
/// Those of `stored`.
pub fn decide<E>(head: Head, entries: &[Entry], mut stored: impl FnMut(u64) -> Result<Hash, E>) -> Result<Decision, E> {
    let Some(first) = entries.first() else {
        return Ok(Decision::Append { skip: 0 });
    };
    if first.seq > head.seq + 1 {
        return Ok(Decision::Gap);
    }
    let overlap = usize::try_from(head.seq + 1 - first.seq).unwrap_or(usize::MAX).min(entries.len());
    let Some(last) = overlap.checked_sub(1).map(|index| &entries[index]) else {
        let continues = first.prev == head.hash;
        return Ok(if continues { Decision::Append { skip: 0 } } else { Decision::Fork { index: 0 } });
    };
    // Each hash covers all before it, so the last shared number speaks for every one of them.
    if stored(last.seq)? == last.hash {
        return Ok(Decision::Append { skip: overlap });
    }
    for (index, entry) in entries[..overlap].iter().enumerate() {
        if stored(entry.seq)? != entry.hash {
            return Ok(Decision::Fork { index });
        }
    }
    Ok(Decision::Fork { index: overlap - 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;
    use evertill_domain::entry::Content;
    use proptest::prelude::*;

    /// A chain of `count` entries that differs from every other branch from number `branch_at` on.
    fn chain(count: u64, branch_at: u64, branch: u8) -> Vec<Entry> {
        let mut head = Head::START;
        let seal = |seq| {
            let content = Content {
                till: "eu/DE-0417/2".parse().unwrap(),
                at: "2026-05-03T18:04:05Z".parse().unwrap(),
                business_day: "2026-05-03".parse().unwrap(),
                kind: "sign_on".parse().unwrap(),
                body: if seq >= branch_at { format!("{branch}") } else { "{}".to_owned() },
            };
            let epoch = "0197a1b2-0000-7000-8000-000000000001".parse().unwrap();
            let entry = Entry::seal(content, epoch, seq, head.hash, &SigningKey::from_bytes(&[7; 32]));
            head = Head::of(&entry);
            entry
        };
        (1..=count).map(seal).collect()
    }

    proptest! {
        #[test]
        fn any_batch_is_appended_once_or_named_as_gap_or_fork(
            here in 0u64..12, from in 1u64..12, count in 1u64..8, branch_at in 1u64..20
        ) {
            let ours = chain(here, 1, 1);
            let theirs = chain(from + count - 1, branch_at, 2);
            let same = chain(from + count - 1, 1, 1);
            let head = ours.last().map_or(Head::START, Head::of);
            let stored = |seq: u64| Ok::<_, ()>(ours[seq as usize - 1].hash);
            let decision = decide(head, &same[from as usize - 1..], stored).unwrap();
            let expected = if from > here + 1 { Decision::Gap } else { Decision::Append { skip: (here + 1 - from).min(count) as usize } };
            prop_assert_eq!(decision, expected);
            // A branch that began at or below our head is a fork as soon as the batch shows it.
            let theirs = &theirs[from as usize - 1..];
            let decision = decide(head, theirs, stored).unwrap();
            if from <= here + 1 && here > 0 {
                let fork = Decision::Fork { index: 0 };
                prop_assert_eq!(decision, fork);
            }
        }
    }
}

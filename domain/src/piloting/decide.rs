//! Which pool a store belongs to. The order of the rules is the order of trust: a store that must not move never does, support
//! comes next, then the retailer's own lists, and chance decides about the rest.
//!
//! ```text
//! exclude, held -> stable      pin -> that pool      include, early -> next      rank <= cutoff -> next      else -> stable
//! ```
//! A store's rank is SHA-256(salt || 0x00 || store), the same for all of its tills and for head office. The cut-off is the rank
//! of the last store that moves; head office works it out from the list of its stores, so that exactly the percentage
//! moves, and a growing percentage only adds stores.

use super::assignment::{Assignment, State};
use crate::entry::Hash;
use crate::ids::{Pool, StoreId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// How ready a store is for something new, as it is written down at installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cohort {
    /// Moves with the first.
    Early,
    /// Moves by chance.
    #[default]
    General,
    /// Never moves by itself.
    Held,
}

impl fmt::Display for Cohort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cohort::Early => "early",
            Cohort::General => "general",
            Cohort::Held => "held",
        })
    }
}

/// Why a store belongs to its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// There is no pilot.
    NoPilot,
    /// The pilot was aborted.
    Aborted,
    /// The assignment names it in `exclude`.
    Excluded,
    /// Its cohort is held.
    Held,
    /// Support pinned it.
    Pinned,
    /// The assignment names it in `include`.
    Included,
    /// Its cohort is early.
    Early,
    /// Its rank is up to the cut-off.
    Drawn,
    /// Its rank is beyond the cut-off.
    NotDrawn,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::NoPilot => "there is no pilot",
            Why::Aborted => "the pilot was aborted",
            Why::Excluded => "the assignment excludes it",
            Why::Held => "its cohort is held",
            Why::Pinned => "support pinned it",
            Why::Included => "the assignment includes it",
            Why::Early => "its cohort is early",
            Why::Drawn => "its rank is up to the cut-off",
            Why::NotDrawn => "its rank is beyond the cut-off",
        })
    }
}

/// The pool of a store, and why it is that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The pool.
    pub pool: Pool,
    /// Why.
    pub why: Why,
}

/// Where a store stands in the order in which stores move.
pub fn rank(salt: &str, store: &StoreId) -> Hash {
    let mut hash = Sha256::new();
    hash.update(salt.as_bytes());
    // Salts and stores hold no such byte, so no two pairs are written alike.
    hash.update([0]);
    hash.update(store.as_str().as_bytes());
    Hash(hash.finalize().into())
}

/// The pool of `store`, which is of `cohort` and perhaps pinned by support.
pub fn decide(assignment: &Assignment, store: &StoreId, cohort: Cohort, pin: Option<&Pool>) -> Decision {
    let Assignment { stable, next, salt, include, exclude, cutoff, state, .. } = assignment;
    let stays = |why| Decision { pool: stable.clone(), why };
    if exclude.contains(store) {
        return stays(Why::Excluded);
    }
    if cohort == Cohort::Held {
        return stays(Why::Held);
    }
    if let Some(pin) = pin {
        return Decision { pool: pin.clone(), why: Why::Pinned };
    }
    let Some(next) = next else { return stays(Why::NoPilot) };
    if *state == State::Aborted {
        return stays(Why::Aborted);
    }
    let moves = |why| Decision { pool: next.clone(), why };
    if include.contains(store) {
        return moves(Why::Included);
    }
    if cohort == Cohort::Early {
        return moves(Why::Early);
    }
    match cutoff {
        Some(cutoff) if rank(salt, store).0 <= cutoff.0 => moves(Why::Drawn),
        _ => stays(Why::NotDrawn),
    }
}

/// The cut-off by which `percent` of `stores` are in the pool on trial, together with those that are there by a list or by their
/// cohort; `None` when these are enough. The number of stores is rounded up, so that a pilot has one.
pub fn cutoff(assignment: &Assignment, stores: &[(StoreId, Cohort)], percent: u8) -> Option<Hash> {
    let Assignment { salt, include, exclude, .. } = assignment;
    let may = |store: &StoreId, cohort: Cohort| !exclude.contains(store) && cohort != Cohort::Held;
    let listed = |store: &StoreId, cohort: Cohort| include.contains(store) || cohort == Cohort::Early;
    let mut drawn: Vec<Hash> = Vec::new();
    let mut already = 0;
    for (store, cohort) in stores.iter().filter(|(store, cohort)| may(store, *cohort)) {
        if listed(store, *cohort) {
            already += 1;
        } else {
            drawn.push(rank(salt, store));
        }
    }
    let wanted = (stores.len() * usize::from(percent.min(100))).div_ceil(100).saturating_sub(already);
    drawn.sort_by_key(|rank| rank.0);
    let last = wanted.min(drawn.len()).checked_sub(1)?;
    drawn.get(last).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn assignment(more: &str) -> Assignment {
        let text = format!(
            "schema = 1\nregion = \"eu\"\nserial = 1\nstable = \"v41\"\nnext = \"v42\"\npercent = 0\nsalt = \"pos42\"\n{more}"
        );
        Assignment::parse(text.as_bytes(), None).unwrap()
    }

    fn store(number: usize) -> StoreId {
        format!("DE-{number:04}").parse().unwrap()
    }

    /// The stores among `stores` that are in the pool on trial at this percentage.
    fn moved(assignment: &Assignment, stores: &[(StoreId, Cohort)], percent: u8) -> BTreeSet<StoreId> {
        let assignment = Assignment { cutoff: cutoff(assignment, stores, percent), ..assignment.clone() };
        let next = assignment.next.clone().unwrap();
        let in_next = stores.iter().filter(|(store, cohort)| decide(&assignment, store, *cohort, None).pool == next);
        in_next.map(|(store, _)| store.clone()).collect()
    }

    fn general(count: usize) -> Vec<(StoreId, Cohort)> {
        (1..=count).map(|number| (store(number), Cohort::General)).collect()
    }

    #[test]
    fn each_rule_comes_before_the_next() {
        let all = "cutoff = \"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\"\n";
        let lists = format!("{all}include = [\"DE-0001\"]\nexclude = [\"DE-0002\"]\n");
        let pin: Pool = "v40".parse().unwrap();
        let why = |more: &str, number, cohort, pin| {
            let decision = decide(&assignment(more), &store(number), cohort, pin);
            (decision.pool.to_string(), decision.why)
        };
        let is = |pool: &str, why| (pool.to_owned(), why);
        assert_eq!(why(&lists, 2, Cohort::Early, Some(&pin)), is("v41", Why::Excluded));
        assert_eq!(why(&lists, 1, Cohort::Held, Some(&pin)), is("v41", Why::Held));
        assert_eq!(why(&lists, 1, Cohort::Early, Some(&pin)), is("v40", Why::Pinned));
        assert_eq!(why(&lists, 1, Cohort::Early, None), is("v42", Why::Included));
        assert_eq!(why("", 3, Cohort::Early, None), is("v42", Why::Early));
        assert_eq!(why("", 3, Cohort::General, None), is("v41", Why::NotDrawn));
        assert_eq!(why(all, 3, Cohort::General, None), is("v42", Why::Drawn));
        let aborted = format!("{lists}state = \"aborted\"\n");
        assert_eq!(why(&aborted, 1, Cohort::Early, None), is("v41", Why::Aborted));
        let over = Assignment { next: None, ..assignment(all) };
        assert_eq!(decide(&over, &store(3), Cohort::Early, None).why, Why::NoPilot);
    }

    #[test]
    fn exactly_the_percentage_of_the_stores_moves() {
        let stores = general(1_000);
        for (percent, expected) in [(0, 0), (1, 10), (10, 100), (25, 250), (50, 500), (100, 1_000)] {
            assert_eq!(moved(&assignment(""), &stores, percent).len(), expected);
        }
        assert_eq!(moved(&assignment(""), &general(7), 10).len(), 1, "a pilot has a store");
        let other = assignment("").salt.replace("42", "43");
        let other = Assignment { salt: other, ..assignment("") };
        assert_ne!(moved(&assignment(""), &stores, 10), moved(&other, &stores, 10), "not always the same begin");
    }

    #[test]
    fn stores_that_are_there_by_a_list_count_and_those_that_stay_are_made_up_for() {
        let mut stores = general(100);
        stores[4].1 = Cohort::Early;
        stores[5].1 = Cohort::Held;
        let lists = assignment("include = [\"DE-0001\", \"DE-0002\"]\nexclude = [\"DE-0003\", \"DE-0004\"]\n");
        let ten = moved(&lists, &stores, 10);
        assert_eq!(ten.len(), 10);
        assert!([1, 2, 5].iter().all(|number| ten.contains(&store(*number))));
        assert_eq!(moved(&lists, &stores, 0).len(), 3, "lists hold at any percentage");
        let all = moved(&lists, &stores, 100);
        assert_eq!(all.len(), 97);
        assert!([3, 4, 6].iter().all(|number| !all.contains(&store(*number))));
    }

    /// Ranks are part of the contract between agents and head offices of different versions.
    #[test]
    fn a_rank_is_what_it_always_was() {
        let rank = rank("pos42", &store(417)).to_string();
        assert_eq!(rank.len(), 64);
        let known = Sha256::digest(b"pos42\0DE-0417");
        assert_eq!(rank, Hash(known.into()).to_string());
    }

    proptest! {
        #[test]
        fn a_growing_percentage_only_adds_stores(count in 1usize..300, less in 0u8..=100, more in 0u8..=100, salt in "[a-z]{1,8}") {
            let (less, more) = (less.min(more), less.max(more));
            let pilot = Assignment { salt, ..assignment("") };
            let stores = general(count);
            let (few, many) = (moved(&pilot, &stores, less), moved(&pilot, &stores, more));
            prop_assert!(few.is_subset(&many));
            prop_assert_eq!(few.len(), (count * usize::from(less)).div_ceil(100));
        }
    }
}

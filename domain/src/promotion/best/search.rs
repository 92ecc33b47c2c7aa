//! The cheapest use of all, for parts that are small.
//!
//! Of the pieces that are left, one of the dearest kind is looked at: either it is paid as it is, or some offer takes it
//! together with others. What is best for the pieces that are left then does not depend on how they came to be left, so
//! it is worked out once and remembered.

use super::part::{Part, Use};
use std::collections::{BTreeMap, BTreeSet};

/// Most pieces of a part that is searched.
pub const EXACT_PIECES_MAX: u32 = 40;
/// Most uses that are tried for one basket: some milliseconds. A basket is worked out anew at every scan.
pub const STEPS_MAX: u32 = 20_000;

/// The use of an offer, or that a piece is paid as it is.
type Choice = Option<(usize, Vec<u32>)>;

struct Search<'a> {
    part: &'a Part<'a>,
    steps_left: &'a mut u32,
    /// By what is left: pieces of each kind, then uses of each offer.
    known: BTreeMap<Vec<u32>, (i64, Choice)>,
}

/// The cheapest uses, unless the part is too large.
pub(super) fn uses(part: &Part<'_>, steps_left: &mut u32) -> Option<Vec<Use>> {
    let pieces = part.kinds.iter().fold(0u32, |sum, kind| sum.saturating_add(kind.pieces));
    if pieces > EXACT_PIECES_MAX {
        return None;
    }
    // No offer is used more often than there are pieces: so states that mean the same are the same.
    let times = part.offers.iter().map(|one| one.offer.most_times.map_or(0, |times| times.min(pieces)));
    let mut left: Vec<u32> = part.kinds.iter().map(|kind| kind.pieces).chain(times).collect();
    let mut search = Search { part, steps_left, known: BTreeMap::new() };
    search.best(&left)?;
    let mut uses: Vec<Use> = Vec::new();
    while let Some(kind) = left[..part.kinds.len()].iter().position(|left| *left > 0) {
        match &search.known.get(&left)?.1 {
            Some((offer, taken)) => {
                uses.push(Use { offer: *offer, taken: taken.clone(), times: 1 });
                left = search.after(&left, *offer, taken);
            }
            None => left[kind] -= 1,
        }
    }
    Some(uses)
}

impl Search<'_> {
    /// The most that can be saved with what is left; `None` when there are no steps for it.
    fn best(&mut self, left: &[u32]) -> Option<i64> {
        let Some(kind) = left[..self.part.kinds.len()].iter().position(|left| *left > 0) else {
            return Some(0);
        };
        if let Some((saving, _)) = self.known.get(left) {
            return Some(*saving);
        }
        let mut without = left.to_vec();
        without[kind] -= 1;
        let mut found: (i64, Choice) = (self.best(&without)?, None);
        for offer in 0..self.part.offers.len() {
            let limited = self.part.offers[offer].offer.most_times.is_some();
            if limited && left[self.part.kinds.len() + offer] == 0 {
                continue;
            }
            for taken in self.fillings(offer, kind, left)? {
                let saving = self.part.saving(offer, &taken);
                if saving > 0 {
                    let saving = saving + self.best(&self.after(left, offer, &taken))?;
                    if saving > found.0 {
                        found = (saving, Some((offer, taken)));
                    }
                }
            }
        }
        let saving = found.0;
        self.known.insert(left.to_vec(), found);
        Some(saving)
    }

    fn after(&self, left: &[u32], offer: usize, taken: &[u32]) -> Vec<u32> {
        let mut after = left.to_vec();
        after.iter_mut().zip(taken).for_each(|(left, taken)| *left -= taken);
        let times = self.part.kinds.len() + offer;
        after[times] = after[times].saturating_sub(1);
        after
    }

    /// All ways to fill the slots of `offer` with what is left, a piece of `kind` among them.
    fn fillings(&mut self, offer: usize, kind: usize, left: &[u32]) -> Option<BTreeSet<Vec<u32>>> {
        let part = self.part;
        let counts = &part.offers[offer].offer.counts;
        let mut found = BTreeSet::new();
        for own in (0..counts.len()).filter(|slot| counts[*slot] > 0 && part.fits(kind, offer, *slot)) {
            let mut first = vec![0u32; part.kinds.len()];
            first[kind] = 1;
            let mut ways = BTreeSet::from([first]);
            for (slot, count) in counts.iter().enumerate() {
                let fitting: Vec<usize> = (0..part.kinds.len()).filter(|kind| part.fits(*kind, offer, slot)).collect();
                // Piece by piece; a set, because it does not matter which of them came first.
                for _ in 0..count - u32::from(slot == own) {
                    let mut longer = BTreeSet::new();
                    for way in &ways {
                        for kind in fitting.iter().filter(|kind| way[**kind] < left[**kind]) {
                            *self.steps_left = self.steps_left.checked_sub(1)?;
                            let mut way = way.clone();
                            way[*kind] += 1;
                            longer.insert(way);
                        }
                    }
                    ways = longer;
                }
            }
            found.append(&mut ways);
        }
        *self.steps_left = self.steps_left.checked_sub(1)?;
        Some(found)
    }
}

//! Always the use that saves most, until none saves anything.

use super::part::{Part, Use};
use std::collections::BTreeSet;

/// Whether the greedy way is the cheapest: then nothing need be searched.
pub(super) fn is_exact(part: &Part<'_>) -> bool {
    let one_slot = part.offers.len() == 1 && part.offers[0].offer.counts.len() == 1;
    // Percents without limit: each piece gets the highest of its own, whatever the others get.
    one_slot || part.offers.iter().all(|one| one.offer.takes_single() && one.offer.most_times.is_none())
}

/// The uses. What an offer saves never grows while pieces go, so that only the offer at the head of the queue is looked
/// at again.
pub(super) fn uses(part: &Part<'_>) -> Vec<Use> {
    let mut left: Vec<u32> = part.kinds.iter().map(|kind| kind.pieces).collect();
    let mut times_left: Vec<u32> = part.offers.iter().map(|one| one.times_max).collect();
    let mut queue: BTreeSet<(i64, usize)> = BTreeSet::new();
    let look = |offer: usize, left: &[u32], times: u32| {
        let taken = dearest(part, offer, left).filter(|_| times > 0)?;
        let saving = part.saving(offer, &taken);
        (saving > 0).then_some((saving, taken))
    };
    for (offer, times) in times_left.iter().enumerate() {
        if let Some((saving, _)) = look(offer, &left, *times) {
            queue.insert((-saving, offer));
        }
    }
    let mut uses = Vec::new();
    while let Some((negative, offer)) = queue.pop_first() {
        let Some((saving, taken)) = look(offer, &left, times_left[offer]) else { continue };
        if saving < -negative {
            queue.insert((-saving, offer));
            continue;
        }
        // The same again is the best again, as long as there are such pieces.
        let again = |(taken, left): (&u32, &u32)| left / taken;
        let times = taken.iter().zip(&left).filter(|(taken, _)| **taken > 0).map(again).min().unwrap_or(0);
        let times = times.min(times_left[offer]);
        left.iter_mut().zip(&taken).for_each(|(left, taken)| *left -= taken * times);
        times_left[offer] -= times;
        uses.push(Use { offer, taken, times });
        queue.insert((-saving, offer));
    }
    uses
}

/// The dearest pieces that fill the slots of `offer`, the slot with the fewest pieces to choose from first.
fn dearest(part: &Part<'_>, offer: usize, left: &[u32]) -> Option<Vec<u32>> {
    let counts = &part.offers[offer].offer.counts;
    let choice = |slot: usize| -> u64 {
        let fitting = |(kind, _): &(usize, &u32)| part.fits(*kind, offer, slot);
        left.iter().enumerate().filter(fitting).map(|(_, left)| u64::from(*left)).sum()
    };
    let mut slots: Vec<usize> = (0..counts.len()).collect();
    slots.sort_by_key(|slot| choice(*slot));
    let mut taken = vec![0u32; left.len()];
    for slot in slots {
        let mut missing = counts[slot];
        for kind in 0..left.len() {
            if missing == 0 {
                break;
            }
            if part.fits(kind, offer, slot) {
                let some = missing.min(left[kind] - taken[kind]);
                taken[kind] += some;
                missing -= some;
            }
        }
        if missing > 0 {
            return None;
        }
    }
    taken.iter().any(|taken| *taken > 0).then_some(taken)
}

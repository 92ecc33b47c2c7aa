//! Goods and offers that have to do with each other, as counted kinds.

use super::{Goods, Take};
use crate::money::Rounding;
use crate::promotion::{Gives, Offer};
use std::collections::BTreeMap;

/// Pieces of one price that take part in the same slots.
#[derive(Debug)]
pub(super) struct Kind {
    /// Price of a piece.
    pub price_minor: i64,
    /// Pieces of each line that has some, in the order of their codes.
    pub lines: Vec<(usize, u32)>,
    /// All its pieces.
    pub pieces: u32,
    /// (place in [`Part::offers`], slot).
    takes: Vec<(usize, u32)>,
}

/// An offer of a part.
#[derive(Debug)]
pub(super) struct PartOffer<'a> {
    /// Itself.
    pub offer: &'a Offer,
    /// Its place in the basket's list.
    pub place: u32,
    /// How often it may be used.
    pub times_max: u32,
}

/// One use of an offer, so many times over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Use {
    /// Place in [`Part::offers`].
    pub offer: usize,
    /// Pieces of each kind that one time takes.
    pub taken: Vec<u32>,
    /// How often.
    pub times: u32,
}

/// Kinds, dearest first, and offers in the order of their ids: no other part has to do with them.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// The goods.
    pub kinds: Vec<Kind>,
    /// What they take part in.
    pub offers: Vec<PartOffer<'a>>,
    rounding: Rounding,
}

impl<'a> Part<'a> {
    /// The parts of a basket.
    pub(super) fn all(offers: &'a [Offer], goods: &[Goods<'_>], rounding: Rounding) -> Vec<Part<'a>> {
        let mut order: Vec<u32> = (0..offers.len() as u32).collect();
        order.sort_by(|one, other| offers[*one as usize].id.cmp(&offers[*other as usize].id).then(one.cmp(other)));
        let rank: BTreeMap<u32, usize> = order.iter().enumerate().map(|(rank, place)| (*place, rank)).collect();
        let kinds = kinds(offers, goods, &rank);
        let groups = groups(order.len(), &kinds);
        let mut parts: BTreeMap<usize, Part<'a>> = BTreeMap::new();
        let empty = || Part { kinds: Vec::new(), offers: Vec::new(), rounding };
        let mut inside = vec![0; order.len()];
        for (rank, place) in order.iter().enumerate() {
            let part = parts.entry(groups[rank]).or_insert_with(empty);
            inside[rank] = part.offers.len();
            let offer = &offers[*place as usize];
            part.offers.push(PartOffer { offer, place: *place, times_max: offer.most_times.unwrap_or(u32::MAX) });
        }
        for mut kind in kinds {
            let group = groups[kind.takes[0].0];
            kind.takes.iter_mut().for_each(|(rank, _)| *rank = inside[*rank]);
            parts.entry(group).or_insert_with(empty).kinds.push(kind);
        }
        parts.into_values().filter(|part| !part.kinds.is_empty()).collect()
    }

    /// Whether pieces of `kind` are for `slot` of `offer`.
    pub(super) fn fits(&self, kind: usize, offer: usize, slot: usize) -> bool {
        self.kinds[kind].takes.iter().any(|(one, other)| *one == offer && *other as usize == slot)
    }

    /// What one use of `offer` saves that takes these pieces of each kind.
    pub(super) fn saving(&self, offer: usize, taken: &[u32]) -> i64 {
        let prices = || taken.iter().zip(&self.kinds).map(|(taken, kind)| (i64::from(*taken), kind.price_minor));
        let sum: i64 = prices().map(|(taken, price)| taken * price).sum();
        match self.offers[offer].offer.gives {
            Gives::Price(minor) => (sum - minor.max(0)).max(0),
            Gives::PayFor(pay) => {
                let mut paid = i64::from(pay);
                let mut paid_minor = 0;
                for (taken, price) in prices() {
                    let some = taken.min(paid);
                    paid -= some;
                    paid_minor += some * price;
                }
                sum - paid_minor
            }
            // A share that cannot be calculated is none.
            Gives::Percent(rate) => rate.on(sum, self.rounding).map_or(0, |minor| minor.clamp(0, sum)),
        }
    }
}

/// The kinds of all goods that take part in something: dearest first, then by what they take part in.
fn kinds(offers: &[Offer], goods: &[Goods<'_>], rank: &BTreeMap<u32, usize>) -> Vec<Kind> {
    let mut order: Vec<usize> = (0..goods.len()).collect();
    order.sort_by_key(|line| (goods[*line].code, *line));
    let mut kinds: BTreeMap<(i64, Vec<(usize, u32)>), Kind> = BTreeMap::new();
    for line in order {
        let Goods { price_minor, pieces, weighed, takes, .. } = goods[line];
        let valid = |take: &&Take| {
            let offer = offers.get(take.offer as usize);
            offer.is_some_and(|offer| (take.slot as usize) < offer.counts.len() && (!weighed || offer.takes_single()))
        };
        let mut takes: Vec<(usize, u32)> =
            takes.iter().filter(valid).filter_map(|take| Some((*rank.get(&take.offer)?, take.slot))).collect();
        takes.sort_unstable();
        takes.dedup();
        if takes.is_empty() || pieces == 0 {
            continue;
        }
        let new = Kind { price_minor, lines: Vec::new(), pieces: 0, takes: takes.clone() };
        let kind = kinds.entry((-price_minor, takes)).or_insert(new);
        kind.lines.push((line, pieces));
        // A basket has 500 lines of some thousand pieces; the sum of their prices was checked, free ones are not in it.
        kind.pieces = kind.pieces.saturating_add(pieces);
    }
    kinds.into_values().collect()
}

/// For each offer the least one that it has to do with, be it through others.
fn groups(offers: usize, kinds: &[Kind]) -> Vec<usize> {
    let mut group: Vec<usize> = (0..offers).collect();
    for kind in kinds {
        let joined: Vec<usize> = kind.takes.iter().map(|(offer, _)| group[*offer]).collect();
        let least = joined.iter().copied().min().unwrap_or_default();
        group.iter_mut().filter(|group| joined.contains(group)).for_each(|group| *group = least);
    }
    group
}

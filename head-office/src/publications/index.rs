//! What there is of each subject, without bytes.

use crate::store::Published;
use evertill_domain::ids::StoreId;
use evertill_domain::publication::Subject;
use std::collections::BTreeMap;

/// What is in force, and what leads on to it.
#[derive(Debug, Default)]
pub struct Index {
    by_subject: BTreeMap<(Subject, Option<StoreId>), InForce>,
}

#[derive(Debug)]
struct InForce {
    whole: Published,
    /// Wholes of versions before it, to lead on from.
    before: Vec<Published>,
    /// What leads on to it, by the version that it leads on from.
    deltas: BTreeMap<u64, Published>,
}

impl Index {
    /// What is in force of `all`: the newest of each subject, for every store and for those that have their own.
    pub fn of(all: Vec<Published>) -> Index {
        let (mut wholes, deltas): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.claim.since == 0);
        wholes.sort_by_key(|one| one.claim.version);
        let mut by_subject: BTreeMap<(Subject, Option<StoreId>), InForce> = BTreeMap::new();
        for whole in wholes {
            let key = (whole.claim.subject, whole.claim.store.clone());
            match by_subject.get_mut(&key) {
                Some(line) => line.before.push(std::mem::replace(&mut line.whole, whole)),
                None => {
                    by_subject.insert(key, InForce { whole, before: Vec::new(), deltas: BTreeMap::new() });
                }
            }
        }
        for delta in deltas {
            let line = by_subject.get_mut(&(delta.claim.subject, delta.claim.store.clone()));
            if let Some(line) = line.filter(|line| line.whole.claim.version == delta.claim.version) {
                line.deltas.insert(delta.claim.since, delta);
            }
        }
        Index { by_subject }
    }

    /// What a till of `store` is to have: its store's own, or else what is for every store.
    pub fn of_store(&self, subject: Subject, store: &StoreId) -> Option<&Published> {
        self.line(subject, store).map(|line| &line.whole)
    }

    /// What is for the whole region.
    pub fn of_region(&self, subject: Subject) -> Option<&Published> {
        self.by_subject.get(&(subject, None)).map(|line| &line.whole)
    }

    /// The version that a till of `store` is to have, 0 when there is none.
    pub fn version(&self, subject: Subject, store: &StoreId) -> u64 {
        self.of_store(subject, store).map_or(0, |published| published.claim.version)
    }

    /// What leads a till of `store` on from version `since`, where that is known and shorter than the whole.
    pub fn delta(&self, subject: Subject, store: &StoreId, since: u64) -> Option<&Published> {
        let line = self.line(subject, store)?;
        line.deltas.get(&since).filter(|delta| delta.length < line.whole.length)
    }

    /// What is in force, by subject and store.
    pub fn in_force(&self) -> impl Iterator<Item = &Published> {
        self.by_subject.values().map(|line| &line.whole)
    }

    /// Every whole version that is kept of a subject for `store`, or for every store, the newest first.
    pub fn kept(&self, subject: Subject, store: Option<StoreId>) -> impl Iterator<Item = &Published> {
        let line = self.by_subject.get(&(subject, store)).into_iter();
        line.flat_map(|line| std::iter::once(&line.whole).chain(line.before.iter().rev()))
    }

    /// The newest version of a subject, whatever store it is for; 0 when there is none.
    pub fn newest(&self, subject: Subject) -> u64 {
        let of_subject = self.in_force().filter(|published| published.claim.subject == subject);
        of_subject.map(|published| published.claim.version).max().unwrap_or(0)
    }

    fn line(&self, subject: Subject, store: &StoreId) -> Option<&InForce> {
        let own = self.by_subject.get(&(subject, Some(store.clone())));
        own.or_else(|| self.by_subject.get(&(subject, None)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evertill_domain::entry::Hash;

    fn published(claim: &str, length: u64) -> Published {
        let (signature, at, who) = Default::default();
        let claim = format!("evertill {claim}").parse().unwrap();
        Published { claim, sha256: Hash::ZERO, signature, length, at, who }
    }

    #[test]
    fn a_store_has_its_own_or_what_is_for_all_and_the_newest_of_it() {
        let index = Index::of(vec![
            published("price-book region=eu store=* version=9 since=0", 100),
            published("price-book region=eu store=* version=8 since=0", 100),
            published("price-book region=eu store=* version=9 since=8", 10),
            published("price-book region=eu store=* version=9 since=6", 200),
            published("price-book region=eu store=* version=8 since=7", 10),
            published("price-book region=eu store=DE-0001 version=7 since=0", 100),
            published("assignment region=eu store=* version=3 since=0", 100),
        ]);
        let (own, other): (StoreId, StoreId) = ("DE-0001".parse().unwrap(), "DE-0002".parse().unwrap());
        assert_eq!(index.version(Subject::PriceBook, &own), 7);
        assert_eq!(index.version(Subject::PriceBook, &other), 9);
        assert_eq!(index.version(Subject::Cashiers, &other), 0);
        let delta = |store, since| index.delta(Subject::PriceBook, store, since).map(|delta| delta.claim.since);
        assert_eq!((delta(&other, 8), delta(&other, 7), delta(&own, 8)), (Some(8), None, None));
        assert_eq!(delta(&other, 6), None, "longer than the whole");
        let kept: Vec<u64> = index.kept(Subject::PriceBook, None).map(|one| one.claim.version).collect();
        assert_eq!((kept, index.newest(Subject::PriceBook), index.in_force().count()), (vec![9, 8], 9, 3));
    }
}

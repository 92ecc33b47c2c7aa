//! Which promotions an item takes part in: looked up at every scan, so it is indexed once a price book.

use super::{Item, PriceBook};
use crate::moment::Moment;
use crate::promotion::Promotion;
use std::collections::BTreeMap;

/// Places of promotions, each with the place of its slot, by item and by department.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct OfferIndex {
    by_item: BTreeMap<u32, Vec<(u32, u32)>>,
    by_department: BTreeMap<String, Vec<(u32, u32)>>,
}

impl OfferIndex {
    pub(super) fn of(book: &PriceBook) -> OfferIndex {
        let mut index = OfferIndex::default();
        for (place, promotion) in book.rules.promotions.iter().enumerate() {
            for (slot, (_, of)) in promotion.slots().into_iter().enumerate() {
                let entry = (place as u32, slot as u32);
                for item in of.items.iter().filter_map(|code| book.place_of_code(code)) {
                    index.by_item.entry(item).or_default().push(entry);
                }
                for department in &of.departments {
                    index.by_department.entry(department.clone()).or_default().push(entry);
                }
            }
        }
        index
    }
}

impl PriceBook {
    /// The promotions that `item` takes part in at the moment `at`, each with the number of its slot there.
    pub fn promotions_of(&self, item: &Item, at: &Moment) -> Vec<(&Promotion, u32)> {
        if item.fixed_price {
            return Vec::new();
        }
        let by_item = self.place_of_code(&item.code()).and_then(|place| self.offers.by_item.get(&place));
        let by_department = self.offers.by_department.get(&item.department);
        let mut entries: Vec<(u32, u32)> = by_item.into_iter().chain(by_department).flatten().copied().collect();
        entries.sort_unstable();
        entries.dedup();
        let promotion = |(place, slot): (u32, u32)| (&self.rules.promotions[place as usize], slot);
        entries.into_iter().map(promotion).filter(|(promotion, _)| promotion.holds(at)).collect()
    }
}

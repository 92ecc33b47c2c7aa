//! When a sale opens the cash drawer, and from when on an open drawer is said to be left open.
//!
//! Openings that are asked for (no-sale, paid-in, paid-out, pick-up, float) are acts of their own and no matter of this
//! policy.

use crate::tender::Tender;
use serde::{Deserialize, Serialize};

/// Longest time that a drawer may stand open unsaid: an hour.
const LEFT_OPEN_SECONDS_MAX: u32 = 3_600;

/// The kind of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenderKind {
    /// Notes and coins.
    Cash,
    /// A card: its slip may go into the drawer.
    Card,
    /// A gift voucher: the paper one that was taken goes into the drawer.
    Voucher,
}

impl From<&Tender> for TenderKind {
    fn from(tender: &Tender) -> TenderKind {
        match tender {
            Tender::Cash { .. } => TenderKind::Cash,
            Tender::Card { .. } => TenderKind::Card,
            Tender::Voucher { .. } => TenderKind::Voucher,
        }
    }
}

/// How a store uses its drawers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DrawerPolicy {
    /// Payments that open it, whether they come in or are given back.
    pub opens_for: Vec<TenderKind>,
    /// After so many seconds the page says that it was left open, where a sensor tells; 0 says it never.
    pub left_open_seconds: u32,
}

impl Default for DrawerPolicy {
    fn default() -> DrawerPolicy {
        DrawerPolicy { opens_for: vec![TenderKind::Cash], left_open_seconds: 60 }
    }
}

impl DrawerPolicy {
    /// Whether one of `tenders` opens it.
    pub fn opens_for(&self, tenders: &[Tender]) -> bool {
        tenders.iter().any(|tender| self.opens_for.contains(&tender.into()))
    }

    /// What is wrong with it.
    pub(crate) fn mistake(&self) -> Option<String> {
        (self.left_open_seconds > LEFT_OPEN_SECONDS_MAX).then(|| {
            format!(
                "left_open_seconds is {}, the most is {LEFT_OPEN_SECONDS_MAX}; 0 says nothing",
                self.left_open_seconds
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cash_opens_it_and_the_store_may_say_what_else() {
        let cash = Tender::Cash { amount_minor: 500 };
        let card = Tender::Card { amount_minor: 500, reference: "A1B2C3".parse().unwrap() };
        let usual = DrawerPolicy::default();
        assert!(usual.opens_for(&[card.clone(), cash.clone()]));
        assert!(!usual.opens_for(std::slice::from_ref(&card)));
        let slips: DrawerPolicy = serde_json::from_str(r#"{"opens_for":["cash","card"]}"#).unwrap();
        assert!(slips.opens_for(&[card]) && slips.left_open_seconds == 60);
        let never: DrawerPolicy = serde_json::from_str(r#"{"opens_for":[]}"#).unwrap();
        assert!(!never.opens_for(&[cash]));
    }

    #[test]
    fn nonsense_is_named() {
        assert!(DrawerPolicy { left_open_seconds: 3_601, ..DrawerPolicy::default() }.mistake().is_some());
        assert!(serde_json::from_str::<DrawerPolicy>(r#"{"opens_for":["gold"]}"#).is_err());
    }
}

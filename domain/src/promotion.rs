//! Promotions: what is cheaper together, or for some time.
//!
//! A promotion of the price book names goods by their codes or departments, in one slot or in several:
//! ```json
//! {"id": "P1", "name": "3 for 2 yoghurt", "kind": "n_for_m", "take": 3, "pay": 2, "departments": ["Dairy"]}
//! {"id": "P2", "name": "2 for 5.00", "kind": "n_for_price", "take": 2, "price_minor": 500, "items": ["4006381333931"]}
//! {"id": "P3", "name": "10 % off wine", "kind": "percent", "rate": 10000, "departments": ["Wine"], "until": "2026-06-01"}
//! {"id": "P4", "name": "Lunch", "kind": "mix_and_match", "price_minor": 599,
//!  "slots": [{"count": 1, "departments": ["Sandwiches"]}, {"count": 1, "items": ["5449000000996"]}]}
//! ```
//! The open basket keeps an [`Offer`] of each that one of its lines takes part in; [`best`] finds the cheapest way to use
//! them. By the piece, but for percent, which is for weighed goods too.

pub mod best;

use crate::catalogue::{NAME_MAX_CHARS, PRICE_MAX_MINOR, PriceBook};
use crate::moment::{Moment, within};
use crate::money::Rate;
use serde::{Deserialize, Serialize};

/// Most pieces that one use of a promotion takes.
pub const TAKE_MAX: u32 = 20;
/// Most slots of one promotion.
pub const SLOTS_MAX: usize = 6;
/// The longest name of a promotion within a price book.
const ID_MAX_CHARS: usize = 40;

/// Goods, by what they are or where they belong.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Selection {
    /// GTINs or PLUs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
    /// Names of departments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<String>,
}

/// So many of these goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// How many pieces.
    pub count: u32,
    /// Of what.
    #[serde(flatten)]
    pub of: Selection,
}

/// What must be bought, and what it then costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Deal {
    /// The cheapest of `take` pieces are free: `pay` are paid.
    NForM {
        /// How many pieces.
        take: u32,
        /// How many of them are paid.
        pay: u32,
        /// Of what.
        #[serde(flatten)]
        of: Selection,
    },
    /// `take` pieces for one price.
    NForPrice {
        /// How many pieces.
        take: u32,
        /// What they cost together.
        price_minor: i64,
        /// Of what.
        #[serde(flatten)]
        of: Selection,
    },
    /// A share off each piece, or off what is weighed.
    Percent {
        /// In 1/100,000.
        rate: Rate,
        /// Off what.
        #[serde(flatten)]
        of: Selection,
    },
    /// Some of each slot, together for one price.
    MixAndMatch {
        /// What must be there.
        slots: Vec<Slot>,
        /// What it costs together.
        price_minor: i64,
    },
}

/// A promotion of the price book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promotion {
    /// Names it, for good.
    pub id: String,
    /// As on the receipt.
    pub name: String,
    /// What it is.
    #[serde(flatten)]
    pub deal: Deal,
    /// From when; always when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Moment>,
    /// Until when, that moment not included; for good when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    /// How often one basket may use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_times: Option<u32>,
}

/// What pieces that were put together cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gives {
    /// So many are paid, the dearest.
    PayFor(u32),
    /// One price in minor units.
    Price(i64),
    /// This share is taken off.
    Percent(Rate),
}

/// A promotion as a basket keeps it: without the goods, which the basket's lines know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The promotion's id.
    pub id: String,
    /// As on the receipt.
    pub name: String,
    /// Pieces of each slot.
    pub counts: Vec<u32>,
    /// What they then cost.
    pub gives: Gives,
    /// How often it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_times: Option<u32>,
}

/// What a promotion took off a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saving {
    /// The promotion's id.
    pub promotion: String,
    /// Its name, as on the receipt.
    pub name: String,
    /// How much, above 0.
    pub saving_minor: i64,
}

impl Offer {
    /// Whether it takes each piece by itself, so that weighed goods take part too.
    pub fn takes_single(&self) -> bool {
        matches!(self.gives, Gives::Percent(_)) && self.counts == [1]
    }
}

impl Promotion {
    /// Whether it holds at the moment `at`.
    pub fn holds(&self, at: &Moment) -> bool {
        within(self.from.as_ref(), self.until.as_ref(), at)
    }

    /// Pieces and goods of each slot.
    pub fn slots(&self) -> Vec<(u32, &Selection)> {
        match &self.deal {
            Deal::NForM { take, of, .. } | Deal::NForPrice { take, of, .. } => vec![(*take, of)],
            Deal::Percent { of, .. } => vec![(1, of)],
            Deal::MixAndMatch { slots, .. } => slots.iter().map(|slot| (slot.count, &slot.of)).collect(),
        }
    }

    /// What a basket keeps of it.
    pub fn offer(&self) -> Offer {
        let gives = match &self.deal {
            Deal::NForM { pay, .. } => Gives::PayFor(*pay),
            Deal::NForPrice { price_minor, .. } | Deal::MixAndMatch { price_minor, .. } => Gives::Price(*price_minor),
            Deal::Percent { rate, .. } => Gives::Percent(*rate),
        };
        let counts = self.slots().into_iter().map(|(count, _)| count).collect();
        Offer { id: self.id.clone(), name: self.name.clone(), counts, gives, most_times: self.most_times }
    }

    /// Everything that is wrong with it in `book`, for the list of a book's mistakes.
    pub(crate) fn mistakes(&self, book: &PriceBook) -> Vec<String> {
        let id: String = self.id.chars().take(20).collect();
        let mut mistakes = Vec::new();
        let mut wrong = |problem: String| mistakes.push(format!("'{id}': {problem}"));
        let is_line = |text: &str, most: usize| {
            !text.trim().is_empty() && text.chars().count() <= most && !text.contains(char::is_control)
        };
        if !is_line(&self.id, ID_MAX_CHARS) || !is_line(&self.name, NAME_MAX_CHARS) {
            wrong(format!("the id has 1 to {ID_MAX_CHARS} characters and the name 1 to {NAME_MAX_CHARS}, in one line"));
        }
        if self.from.as_ref().zip(self.until.as_ref()).is_some_and(|(from, until)| until <= from) {
            wrong("it ends before it begins".to_owned());
        }
        let slots = self.slots();
        let take = slots.iter().fold(0u32, |sum, (count, _)| sum.saturating_add(*count));
        if slots.is_empty() || slots.len() > SLOTS_MAX || slots.iter().any(|(count, _)| *count == 0) || take > TAKE_MAX
        {
            wrong(format!("it takes 1 to {TAKE_MAX} pieces in 1 to {SLOTS_MAX} slots, each of at least one"));
        }
        match self.deal {
            Deal::NForM { take, pay, .. } if pay == 0 || pay >= take => {
                wrong(format!("{take} for {pay} gives nothing, or all"));
            }
            Deal::NForPrice { price_minor, .. } | Deal::MixAndMatch { price_minor, .. }
                if !(0..=PRICE_MAX_MINOR).contains(&price_minor) =>
            {
                wrong(format!("the price is {price_minor}, it must be from 0 to {PRICE_MAX_MINOR} minor units"));
            }
            Deal::Percent { rate, .. } if !(1..=Rate::WHOLE).contains(&rate.0) => {
                wrong("the rate must be above 0 and at most 100000 (100 %)".to_owned());
            }
            _ => {}
        }
        if self.most_times == Some(0) {
            wrong("it may be used 0 times: leave it out".to_owned());
        }
        for (_, of) in &slots {
            if of.items.is_empty() && of.departments.is_empty() {
                wrong("a slot names neither items nor departments".to_owned());
            }
            for code in of.items.iter().filter(|code| book.by_code(code).is_none()) {
                wrong(format!("no item has the code '{}'", code.chars().take(20).collect::<String>()));
            }
        }
        mistakes
    }
}

//! What a store sells by: departments with their keys, its own labels, recalled batches, promotions.

use super::{NAME_MAX_CHARS, PriceBook};
use crate::barcode::Code;
use crate::barcode::embedded::{DECIMALS_MAX, LabelRule};
use crate::barcode::gs1::WeightUnit;
use crate::drawer::DrawerPolicy;
use crate::promotion::Promotion;
use crate::staff::Staff;
use crate::voucher::{VOUCHERS_MAX, Voucher};
use serde::{Deserialize, Serialize};

/// Most departments.
pub const DEPARTMENTS_MAX: usize = 500;
/// Most keys of one department: what a page shows without scrolling much.
pub const KEYS_MAX: usize = 100;
/// Most promotions.
pub const PROMOTIONS_MAX: usize = 5_000;
/// Most rules for the store's own labels.
const LABELS_MAX: usize = 30;
/// Most recalls.
const RECALLS_MAX: usize = 10_000;

/// Goods that belong together, and those of them that the cashier picks by a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// As items name it.
    pub name: String,
    /// Codes of the items on its keys, in the order of the page.
    #[serde(default)]
    pub keys: Vec<String>,
}

/// Goods that must not be sold any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recall {
    /// The item's GTIN or PLU.
    pub code: String,
    /// The batch, as the label has it; all of them when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// Why, for the cashier.
    pub reason: String,
}

/// What a store sells by. Everything may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rules {
    /// Departments, in the order of the page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<Department>,
    /// How the labels of the store's own scales are read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelRule>,
    /// What weighed goods are priced by.
    #[serde(default)]
    pub weight_unit: WeightUnit,
    /// What must not be sold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recalls: Vec<Recall>,
    /// What is cheaper together, or for some time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promotions: Vec<Promotion>,
    /// Gift vouchers that other tills or stores sold, as far as head office knows them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vouchers: Vec<Voucher>,
    /// What opens the cash drawer.
    #[serde(default)]
    pub drawer: DrawerPolicy,
    /// Who works there and what they are trusted with.
    #[serde(flatten)]
    pub staff: Staff,
}

impl Rules {
    /// Everything that is wrong with them in `book`, as (field, problem).
    pub(super) fn mistakes(&self, book: &PriceBook) -> Vec<(&'static str, String)> {
        let mut mistakes = self.of_departments(book);
        mistakes.extend(self.staff.mistakes().into_iter().map(|problem| ("cashiers", problem)));
        mistakes.extend(self.drawer.mistake().map(|problem| ("drawer", problem)));
        for (field, count, most) in [
            ("labels", self.labels.len(), LABELS_MAX),
            ("recalls", self.recalls.len(), RECALLS_MAX),
            ("promotions", self.promotions.len(), PROMOTIONS_MAX),
            ("vouchers", self.vouchers.len(), VOUCHERS_MAX),
        ] {
            if count > most {
                mistakes.push((field, format!("there are {count}, the most is {most}")));
            }
        }
        for (index, rule) in self.labels.iter().take(LABELS_MAX).enumerate() {
            if rule.decimals.is_some_and(|decimals| decimals > DECIMALS_MAX) {
                mistakes.push(("labels", format!("{}: the most decimals are {DECIMALS_MAX}", rule.pattern)));
            }
            if let Some(other) = self.labels[..index].iter().find(|other| other.overlaps(rule)) {
                mistakes.push(("labels", format!("{} and {} could be one code", other.pattern, rule.pattern)));
            }
        }
        for recall in self.recalls.iter().take(RECALLS_MAX) {
            // A recall may name what this store never sold, so the item need not be there; a code it must have.
            if Code::parse(&recall.code).is_err() || !is_line(&recall.reason) {
                let code: String = recall.code.chars().take(20).collect();
                mistakes.push(("recalls", format!("'{code}': it needs the item's code and a reason in one line")));
            }
        }
        for (index, promotion) in self.promotions.iter().take(PROMOTIONS_MAX).enumerate() {
            if self.promotions[..index].iter().any(|other| other.id == promotion.id) {
                mistakes.push(("promotions", format!("'{}' is there twice", promotion.id)));
            }
            mistakes.extend(promotion.mistakes(book).into_iter().map(|problem| ("promotions", problem)));
        }
        mistakes
    }

    fn of_departments(&self, book: &PriceBook) -> Vec<(&'static str, String)> {
        let mut mistakes = Vec::new();
        if self.departments.len() > DEPARTMENTS_MAX {
            mistakes.push(("departments", format!("the most is {DEPARTMENTS_MAX}")));
        }
        for (index, department) in self.departments.iter().take(DEPARTMENTS_MAX).enumerate() {
            let name: String = department.name.chars().take(20).collect();
            if !is_line(&department.name) {
                mistakes
                    .push(("departments", format!("'{name}': a name has 1 to {NAME_MAX_CHARS} characters, one line")));
            }
            if self.departments[..index].iter().any(|other| other.name == department.name) {
                mistakes.push(("departments", format!("'{name}' is there twice")));
            }
            if department.keys.len() > KEYS_MAX {
                mistakes.push(("departments", format!("'{name}': the most keys are {KEYS_MAX}")));
            }
            for key in department.keys.iter().take(KEYS_MAX).filter(|key| book.by_code(key).is_none()) {
                let key: String = key.chars().take(20).collect();
                mistakes.push(("departments", format!("'{name}': no item has the code '{key}' of its key")));
            }
        }
        mistakes
    }

    /// Why batch `batch` of the item with `codes` must not be sold.
    pub fn recalled(&self, codes: &[String], batch: Option<&str>) -> Option<&Recall> {
        self.recalls.iter().find(|recall| {
            let is_item = codes.contains(&normal(&recall.code));
            // A label without a batch may be of the recalled one: only a recall of all batches stops it, else no loose
            // piece of the item could be sold.
            is_item && recall.batch.as_deref().is_none_or(|recalled| batch == Some(recalled))
        })
    }
}

/// A code as items have it: a GTIN with its 14 digits.
pub(crate) fn normal(code: &str) -> String {
    Code::parse(code).map_or_else(|_| code.to_owned(), |code| code.to_string())
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= NAME_MAX_CHARS && !text.contains(char::is_control)
}

//! From what was scanned to what it costs: the item, and the weight, price and batch that its label says.

use super::{Item, PriceBook, SoldBy};
use crate::barcode::embedded::Embedded;
use crate::barcode::gs1::{self, Gs1Error, Gs1Label, WeightUnit};
use crate::barcode::{BarcodeError, Code, Gtin};
use crate::ids::BusinessDay;
use crate::money::Rounding;
use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// Decimals of a weight on a store's own label, unless its rule says otherwise: grams.
const WEIGHT_DECIMALS: u8 = 3;

/// Why what was scanned is not sold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// Misread or mistyped.
    #[error(transparent)]
    Code(#[from] BarcodeError),
    /// A GS1 label that is misread or broken.
    #[error(transparent)]
    Label(#[from] Gs1Error),
    /// Not in the price book.
    #[error("no item has the code {0}: check the label, or look the item up")]
    UnknownItem(String),
    /// Too old.
    #[error("{name}: the label says it may be sold until {last_day}: take it off the shelf and fetch another")]
    Expired {
        /// The item.
        name: String,
        /// Its last day.
        last_day: BusinessDay,
    },
    /// Recalled.
    #[error("{name} is recalled ({reason}): do not sell it, keep it for the manager")]
    Recalled {
        /// The item.
        name: String,
        /// Why.
        reason: String,
    },
    /// A label whose price or weight is nothing, or cannot be charged here.
    #[error("{name}: the label's {what} cannot be charged: print another label, or enter it by hand")]
    Value {
        /// The item.
        name: String,
        /// Price or weight.
        what: &'static str,
    },
    /// Kilograms here, pounds there.
    #[error("{name}: the label's weight is in another unit than the price: weigh it again")]
    Unit {
        /// The item.
        name: String,
    },
}

/// What a label says of the piece it is on; it stands on the sale.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PieceLabel {
    /// The batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// The serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The last day on which it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<BusinessDay>,
    /// What a pack with its own price weighs, in 1/1000 of the store's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_milli: Option<Quantity>,
}

/// What was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scanned<'a> {
    /// The item.
    pub item: &'a Item,
    /// How much of it, when the label says that.
    pub quantity: Option<Quantity>,
    /// What the pack costs, when the label says that; the quantity is one then.
    pub pack_price_minor: Option<i64>,
    /// What else the label says.
    pub label: Option<PieceLabel>,
}

impl PriceBook {
    /// What `text` names, as it was scanned or typed on the day `today`: a GS1 element string, a Digital Link, a label of
    /// the store's own, a GTIN or a PLU. What is expired or recalled is refused.
    pub fn scan(&self, text: &str, today: &BusinessDay) -> Result<Scanned<'_>, ScanError> {
        let scanned = match gs1::read(text, today)? {
            // A PLU may look like an element string; the store's own number goes first.
            Some(label) => match self.plu_of(text) {
                Some(item) => plain(item),
                None => self.of_label(&label, today)?,
            },
            None => self.of_code(text)?,
        };
        let codes = scanned.item.codes();
        let batch = scanned.label.as_ref().and_then(|label| label.batch.as_deref());
        match self.rules.recalled(&codes, batch) {
            Some(recall) => Err(ScanError::Recalled { name: scanned.item.name.clone(), reason: recall.reason.clone() }),
            None => Ok(scanned),
        }
    }

    fn plu_of(&self, text: &str) -> Option<&Item> {
        self.by_plu(text.trim())
    }

    fn of_code(&self, text: &str) -> Result<Scanned<'_>, ScanError> {
        let code = Code::parse(text)?;
        if let Code::Gtin { gtin, .. } = code
            && let Some(scanned) = self.of_own_label(gtin)?
        {
            return Ok(scanned);
        }
        self.find(&code).map(plain).ok_or_else(|| ScanError::UnknownItem(code.to_string()))
    }

    fn of_own_label(&self, gtin: Gtin) -> Result<Option<Scanned<'_>>, ScanError> {
        for rule in &self.rules.labels {
            let Some(label) = rule.read(gtin)? else { continue };
            let short = label.item.trim_start_matches('0');
            let found = self.by_plu(&label.item).or_else(|| self.by_plu(short)).or_else(|| self.by_gtin(label.zeroed));
            let item = found.ok_or_else(|| ScanError::UnknownItem(label.item.clone()))?;
            let wrong = |what| ScanError::Value { name: item.name.clone(), what };
            return match label.embedded {
                Embedded::Price => {
                    let exponent = self.terms.currency.exponent();
                    let minor = scaled(label.value, rule.decimals.unwrap_or(exponent), exponent);
                    let minor = minor.filter(|minor| *minor > 0).ok_or_else(|| wrong("price"))?;
                    Ok(Some(Scanned { pack_price_minor: Some(minor), quantity: Some(Quantity::ONE), ..plain(item) }))
                }
                Embedded::Weight => {
                    let decimals = rule.decimals.unwrap_or(WEIGHT_DECIMALS);
                    let milli = scaled(label.value, decimals, WEIGHT_DECIMALS).map(Quantity::from_milli);
                    let quantity = milli.and_then(Result::ok).filter(|_| item.sold_by == SoldBy::Weight);
                    Ok(Some(Scanned { quantity: Some(quantity.ok_or_else(|| wrong("weight"))?), ..plain(item) }))
                }
            };
        }
        Ok(None)
    }

    fn of_label(&self, label: &Gs1Label, today: &BusinessDay) -> Result<Scanned<'_>, ScanError> {
        let item = self.by_gtin(label.gtin).ok_or_else(|| ScanError::UnknownItem(label.gtin.to_string()))?;
        let name = || item.name.clone();
        // Days are written so that their texts are in the order of the calendar.
        let past = |day: &&BusinessDay| *day < today;
        if let Some(last_day) = [&label.expiry, &label.sell_by].into_iter().flatten().find(past) {
            return Err(ScanError::Expired { name: name(), last_day: last_day.clone() });
        }
        let unit: WeightUnit = self.rules.weight_unit;
        let weight = label.weight.filter(|_| item.sold_by == SoldBy::Weight);
        if label.price.is_none() && weight.is_some_and(|weight| weight.unit != unit) {
            return Err(ScanError::Unit { name: name() });
        }
        let minor = label.price.map(|price| price.minor(self.terms.currency));
        let pack_price_minor = match minor {
            Some(minor) => {
                let minor = minor.filter(|minor| *minor > 0);
                Some(minor.ok_or_else(|| ScanError::Value { name: name(), what: "price" })?)
            }
            None => None,
        };
        let weight = weight.filter(|weight| weight.unit == unit).map(|weight| weight.quantity);
        let (quantity, weight_milli) =
            if pack_price_minor.is_some() { (Some(Quantity::ONE), weight) } else { (weight, None) };
        let (batch, serial, expiry) = (label.batch.clone(), label.serial.clone(), label.expiry.clone());
        let label =
            Some(PieceLabel { batch, serial, expiry, weight_milli }).filter(|label| *label != PieceLabel::default());
        Ok(Scanned { item, quantity, pack_price_minor, label })
    }
}

fn plain(item: &Item) -> Scanned<'_> {
    Scanned { item, quantity: None, pack_price_minor: None, label: None }
}

/// `value` of `decimals` decimals in units of `wanted` decimals; `None` when it is finer or too large.
fn scaled(value: i64, decimals: u8, wanted: u8) -> Option<i64> {
    match wanted.checked_sub(decimals) {
        Some(more) => value.checked_mul(10_i64.pow(more.into())),
        None => Rounding::HalfUp.divide(value.into(), 10_i128.pow((decimals - wanted).into())).ok(),
    }
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;

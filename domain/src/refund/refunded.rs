//! What came back of one sale so far.

use super::{Original, Refund, RefundError, VoidedSale};
use crate::money::DecimalMark;
use crate::quantity::Quantity;
use crate::sale::{Sale, SaleLine};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What came back of one sale, line by line, as far as this till knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    original: Original,
    /// (line, 1/1000 that came back).
    lines: BTreeMap<u32, i64>,
    voided: bool,
}

impl Refunded {
    /// Nothing came back of `original` yet.
    pub fn none(original: Original) -> Refunded {
        Refunded { original, lines: BTreeMap::new(), voided: false }
    }

    /// The sale.
    pub fn original(&self) -> &Original {
        &self.original
    }

    /// Whether the whole sale was voided.
    pub fn is_voided(&self) -> bool {
        self.voided
    }

    /// Whether nothing came back.
    pub fn is_none(&self) -> bool {
        self.lines.is_empty() && !self.voided
    }

    /// Remembers `refund`. One of another sale changes nothing.
    pub fn add(&mut self, refund: &Refund) {
        if refund.original.as_ref() != Some(&self.original) {
            return;
        }
        for line in &refund.lines {
            let sum = self.lines.entry(line.line).or_insert(0);
            *sum = sum.saturating_add(line.quantity_milli.milli());
        }
    }

    /// Remembers that the sale was voided. One of another sale changes nothing.
    pub fn add_void(&mut self, void: &VoidedSale) {
        self.voided |= void.original == self.original;
    }

    /// What can still come back of a line; none when all of it did.
    pub fn left(&self, line: &SaleLine) -> Option<Quantity> {
        let left = line.quantity_milli.milli().saturating_sub(self.before_milli(line.line));
        Quantity::from_milli(left).ok().filter(|_| !self.voided)
    }

    /// Everything that can still come back of `sale`.
    pub fn all_left(&self, sale: &Sale) -> Vec<super::Returned> {
        let left = |line: &SaleLine| self.left(line).map(|quantity| super::Returned { line: line.line, quantity });
        sale.lines.iter().filter_map(left).collect()
    }

    /// How much of a line came back before, in 1/1000.
    pub fn before_milli(&self, line: u32) -> i64 {
        self.lines.get(&line).copied().unwrap_or(0)
    }

    /// How much of `line` will have come back with `quantity` more. What was sold in whole pieces comes back in such.
    pub(super) fn after_milli(&self, line: &SaleLine, quantity: Quantity) -> Result<i64, RefundError> {
        let (sold, before) = (line.quantity_milli, self.before_milli(line.line));
        let after = before.saturating_add(quantity.milli());
        if after > sold.milli() {
            let text = |milli| DecimalMark::Point.short_text(milli, 3);
            let (asked, sold, before) = (text(quantity.milli()), text(sold.milli()), text(before));
            let left_milli = line.quantity_milli.milli().saturating_sub(self.before_milli(line.line));
            return Err(RefundError::TooMany { name: line.name.clone(), asked, sold, before, left_milli });
        }
        if sold.is_whole() && !quantity.is_whole() {
            return Err(RefundError::NotWhole(line.name.clone()));
        }
        Ok(after)
    }
}

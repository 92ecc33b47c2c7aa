//! Who works in a store and what they are trusted with, as head office says it in the price book.
//!
//! A store without a list of cashiers lets everybody do everything: a kiosk of one person, or a demo. With a list, nothing
//! happens at the till before somebody has signed on.

use crate::cashier::{Cashier, CashierErrors, CashierList};
use crate::role::DiscountLimits;
use crate::voucher::Validity;
use serde::{Deserialize, Serialize};

/// The staff of a store and the limits of its roles. Everything may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Staff {
    /// Who can sign on; empty where nobody needs to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cashiers: Vec<Cashier>,
    /// How much each role may take off.
    #[serde(default)]
    pub discount_limits: DiscountLimits,
    /// How long a gift voucher is valid that is sold or given back here; none where no vouchers are sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher_validity: Option<Validity>,
}

impl Staff {
    /// Whether somebody has to sign on before anything else happens.
    pub fn must_sign_on(&self) -> bool {
        !self.cashiers.is_empty()
    }

    /// The active cashier with this number.
    pub fn find(&self, number: u32) -> Option<&Cashier> {
        self.cashiers.iter().find(|cashier| cashier.number == number && cashier.active)
    }

    /// Everything that is wrong with the list of cashiers.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        if self.cashiers.is_empty() {
            return Vec::new();
        }
        match CashierList::new(1, self.cashiers.clone()) {
            Ok(_) => Vec::new(),
            Err(CashierErrors(errors)) => errors.iter().map(ToString::to_string).collect(),
        }
    }
}

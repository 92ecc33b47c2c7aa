//! The void of the last sale: all of it is taken back, in the ways in which it was paid.

use super::{GivenBack, Original, RefundError, Refunded, cash_minor, check_settled};
use crate::money::{Currency, MoneyError, sum_minor};
use crate::reason::Reason;
use crate::sale::Sale;
use crate::tax::TaxRow;
use crate::tender::{AuthorisationReference, Tender};
use crate::voucher::VoucherNumber;
use serde::{Deserialize, Serialize};

/// A recorded void: a full reversal of one sale, which stays in the journal as it was. All amounts are what goes out, in
/// minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidedSale {
    /// Consecutive at its till, in one row with those of sales.
    pub receipt_number: u64,
    /// The sale that is void.
    pub original: Original,
    /// Of all amounts.
    pub currency: Currency,
    /// The sale's taxes.
    pub taxes: Vec<TaxRow>,
    /// The sale's total.
    pub total_minor: i64,
    /// The sale's cash rounding.
    pub cash_rounding_minor: i64,
    /// How it was given back.
    pub given_back: Vec<GivenBack>,
    /// Gift vouchers that were sold in it, which are worth nothing now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vouchers: Vec<VoucherNumber>,
    /// Why.
    pub reason: Reason,
    /// Who did it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cashier: Option<String>,
}

/// A void that waits for its receipt number, which the journal gives in the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnnumberedVoid(VoidedSale);

impl UnnumberedVoid {
    /// Voids `sale`, of which nothing may have come back, and which must be the till's last receipt. `references` are
    /// what the terminal printed when it reversed each card payment, in the order of the sale's tenders.
    pub fn of(
        sale: &Sale,
        before: &Refunded,
        last_receipt_number: u64,
        references: &[AuthorisationReference],
        reason: Reason,
        cashier: Option<String>,
    ) -> Result<UnnumberedVoid, RefundError> {
        let original = before.original().clone();
        let asked = original.receipt_number;
        if before.is_voided() {
            return Err(RefundError::Voided(asked));
        }
        if !before.is_none() {
            return Err(RefundError::HasRefunds(asked));
        }
        if asked != last_receipt_number {
            return Err(RefundError::NotLast { asked, last: last_receipt_number });
        }
        let void = VoidedSale {
            receipt_number: 0,
            original,
            currency: sale.currency,
            taxes: sale.taxes.clone(),
            total_minor: sale.total_minor,
            cash_rounding_minor: sale.cash_rounding_minor,
            given_back: reversed(sale, references)?,
            vouchers: sale.lines.iter().filter_map(|line| line.code.parse().ok()).collect(),
            reason,
            cashier,
        };
        void.reconcile()?;
        Ok(UnnumberedVoid(void))
    }

    /// The void with its number, from 1.
    pub fn number(self, receipt_number: u64) -> VoidedSale {
        VoidedSale { receipt_number, ..self.0 }
    }
}

/// What each tender of `sale` becomes; cash is one amount, less the change.
fn reversed(sale: &Sale, references: &[AuthorisationReference]) -> Result<Vec<GivenBack>, RefundError> {
    let cards = sale.tenders.iter().filter(|tender| matches!(tender, Tender::Card { .. })).count();
    if cards != references.len() {
        return Err(RefundError::References { cards, references: references.len() });
    }
    let mut references = references.iter().cloned();
    let mut given_back = Vec::new();
    for tender in &sale.tenders {
        match tender {
            Tender::Cash { .. } => {}
            Tender::Card { amount_minor, .. } => {
                let reference = references.next().ok_or(RefundError::References { cards, references: 0 })?;
                given_back.push(GivenBack::Card { amount_minor: *amount_minor, reference });
            }
            Tender::Voucher { amount_minor, number } => {
                given_back.push(GivenBack::Restored { amount_minor: *amount_minor, number: number.clone() });
            }
        }
    }
    if sale.tenders.iter().any(Tender::is_cash) {
        given_back.push(GivenBack::Cash { amount_minor: sale.cash_minor()? });
    }
    Ok(given_back)
}

impl VoidedSale {
    /// Whether it came out even.
    pub fn check(&self) -> Result<(), RefundError> {
        if self.receipt_number == 0 {
            return Err(RefundError::Form("receipt number is 0: they count from 1"));
        }
        self.reconcile()
    }

    /// Whether it reverses `sale`, to the unit.
    pub fn check_against(&self, sale: &Sale) -> Result<(), RefundError> {
        let reference = |back: &GivenBack| match back {
            GivenBack::Card { reference, .. } => Some(reference.clone()),
            _ => None,
        };
        let references: Vec<AuthorisationReference> = self.given_back.iter().filter_map(reference).collect();
        let same = self.original.receipt_number == sale.receipt_number
            && (self.currency, self.total_minor) == (sale.currency, sale.total_minor)
            && self.taxes == sale.taxes
            && self.given_back == reversed(sale, &references)?;
        if same { self.check() } else { Err(RefundError::Form("amounts are not those of the sale that is void")) }
    }

    /// What the drawer's content went down by.
    pub fn cash_minor(&self) -> Result<i64, MoneyError> {
        cash_minor(&self.given_back)
    }

    fn reconcile(&self) -> Result<(), RefundError> {
        if sum_minor(self.taxes.iter().map(|row| row.gross_minor))? != self.total_minor {
            return Err(RefundError::Form("total is not what its taxes' gross amounts give"));
        }
        check_settled(self.currency, self.total_minor, self.cash_rounding_minor, &self.given_back)
    }
}

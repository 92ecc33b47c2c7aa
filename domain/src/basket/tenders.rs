//! Tenders: what is paid, what is still due, and how the basket comes out even.

use super::{AMOUNT_MAX_MINOR, Basket, BasketError, Settlement, TENDERS_MAX};
use crate::money::{MoneyError, sum_minor};
use crate::tender::Tender;

impl Basket {
    /// What is tendered so far.
    pub fn tendered_minor(&self) -> Result<i64, BasketError> {
        Ok(sum_minor(self.tenders.iter().map(Tender::amount_minor))?)
    }

    /// What is still to pay, before any rounding to coins; 0 once it is paid.
    pub fn due_minor(&self) -> Result<i64, BasketError> {
        if self.settlement.is_some() {
            return Ok(0);
        }
        let (total, tendered) = (self.totals()?.total_minor, self.tendered_minor()?);
        Ok(total.checked_sub(tendered).ok_or(MoneyError::Overflow)?)
    }

    /// What is still to pay in cash.
    pub fn cash_due_minor(&self) -> Result<i64, BasketError> {
        Ok(self.terms.rounding.to_step(self.due_minor()?, self.terms.cash_rounding_minor)?)
    }

    /// Takes a tender, once the ages are confirmed. When it covers what is due, the basket is paid: [`Basket::settlement`] says how.
    pub fn tender(&mut self, tender: Tender) -> Result<(), BasketError> {
        if self.settlement.is_some() {
            return Err(BasketError::Paid);
        }
        if self.lines.iter().all(|line| line.void) {
            return Err(BasketError::Empty);
        }
        if let Some((years, name)) = self.oldest_unconfirmed() {
            return Err(BasketError::Age { name: name.to_owned(), years });
        }
        if self.tenders.len() >= TENDERS_MAX {
            return Err(BasketError::TooManyTenders);
        }
        let amount_minor = tender.amount_minor();
        if amount_minor > AMOUNT_MAX_MINOR {
            return Err(BasketError::AmountTooHigh(self.money(amount_minor)));
        }
        let settlement =
            if tender.is_cash() { self.settle_cash(amount_minor)? } else { self.settle_card(amount_minor)? };
        self.tenders.push(tender);
        self.settlement = settlement;
        Ok(())
    }

    fn settle_cash(&self, amount_minor: i64) -> Result<Option<Settlement>, BasketError> {
        let (due, cash_due, coin) = (self.due_minor()?, self.cash_due_minor()?, self.terms.cash_rounding_minor);
        // A basket of free goods, or of less than half a coin, is paid by nothing.
        if amount_minor < 0 || (amount_minor == 0 && cash_due > 0) {
            return Err(BasketError::NoAmount(self.money(amount_minor)));
        }
        if amount_minor % coin != 0 {
            return Err(BasketError::Coin { amount: self.money(amount_minor), coin: self.money(coin) });
        }
        let paid = amount_minor >= cash_due;
        Ok(paid.then(|| Settlement { cash_rounding_minor: cash_due - due, change_minor: amount_minor - cash_due }))
    }

    fn settle_card(&self, amount_minor: i64) -> Result<Option<Settlement>, BasketError> {
        let due = self.due_minor()?;
        if amount_minor <= 0 {
            return Err(BasketError::NoAmount(self.money(amount_minor)));
        }
        if amount_minor > due {
            return Err(BasketError::CardTooHigh { amount: self.money(amount_minor), due: self.money(due) });
        }
        Ok((amount_minor == due).then_some(Settlement { cash_rounding_minor: 0, change_minor: 0 }))
    }
}

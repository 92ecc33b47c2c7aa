//! What each line costs, worked out anew at every change.

use super::{AMOUNT_MAX_MINOR, Basket, BasketError, BasketLine};
use crate::catalogue::SoldBy;
use crate::money::sum_minor;
use crate::promotion::Saving;
use crate::promotion::best::{self, Goods};

impl Basket {
    pub(super) fn price(&mut self) -> Result<(), BasketError> {
        let rounding = self.terms.rounding;
        for line in &mut self.lines {
            line.amount_minor = line.quantity_milli.price_minor(line.unit_price_minor, rounding)?;
            line.savings.clear();
            line.basket_discount_minor = 0;
        }
        let amounts = self.lines.iter().filter(|line| !line.void).map(|line| line.amount_minor);
        if sum_minor(amounts)? > AMOUNT_MAX_MINOR {
            return Err(BasketError::TooMuch(self.money(AMOUNT_MAX_MINOR)));
        }
        self.price_promotions()?;
        for line in self.lines.iter_mut().filter(|line| !line.void) {
            let rest = line.amount_minor.saturating_sub(line.savings_minor());
            if let Some(discount) = &mut line.discount {
                discount.discount_minor = discount.off.minor(rest, rounding)?;
            }
        }
        self.price_discount()
    }

    fn price_promotions(&mut self) -> Result<(), BasketError> {
        let goods: Vec<Goods<'_>> = self.lines.iter().map(goods).collect();
        let saved = best::best(&self.offers, &goods, self.terms.rounding)?;
        for (line, saved) in self.lines.iter_mut().zip(saved) {
            for one in saved {
                let offer = &self.offers[one.offer as usize];
                let (promotion, name) = (offer.id.clone(), offer.name.clone());
                line.savings.push(Saving { promotion, name, saving_minor: one.minor });
            }
        }
        Ok(())
    }

    /// Takes the basket's discount off the lines, in the proportion of what they cost by now.
    fn price_discount(&mut self) -> Result<(), BasketError> {
        let weights: Vec<i64> = self.lines.iter().map(BasketLine::discountable_minor).collect();
        let base = sum_minor(weights.iter().copied())?;
        if let Some(discount) = &mut self.discount {
            discount.discount_minor = discount.off.minor(base, self.terms.rounding)?;
            for (line, share) in self.lines.iter_mut().zip(best::split(discount.discount_minor, &weights)?) {
                line.basket_discount_minor = share;
            }
        }
        Ok(())
    }
}

impl BasketLine {
    /// What the basket's discount is calculated from; nothing when it is void or its price fixed.
    pub(super) fn discountable_minor(&self) -> i64 {
        let own = self.discount.as_ref().map_or(0, |discount| discount.discount_minor);
        let rest = self.amount_minor.saturating_sub(self.savings_minor()).saturating_sub(own);
        if self.void || self.fixed_price { 0 } else { rest }
    }
}

fn goods(line: &BasketLine) -> Goods<'_> {
    let weighed = line.sold_by == SoldBy::Weight;
    let price_minor = if weighed { line.amount_minor } else { line.unit_price_minor };
    // Pieces are whole, and some thousands at most.
    let pieces = if weighed { 1 } else { u32::try_from(line.quantity_milli.milli() / 1_000).unwrap_or_default() };
    let pieces = if line.void { 0 } else { pieces };
    Goods { code: &line.code, price_minor, pieces, weighed, takes: &line.takes }
}

//! What is taken off by hand: of a line, or of the basket as a whole.

use super::{Basket, BasketError, BasketLine};
use crate::discount::{Discount, Off};
use crate::money::{Money, sum_minor};
use crate::reason::Reason;

impl Basket {
    /// What a discount of a line, or of the whole basket, would be calculated from: for the limits of a role. A discount
    /// that is there already counts as taken back.
    pub fn discount_base(&self, line: Option<u32>) -> Result<Money, BasketError> {
        let minor = match line {
            Some(line) => {
                let found = self.lines.iter().find(|other| other.line == line).ok_or(BasketError::NoLine(line))?;
                if found.void {
                    return Err(BasketError::VoidAlready(line));
                }
                if found.fixed_price {
                    return Err(BasketError::FixedPrice(found.name.clone()));
                }
                found.amount_minor.saturating_sub(found.savings_minor())
            }
            None => sum_minor(self.lines.iter().map(BasketLine::discountable_minor))?,
        };
        Ok(self.money(minor))
    }

    /// Takes `off` off a line, in place of what was taken off it by hand before.
    pub fn discount_line(&mut self, line: u32, off: Off, reason: Reason) -> Result<(), BasketError> {
        self.check_off(off, Some(line))?;
        self.change(|basket| {
            basket.line_mut(line)?.discount = Some(Discount { off, reason, discount_minor: 0 });
            Ok(())
        })
    }

    /// Takes `off` off the basket, in place of what was taken off it before. Lines of a fixed price are left out.
    pub fn discount_basket(&mut self, off: Off, reason: Reason) -> Result<(), BasketError> {
        self.check_off(off, None)?;
        self.change(|basket| {
            basket.discount = Some(Discount { off, reason, discount_minor: 0 });
            Ok(())
        })
    }

    /// Takes the discount of a line, or of the basket, back.
    pub fn take_back_discount(&mut self, line: Option<u32>) -> Result<(), BasketError> {
        self.change(|basket| {
            let discount = match line {
                Some(line) => &mut basket.line_mut(line)?.discount,
                None => &mut basket.discount,
            };
            discount.take().map(|_| ()).ok_or(BasketError::NoSuchDiscount)
        })
    }

    /// All that is taken off by hand, each with what it is taken off. An amount stays when the lines below it become
    /// fewer, so a role's limit is looked at again before the basket is paid.
    pub fn discounts(&self) -> Result<Vec<(Money, Money)>, BasketError> {
        let mut discounts = Vec::new();
        for line in self.lines.iter().filter(|line| !line.void) {
            if let Some(discount) = &line.discount {
                discounts.push((self.money(discount.discount_minor), self.discount_base(Some(line.line))?));
            }
        }
        if let Some(discount) = &self.discount {
            discounts.push((self.money(discount.discount_minor), self.discount_base(None)?));
        }
        Ok(discounts)
    }

    fn check_off(&self, off: Off, line: Option<u32>) -> Result<(), BasketError> {
        if self.settlement.is_some() {
            return Err(BasketError::Paid);
        }
        let from = self.discount_base(line)?;
        match off {
            _ if !off.is_possible() => Err(BasketError::NoDiscount),
            Off::AmountMinor(minor) if minor > from.minor => {
                Err(BasketError::TooMuchOff { off: self.money(minor), from })
            }
            _ => Ok(()),
        }
    }
}

//! Quantity and discount: a line changes, or the whole basket does.

use super::desk::Desk;
use super::permit::Permission;
use super::{Counter, CounterError, CounterReply, Refusal};
use crate::clock::Moment;
use crate::journal::{Draft, Record};
use evertill_domain::basket::{Basket, BasketError};
use evertill_domain::discount::Off;
use evertill_domain::ids::{IdempotencyKey, Kind};
use evertill_domain::quantity::Quantity;
use evertill_domain::reason::Reason;
use evertill_domain::role::{Act, Role};

impl Counter {
    /// Sets the quantity of a line. One that no line can have, a barcode for instance, is refused.
    pub async fn set_quantity(
        &self,
        key: IdempotencyKey,
        line: u32,
        quantity: Quantity,
    ) -> Result<CounterReply, CounterError> {
        let what = format!("quantity {line} {}", quantity.milli());
        self.change(key, &what, |basket| basket.set_quantity(line, quantity)).await
    }

    /// Takes `off` off a line, or off the basket, in place of what was taken off it by hand before. Beyond the limit of the
    /// cashier's role somebody else has to allow it.
    pub async fn discount(
        &self,
        key: IdempotencyKey,
        line: Option<u32>,
        off: Off,
        reason: Reason,
        permission: Option<Permission>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let what = format!("discount {line:?} {off:?}");
        if desk.kept.did(&key, &what)? {
            return Ok(self.reply(&desk));
        }
        let basket = desk.kept.basket.as_ref().ok_or(Refusal::Basket(BasketError::Empty))?;
        let from = basket.discount_base(line)?;
        let rounding = basket.terms().rounding;
        let off_minor = off.minor(from.minor, rounding).map_err(Refusal::from)?;
        let limits = self.book()?.rules.staff.discount_limits;
        let off_money = evertill_domain::money::Money::new(off_minor, from.currency);
        let needs = limits.needs(off_money, from).map_err(Refusal::from)?;
        let mut next = desk.kept.clone();
        let basket = next.basket.as_mut().ok_or(Refusal::Basket(BasketError::Empty))?;
        match line {
            Some(line) => basket.discount_line(line, off, reason)?,
            None => basket.discount_basket(off, reason)?,
        }
        let permit = self.permit(&mut desk, Act::Discount, needs, permission).await?;
        if let Some(allowed) = permit.allowed {
            self.record_override(key.clone(), &allowed).await?;
            next.discounts_allowed = next.discounts_allowed.max(Some(needs));
        }
        next.remember(key, &what);
        self.keep(&mut desk, next).await?;
        Ok(self.reply(&desk))
    }

    /// Takes the discount of a line, or of the basket, back.
    pub async fn take_back_discount(
        &self,
        key: IdempotencyKey,
        line: Option<u32>,
    ) -> Result<CounterReply, CounterError> {
        self.change(key, &format!("no discount {line:?}"), |basket| basket.take_back_discount(line)).await
    }

    /// The lines below a discount may have become fewer since it was allowed: what it comes to now must still be allowed.
    pub(super) fn check_discounts(&self, desk: &Desk) -> Result<(), CounterError> {
        let Some(basket) = desk.kept.basket.as_ref().filter(|_| self.must_sign_on()) else { return Ok(()) };
        let may = desk.kept.discounts_allowed.max(Some(self.signed_on_cashier(desk)?.role)).unwrap_or(Role::Cashier);
        let limits = self.book()?.rules.staff.discount_limits;
        for (off, from) in basket.discounts()? {
            let needs = limits.needs(off, from).map_err(Refusal::from)?;
            if needs > may {
                return Err(Refusal::DiscountGrew { off, from }.into());
            }
        }
        Ok(())
    }

    /// Records that somebody allowed something which leaves no entry of its own.
    pub(super) async fn record_override(
        &self,
        key: IdempotencyKey,
        allowed: &evertill_domain::role::Override,
    ) -> Result<(), CounterError> {
        let body = super::drawer::json(allowed);
        let Moment { at, business_day } = self.clock.now();
        self.journal.append(key, Draft::new(at, business_day, Record::plain(Kind::OVERRIDE, body))).await?;
        Ok(())
    }

    /// Changes the open basket once for `key`, or refuses and changes nothing.
    pub(super) async fn change<T>(
        &self,
        key: IdempotencyKey,
        what: &str,
        change: impl FnOnce(&mut Basket) -> Result<T, BasketError>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        if desk.kept.did(&key, what)? {
            return Ok(self.reply(&desk));
        }
        self.permit(&mut desk, Act::Sell, Act::Sell.needs(), None).await?;
        let mut next = desk.kept.clone();
        change(next.basket.as_mut().ok_or(Refusal::Basket(BasketError::Empty))?)?;
        next.remember(key, what);
        self.keep(&mut desk, next).await?;
        Ok(self.reply(&desk))
    }
}

//! Age: goods of an age limit are paid for only when somebody has seen how old the customer is.

use super::permit::Permission;
use super::{Counter, CounterError, CounterReply, Refusal};
use evertill_domain::basket::BasketError;
use evertill_domain::ids::{BusinessDay, IdempotencyKey};
use evertill_domain::role::Act;

impl Counter {
    /// The customer was born on `born`, as their paper says. The date is kept nowhere.
    pub async fn confirm_birth_date(
        &self,
        key: IdempotencyKey,
        born: &BusinessDay,
    ) -> Result<CounterReply, CounterError> {
        // The calendar's day: a business day may end after midnight.
        let today = self.clock.now().at.as_str()[..10].parse().map_err(|_| Refusal::NoDate)?;
        self.change(key, "birth date", |basket| basket.confirm_birth_date(born, &today)).await
    }

    /// Somebody who may do that answers for the customer's age.
    pub async fn confirm_age(
        &self,
        key: IdempotencyKey,
        permission: Option<Permission>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let what = "age";
        if desk.kept.did(&key, what)? {
            return Ok(self.reply(&desk));
        }
        let permit = self.permit(&mut desk, Act::AgeCheck, Act::AgeCheck.needs(), permission).await?;
        let mut next = desk.kept.clone();
        let basket = next.basket.as_mut().ok_or(Refusal::Basket(BasketError::Empty))?;
        let by = permit.allowed.as_ref().map(|allowed| allowed.by.clone()).or(permit.cashier);
        basket.confirm_age(by.unwrap_or_else(|| "-".to_owned()))?;
        if let Some(allowed) = &permit.allowed {
            self.record_override(key.clone(), allowed).await?;
        }
        next.remember(key, what);
        self.keep(&mut desk, next).await?;
        Ok(self.reply(&desk))
    }
}

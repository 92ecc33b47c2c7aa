//! Age: goods of an age limit are paid for only when somebody has seen how old the customer is.

use super::permit::Permission;
use super::{Counter, CounterError, CounterReply, Refusal};
use evertill_domain::basket::{BasketError, BasketLine};
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

    /// The customer is too young, or has no paper: what asks for their age goes out of the basket.
    pub async fn void_age_restricted(&self, key: IdempotencyKey) -> Result<CounterReply, CounterError> {
        self.change(key, "too young", |basket| {
            while basket.age_to_confirm().is_some() {
                let asked = |line: &&BasketLine| !line.void && line.age_years == basket.age_to_confirm();
                let Some(line) = basket.lines().iter().find(asked).map(|line| line.line) else { break };
                basket.void_line(line)?;
            }
            Ok(())
        })
        .await
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

//! Suspend and recall: a basket waits while its customer fetches the wallet, and another one is served.

use super::{Counter, CounterError, CounterReply, Refusal, SuspendedView};
use evertill_domain::basket::{Basket, BasketError};
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::role::Act;
use serde::{Deserialize, Serialize};

/// Most baskets that wait: more are forgotten customers.
pub const SUSPENDED_MAX: usize = 30;

/// A basket that waits, as it is kept.
#[derive(Serialize, Deserialize)]
struct Waiting {
    /// Who put it aside; none in a store without a list of cashiers.
    cashier: Option<String>,
    basket: Basket,
}

impl Counter {
    /// Puts the open basket aside. One with a payment in it cannot wait: its customer would leave without the goods.
    pub async fn suspend(&self, key: IdempotencyKey) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let what = "suspend";
        if desk.kept.did(&key, what)? {
            return Ok(self.reply(&desk));
        }
        let cashier = self.permit(&mut desk, Act::Sell, Act::Sell.needs(), None).await?.cashier;
        let basket = desk.kept.basket.clone().filter(|basket| !basket.is_untouched());
        let basket = basket.ok_or(Refusal::Basket(BasketError::Empty))?;
        if !basket.tenders().is_empty() {
            return Err(Refusal::TenderedWaits.into());
        }
        if self.journal.suspended().await?.len() >= SUSPENDED_MAX {
            return Err(Refusal::TooManyWait.into());
        }
        let json = serde_json::to_string(&Waiting { cashier, basket }).expect("a basket holds only text and numbers");
        let mut next = desk.kept.without_basket();
        next.remember(key, what);
        desk.begin_write();
        self.journal.suspend(self.clock.now().at, json).await?;
        self.put(&mut desk, next);
        Ok(self.reply(&desk))
    }

    /// Opens basket `id` of those that wait, when no other one is open.
    pub async fn recall(&self, key: IdempotencyKey, id: i64) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let what = format!("recall {id}");
        if desk.kept.did(&key, &what)? {
            return Ok(self.reply(&desk));
        }
        self.permit(&mut desk, Act::Sell, Act::Sell.needs(), None).await?;
        if desk.kept.basket.as_ref().is_some_and(|basket| !basket.is_untouched()) {
            return Err(Refusal::BasketOpen.into());
        }
        let waiting = self.journal.suspended().await?;
        let found = waiting.into_iter().find(|basket| basket.id == id).ok_or(Refusal::NoneWaits(id))?;
        let Waiting { basket, .. } = serde_json::from_str(&found.basket).map_err(|error| {
            tracing::error!(%error, basket = found.basket, "a basket that waited cannot be read");
            Refusal::NoneWaits(id)
        })?;
        let mut next = desk.kept.clone();
        next.basket = Some(basket);
        next.remember(key, &what);
        let json = serde_json::to_string(&next).expect("a basket holds only text and numbers");
        desk.begin_write();
        self.journal.recall(id, json).await?;
        self.put(&mut desk, next);
        Ok(self.reply(&desk))
    }

    /// The baskets that wait, oldest first.
    pub async fn suspended(&self) -> Result<Vec<SuspendedView>, CounterError> {
        let waiting = self.journal.suspended().await?;
        let view = |basket: &crate::journal::Suspended| {
            let Waiting { cashier, basket: read } = serde_json::from_str(&basket.basket).ok()?;
            let totals = read.totals().ok()?;
            Some(SuspendedView {
                id: basket.id,
                at: basket.at.to_string(),
                cashier,
                lines: read.lines().iter().filter(|line| !line.void).count(),
                first: read.lines().iter().find(|line| !line.void).map(|line| line.name.clone()).unwrap_or_default(),
                total_minor: totals.total_minor,
                currency: read.terms().currency.to_string(),
            })
        };
        Ok(waiting.iter().filter_map(view).collect())
    }
}

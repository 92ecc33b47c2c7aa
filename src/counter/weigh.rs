//! Weigh: what lies on the scale, as a quantity in the unit that the price book prices by. The scale is asked before the
//! desk is taken: nobody else's act waits for goods to come to rest.

use super::{Counter, CounterError, CounterReply, Refusal};
use evertill_domain::barcode::gs1::WeightUnit;
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::quantity::Quantity;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Asks the scale what lies on it, once it has come to rest. Ends by itself.
pub type Scale = Arc<dyn Fn() -> BoxFuture<'static, Result<Weight, ScaleTrouble>> + Send + Sync>;

/// A weight at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// In 1/1000 of `unit`.
    pub milli: i64,
    /// What the scale counts in.
    pub unit: WeightUnit,
}

/// Why there is no weight, in words for the cashier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScaleTrouble {
    /// It never came to rest.
    #[error("the scale does not come to rest: let go of the goods and weigh again")]
    Moving,
    /// Nothing lies there.
    #[error("nothing lies on the scale: put the goods on it")]
    Empty,
    /// Something was taken off that stood on it when it was set to zero.
    #[error("the scale shows less than nothing: take everything off and set it to zero")]
    BelowZero,
    /// More than it can weigh.
    #[error("the goods are too heavy for the scale: weigh them in parts")]
    TooHeavy,
    /// It counts in another unit than the store's prices.
    #[error("the scale counts in another unit than the price book: set scale.unit in till.toml")]
    OtherUnit,
    /// It is not there or says nothing that can be understood.
    #[error("{0}")]
    Silent(String),
}

impl Counter {
    /// From now on `scale` weighs. Only the first call counts.
    pub fn connect_scale(&self, scale: Scale) {
        let _ = self.scale.set(scale);
    }

    /// Whether there is a scale.
    pub fn has_scale(&self) -> bool {
        self.scale.get().is_some()
    }

    /// What lies on the scale; `None` when there is no scale.
    pub async fn weigh(&self) -> Result<Option<Quantity>, Refusal> {
        let Some(scale) = self.scale.get() else { return Ok(None) };
        let Weight { milli, unit } = scale().await?;
        if unit != self.book()?.rules.weight_unit {
            return Err(ScaleTrouble::OtherUnit.into());
        }
        Ok(Some(Quantity::from_milli(milli)?))
    }

    /// Sets the quantity of a weighed line to what lies on the scale.
    pub async fn weigh_line(&self, key: IdempotencyKey, line: u32) -> Result<CounterReply, CounterError> {
        let no_scale = || ScaleTrouble::Silent("this till has no scale: enter the weight".to_owned());
        let weight = self.weigh().await?.ok_or_else(|| Refusal::from(no_scale()))?;
        self.change(key, &format!("weigh {line}"), |basket| basket.set_quantity(line, weight)).await
    }
}

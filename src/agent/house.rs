//! What devices ask of the counter, and the counter of devices: the two know nothing of each other.

use crate::counter::{Counter, Scale, ScaleTrouble, Weight};
use crate::peripherals::Board;
use crate::peripherals::drawer_watch::House;
use crate::peripherals::scale::{self, SharedScale};
use evertill_domain::barcode::gs1;
use evertill_hal::{Failure, Weighing, WeightUnit};
use std::sync::Arc;

/// What the counter weighs with.
pub fn scale(device: SharedScale, board: Board) -> Scale {
    Arc::new(move || {
        let (device, board) = (device.clone(), board.clone());
        Box::pin(async move { weight(scale::weigh(device, board).await) })
    })
}

fn weight(weighing: Result<Weighing, Failure>) -> Result<Weight, ScaleTrouble> {
    match weighing {
        Ok(Weighing::Stable { thousandths, unit }) => Ok(Weight {
            milli: i64::from(thousandths),
            unit: match unit {
                WeightUnit::Kilogram => gs1::WeightUnit::Kg,
                WeightUnit::Pound => gs1::WeightUnit::Lb,
            },
        }),
        Ok(Weighing::Moving) => Err(ScaleTrouble::Moving),
        Ok(Weighing::Empty) => Err(ScaleTrouble::Empty),
        Ok(Weighing::BelowZero) => Err(ScaleTrouble::BelowZero),
        Ok(Weighing::TooHeavy) => Err(ScaleTrouble::TooHeavy),
        Err(failure) => Err(ScaleTrouble::Silent(format!("scale: {failure}"))),
    }
}

/// What the watch over the drawer asks of the counter.
pub fn of(counter: Arc<Counter>) -> House {
    Arc::new(move || {
        let counter = counter.clone();
        Box::pin(async move {
            let cashier = counter.cashier_view().await.map(|cashier| cashier.name);
            (counter.drawer_policy().left_open_seconds, cashier)
        })
    })
}

//! The scale: asked when goods need a weight, until they lie still.

use super::print_queue::lock;
use super::{Board, SCALE_DEADLINE, SCALE_PATIENCE};
use crate::counter::{Scale as Weigher, ScaleTrouble, Weight};
use evertill_domain::barcode::gs1;
use evertill_hal::{Failure, Outcome, Scale, Weighing, WeightUnit};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A scale that the counter and `till devices` share.
pub type SharedScale = Arc<Mutex<Box<dyn Scale>>>;

/// What the counter weighs with.
pub fn weigher(scale: SharedScale, board: Board) -> Weigher {
    Arc::new(move || {
        let (scale, board) = (scale.clone(), board.clone());
        Box::pin(async move {
            let weigh = move || weigh(lock(&scale).as_mut(), &board);
            let weighed = tokio::task::spawn_blocking(weigh).await;
            weighed.unwrap_or_else(|error| Err(ScaleTrouble::Silent(error.to_string())))
        })
    })
}

/// Asks again while the goods move: a scale answers some ten times a second by itself, which is the pace of this loop.
fn weigh(scale: &mut dyn Scale, board: &Board) -> Result<Weight, ScaleTrouble> {
    let begun = Instant::now();
    loop {
        let weighing = scale.weigh(SCALE_DEADLINE);
        let outcome = weighing.clone().map_or_else(Outcome::Failed, |_| Outcome::Done);
        board.set_outcome(|states| &mut states.scale, &outcome);
        match weight(weighing) {
            Err(ScaleTrouble::Moving) if begun.elapsed() < SCALE_PATIENCE => {}
            weight => return weight,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peripherals::{Kinds, States};
    use std::collections::VecDeque;
    use std::time::Duration;

    struct Script(VecDeque<Result<Weighing, Failure>>);

    impl Scale for Script {
        fn weigh(&mut self, _: Duration) -> Result<Weighing, Failure> {
            self.0.pop_front().unwrap()
        }
    }

    #[test]
    fn goods_that_move_are_weighed_until_they_lie_still() {
        let still = Weighing::Stable { thousandths: 532, unit: WeightUnit::Kilogram };
        let mut scale = Script(VecDeque::from([Ok(Weighing::Moving), Ok(Weighing::Moving), Ok(still)]));
        let none = Kinds { printer: "none", drawer: "none", scanner: "none", display: "none", scale: "serial" };
        let (board, states) = Board::new(States::unknown(none));
        let weighed = weigh(&mut scale, &board);
        assert_eq!(states.borrow().scale.state, "ready");
        assert_eq!(weighed, Ok(Weight { milli: 532, unit: gs1::WeightUnit::Kg }));
    }
}

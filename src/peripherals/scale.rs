//! The scale: asked when goods need a weight, until they lie still.

use super::print_queue::lock;
use super::{Board, SCALE_DEADLINE, SCALE_PATIENCE};
use evertill_hal::{Failure, FailureKind, Outcome, Scale, Weighing};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// A scale that the counter and `till devices` share.
pub type SharedScale = Arc<Mutex<Box<dyn Scale>>>;

/// What lies there once it lies still; [`Weighing::Moving`] when it never does.
pub async fn weigh(scale: SharedScale, board: Board) -> Result<Weighing, Failure> {
    let weigh = move || until_still(lock(&scale).as_mut(), &board);
    let weighed = tokio::task::spawn_blocking(weigh).await;
    weighed.unwrap_or_else(|error| Err(Failure::new(FailureKind::Device, error.to_string())))
}

/// Asks again while the goods move: a scale answers some ten times a second by itself, which is the pace of this loop.
fn until_still(scale: &mut dyn Scale, board: &Board) -> Result<Weighing, Failure> {
    let begun = Instant::now();
    loop {
        let weighing = scale.weigh(SCALE_DEADLINE);
        let outcome = weighing.clone().map_or_else(Outcome::Failed, |_| Outcome::Done);
        board.set_outcome(|states| &mut states.scale, &outcome);
        if weighing != Ok(Weighing::Moving) || begun.elapsed() >= SCALE_PATIENCE {
            return weighing;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peripherals::{Kinds, States};
    use evertill_hal::WeightUnit;
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
        assert_eq!(until_still(&mut scale, &board), Ok(still));
        assert_eq!(states.borrow().scale.state, "ready");
    }
}

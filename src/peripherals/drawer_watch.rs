//! Watches the lid of a drawer that has a sensor: says when it is left open, and records when somebody opened it with its
//! key instead of the till.

use super::DRAWER_DEADLINE;
use super::drawer::Drawer;
use super::print_queue::lock;
use evertill_hal::{Failure, FailureKind, Outcome};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// A drawer that opens so long after a pulse was opened by it.
const PULSE_EXPLAINS: Duration = Duration::from_secs(5);

/// What the watch asks of the counter: after how many seconds an open drawer is left open (0: never), and who is signed on.
pub type House = Arc<dyn Fn() -> BoxFuture<'static, (u32, Option<String>)> + Send + Sync>;

/// What is known of the lid.
#[derive(Debug, Default)]
struct Lid {
    /// Whether it was seen at all.
    seen: bool,
    open_since: Option<Instant>,
}

/// What a look tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    Shut,
    Open { by_hand: bool },
    LeftOpen,
}

impl Lid {
    /// A lid that was never seen before may have been opened by anybody: nobody is named for that.
    fn look(&mut self, is_open: bool, now: Instant, kicked_at: Option<Instant>, left_open: Option<Duration>) -> Sight {
        let first = !std::mem::replace(&mut self.seen, true);
        if !is_open {
            self.open_since = None;
            return Sight::Shut;
        }
        let kicked = kicked_at.is_some_and(|at| now.duration_since(at) <= PULSE_EXPLAINS);
        match self.open_since {
            None => {
                self.open_since = Some(now);
                Sight::Open { by_hand: !kicked && !first }
            }
            Some(since) if left_open.is_some_and(|limit| now.duration_since(since) >= limit) => Sight::LeftOpen,
            Some(_) => Sight::Open { by_hand: false },
        }
    }
}

/// Looks at `drawer` for as long as it has a sensor.
pub async fn run(drawer: Drawer, house: House) {
    let mut lid = Lid::default();
    while let Some(device) = drawer.device.clone() {
        let look = move || lock(&device).is_open(DRAWER_DEADLINE);
        let looked = tokio::task::spawn_blocking(look).await;
        match looked.unwrap_or_else(|error| Err(Failure::new(FailureKind::Device, error.to_string()))) {
            Ok(None) => return,
            Ok(Some(is_open)) => tell(&drawer, &mut lid, is_open, &house).await,
            // The printer prints: it is asked again in a moment.
            Err(Failure { kind: FailureKind::Busy, .. }) => {}
            Err(failure) => drawer.board.set_outcome(|states| &mut states.drawer, &Outcome::Failed(failure)),
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn tell(drawer: &Drawer, lid: &mut Lid, is_open: bool, house: &House) {
    let (left_open_seconds, cashier) = house().await;
    let left_open = (left_open_seconds > 0).then(|| Duration::from_secs(left_open_seconds.into()));
    let sight = lid.look(is_open, Instant::now(), drawer.kicked_at(), left_open);
    let (word, detail) = match sight {
        Sight::Shut => ("closed", String::new()),
        Sight::Open { .. } => ("open", String::new()),
        Sight::LeftOpen => ("left_open", format!("the drawer has been open for {left_open_seconds} s: shut it")),
    };
    drawer.board.set(|states| &mut states.drawer, word, detail);
    if sight == (Sight::Open { by_hand: true }) {
        let body = serde_json::json!({ "device": "drawer", "outcome": "opened_by_hand", "cashier": cashier });
        drawer.record(body).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lid_is_told_by_hand_by_pulse_and_by_time() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let minute = Some(Duration::from_secs(60));
        let mut lid = Lid::default();
        assert_eq!(lid.look(true, at(0), None, minute), Sight::Open { by_hand: false }, "it was open before");
        assert_eq!(lid.look(false, at(1), None, minute), Sight::Shut);
        assert_eq!(lid.look(true, at(9), Some(at(8)), minute), Sight::Open { by_hand: false });
        assert_eq!(lid.look(true, at(68), Some(at(8)), minute), Sight::Open { by_hand: false });
        assert_eq!(lid.look(true, at(69), Some(at(8)), minute), Sight::LeftOpen);
        assert_eq!(lid.look(true, at(900), Some(at(8)), None), Sight::Open { by_hand: false }, "nobody wants to know");
        assert_eq!(lid.look(false, at(901), Some(at(8)), minute), Sight::Shut);
        assert_eq!(lid.look(true, at(902), Some(at(8)), minute), Sight::Open { by_hand: true }, "with its key");
    }
}

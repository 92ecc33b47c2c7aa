//! The customer's line display: shows what it is told, the newest first; what it missed is never shown later.

use super::print_queue::lock;
use super::{Board, DISPLAY_DEADLINE};
use evertill_hal::{CustomerDisplay, Outcome};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// Characters of a line.
pub const COLUMNS: usize = 20;
/// Pause before a display that failed is tried again.
const RETRY_PAUSE: Duration = Duration::from_secs(5);

/// A display that the worker and `till devices` share.
pub type SharedDisplay = Arc<Mutex<Box<dyn CustomerDisplay>>>;

/// Shows `lines` until nobody writes them any more.
pub async fn run(display: SharedDisplay, mut lines: watch::Receiver<[(String, String); 2]>, board: Board) {
    loop {
        let [upper, lower] = lines.borrow_and_update().clone().map(|(left, right)| line(&left, &right));
        let device = display.clone();
        let show = move || lock(&device).show(&upper, &lower, DISPLAY_DEADLINE);
        let outcome = tokio::task::spawn_blocking(show).await;
        let outcome = outcome.unwrap_or_else(|error| Outcome::Unknown(error.to_string()));
        board.set_outcome(|states| &mut states.display, &outcome);
        let changed = if outcome == Outcome::Done {
            lines.changed().await.is_ok()
        } else {
            // What stands there is wrong or nothing: the same is tried again, unless there is something newer.
            tokio::time::timeout(RETRY_PAUSE, lines.changed()).await.is_ok_and(|changed| changed.is_ok())
                || lines.has_changed().is_ok()
        };
        if !changed {
            return;
        }
    }
}

/// One line: the name gives way to the amount.
fn line(left: &str, right: &str) -> String {
    let right: String = right.chars().take(COLUMNS).collect();
    let room = COLUMNS.saturating_sub(right.chars().count() + usize::from(!right.is_empty()));
    let left: String = left.chars().take(room).collect();
    let gap = COLUMNS - left.chars().count() - right.chars().count();
    format!("{left}{}{right}", " ".repeat(gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_gives_way_to_its_amount() {
        assert_eq!(line("Milk", "1.29"), "Milk            1.29");
        assert_eq!(line("Organic wholemeal bread", "$12.99"), "Organic whole $12.99");
        assert_eq!(line("Welcome", ""), "Welcome             ");
        assert_eq!(line("", "123456789012345678901234").chars().count(), COLUMNS);
    }
}

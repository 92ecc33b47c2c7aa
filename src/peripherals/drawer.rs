//! Opens the drawer when a sale says so. A pulse is never replayed: a drawer that opens by itself after a restart is a
//! till that can be robbed.

use super::print_queue::lock;
use super::{Board, DRAWER_DEADLINE, SharedDrawer};
use crate::clock::{Clock, Moment};
use crate::journal::{Draft, Journal, Record};
use evertill_domain::ids::{IdempotencyKey, Kind};
use evertill_hal::Outcome;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// The drawer's worker.
#[derive(Clone)]
pub struct Drawer {
    /// The device; `None` when the till has none.
    pub device: Option<SharedDrawer>,
    /// Where outcomes go.
    pub journal: Journal,
    /// What time it is, for outcomes.
    pub clock: Arc<dyn Clock>,
    /// Where the drawer's state is shown.
    pub board: Board,
    /// When the last pulse began.
    pub last_pulse: Arc<Mutex<Option<Instant>>>,
}

impl Drawer {
    /// Opens the drawer once for the entry of this number and records what came of it.
    pub async fn open(&self, for_entry: u64) {
        let Some(device) = self.device.clone() else { return };
        *lock(&self.last_pulse) = Some(Instant::now());
        let open = move || lock(&device).open(DRAWER_DEADLINE);
        let outcome =
            tokio::task::spawn_blocking(open).await.unwrap_or_else(|error| Outcome::Unknown(error.to_string()));
        self.board.set_outcome(|states| &mut states.drawer, &outcome);
        let (word, detail) = match &outcome {
            Outcome::Done => ("done", String::new()),
            Outcome::Failed(failure) => ("failed", failure.to_string()),
            Outcome::Unknown(reason) => ("unknown", reason.clone()),
        };
        let body = serde_json::json!({ "device": "drawer", "entry": for_entry, "outcome": word, "detail": detail });
        self.record(body).await;
    }

    /// When the last pulse began.
    pub(super) fn kicked_at(&self) -> Option<Instant> {
        *lock(&self.last_pulse)
    }

    /// Records what the drawer did.
    pub(super) async fn record(&self, body: serde_json::Value) {
        let Moment { at, business_day } = self.clock.now();
        let draft = Draft::new(at, business_day, Record::plain(Kind::DEVICE_OUTCOME, body.to_string()));
        let key: IdempotencyKey = uuid::Uuid::now_v7().to_string().parse().expect("a UUID is a valid key");
        if let Err(error) = self.journal.append(key, draft).await {
            tracing::error!(%error, "what the drawer did could not be recorded");
        }
    }
}

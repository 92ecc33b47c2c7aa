//! Bringing the journal to both locations, and fetching what head office publishes.
//!
//! ```text
//!  journal.heads() --> [pusher fra] --+                 +--> [questions]: heartbeat, price book
//!                 \--> [pusher ams] --+--> [chooser] ---+        (to the active location)
//!                        gates <----------- probes, breakers
//! ```
//! A task a location, so that a dead one never delays the other. The chooser drives `domain::failover`, each pusher
//! `domain::outbox`; what they decide is done here, and nothing is decided here.
//!
//! | room | what |
//! |---|---|
//! | [`state`] | what the till shows of it |
//! | [`requests`] | requests and answers of head office |
//! | [`chooser`] | probes and gates |
//! | [`pusher`] | one location's outbox |
//! | [`questions`] | heartbeat |
//! | [`published`] | what is published, believed by its signature |
//! | [`receipts`] | what head office knows of a receipt |

mod chooser;
mod published;
mod pusher;
mod questions;
mod receipts;
mod requests;
mod state;

pub use receipts::AskReceipt;
pub use state::{LocationState, SyncState};

use crate::clock::Clock;
use crate::journal::Journal;
use crate::link::{Routes, Transport};
use bytes::Bytes;
use evertill_domain::cashier::CashierList;
use evertill_domain::catalogue::PriceBook;
use evertill_domain::failover::{self, Mode};
use evertill_domain::ids::{Location, TillId};
use evertill_domain::outbox;
use evertill_domain::piloting::Cohort;
use evertill_domain::publication::{PublishKeys, Subject};
use state::Board;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// Most reports that wait for the chooser. A pusher that finds it full waits a moment; selling does not.
const REPORTS_MAX: usize = 64;
/// How long a stop waits for requests that are under way.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);

/// Tells the till's devices and the state of each, in words, as a heartbeat says them.
pub type DeviceWords = Arc<dyn Fn() -> BTreeMap<String, String> + Send + Sync>;

/// The serials of the files that lead a store from pool to pool, 0 where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Serials {
    /// Of the endpoints.
    pub endpoints: u64,
    /// Of the assignment.
    pub assignment: u64,
}

/// A file that a location handed out, signed by the region.
#[derive(Debug, Clone)]
pub struct Brought {
    /// Endpoints or assignment.
    pub subject: Subject,
    /// Its bytes.
    pub bytes: Bytes,
    /// Its minisign signature, as text.
    pub signature: String,
}

/// How newer files reach whoever leads the store from pool to pool.
#[derive(Debug, Clone)]
pub struct PilotLink {
    /// Where they go.
    pub brought: mpsc::Sender<Brought>,
    /// Which are in force.
    pub serials: watch::Receiver<Serials>,
}

/// What the synchronisation needs.
pub struct SyncOptions<T> {
    /// Who speaks.
    pub till: TillId,
    /// What is to be brought.
    pub journal: Journal,
    /// How it gets there.
    pub transport: Arc<T>,
    /// The region's locations, the preferred first.
    pub locations: Vec<Location>,
    /// How they share the stores.
    pub mode: Mode,
    /// Whether every location gets the journal from the till itself, or only the active one.
    pub deliver_to_all: bool,
    /// Where the locations are, as the pool that the store belongs to sees them.
    pub routes: watch::Receiver<Arc<Routes>>,
    /// How ready the store is for something new.
    pub cohort: Cohort,
    /// What leads the store from pool to pool.
    pub pilot: PilotLink,
    /// Numbers of the choice.
    pub failover: failover::Numbers,
    /// Numbers of the outboxes.
    pub outbox: outbox::Numbers,
    /// True while a basket is open.
    pub basket_open: watch::Receiver<bool>,
    /// The till's devices and the state of each, in words.
    pub devices: DeviceWords,
    /// The region's public keys.
    pub publish_keys: PublishKeys,
    /// The list of cashiers in force, if one was published apart from the price book.
    pub cashiers: Option<CashierList>,
    /// Where a new price book goes.
    pub price_books: watch::Sender<Option<Arc<PriceBook>>>,
    /// What time it is, for what is recorded.
    pub clock: Arc<dyn Clock>,
    /// Where the randomness of waits comes from.
    pub seed: u64,
}

/// Raises an alarm under a name, or takes it back.
pub type Raise = Arc<dyn Fn(&str, Option<String>) + Send + Sync>;

/// What the tasks share.
struct Shared<T> {
    options: SyncOptions<T>,
    board: Board,
    started: Instant,
    reports: mpsc::Sender<chooser::Report>,
    gates: watch::Receiver<chooser::Gates>,
}

impl<T> Shared<T> {
    /// Milliseconds of the monotonic clock that all state machines share.
    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The running synchronisation.
pub struct SyncHandle {
    /// What the till shows of it.
    pub state: watch::Receiver<SyncState>,
    /// Asks what head office knows of a receipt.
    pub receipts: AskReceipt,
    /// Raises an alarm, or takes it back.
    pub raise: Raise,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl SyncHandle {
    /// Ends the tasks; what was not acknowledged is sent again at the next start.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_TIMEOUT, all).await.is_err() {
            tracing::debug!("a request was cut off by the stop");
        }
    }
}

/// Starts the tasks. `None` when there is no location to talk to.
pub fn start<T: Transport>(options: SyncOptions<T>) -> Option<SyncHandle> {
    let failover = failover::Failover::new(
        &options.till.store,
        &options.locations,
        options.mode,
        options.failover,
        options.seed,
        0,
    )?;
    let (board, state) = Board::new(&failover, &options.locations);
    let (stop, stopped) = watch::channel(false);
    let (reports, reported) = mpsc::channel(REPORTS_MAX);
    let (gates_sender, gates) = watch::channel(chooser::Gates::of(&failover, &options.locations));
    let locations = options.locations.clone();
    let shared = Arc::new(Shared { options, board, started: Instant::now(), reports, gates });
    let mut tasks = JoinSet::new();
    tasks.spawn(until(stopped.clone(), chooser::run(shared.clone(), failover, reported, gates_sender)));
    tasks.spawn(until(stopped.clone(), questions::run(shared.clone())));
    let receipts = receipts::asking(&shared);
    let raised = shared.clone();
    let raise: Raise = Arc::new(move |who, sentence| {
        let at = raised.options.clock.now().at;
        raised.board.alarm(at.as_str(), who, sentence);
    });
    for (index, location) in locations.into_iter().enumerate() {
        tasks.spawn(until(stopped.clone(), pusher::run(shared.clone(), location, index as u64)));
    }
    Some(SyncHandle { state, receipts, raise, stop, tasks })
}

/// Runs `work` until the stop is asked for. Every step of it is safe to cut off: what head office did not acknowledge to
/// the journal is simply sent again.
async fn until(mut stopped: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
}

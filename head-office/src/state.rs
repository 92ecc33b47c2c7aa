//! What every request sees.

use crate::config::Config;
use crate::limits::BODIES_MAX;
use crate::metrics::Metrics;
use crate::places::Places;
use crate::publications::Publications;
use crate::store::Store;
use crate::tills::Register;
use crate::watched::Watched;
use evertill_domain::publication::Subject;
use evertill_domain::wire::Pace;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How long a till waits before its next batch when most places for bodies are taken, in milliseconds.
const CROWDED_WAIT_MS: u32 = 250;

/// The service's state, shared by all requests.
#[derive(Debug)]
pub struct State {
    /// The configuration.
    pub config: Config,
    /// Where entries are kept.
    pub store: Store,
    /// Who may speak.
    pub tills: Arc<Watched<Register>>,
    /// What is published to the tills.
    pub publications: Arc<Publications>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Places for requests in memory.
    pub places: Places,
    draining: AtomicBool,
    balancer: AtomicBool,
}

impl State {
    /// The state of an instance that just starts.
    pub fn new(
        config: Config,
        store: Store,
        tills: Arc<Watched<Register>>,
        publications: Arc<Publications>,
        metrics: Arc<Metrics>,
    ) -> State {
        State {
            config,
            store,
            tills,
            publications,
            metrics,
            places: Places::default(),
            draining: AtomicBool::new(false),
            balancer: AtomicBool::new(false),
        }
    }

    /// From now on `/ready` says no.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether the instance is going down.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// A balancer watches this instance, and moves its tills.
    pub fn note_balancer(&self) {
        self.balancer.store(true, Ordering::Release);
    }

    /// Whether a balancer has asked for this instance.
    pub fn has_balancer(&self) -> bool {
        self.balancer.load(Ordering::Acquire)
    }

    /// Serial of the assignment in force, 0 when there is none.
    pub fn serial(&self) -> u64 {
        self.publications.index().newest(Subject::Assignment)
    }

    /// How fast a till may go on.
    pub fn pace(&self) -> Pace {
        let crowded = self.places.free() < BODIES_MAX / 4;
        Pace { wait_ms: if crowded { CROWDED_WAIT_MS } else { 0 }, ..Pace::FULL }
    }
}

//! What every request sees.

use crate::config::Config;
use crate::limits::BODIES_MAX;
use crate::metrics::Metrics;
use crate::places::Places;
use crate::price_book::PriceBookFile;
use crate::store::Store;
use crate::tills::Register;
use crate::watched::Watched;
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
    /// What the stores sell; `None` when this instance has no price book.
    pub price_book: Option<Arc<Watched<PriceBookFile>>>,
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
        price_book: Option<Arc<Watched<PriceBookFile>>>,
    ) -> State {
        let metrics = Arc::new(Metrics::default());
        State {
            config,
            store,
            tills,
            price_book,
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

    /// The price book in force, version 0 when there is none.
    pub fn price_book(&self) -> Arc<PriceBookFile> {
        self.price_book.as_ref().map(|file| file.current()).unwrap_or_default()
    }

    /// How fast a till may go on.
    pub fn pace(&self) -> Pace {
        let crowded = self.places.free() < BODIES_MAX / 4;
        Pace { wait_ms: if crowded { CROWDED_WAIT_MS } else { 0 }, ..Pace::FULL }
    }
}

//! A till without a counter: a real journal, the real synchronisation, and entries that stand for sales.

use crate::publishing;

use super::server::{Authority, TILL, key, link_to, routes};
use evertill::clock::{Clock, Moment, SystemClock};
use evertill::journal::{Draft, EpochHead, JOURNAL_FILE, Journal, Options, Record};
use evertill::sync::{self, LocationState, PilotLink, Serials, SyncHandle, SyncOptions, SyncState};
use evertill_domain::basket::Basket;
use evertill_domain::catalogue::PriceBook;
use evertill_domain::entry::Entry;
use evertill_domain::failover::{self, Mode};
use evertill_domain::outbox;
use evertill_domain::piloting::Cohort;
use evertill_domain::quantity::Quantity;
use evertill_domain::refund::Original;
use evertill_domain::sale::UnnumberedSale;
use evertill_domain::tender::Tender;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

/// A wait that is not over by then fails.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// A battery that is dead.
pub struct Year1970;

impl Clock for Year1970 {
    fn now(&self) -> Moment {
        let at = "1970-01-01T00:00:17.000+00:00".parse().unwrap();
        Moment { at, business_day: "1970-01-01".parse().unwrap() }
    }
}

/// How long a location that was given up stays so.
#[derive(Clone, Copy)]
pub enum GivenUp {
    /// Longer than any test, so that what led to it can be looked at.
    ForThisTest,
    /// Long enough to be seen by whoever looks, and short enough to be waited for.
    ForAWhile,
    /// A moment.
    Shortly,
}

/// The till.
pub struct Till {
    pub journal: Journal,
    pub books: watch::Receiver<Option<Arc<PriceBook>>>,
    state: watch::Receiver<SyncState>,
    sync: SyncHandle,
    clock: Arc<dyn Clock>,
    appended: u64,
    folder: TempDir,
}

impl Till {
    /// A till that trusts `authority` and talks to these locations.
    pub fn start(authority: &Authority, locations: &[(&str, SocketAddr)], given_up: GivenUp) -> Till {
        Till::start_at(authority, locations, given_up, Arc::new(SystemClock))
    }

    pub fn start_at(
        authority: &Authority,
        locations: &[(&str, SocketAddr)],
        given_up: GivenUp,
        clock: Arc<dyn Clock>,
    ) -> Till {
        let folder = tempfile::tempdir().unwrap();
        let Moment { at, business_day } = clock.now();
        let path = folder.path().join(JOURNAL_FILE);
        let till = TILL.parse().unwrap();
        let (price_books, books) = watch::channel(None);
        let opened = Journal::open(Options { path, till, key: key(), at, business_day }).unwrap();
        let sync = sync::start(SyncOptions {
            till: TILL.parse().unwrap(),
            journal: opened.journal.clone(),
            transport: Arc::new(link_to(authority, locations, clock.clone())),
            locations: locations.iter().map(|(name, _)| name.parse().unwrap()).collect(),
            mode: Mode::ActivePassive,
            deliver_to_all: true,
            routes: watch::channel(routes("v41", locations)).1,
            cohort: Cohort::General,
            pilot: PilotLink { brought: mpsc::channel(1).0, serials: watch::channel(Serials::default()).1 },
            failover: failover_numbers(given_up),
            outbox: outbox::Numbers {
                retry_min_ms: 20,
                retry_max_ms: 200,
                spread_after_outage_ms: 100,
                throttle_min_ms: 20,
                ..outbox::Numbers::default()
            },
            basket_open: watch::channel(false).1,
            devices: Arc::new(std::collections::BTreeMap::new),
            publish_keys: publishing::publish_keys(),
            cashiers: None,
            price_books,
            clock: clock.clone(),
            seed: 7,
        });
        let sync = sync.expect("there is a location");
        Till { journal: opened.journal, books, state: sync.state.clone(), sync, clock, appended: 0, folder }
    }

    /// Records `count` events; each is on the disk, under the next number, when this returns.
    pub async fn sell(&mut self, count: u64) {
        for _ in 0..count {
            let before = self.head().head.seq;
            self.appended += 1;
            let Moment { at, business_day } = self.clock.now();
            let record = Record::plain("sign_on", "{}".to_owned());
            let act = format!("act-{:08}", self.appended).parse().unwrap();
            let appended = self.journal.append(act, Draft::new(at, business_day, record)).await.unwrap();
            assert!(appended.entry.seq > before && !appended.repeated);
        }
    }

    /// Sells a pen; its receipt is number 1 if it is the first.
    pub async fn sell_pen(&mut self, book: &PriceBook) -> Entry {
        let Moment { at, business_day } = self.clock.now();
        let mut basket = Basket::new(book);
        let moment = evertill_domain::moment::Moment::of(&at);
        basket.add(book, book.by_code("1000").unwrap(), Quantity::ONE, &moment).unwrap();
        basket.tender(Tender::Cash { amount_minor: 1_000 }).unwrap();
        let sale = UnnumberedSale::of(&basket, None).unwrap();
        self.appended += 1;
        let act = format!("act-{:08}", self.appended).parse().unwrap();
        let draft = Draft::new(at, business_day, Record::Sale(Box::new(sale)));
        self.journal.append(act, draft).await.unwrap().entry
    }

    /// Asks what head office knows of a receipt of this till.
    pub async fn ask_receipt(&self, receipt_number: u64) -> Option<Vec<Entry>> {
        (self.sync.receipts)(Original { till: TILL.parse().unwrap(), receipt_number }).await
    }

    /// Where its journal lies.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn head(&self) -> EpochHead {
        *self.journal.heads().borrow()
    }

    /// Waits until what the till shows is as wished.
    pub async fn wait_for(&self, what: &str, done: impl FnMut(&SyncState) -> bool) -> SyncState {
        let mut state = self.state.clone();
        let seen = tokio::time::timeout(WAIT_MAX, state.wait_for(done)).await.map(|seen| seen.unwrap().clone());
        seen.unwrap_or_else(|_| panic!("{what} did not come: {:?}", self.state.borrow()))
    }

    /// Waits until the price book of this version is in force.
    pub async fn wait_for_book(&self, version: u64) -> Arc<PriceBook> {
        let mut books = self.books.clone();
        let is_it = |book: &Option<Arc<PriceBook>>| book.as_ref().is_some_and(|book| book.version == version);
        let found = tokio::time::timeout(WAIT_MAX, books.wait_for(is_it)).await.map(|found| found.unwrap().clone());
        found.ok().flatten().unwrap_or_else(|| panic!("version {version} did not come: {:?}", self.state.borrow()))
    }

    /// Waits until all that is recorded has arrived at `name`.
    pub async fn wait_until_delivered(&self, name: &str) -> SyncState {
        let head = self.head().head.seq;
        self.wait_for(&format!("delivery to {name}"), |state| {
            let at = at(state, name);
            at.watermark >= head && at.unsent == 0 && at.online
        })
        .await
    }

    /// Up to where the journal notes that `name` has the epoch.
    pub async fn watermark(&self, name: &str) -> u64 {
        self.journal.watermark(&name.parse().unwrap(), self.head().epoch).await.unwrap().seq
    }

    /// Ends the synchronisation.
    pub async fn stop(self) {
        self.sync.stop().await;
    }
}

/// What the till shows of `name`.
pub fn at<'a>(state: &'a SyncState, name: &str) -> &'a LocationState {
    state.locations.iter().find(|location| location.name == name).unwrap()
}

fn failover_numbers(given_up: GivenUp) -> failover::Numbers {
    let step_ms = match given_up {
        GivenUp::ForThisTest => 600_000,
        GivenUp::ForAWhile => 5_000,
        GivenUp::Shortly => 100,
    };
    failover::Numbers {
        open_step_ms: step_ms,
        open_max_ms: step_ms,
        open_spread_ms: 50,
        probe_healthy_ms: 200,
        probe_transition_ms: 50,
        switches_to_pin: 1_000,
        heartbeat_ms: 50,
        drift_grace_ms: 500,
        ..failover::Numbers::default()
    }
}

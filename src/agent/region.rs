//! The till's part in its region: where it talks to, what leads it from pool to pool, and the synchronisation.

use super::{AgentError, new_key};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::counter::Counter;
use crate::http::PoolName;
use crate::journal::Journal;
use crate::link::{Call, HttpsTransport, LinkOptions, Method, Routes};
use crate::pilot::mover::{Mover, Preflight};
use crate::pilot::{Files, target};
use crate::sync::{self, Brought, DeviceWords, PilotLink, Serials, SyncHandle, SyncOptions};
use bytes::Bytes;
use ed25519_dalek::SigningKey;
use evertill_domain::cashier::CashierList;
use evertill_domain::catalogue::PriceBook;
use evertill_domain::failover::Mode;
use evertill_domain::publication::Subject;
use evertill_domain::wire::ANSWER_MAX_BYTES;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// Most files of a pilot that wait for whoever leads it.
const BROUGHT_MAX: usize = 4;

/// What head office published.
pub(super) struct Published {
    pub(super) cashiers: Option<CashierList>,
    pub(super) price_books: watch::Sender<Option<Arc<PriceBook>>>,
}

/// The running parts.
pub(super) struct Region {
    /// The synchronisation; `None` without a location.
    pub(super) sync: Option<SyncHandle>,
    /// The pool that the till talks to.
    pub(super) pool: PoolName,
    /// What leads it from pool to pool; `None` without a location.
    pub(super) mover: Option<BoxFuture<'static, ()>>,
}

/// Starts them.
pub(super) fn start(
    config: &Config,
    journal: &Journal,
    counter: &Counter,
    key: SigningKey,
    published: Published,
    clock: Arc<dyn Clock>,
    devices: DeviceWords,
) -> Result<Region, AgentError> {
    let office = &config.head_office;
    let files = files(config);
    let (in_force, wrong) = files.load();
    wrong.iter().for_each(|error| tracing::error!(%error, "a file of the pilot is not what it was"));
    let bootstrap = target::bootstrap(config);
    let (routes, seen) = watch::channel(Arc::new(target::at_start(&files, &in_force, &bootstrap)));
    let serials =
        Serials { endpoints: in_force.serial(Subject::Endpoints), assignment: in_force.serial(Subject::Assignment) };
    let (serials, known) = watch::channel(serials);
    let (brought, came) = mpsc::channel::<Brought>(BROUGHT_MAX);
    let (locations, mode) = target::locations(&in_force, &bootstrap, mode(office.mode));
    let transport = Arc::new(HttpsTransport::new(LinkOptions {
        till: config.till.clone(),
        key,
        ca: &office.ca,
        routes: seen.clone(),
        clock: clock.clone(),
    })?);
    let preflight = preflight(transport.clone(), config);
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(AgentError::Random)?;
    let sync = sync::start(SyncOptions {
        till: config.till.clone(),
        journal: journal.clone(),
        transport,
        locations,
        mode,
        deliver_to_all: office.delivery == config::Delivery::Both,
        routes: seen.clone(),
        cohort: config.membership.cohort,
        pilot: PilotLink { brought, serials: known },
        failover: config.link.failover,
        outbox: config.link.outbox,
        basket_open: counter.basket_open(),
        devices,
        publish_keys: office.publish_keys.clone(),
        cashiers: published.cashiers,
        price_books: published.price_books,
        clock: clock.clone(),
        seed: u64::from_le_bytes(seed),
    });
    let mover = sync.as_ref().map(|sync| Mover {
        files,
        in_force,
        standing: target::standing(config),
        bootstrap,
        journal: journal.clone(),
        routes,
        serials,
        basket_open: counter.basket_open(),
        clock,
        preflight,
        raise: sync.raise.clone(),
        new_key,
    });
    let mover = mover.map(|mover| -> BoxFuture<'static, ()> { Box::pin(mover.run(came)) });
    Ok(Region { sync, pool: Arc::new(move || seen.borrow().pool.to_string()), mover })
}

/// The signed files of this till.
pub fn files(config: &Config) -> Files {
    let (till, keys) = (&config.till, config.head_office.publish_keys.clone());
    Files::new(&config.data_dir, keys, till.region.clone(), till.store.clone())
}

fn mode(mode: config::Mode) -> Mode {
    match mode {
        config::Mode::ActiveActive => Mode::ActiveActive,
        config::Mode::ActivePassive => Mode::ActivePassive,
    }
}

/// Asks each location of a pool whether it is ready, until one is.
fn preflight(link: Arc<HttpsTransport>, config: &Config) -> Preflight {
    let store = config.till.store.clone();
    Arc::new(move |routes: Routes| {
        let (link, store) = (link.clone(), store.clone());
        Box::pin(async move {
            let mut said = Vec::new();
            for (location, _) in &routes.locations {
                let ask = Call {
                    location: location.clone(),
                    method: Method::Get,
                    path: "/ready".to_owned(),
                    query: format!("pool={}&store={store}", routes.pool),
                    body: Bytes::new(),
                    content_type: "",
                    content_encoding: "",
                    answer_max_bytes: ANSWER_MAX_BYTES,
                };
                match link.elsewhere(&routes, ask).await {
                    Ok(reply) if reply.status == 200 => return Ok(()),
                    Ok(reply) => said.push(format!("{location} answers with status {}", reply.status)),
                    Err(failure) => said.push(format!("{location}: {failure}")),
                }
            }
            Err(said.join("; "))
        })
    })
}

//! The agent: puts the rooms together, runs them, and stops them in order. The only place that sees all of them.
//!
//! ```text
//!  scanner --> counter <-- http <-- page, other programs
//!                 | commit
//!              journal --> sync --> head office, both locations
//!                 | commands
//!            print queue, drawer
//! ```

mod house;
mod region;
mod views;

pub use region::files;

use region::Region;

use crate::clock::{Clock, Moment, SystemClock};
use crate::config::{self, Config};
use crate::counter::{Counter, CounterError, DeviceCommand};
use crate::http::customer_page::{self, Customer};
use crate::http::{self, Api, EVENTS_MAX, Event, HttpError, MachineToken, Outlet};
use crate::identity::{self, IdentityError};
use crate::journal::{Draft, JOURNAL_FILE, Journal, JournalError, Opened, Options, Record};
use crate::link::LinkError;
use crate::peripherals::display::{self, SharedDisplay};
use crate::peripherals::print_queue::PrintQueue;
use crate::peripherals::{self, Board, ConnectError, Devices, drawer::Drawer, scans};
use crate::shutdown::{self, Shutdown};
use crate::sync::DeviceWords;
use ed25519_dalek::SigningKey;
use evertill_domain::cashier::CashierList;
use evertill_domain::catalogue::PriceBook;
use evertill_domain::ids::{IdempotencyKey, Kind};
use evertill_hal::Scan;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::net::TcpListener;
use tokio::sync::{Notify, broadcast, mpsc, watch};
use tokio::task::JoinSet;

/// Most device commands that wait for a worker. A print job that finds no room is a row of the journal all the same.
const COMMANDS_MAX: usize = 64;

/// Why the agent does not start.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The configuration's devices.
    #[error(transparent)]
    Devices(#[from] ConnectError),
    /// The till's key.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The counter.
    #[error(transparent)]
    Counter(#[from] CounterError),
    /// The link.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The loopback API.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The system refuses a thread or a signal handler.
    #[error("the system refuses: {0}")]
    System(#[from] std::io::Error),
    /// No random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
}

/// The parts that live as long as the agent.
struct Parts {
    journal: Journal,
    counter: Arc<Counter>,
    outlet: Arc<Outlet>,
    region: Region,
    commands: mpsc::Receiver<DeviceCommand>,
    devices: Devices,
    clock: Arc<dyn Clock>,
    /// What was noticed on start and stays true until someone looks.
    alarms: Vec<String>,
}

/// Runs the till until it is asked to stop.
pub async fn run(config: Config) -> Result<(), AgentError> {
    let shutdown = shutdown::listen()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let key = identity::load_or_make(&config.data_dir)?;
    // The journal first: its lock refuses a second agent, by the first one's process, before it touches port or device.
    let opened = open_journal(&config, key.clone(), clock.as_ref())?;
    let listener = http::bind(config.api).await?;
    let token = MachineToken::open_or_create(&config.data_dir)?;
    let parts = start(&config, opened, key, clock).await?;
    serve(&config, parts, listener, token, shutdown).await
}

fn open_journal(config: &Config, key: SigningKey, clock: &dyn Clock) -> Result<Opened, JournalError> {
    let Moment { at, business_day } = clock.now();
    let path = config.data_dir.join(JOURNAL_FILE);
    Journal::open(Options { path, till: config.till.clone(), key, at, business_day })
}

async fn start(
    config: &Config,
    Opened { journal, damaged }: Opened,
    key: SigningKey,
    clock: Arc<dyn Clock>,
) -> Result<Parts, AgentError> {
    let alarms = damaged.map(|(aside, detail)| {
        format!("the journal was damaged ({detail}) and is set aside as {}; a new epoch began", aside.display())
    });
    record_start(&journal, clock.as_ref(), alarms.as_deref()).await?;
    let cashiers = stored_cashiers(&journal).await?;
    let (price_books, books) = watch::channel(stored_price_book(&journal, cashiers.as_ref()).await?);
    let counter = Counter::open(journal.clone(), clock.clone(), config.till.clone(), books).await?;
    let counter = Arc::new(counter);
    let (to_devices, commands) = mpsc::channel(COMMANDS_MAX);
    let (events, _) = broadcast::channel(EVENTS_MAX);
    let outlet = Arc::new(Outlet::new(to_devices, events));
    let devices = peripherals::connect(config)?;
    let states = devices.states.clone();
    let words: DeviceWords = Arc::new(move || states.borrow().words());
    let published = region::Published { cashiers, price_books };
    let region = region::start(config, &journal, &counter, key, published, clock.clone(), words)?;
    if let Some(sync) = &region.sync {
        counter.connect(sync.receipts.clone());
    }
    if let Some(scale) = &devices.scale {
        counter.connect_scale(house::scale(scale.clone(), devices.board.clone()));
    }
    Ok(Parts { journal, counter, outlet, region, commands, devices, clock, alarms: alarms.into_iter().collect() })
}

async fn record_start(journal: &Journal, clock: &dyn Clock, damage: Option<&str>) -> Result<(), JournalError> {
    let Moment { at, business_day } = clock.now();
    let body = serde_json::json!({ "version": env!("CARGO_PKG_VERSION"), "damage": damage }).to_string();
    let draft = Draft::new(at, business_day, Record::plain(Kind::AGENT_STARTED, body));
    journal.append(new_key(), draft).await?;
    Ok(())
}

/// The price book that was in force. One that this version cannot read is fetched anew.
async fn stored_price_book(
    journal: &Journal,
    cashiers: Option<&CashierList>,
) -> Result<Option<Arc<PriceBook>>, JournalError> {
    let Some(json) = journal.price_book().await? else { return Ok(None) };
    match PriceBook::parse(json.as_bytes()) {
        Ok(book) => Ok(Some(Arc::new(match cashiers {
            Some(list) => book.with_cashiers(list),
            None => book,
        }))),
        Err(errors) => {
            tracing::error!(%errors, "the stored price book cannot be read; it is fetched anew");
            Ok(None)
        }
    }
}

/// The list of cashiers that was in force. One that this version cannot read is fetched anew.
async fn stored_cashiers(journal: &Journal) -> Result<Option<CashierList>, JournalError> {
    let Some(json) = journal.cashiers().await? else { return Ok(None) };
    let read = CashierList::parse(json.as_bytes());
    Ok(read
        .inspect_err(|errors| tracing::error!(%errors, "the stored cashiers cannot be read; they are fetched anew"))
        .ok())
}

async fn serve(
    config: &Config,
    parts: Parts,
    listener: TcpListener,
    token: MachineToken,
    shutdown: Shutdown,
) -> Result<(), AgentError> {
    let Parts { journal, counter, outlet, region, commands, devices, clock, alarms } = parts;
    let wake = Arc::new(Notify::new());
    let drawer = Drawer {
        device: devices.drawer.clone(),
        journal: journal.clone(),
        clock: clock.clone(),
        board: devices.board.clone(),
        last_pulse: Arc::default(),
    };
    let mut workers = JoinSet::new();
    workers.spawn(peripherals::drawer_watch::run(drawer.clone(), house::of(counter.clone())));
    workers.spawn(obey(commands, drawer, wake.clone()));
    if let Some(printer) = devices.printer.clone() {
        let store = counter.clone();
        let queue = PrintQueue {
            journal: journal.clone(),
            printer,
            dots_wide: devices.profile.dots_wide,
            clock,
            store: Box::new(move || store.known_store()),
            board: devices.board.clone(),
            wake,
        };
        workers.spawn(queue.run(shutdown.clone()));
    }
    let stop_scanner = Arc::new(AtomicBool::new(false));
    if let Some(scanner) = devices.scanner {
        let scans = scans::start(scanner, devices.board.clone(), stop_scanner.clone())?;
        workers.spawn(feed(scans, counter.clone(), outlet.clone()));
    }
    let customer = show_customer(&mut workers, &outlet, &counter, devices.display, &devices.board);
    let Region { sync, pool, mover } = region;
    if let Some(mover) = mover {
        workers.spawn(mover);
    }
    let sync_state = sync.as_ref().map(|handle| handle.state.clone());
    let sync_view = views::sync(&mut workers, sync_state.clone());
    let alarm_view = views::alarms(&mut workers, alarms, sync_state);
    let api = Api {
        till: config.till.clone(),
        pool,
        counter,
        journal,
        sync: sync_view,
        alarms: alarm_view,
        devices: views::devices(&mut workers, devices.states),
        scanner_prefix: match config.scanner {
            config::Scanner::Keyboard { prefix } => prefix.0,
            _ => None,
        },
        customer,
        outlet,
        render_png: Arc::new(move |receipt| peripherals::draw::png(receipt, &devices.profile)),
    };
    tracing::info!(till = %config.till, api = %config.api, "the till is up");
    let served = http::serve(listener, api, token, http::Limits::default(), shutdown::asked(shutdown)).await;
    stop_scanner.store(true, Ordering::Relaxed);
    if let Some(sync) = sync {
        sync.stop().await;
    }
    workers.abort_all();
    Ok(served?)
}

/// Carries out what the counter commanded. A print job is only announced: it is a row of the journal.
async fn obey(mut commands: mpsc::Receiver<DeviceCommand>, drawer: Drawer, wake: Arc<Notify>) {
    while let Some(command) = commands.recv().await {
        match command {
            DeviceCommand::Print { .. } | DeviceCommand::PaperSettled => wake.notify_one(),
            DeviceCommand::OpenDrawer { for_entry } => drawer.open(for_entry).await,
        }
    }
}

/// Follows the counter for the customer's page, and for the line display where there is one.
fn show_customer(
    workers: &mut JoinSet<()>,
    outlet: &Arc<Outlet>,
    counter: &Arc<Counter>,
    display: Option<SharedDisplay>,
    board: &Board,
) -> watch::Receiver<Customer> {
    let (seen, customer) = watch::channel(Customer::Closed);
    workers.spawn(customer_page::follow(outlet.clone(), counter.clone(), seen));
    if let Some(display) = display {
        let (counter, mut followed) = (counter.clone(), customer.clone());
        let lines = move |customer: &Customer| customer_page::two_lines(customer, counter.book().ok().as_deref());
        let (shown, told) = watch::channel(lines(&Customer::Closed));
        workers.spawn(async move {
            while followed.changed().await.is_ok() {
                shown.send_replace(lines(&followed.borrow_and_update()));
            }
        });
        workers.spawn(display::run(display, told, board.clone()));
    }
    customer
}

/// Takes scans of the hardware scanner to the counter, in order.
async fn feed(mut scans: mpsc::Receiver<Scan>, counter: Arc<Counter>, outlet: Arc<Outlet>) {
    while let Some(scan) = scans.recv().await {
        let refusal = match counter.scan(new_key(), &scan.payload).await {
            Ok(reply) => {
                outlet.deliver(&reply);
                None
            }
            Err(error) => Some(error.to_string()),
        };
        outlet.announce(Event::Scan { code: scan.payload, refusal });
    }
}

fn new_key() -> IdempotencyKey {
    uuid::Uuid::now_v7().to_string().parse().expect("a UUID is a valid key")
}

//! A till whose API listens on a real port.

use crate::ask::{Answer, Ask};
use argon2::password_hash::PasswordHasher;
use argon2::{Argon2, Params};
use ed25519_dalek::SigningKey;
use evertill::clock::SystemClock;
use evertill::counter::{Counter, DeviceCommand};
use evertill::http::customer_page::{self, Customer};
use evertill::http::{
    self, Api, DeviceState, DeviceStates, EVENTS_MAX, Event, Limits, LocationView, MachineToken, Outlet, SyncView,
};
use evertill::journal::{Journal, Options};
use evertill_domain::catalogue::PriceBook;
use evertill_domain::receipt::Receipt;
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::{Mutex, broadcast, mpsc, oneshot, watch};

/// Room of the devices' queue in these tests.
pub const COMMANDS_MAX: usize = 3;

pub struct Till {
    pub address: SocketAddr,
    pub token: MachineToken,
    pub outlet: Arc<Outlet>,
    pub devices: watch::Sender<DeviceStates>,
    pub commands: mpsc::Receiver<DeviceCommand>,
    pub stop: Option<oneshot::Sender<()>>,
    pub server: tokio::task::JoinHandle<Result<(), http::HttpError>>,
    counter: Arc<Counter>,
    pub journal: Journal,
    /// Whoever holds it keeps pictures from being drawn.
    pub pen: Arc<Mutex<()>>,
    _books: watch::Sender<Option<Arc<PriceBook>>>,
    pub alarms: watch::Sender<Vec<String>>,
    _sync: watch::Sender<SyncView>,
    _folder: TempDir,
}

impl Till {
    pub async fn start() -> Till {
        Till::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Till {
        Till::selling(limits, price_book()).await
    }

    /// A till of a store with cashiers: 1 Anna, 2 Ben the supervisor, 3 Cem the manager; their PINs are 111, 222, 333.
    pub async fn staffed() -> Till {
        Till::selling(Limits::default(), staffed_book()).await
    }

    async fn selling(limits: Limits, book: PriceBook) -> Till {
        let folder = tempfile::tempdir().unwrap();
        let listener = http::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let token = MachineToken::open_or_create(folder.path()).unwrap();
        let (to_devices, commands) = mpsc::channel(COMMANDS_MAX);
        let (events, _) = broadcast::channel::<Event>(EVENTS_MAX);
        let outlet = Arc::new(Outlet::new(to_devices, events));
        let (devices, devices_seen) = watch::channel(device_states("ready"));
        let (sync, sync_seen) = watch::channel(sync_state());
        let (alarms, alarms_seen) = watch::channel(Vec::new());
        let journal = journal(&folder);
        let pen = Arc::new(Mutex::new(()));
        let (books, books_seen) = watch::channel(Some(Arc::new(book)));
        let counter =
            Counter::open(journal.clone(), Arc::new(SystemClock), "eu/DE-0417/2".parse().unwrap(), books_seen);
        let counter = Arc::new(counter.await.unwrap());
        let (seen, customer_seen) = watch::channel(Customer::Closed);
        tokio::spawn(customer_page::follow(outlet.clone(), counter.clone(), seen));
        let api = Api {
            pool: Arc::new(|| "v41".to_owned()),
            till: "eu/DE-0417/2".parse().unwrap(),
            counter: counter.clone(),
            journal: journal.clone(),
            sync: sync_seen,
            alarms: alarms_seen,
            devices: devices_seen,
            scanner_prefix: None,
            customer: customer_seen,
            outlet: outlet.clone(),
            render_png: Arc::new({
                let pen = pen.clone();
                move |receipt| draw(receipt, &pen)
            }),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async { drop(stopped.await) };
        let server = tokio::spawn(http::serve(listener, api, token.clone(), limits, shutdown));
        Till {
            address,
            token,
            outlet,
            devices,
            commands,
            stop: Some(stop),
            server,
            counter,
            journal,
            pen,
            _books: books,
            alarms,
            _sync: sync,
            _folder: folder,
        }
    }

    /// A request that passes every check.
    pub fn ask(&self, line: &str) -> Ask {
        Ask::bare(line)
            .header("Host", self.address)
            .header("Authorization", format!("Bearer {}", self.token.as_str()))
            .header("Connection", "close")
    }

    /// A scan that passes every check and adds an item.
    pub fn scan(&self, key: &str) -> Ask {
        self.ask("POST /v1/basket/scan").header("Idempotency-Key", key).json(r#"{"code":"4006381333931"}"#)
    }

    /// A payment in cash that passes every check.
    pub fn cash(&self, key: &str, amount_minor: i64) -> Ask {
        let body = format!(r#"{{"kind":"cash","amount_minor":{amount_minor}}}"#);
        self.ask("POST /v1/basket/tender").header("Idempotency-Key", key).json(&body)
    }

    /// Rings up one pen and takes the money for it; the answer to the payment.
    pub async fn sell(&self, name: &str) -> Answer {
        assert_eq!(self.scan(&format!("key-{name}-scan")).send(self.address).await.status, 200);
        self.cash(&format!("key-{name}-cash"), 200).send(self.address).await
    }

    /// Number of the journal's last entry.
    pub fn head(&self) -> u64 {
        self.journal.heads().borrow().head.seq
    }

    /// All that an act could have changed. Equal before and after means that nothing happened.
    pub async fn trace(&self) -> String {
        let head = *self.journal.heads().borrow();
        format!("{:?} {head:?} {}", self.counter.view().await, self.commands.len())
    }
}

pub fn device_states(printer: &str) -> DeviceStates {
    let device =
        |kind: &str, state: &str| DeviceState { kind: kind.into(), state: state.into(), detail: String::new() };
    DeviceStates {
        printer: device("tcp", printer),
        drawer: device("printer", "ready"),
        scanner: device("none", "absent"),
        display: device("none", "absent"),
        scale: device("none", "absent"),
        paper_in_doubt: None,
    }
}

fn journal(folder: &TempDir) -> Journal {
    let options = Options {
        path: folder.path().join("journal.db"),
        till: "eu/DE-0417/2".parse().unwrap(),
        key: SigningKey::from_bytes(&[7; 32]),
        at: "2026-05-03T18:04:05.123+02:00".parse().unwrap(),
        business_day: "2026-05-03".parse().unwrap(),
    };
    Journal::open(options).unwrap().journal
}

/// A pen at 1.19, apples by weight at 2.49.
fn price_book() -> PriceBook {
    PriceBook::parse(BOOK.as_bytes()).unwrap()
}

fn staffed_book() -> PriceBook {
    // A hash that costs nothing: what the till does with it is the same.
    let cheap = Params::new(32, 1, 1, None).unwrap();
    let cashier = |number: u32, name: &str, role: &str| {
        let pin = format!("{number}{number}{number}");
        let hash = Argon2::from(cheap.clone()).hash_password(pin.as_bytes()).unwrap().to_string();
        serde_json::json!({"number": number, "name": name, "role": role, "pin_hash": hash})
    };
    let mut book: serde_json::Value = serde_json::from_str(BOOK).unwrap();
    book["cashiers"] =
        [cashier(1, "Anna", "cashier"), cashier(2, "Ben", "supervisor"), cashier(3, "Cem", "manager")].into();
    book["taxes"].as_array_mut().unwrap().push(serde_json::json!({"code": "V", "label": "ohne", "rates": []}));
    book["voucher_validity"] = serde_json::json!({"years": 3, "to_year_end": true});
    PriceBook::parse(book.to_string().as_bytes()).unwrap()
}

const BOOK: &str = r#"{"version": 7, "store": {"name": "Corner", "locale": "de-DE"}, "currency": "EUR", "tax_mode": "inclusive",
        "taxes": [{"code": "A", "label": "MwSt", "rates": [{"label": "MwSt", "rate": 19000}]}],
        "items": [{"gtins": ["4006381333931"], "name": "Pen", "price_minor": 119, "tax": "A"},
                  {"plu": "4011", "name": "Apples", "price_minor": 249, "tax": "A", "sold_by": "weight"}]}"#;

/// Draws nothing, once it has the pen, and breaks over the second receipt.
fn draw(receipt: &Receipt, pen: &Mutex<()>) -> Result<Vec<u8>, String> {
    drop(pen.blocking_lock());
    let text = receipt.to_text(48);
    assert!(!text.contains("R2-00000002"), "the pen broke");
    Ok(b"\x89PNG".to_vec())
}

fn sync_state() -> SyncView {
    let location = |name: &str, unsent| LocationView {
        name: name.into(),
        online: unsent == 0,
        watermark: 4,
        unsent,
        counted_to: u64::MAX,
    };
    let since = "2026-05-03T18:04:05+02:00".to_owned();
    SyncView { online: true, since, locations: vec![location("fra", 0), location("ams", 3)] }
}

//! The counter's basket: one lock, the keys of what was done in it, and how it is kept on the disk.

use super::elsewhere::Elsewhere;
use super::ledger::Ledger;
use super::permit::Lockouts;
use super::weigh::Scale;
use super::{BasketView, CounterError, CounterReply};
use crate::clock::Clock;
use crate::journal::{Journal, JournalError};
use evertill_domain::basket::Basket;
use evertill_domain::catalogue::{PriceBook, StoreInfo};
use evertill_domain::ids::{BusinessDay, IdempotencyKey, TillId, Timestamp};
use evertill_domain::locale::Locale;
use evertill_domain::report::Report;
use evertill_domain::role::Role;
use evertill_domain::shift::Shift;
use evertill_domain::voucher::VoucherBook;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use tokio::sync::{Mutex, MutexGuard, watch};

/// How many keys are remembered beside the basket. A caller repeats within seconds, a cashier scans once a second.
pub const KEYS_MAX: usize = 64;
/// As much of an act as is remembered, to tell a repeat from a key that is used twice.
const ACT_MAX_CHARS: usize = 120;

/// The price book in force; none before the first one arrives. A new one applies from the next basket on.
pub type Books = watch::Receiver<Option<Arc<PriceBook>>>;

/// The cashier's verbs. Every verb runs to its end once it has begun: its caller must not drop it half-way.
pub struct Counter {
    pub(super) journal: Journal,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) till: TillId,
    pub(super) books: Books,
    desk: Mutex<Desk>,
    open: watch::Sender<bool>,
    /// A clock that only runs, for lock-outs.
    pub(super) started: Instant,
    /// Who knows what came back at other tills.
    pub(super) elsewhere: OnceLock<Elsewhere>,
    /// What weighs.
    pub(super) scale: OnceLock<Scale>,
}

/// What lies on the counter.
pub(super) struct Desk {
    /// The price book of the open basket; scans are looked up here.
    pub(super) book: Option<Arc<PriceBook>>,
    pub(super) kept: Kept,
    /// False from before a write until its outcome is known.
    certain: bool,
    /// Number of the cashier who is signed on.
    pub(super) signed_on: Option<u32>,
    /// Who guessed PINs; read when it is first needed.
    pub(super) lockouts: Option<Lockouts>,
    /// The running totals; read when they are first needed.
    ledger: Option<Ledger>,
}

/// What is kept on the disk of an open basket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// None when no basket is open.
    pub(super) basket: Option<Basket>,
    /// The highest role that allowed a discount of this basket.
    #[serde(default)]
    pub(super) discounts_allowed: Option<Role>,
    /// The last acts, newest last; older baskets' among them.
    acts: VecDeque<Act>,
}

impl Kept {
    /// Without a basket: it was sold, abandoned or put aside.
    pub(super) fn without_basket(&self) -> Kept {
        Kept { basket: None, discounts_allowed: None, acts: self.acts.clone() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Act {
    key: IdempotencyKey,
    what: String,
}

impl Desk {
    /// From here until [`Counter::put`] the journal alone knows what is on the desk.
    pub(super) fn begin_write(&mut self) {
        self.certain = false;
    }

    /// Brings the running totals up to the journal's last entry.
    pub(super) async fn ledger(&mut self, journal: &Journal) -> Result<(), JournalError> {
        if self.ledger.is_none() {
            self.ledger = Some(Ledger::load(journal).await?);
        }
        let ledger = self.ledger.get_or_insert_default();
        if let Some(book) = &self.book {
            ledger.take_list(book.version, &book.rules.vouchers);
        }
        ledger.catch_up(journal).await
    }

    /// What is known of gift vouchers, as [`Desk::ledger`] brought it up last.
    pub(super) fn vouchers(&self) -> &VoucherBook {
        self.ledger.as_ref().expect("the totals are brought up before they are asked for").vouchers()
    }

    /// The totals, as [`Desk::ledger`] brought them up last.
    pub(super) fn report(&self) -> &Report {
        self.ledger.as_ref().expect("the totals are brought up before they are asked for").report()
    }

    /// The drawer's shift, as [`Desk::ledger`] brought it up last.
    pub(super) fn shift(&self) -> &Shift {
        self.ledger.as_ref().expect("the totals are brought up before they are asked for").shift()
    }
}

impl Kept {
    /// Whether `what` was done with `key` already; an error when the key did something else.
    pub(super) fn did(&self, key: &IdempotencyKey, what: &str) -> Result<bool, JournalError> {
        match self.acts.iter().find(|act| act.key == *key) {
            None => Ok(false),
            Some(act) if act.what == shortened(what) => Ok(true),
            Some(_) => Err(JournalError::KeyReused { key: key.clone() }),
        }
    }

    pub(super) fn remember(&mut self, key: IdempotencyKey, what: &str) {
        self.acts.push_back(Act { key, what: shortened(what) });
        while self.acts.len() > KEYS_MAX {
            self.acts.pop_front();
        }
    }
}

fn shortened(what: &str) -> String {
    what.chars().take(ACT_MAX_CHARS).collect()
}

impl Counter {
    /// The counter with the basket that was open when the agent stopped.
    pub async fn open(
        journal: Journal,
        clock: Arc<dyn Clock>,
        till: TillId,
        books: Books,
    ) -> Result<Counter, CounterError> {
        let desk =
            Desk { book: None, kept: Kept::default(), certain: false, signed_on: None, lockouts: None, ledger: None };
        let (open, _) = watch::channel(false);
        let started = Instant::now();
        let desk = Mutex::new(desk);
        let counter = Counter {
            journal,
            clock,
            till,
            books,
            desk,
            open,
            started,
            elsewhere: OnceLock::new(),
            scale: OnceLock::new(),
        };
        drop(counter.desk().await?);
        counter.end_sign_on_of_before().await?;
        Ok(counter)
    }

    /// The basket as it is now.
    pub async fn view(&self) -> BasketView {
        let desk = self.desk.lock().await;
        self.view_of(&desk)
    }

    /// Whether a basket is open; nothing that a customer could notice should be switched meanwhile.
    pub fn basket_open(&self) -> watch::Receiver<bool> {
        self.open.subscribe()
    }

    /// The clock's word, and the trading day.
    pub fn now(&self) -> (Timestamp, BusinessDay) {
        let now = self.clock.now();
        (now.at, now.business_day)
    }

    /// Who the store is, for receipts. Before the first price book it has only its number.
    pub async fn store(&self) -> StoreInfo {
        let unknown = || StoreInfo {
            name: self.till.store.to_string(),
            address: Vec::new(),
            tax_id: None,
            footer: Vec::new(),
            logo_png: None,
            locale: Locale::EnUs,
        };
        self.books.borrow().as_ref().map_or_else(unknown, |book| book.store.clone())
    }

    /// Who the store is; `None` before the first price book.
    pub fn known_store(&self) -> Option<StoreInfo> {
        self.books.borrow().as_ref().map(|book| book.store.clone())
    }

    /// Version of the newest price book, 0 when there is none.
    pub fn price_book_version(&self) -> u64 {
        self.books.borrow().as_ref().map_or(0, |book| book.version)
    }

    /// The desk, for one verb. Reads the basket from the journal first when the outcome of the last write is not known.
    pub(super) async fn desk(&self) -> Result<MutexGuard<'_, Desk>, CounterError> {
        let mut desk = self.desk.lock().await;
        if !desk.certain {
            let kept = match self.journal.basket().await? {
                Some(json) => read(&json),
                None => None,
            };
            // A sale ends the basket on the disk; the keys of its acts are still good.
            let kept = kept.unwrap_or_else(|| desk.kept.without_basket());
            self.put(&mut desk, kept);
        }
        if desk.kept.basket.is_none() || desk.book.is_none() {
            desk.book = self.books.borrow().clone();
        }
        Ok(desk)
    }

    /// Keeps `next` on the disk, then on the desk.
    pub(super) async fn keep(&self, desk: &mut Desk, next: Kept) -> Result<(), CounterError> {
        let json = serde_json::to_string(&next).expect("a basket holds only text and numbers");
        desk.begin_write();
        self.journal.save_basket(next.basket.is_some().then_some(json)).await?;
        self.put(desk, next);
        Ok(())
    }

    /// Puts on the desk what is on the disk.
    pub(super) fn put(&self, desk: &mut Desk, kept: Kept) {
        desk.kept = kept;
        desk.certain = true;
        let open = desk.kept.basket.as_ref().is_some_and(|basket| !basket.is_untouched());
        self.open.send_if_modified(|was| std::mem::replace(was, open) != open);
    }

    /// An answer without sale and commands.
    pub(super) fn reply(&self, desk: &Desk) -> CounterReply {
        CounterReply { basket: self.view_of(desk), sale: None, recorded: None, commands: Vec::new() }
    }

    fn view_of(&self, desk: &Desk) -> BasketView {
        match &desk.kept.basket {
            Some(basket) => BasketView::of(basket),
            None => {
                let book = self.books.borrow();
                BasketView::empty(book.as_ref().map(|book| book.terms.currency.code()))
            }
        }
    }
}

/// The basket as it was saved. One that this version cannot read must not stop the next sale: it is logged whole.
fn read(json: &str) -> Option<Kept> {
    let kept: Result<Kept, String> = serde_json::from_str(json).map_err(|error| error.to_string());
    let calculable = |kept: &Kept| match &kept.basket {
        Some(basket) => {
            basket.cash_due_minor().and(basket.tendered_minor()).map(drop).map_err(|error| error.to_string())
        }
        None => Ok(()),
    };
    match kept.and_then(|kept| calculable(&kept).map(|()| kept)) {
        Ok(kept) => Some(kept),
        Err(error) => {
            tracing::error!(%error, basket = json, "the open basket cannot be read: ring it up again");
            None
        }
    }
}

//! The counter against a real journal: what it promises when keys repeat, writes fail and the agent stops.

use super::*;
use crate::clock::{Clock, Moment};
use crate::journal::{JobState, Journal, JournalError, Options};
use ed25519_dalek::SigningKey;
use evertill_domain::barcode::gs1::WeightUnit;
use evertill_domain::catalogue::PriceBook;
use evertill_domain::drawer::TenderKind;
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::tender::Tender;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::watch;

pub(super) const PEN: &str = "4006381333931";
const COLA: &str = "5449000000996";

pub(super) struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Moment {
        Moment { at: "2026-05-03T18:04:05.123+02:00".parse().unwrap(), business_day: "2026-05-03".parse().unwrap() }
    }
}

fn book(version: u64, pen_minor: i64) -> Option<Arc<PriceBook>> {
    let json = format!(
        r#"{{"version":{version},"store":{{"name":"Evertill Markt","locale":"de-DE"}},"currency":"EUR","tax_mode":"inclusive",
        "taxes":[{{"code":"A","label":"MwSt","rates":[{{"label":"MwSt","rate":19000}}]}}],
        "items":[{{"gtins":["{PEN}"],"name":"Pen","price_minor":{pen_minor},"tax":"A"}},
            {{"gtins":["{COLA}"],"name":"Cola","price_minor":149,"tax":"A"}},
            {{"plu":"4011","name":"Cheese","price_minor":1999,"tax":"A","sold_by":"weight"}}]}}"#
    );
    Some(Arc::new(PriceBook::parse(json.as_bytes()).unwrap()))
}

/// A counter on a folder, and the way to restart it.
pub(super) struct Shop {
    folder: TempDir,
    books: watch::Sender<Option<Arc<PriceBook>>>,
    pub(super) counter: Arc<Counter>,
    pub(super) journal: Journal,
}

impl Shop {
    async fn open() -> Shop {
        Shop::open_in(tempfile::tempdir().unwrap(), watch::channel(book(1, 199)).0).await
    }

    pub(super) async fn open_in(folder: TempDir, books: watch::Sender<Option<Arc<PriceBook>>>) -> Shop {
        let Moment { at, business_day } = StoppedClock.now();
        let options = Options {
            path: folder.path().join("journal.db"),
            till: "eu/DE-0417/2".parse().unwrap(),
            key: SigningKey::from_bytes(&[7; 32]),
            at,
            business_day,
        };
        let journal = open_journal(&options).await;
        let counter =
            Counter::open(journal.clone(), Arc::new(StoppedClock), options.till, books.subscribe()).await.unwrap();
        Shop { folder, books, counter: Arc::new(counter), journal }
    }

    pub(super) async fn restart(self) -> Shop {
        let Shop { folder, books, counter, journal } = self;
        drop((counter, journal));
        Shop::open_in(folder, books).await
    }

    pub(super) async fn scan(&self, key: &str, code: &str) -> CounterReply {
        self.counter.scan(mint(key), code).await.unwrap()
    }

    async fn sales(&self) -> usize {
        let epoch = self.journal.heads().borrow().epoch;
        let entries = self.journal.entries(epoch, 0, 10_000, usize::MAX).await.unwrap();
        entries.iter().filter(|entry| entry.kind.as_str() == "sale").count()
    }

    fn sql(&self, sql: &str) {
        rusqlite::Connection::open(self.folder.path().join("journal.db")).unwrap().execute_batch(sql).unwrap();
    }
}

/// The old journal's threads end a moment after its last handle; until then it is locked.
async fn open_journal(options: &Options) -> Journal {
    for _ in 0..2_000 {
        match Journal::open(options.clone()) {
            Ok(opened) => return opened.journal,
            Err(JournalError::Locked { .. }) => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the journal stays locked");
}

pub(super) fn mint(key: &str) -> IdempotencyKey {
    format!("counter-test-{key}").parse().unwrap()
}

pub(super) fn cash(amount_minor: i64) -> Tender {
    Tender::Cash { amount_minor }
}

pub(super) fn card(amount_minor: i64) -> Tender {
    Tender::Card { amount_minor, reference: "A1B2C3".parse().unwrap() }
}

#[tokio::test]
async fn a_sale_is_on_the_disk_before_paper_and_drawer_are_told() {
    let shop = Shop::open().await;
    shop.scan("1", PEN).await;
    let reply = shop.scan("2", "0.532*4011").await;
    assert_eq!((reply.basket.total_minor, reply.basket.due_minor), (199 + 1_063, 1_262));
    let reply = shop.counter.tender(mint("3"), cash(2_000)).await.unwrap();
    let sale = reply.sale.unwrap();
    assert_eq!((sale.receipt_number, sale.total_minor, sale.change_minor), (1, 1_262, 738));
    assert_eq!(reply.basket, BasketView::empty(Some("EUR")));
    let jobs = shop.journal.print_jobs(JobState::Pending).await.unwrap();
    let drawer = DeviceCommand::OpenDrawer { for_entry: 2 };
    assert_eq!(reply.commands, [drawer, DeviceCommand::Print { job: jobs[0].id }]);
    let receipt = evertill_domain::paper::of_entry(&jobs[0].entry, &shop.counter.store().await, false).unwrap();
    assert!(receipt.to_text(48).contains("SUMME EUR                                12,62"));

    shop.scan("4", PEN).await;
    let reply = shop.counter.tender(mint("5"), card(199)).await.unwrap();
    assert!(matches!(reply.commands[..], [DeviceCommand::Print { .. }]), "a card opens no drawer");
}

#[tokio::test]
async fn the_store_says_which_payments_open_the_drawer() {
    let shop = Shop::open().await;
    let mut slips = PriceBook::clone(&book(2, 199).unwrap());
    slips.rules.drawer.opens_for = vec![TenderKind::Card];
    shop.books.send_replace(Some(Arc::new(slips)));
    for (tender, opens) in [(card(199), true), (cash(200), false)] {
        shop.scan(&format!("scan-{opens}"), PEN).await;
        let reply = shop.counter.tender(mint(&format!("pay-{opens}")), tender).await.unwrap();
        assert!(matches!(reply.commands[0], DeviceCommand::OpenDrawer { .. }) == opens, "{:?}", reply.commands);
    }
}

#[tokio::test]
async fn weighed_goods_are_weighed_and_no_weight_sells_nothing() {
    let shop = Shop::open().await;
    let lies_there = Arc::new(std::sync::Mutex::new(Err(ScaleTrouble::Empty)));
    let scale = lies_there.clone();
    shop.counter.connect_scale(Arc::new(move || {
        let weight = scale.lock().unwrap().clone();
        Box::pin(async move { weight })
    }));
    let refused = shop.counter.scan(mint("1"), "4011").await.unwrap_err();
    assert_eq!(refused.to_string(), "nothing lies on the scale: put the goods on it");
    *lies_there.lock().unwrap() = Ok(Weight { milli: 532, unit: WeightUnit::Kg });
    for _ in 0..2 {
        assert_eq!(shop.scan("1", "4011").await.basket.total_minor, 1_063, "the same key adds it once");
    }
    *lies_there.lock().unwrap() = Ok(Weight { milli: 1_000, unit: WeightUnit::Kg });
    assert_eq!(shop.counter.weigh_line(mint("2"), 1).await.unwrap().basket.total_minor, 1_999);
    // What says its weight itself is not weighed, and another unit is none.
    *lies_there.lock().unwrap() = Ok(Weight { milli: 1_000, unit: WeightUnit::Lb });
    assert_eq!(shop.scan("3", "0.532*4011").await.basket.total_minor, 1_999 + 1_063);
    let refused = shop.counter.scan(mint("4"), "4011").await.unwrap_err();
    assert!(refused.to_string().contains("another unit"), "{refused}");
    assert_eq!(shop.counter.view().await.total_minor, 1_999 + 1_063);
}

#[tokio::test]
async fn a_double_click_on_pay_is_one_sale() {
    let shop = Shop::open().await;
    shop.scan("1", PEN).await;
    let pay = || shop.counter.tender(mint("pay"), cash(200));
    let (first, second) = tokio::join!(pay(), pay());
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.sale, second.sale);
    assert_eq!((first.commands.len(), second.commands.len()), (2, 0));
    let other_click = shop.counter.tender(mint("pay-again"), cash(200)).await.unwrap_err();
    assert_eq!(other_click.to_string(), "the basket is empty: scan something first");
    let shop = shop.restart().await;
    let late = shop.counter.tender(mint("pay"), cash(200)).await.unwrap();
    assert_eq!((late.sale, late.commands.len(), shop.sales().await), (first.sale, 0, 1));
}

#[tokio::test]
async fn a_repeated_act_is_done_once_and_its_key_does_nothing_else() {
    let shop = Shop::open().await;
    shop.scan("scan", PEN).await;
    let shop = shop.restart().await;
    assert_eq!(shop.scan("scan", PEN).await.basket.lines[0].quantity_milli, 1_000);
    let reused = shop.counter.scan(mint("scan"), COLA).await;
    assert!(matches!(reused, Err(CounterError::Journal(JournalError::KeyReused { .. }))));
    shop.scan("cola", COLA).await;
    for _ in 0..2 {
        let reply = shop.counter.void_line(mint("void"), 1).await.unwrap();
        assert_eq!((reply.basket.lines[0].void, reply.basket.total_minor), (true, 149));
        assert_eq!(shop.counter.tender(mint("part"), card(100)).await.unwrap().basket.tendered_minor, 100);
    }
    shop.counter.tender(mint("rest"), card(49)).await.unwrap();
    assert_eq!(shop.scan("cola", COLA).await.basket.lines, [], "a late repeat does not begin the next basket");
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    let shop = Shop::open().await;
    shop.scan("1", PEN).await;
    let (view, saved) = (shop.counter.view().await, shop.journal.basket().await.unwrap());
    let refusal = async |code: &str| shop.counter.scan(mint("2"), code).await.unwrap_err().to_string();
    assert_eq!(refusal("4006381333933").await, "EAN-13 4006381333933: check digit is 3, must be 1: scan again");
    assert!(refusal("036000291452").await.starts_with("no item has the code 00036000291452"));
    assert!(refusal("4011").await.starts_with("Cheese is sold by weight"));
    assert!(refusal(&format!("0.5*{PEN}")).await.contains("no whole number"));
    let mut refusals = 4;
    for verb in [shop.counter.void_line(mint("3"), 9).await, shop.counter.tender(mint("4"), card(200)).await] {
        assert!(matches!(verb, Err(CounterError::Refused(_))));
        refusals += 1;
    }
    assert_eq!((refusals, shop.counter.view().await, shop.journal.basket().await.unwrap()), (6, view, saved));
    assert_eq!(shop.scan("2", PEN).await.basket.lines[0].quantity_milli, 2_000, "a refused key may be used again");
}

#[tokio::test]
async fn the_open_basket_is_found_as_it_was() {
    let shop = Shop::open().await;
    assert!(!*shop.counter.basket_open().borrow());
    shop.scan("1", PEN).await;
    shop.scan("2", COLA).await;
    shop.counter.void_line(mint("3"), 2).await.unwrap();
    shop.counter.tender(mint("4"), cash(50)).await.unwrap();
    let before = shop.counter.view().await;
    let shop = shop.restart().await;
    assert_eq!(shop.counter.view().await, before);
    assert!(*shop.counter.basket_open().borrow());
    let reply = shop.counter.tender(mint("5"), cash(149)).await.unwrap();
    assert_eq!(reply.sale.unwrap().total_minor, 199);
    assert!(!*shop.counter.basket_open().borrow());
}

#[tokio::test]
async fn a_basket_that_cannot_be_read_does_not_stop_the_next_sale() {
    let shop = Shop::open().await;
    shop.journal.save_basket(Some("{\"from\":\"the future\"}".to_owned())).await.unwrap();
    let shop = shop.restart().await;
    assert_eq!(shop.scan("1", PEN).await.basket.total_minor, 199);
}

#[tokio::test]
async fn a_new_price_book_applies_from_the_next_basket_on() {
    let shop = Shop::open().await;
    shop.scan("1", PEN).await;
    shop.books.send_replace(book(2, 259));
    assert_eq!(shop.counter.price_book_version(), 2);
    assert_eq!(shop.scan("2", PEN).await.basket.total_minor, 398);
    shop.counter.tender(mint("3"), card(398)).await.unwrap();
    assert_eq!(shop.scan("4", PEN).await.basket.total_minor, 259);
}

#[tokio::test]
async fn without_a_price_book_a_scan_says_so() {
    let shop = Shop::open_in(tempfile::tempdir().unwrap(), watch::channel(None).0).await;
    assert_eq!(shop.counter.view().await.currency, "XXX");
    let error = shop.counter.scan(mint("1"), PEN).await.unwrap_err().to_string();
    assert!(error.starts_with("there is no price book yet"), "{error}");
    assert_eq!((shop.counter.store().await.name.as_str(), shop.counter.price_book_version()), ("DE-0417", 0));
    shop.books.send_replace(book(1, 199));
    shop.scan("2", PEN).await;
}

#[tokio::test]
async fn a_write_that_fails_loses_and_doubles_nothing() {
    let shop = Shop::open().await;
    shop.scan("1", PEN).await;
    shop.sql("CREATE TRIGGER bad BEFORE UPDATE ON till BEGIN SELECT RAISE(ABORT, 'bad disk'); END");
    assert!(matches!(shop.counter.scan(mint("2"), COLA).await, Err(CounterError::Journal(_))));
    assert!(matches!(shop.counter.tender(mint("3"), cash(500)).await, Err(CounterError::Journal(_))));
    assert_eq!((shop.counter.view().await.total_minor, shop.sales().await), (199, 0));
    shop.sql("DROP TRIGGER bad");
    shop.scan("2", COLA).await;
    let reply = shop.counter.tender(mint("3"), cash(500)).await.unwrap();
    assert_eq!((reply.sale.unwrap().total_minor, reply.commands.len(), shop.sales().await), (348, 2, 1));
}

#[tokio::test]
async fn a_sale_whose_answer_got_lost_is_found_before_the_next_verb() {
    let shop = Shop::open().await;
    shop.scan("1", PEN).await;
    // The sale is written, and the counter is cut off before it learns so.
    let basket = {
        let mut desk = shop.counter.desk().await.unwrap();
        desk.begin_write();
        let mut basket = desk.kept.basket.clone().unwrap();
        basket.tender(cash(199)).unwrap();
        basket
    };
    let sale = evertill_domain::sale::UnnumberedSale::of(&basket, None).unwrap();
    let Moment { at, business_day } = StoppedClock.now();
    let record = crate::journal::Record::Sale(Box::new(sale));
    shop.journal.append(mint("pay"), crate::journal::Draft::new(at, business_day, record)).await.unwrap();

    let other_click = shop.counter.tender(mint("pay-again"), cash(199)).await.unwrap_err();
    assert_eq!(other_click.to_string(), "the basket is empty: scan something first");
    let repeat = shop.counter.tender(mint("pay"), cash(199)).await.unwrap();
    assert_eq!((repeat.sale.unwrap().receipt_number, repeat.commands.len(), shop.sales().await), (1, 0, 1));
}

#[tokio::test]
async fn an_abandoned_basket_is_recorded_once_and_sells_nothing() {
    let shop = Shop::open().await;
    assert_eq!(shop.counter.abandon(mint("0")).await.unwrap().basket.lines, []);
    shop.scan("1", PEN).await;
    shop.counter.tender(mint("2"), card(99)).await.unwrap();
    assert_eq!(shop.counter.abandon(mint("3")).await.unwrap().basket, BasketView::empty(Some("EUR")));
    shop.scan("4", COLA).await;
    assert_eq!(
        shop.counter.abandon(mint("3")).await.unwrap().basket.total_minor,
        149,
        "a repeat spares the next basket"
    );
    let kept = shop.counter.desk().await.unwrap().kept.clone();
    shop.counter.abandon(mint("5")).await.unwrap();
    // Cut off between the entry and the basket's end: the basket is there again, and the repeat takes it away.
    shop.journal.save_basket(Some(serde_json::to_string(&kept).unwrap())).await.unwrap();
    let shop = shop.restart().await;
    assert_eq!(shop.counter.view().await.total_minor, 149);
    assert_eq!(shop.counter.abandon(mint("5")).await.unwrap().basket.lines, []);
    let epoch = shop.journal.heads().borrow().epoch;
    let entries = shop.journal.entries(epoch, 0, 100, usize::MAX).await.unwrap();
    let voids: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.kind.as_str() == "basket_abandoned")
        .map(|entry| entry.body.as_str())
        .collect();
    assert_eq!((voids.len(), shop.sales().await), (2, 0));
    assert!(voids[0].contains("A1B2C3"), "what was tendered has to be given back: {}", voids[0]);
}

#[tokio::test]
async fn a_reprint_is_queued_once_a_key() {
    let shop = Shop::open().await;
    assert!(shop.counter.reprint(mint("0"), 1).await.is_err());
    shop.scan("1", PEN).await;
    shop.counter.tender(mint("2"), card(199)).await.unwrap();
    let (first, second) = tokio::join!(shop.counter.reprint(mint("3"), 1), shop.counter.reprint(mint("3"), 1));
    assert_eq!((first.unwrap().commands.len(), second.unwrap().commands.len()), (1, 0));
    let copies = shop.journal.print_jobs(JobState::Pending).await.unwrap().iter().filter(|job| job.copy).count();
    assert_eq!(copies, 1);
}

#[tokio::test]
async fn keys_are_remembered_within_their_bound() {
    let shop = Shop::open().await;
    for n in 0..=KEYS_MAX {
        shop.scan(&format!("n-{n}"), PEN).await;
    }
    assert_eq!(shop.scan("n-1", PEN).await.basket.lines[0].quantity_milli, 65_000);
    assert_eq!(shop.scan("n-0", PEN).await.basket.lines[0].quantity_milli, 66_000, "the oldest is forgotten");
}

//! A price book of 50,000 items: how long it takes to be read and checked against reading its JSON and nothing else, how
//! long a search takes against going through all names, and what it costs the sales that are recorded meanwhile.

use super::commit::percentile;
use super::region::{self, AT, DAY};
use super::table::{Reach, Row};
use anyhow::Context;
use evertill::journal::{Draft, Journal, Record};
use evertill_domain::catalogue::PriceBook;
use evertill_domain::sale::UnnumberedSale;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const ITEMS: u64 = 50_000;
const ROUNDS: usize = 5;
/// Issue 3: loads in under 3 s, no stall of over 50 ms; a search in under 50 ms.
const LOAD_MAX_MS: f64 = 3_000.0;
const SEARCH_MAX_MS: f64 = 50.0;
const STALL_MAX_MS: f64 = 50.0;
const WORDS: [&str; 8] = ["Milk", "Bread", "Cheese", "Apple", "Coffee", "Soap", "Paper", "Juice"];
const QUERIES: [&str; 6] = ["mi", "cheese 4", "coffee large 123", "40000", "soap small", "no such thing"];
/// Sales before the price book comes, for comparison.
const SALES_BEFORE: usize = 300;

/// Measures the rows.
pub fn rows() -> anyhow::Result<Vec<Row>> {
    println!("price book: {ITEMS} items, read, searched and stored while sales go on ...");
    let json = json();
    let book = PriceBook::parse(&json).context("the bench's price book has mistakes")?;
    Ok(vec![load(&json)?, search(&book), stall(json)?])
}

fn json() -> Vec<u8> {
    let item = |index: u64| {
        let digits = format!("{:012}", 400_000_000_000 + index);
        let weigh = |(place, digit): (usize, u8)| u64::from(digit - b'0') * if place % 2 == 0 { 1 } else { 3 };
        let check = (10 - digits.bytes().enumerate().map(weigh).sum::<u64>() % 10) % 10;
        let word = WORDS[(index % WORDS.len() as u64) as usize];
        let size = ["small", "medium", "large"][(index / 7 % 3) as usize];
        serde_json::json!({"gtins": [format!("{digits}{check}")], "name": format!("{word} {size} {index}"),
            "department": word, "price_minor": 99 + index % 900, "tax": "A"})
    };
    let items: Vec<serde_json::Value> = (0..ITEMS).map(item).collect();
    let taxes = serde_json::json!([{"code": "A", "label": "VAT", "rates": [{"label": "VAT", "rate": 19000}]}]);
    let store = serde_json::json!({"name": "Shop", "locale": "en-GB"});
    let promotion = serde_json::json!({"id": "p", "name": "3 for 2", "kind": "n_for_m", "take": 3, "pay": 2,
        "departments": ["Soap"]});
    serde_json::json!({"version": 1, "store": store, "currency": "EUR", "tax_mode": "inclusive", "taxes": taxes,
        "promotions": [promotion], "items": items})
    .to_string()
    .into_bytes()
}

fn load(json: &[u8]) -> anyhow::Result<Row> {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let book = PriceBook::parse(json).context("the bench's price book has mistakes")?;
        ours.push(begun.elapsed());
        let begun = Instant::now();
        let value: serde_json::Value = serde_json::from_slice(json)?;
        bare.push(begun.elapsed());
        drop((book, value));
    }
    let how =
        format!("p50 of {ROUNDS}, {} bytes, against reading the JSON without checking or indexing it", json.len());
    let (ours, bare) = (millis(percentile(&mut ours, 50)), millis(percentile(&mut bare, 50)));
    Ok(Row::absolute("price book of 50,000 items, load", "ms", ours, bare, Reach::AtMost(LOAD_MAX_MS), how))
}

fn search(book: &PriceBook) -> Row {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for query in QUERIES {
            let begun = Instant::now();
            let found = book.search(query, 30).len();
            ours.push(begun.elapsed());
            let begun = Instant::now();
            let naive = book.items().iter().filter(|item| item.name.to_lowercase().contains(query)).take(30).count();
            bare.push(begun.elapsed());
            std::hint::black_box((found, naive));
        }
    }
    let how = format!("the slowest of {} searches, against going through all names", ours.len());
    let (ours, bare) = (millis(percentile(&mut ours, 100)), millis(percentile(&mut bare, 100)));
    Row::absolute("search among 50,000 items", "ms", ours, bare, Reach::AtMost(SEARCH_MAX_MS), how)
}

fn stall(json: Vec<u8>) -> anyhow::Result<Row> {
    let folder = region::folder()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let journal = region::journal(&folder.path().join("journal.db"))?;
    let sale = region::sale()?;
    let mut before = Vec::new();
    for number in 0..SALES_BEFORE {
        before.push(runtime.block_on(sell(&journal, &sale, &format!("before-{number:05}")))?);
    }
    let done = Arc::new(AtomicBool::new(false));
    let (storing, ended) = (journal.clone(), done.clone());
    let task = runtime.spawn(async move {
        // As the till does it: read on a thread that may block, written back, stored.
        let read = tokio::task::spawn_blocking(move || {
            let book = PriceBook::parse(&json).ok()?;
            serde_json::to_string(&book).ok()
        });
        let json = read.await?.context("the bench's price book has mistakes")?;
        storing.save_price_book(1, json, AT.parse()?, DAY.parse()?).await?;
        ended.store(true, Ordering::Relaxed);
        anyhow::Ok(())
    });
    let mut meanwhile = Vec::new();
    while !done.load(Ordering::Relaxed) && !task.is_finished() {
        meanwhile.push(runtime.block_on(sell(&journal, &sale, &format!("while-{:06}", meanwhile.len())))?);
    }
    runtime.block_on(task)??;
    let how = format!(
        "the slowest of {} sales while a book was read and stored, against the slowest of {SALES_BEFORE} before",
        meanwhile.len()
    );
    let (ours, bare) = (millis(percentile(&mut meanwhile, 100)), millis(percentile(&mut before, 100)));
    Ok(Row::absolute("slowest sale while a price book comes", "ms", ours, bare, Reach::AtMost(STALL_MAX_MS), how))
}

async fn sell(journal: &Journal, sale: &UnnumberedSale, key: &str) -> anyhow::Result<Duration> {
    let draft = Draft::new(AT.parse()?, DAY.parse()?, Record::Sale(Box::new(sale.clone())));
    let begun = Instant::now();
    journal.append(key.parse()?, draft).await?;
    Ok(begun.elapsed())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

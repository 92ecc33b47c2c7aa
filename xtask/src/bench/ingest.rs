//! Ingest on PostgreSQL: batches of 100 sales of many tills, each checked, compared and committed with its heads and days;
//! against the same rows in bare multi-row inserts, a durable commit a batch, by as many writers.

use super::region::{self, AT, DAY};
use super::table::{Reach, Row};
use anyhow::{Context, ensure};
use ed25519_dalek::SigningKey;
use evertill_domain::chain::Head;
use evertill_domain::entry::{Content, Entry};
use evertill_domain::ids::TillId;
use evertill_head_office::batch::{Judged, judge};
use evertill_head_office::config::PostgresConfig;
use evertill_head_office::store::postgres::Postgres as Store;
use evertill_head_office::store::{Batch, Outcome};
use evertill_testbed::Postgres;
use evertill_testbed::postgres::Setup;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_postgres::NoTls;
use uuid::Uuid;

const TILLS: u16 = 16;
const BATCHES_A_TILL: u64 = 25;
const BATCH: u64 = 100;
/// DESIGN, section 13.
const REACH: Reach = Reach::AtLeast(0.6);

const TABLE: &str = "CREATE TABLE bare (till TEXT NOT NULL, epoch UUID NOT NULL, seq BIGINT NOT NULL, v INTEGER NOT NULL,
    at TEXT NOT NULL, business_day TEXT NOT NULL, kind TEXT NOT NULL, receipt_number BIGINT NOT NULL, body BYTEA NOT NULL,
    prev BYTEA NOT NULL, hash BYTEA NOT NULL, sig BYTEA NOT NULL, PRIMARY KEY (till, epoch, seq))";
const INSERT: &str = "INSERT INTO bare SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::integer[],
    $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bytea[], $10::bytea[], $11::bytea[], $12::bytea[])";

/// One till's queue.
struct Queue {
    till: TillId,
    key: SigningKey,
    batches: Vec<Vec<Entry>>,
}

/// Measures the rows: what the store adds to the insert, and what the checks add that no database does.
pub fn rows() -> anyhow::Result<[Row; 2]> {
    let sales = u64::from(TILLS) * BATCHES_A_TILL * BATCH;
    println!("ingest: {sales} sales into PostgreSQL ...");
    let server = Postgres::start(Setup { durable: true, ..Setup::default() })?;
    let runtime = tokio::runtime::Runtime::new()?;
    let queues: Vec<Queue> = (1..=TILLS).map(queue).collect::<Result<_, _>>()?;
    let before = runtime.block_on(bare(&server.database()?, &queues))?;
    let (checked, stored) = runtime.block_on(ingest(&server.database()?, &queues))?;
    let after = runtime.block_on(bare(&server.database()?, &queues))?;
    let limit = (before + after) / 2;
    let rate = |time: Duration| sales as f64 / time.as_secs_f64();
    let row = |what, ours: Duration, adds| {
        let [ours_s, before_s, after_s] = [ours, before, after].map(|time| time.as_secs_f64());
        let how = format!("{ours_s:.2} s against {before_s:.2} s and {after_s:.2} s, before and after; ours {adds}");
        Row::ratio(what, "/s", rate(ours), rate(limit), REACH, how)
    };
    Ok([
        row("batches of 100 stored in PostgreSQL", stored, "compares chains, moves heads, counts days"),
        row("the same, checked", checked, "reads JSON, checks hashes, signatures and sums, too"),
    ])
}

fn queue(number: u16) -> anyhow::Result<Queue> {
    let till: TillId = format!("eu/DE-0417/{number}").parse()?;
    let key = SigningKey::from_bytes(&[7; 32]);
    let epoch = format!("0197a1b2-0000-7000-8000-{number:012x}").parse()?;
    let sale = region::sale()?;
    let mut head = Head::START;
    let mut batches = Vec::new();
    for _ in 0..BATCHES_A_TILL {
        let mut batch = Vec::new();
        for _ in 0..BATCH {
            let body = serde_json::to_string(&sale.clone().number(head.seq + 1))?;
            let (at, business_day) = (AT.parse()?, DAY.parse()?);
            let content = Content { till: till.clone(), at, business_day, kind: "sale".parse()?, body };
            let entry = Entry::seal(content, epoch, head.seq + 1, head.hash, &key);
            head = Head::of(&entry);
            batch.push(entry);
        }
        batches.push(batch);
    }
    Ok(Queue { till, key, batches })
}

/// How long head office takes with all checks, and without those that no database does.
async fn ingest(url: &str, queues: &[Queue]) -> anyhow::Result<(Duration, Duration)> {
    let config = PostgresConfig { name: "bench".to_owned(), settings: url.parse()?, ca: None, connections: 12 };
    let store = Store::open(&config).await?;
    let mut tasks = JoinSet::new();
    let bodies: Vec<Vec<Vec<u8>>> = (queues.iter())
        .map(|queue| {
            queue
                .batches
                .iter()
                .map(|batch| batch.iter().flat_map(|e| (e.to_line() + "\n").into_bytes()).collect())
                .collect()
        })
        .collect();
    let begun = Instant::now();
    for (queue, bodies) in queues.iter().zip(bodies) {
        let (store, till, key) = (store.clone(), queue.till.clone(), queue.key.verifying_key());
        tasks.spawn(async move {
            for body in bodies {
                let of = till.clone();
                let judged = tokio::task::spawn_blocking(move || judge(&of, &key, &body)).await??;
                take(&store, &till, key.to_bytes(), judged).await?;
            }
            anyhow::Ok(())
        });
    }
    all(tasks).await?;
    let ours = begun.elapsed();
    // The same again as another epoch, judged beforehand.
    let mut tasks = JoinSet::new();
    let begun = Instant::now();
    for (queue, number) in queues.iter().zip(0_u8..) {
        let epoch = Uuid::from_bytes([number; 16]);
        let parts: Vec<Vec<Entry>> = (queue.batches.iter())
            .map(|batch| {
                batch.iter().map(|entry| Entry { epoch: evertill_domain::ids::Epoch(epoch), ..entry.clone() }).collect()
            })
            .collect();
        let (store, till) = (store.clone(), queue.till.clone());
        tasks.spawn(async move {
            for entries in parts {
                let epoch = entries.first().map(|entry| entry.epoch);
                let judged = Judged { epoch, entries, receipt_number: 1, broken: None };
                take(&store, &till, [7; 32], judged).await?;
            }
            anyhow::Ok(())
        });
    }
    all(tasks).await?;
    let stored = begun.elapsed();
    store.close().await;
    Ok((ours, stored))
}

async fn take(store: &Store, till: &TillId, public_key: [u8; 32], judged: Judged) -> anyhow::Result<()> {
    let Judged { epoch, entries, receipt_number, broken } = judged;
    ensure!(broken.is_none(), "the bench's own batch is broken: {broken:?}");
    let epoch = epoch.context("a batch has an epoch")?;
    let batch = Batch {
        till: till.clone(),
        public_key,
        epoch,
        entries,
        branch: None,
        receipt_number,
        at: "2026-05-03T16:04:06.000Z".to_owned(),
    };
    let outcome = store.take(batch).await?;
    ensure!(matches!(outcome, Outcome::Taken(_)), "a batch was not taken: {outcome:?}");
    Ok(())
}

/// How long the same rows take in bare inserts.
async fn bare(url: &str, queues: &[Queue]) -> anyhow::Result<Duration> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute(TABLE).await?;
    let mut tasks = JoinSet::new();
    let mut writers = Vec::new();
    for queue in queues {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        let statement = client.prepare(INSERT).await?;
        writers.push((client, statement, queue.batches.clone()));
    }
    let begun = Instant::now();
    for (client, statement, batches) in writers {
        tasks.spawn(async move {
            for batch in &batches {
                insert(&client, &statement, batch).await?;
            }
            anyhow::Ok(())
        });
    }
    all(tasks).await?;
    Ok(begun.elapsed())
}

async fn insert(
    client: &tokio_postgres::Client,
    statement: &tokio_postgres::Statement,
    batch: &[Entry],
) -> anyhow::Result<()> {
    let tills: Vec<String> = batch.iter().map(|entry| entry.till.to_string()).collect();
    let epochs: Vec<Uuid> = batch.iter().map(|entry| entry.epoch.0).collect();
    let seqs: Vec<i64> = batch.iter().map(|entry| entry.seq as i64).collect();
    let versions: Vec<i32> = batch.iter().map(|entry| i32::from(entry.v)).collect();
    let at: Vec<&str> = batch.iter().map(|entry| entry.at.as_str()).collect();
    let days: Vec<&str> = batch.iter().map(|entry| entry.business_day.as_str()).collect();
    let kinds: Vec<&str> = batch.iter().map(|entry| entry.kind.as_str()).collect();
    let bodies: Vec<&[u8]> = batch.iter().map(|entry| entry.body.as_bytes()).collect();
    let prevs: Vec<&[u8]> = batch.iter().map(|entry| &entry.prev.0[..]).collect();
    let hashes: Vec<&[u8]> = batch.iter().map(|entry| &entry.hash.0[..]).collect();
    let sigs: Vec<&[u8]> = batch.iter().map(|entry| &entry.sig.0[..]).collect();
    client
        .execute(
            statement,
            &[&tills, &epochs, &seqs, &versions, &at, &days, &kinds, &seqs, &bodies, &prevs, &hashes, &sigs],
        )
        .await?;
    Ok(())
}

async fn all(mut tasks: JoinSet<anyhow::Result<()>>) -> anyhow::Result<()> {
    while let Some(result) = tasks.join_next().await {
        result??;
    }
    Ok(())
}

//! PostgreSQL when it does not do as it should, and when its schema grows under load.

#![allow(clippy::unwrap_used)] // also in the helpers of tests

mod common;

use common::{Chain, Engine, Site, TILL, epoch, postgres_config};
use evertill_domain::chain::Head;
use evertill_domain::wire::{Problem, Ready};
use evertill_head_office::store::StoreError;
use evertill_head_office::store::postgres::Postgres as Store;
use evertill_head_office::store::postgres::schema::{MIGRATIONS, Migration, migrate};
use evertill_testbed::Postgres;
use evertill_testbed::postgres::Setup;
use rustix::process::Signal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_postgres::NoTls;

/// Asked so often, with a pause of [`PAUSE`], a server that came back must answer.
const ASKS_MAX: u32 = 600;
const PAUSE: Duration = Duration::from_millis(50);

/// A server of the test's own, and a location on it.
async fn own(setup: Setup) -> (Postgres, Site) {
    let server = Postgres::start(setup).unwrap();
    let engine = Engine::Postgres(server.database().unwrap());
    (server, Site::start_on(engine).await)
}

async fn ready(site: &Site) -> Result<Ready, Problem> {
    common::answer(site.client.get(format!("{}/ready?pool=v41", site.base)).send().await.unwrap()).await
}

/// Whether readiness becomes `wanted`.
async fn becomes_ready(site: &Site, wanted: bool) -> bool {
    for _ in 0..ASKS_MAX {
        if ready(site).await.is_ok() == wanted {
            return true;
        }
        tokio::time::sleep(PAUSE).await;
    }
    false
}

#[tokio::test]
async fn two_instances_take_the_same_tills_entries_once() {
    let engine = Engine::postgres();
    let (one, other) = (Site::start_on(engine.clone()).await, Site::start_on(engine).await);
    let mut chain = Chain::of(TILL, 2);
    let entries = chain.sales(300);
    // As a till does whose answers get lost: the same batches at both, overlapping, at the same time.
    let send = async |site: &Site, step: usize| {
        let mut watermark = 0;
        while watermark < entries.len() {
            let batch = &entries[watermark.saturating_sub(3)..entries.len().min(watermark + step)];
            watermark = match site.post_journal(&chain, batch).await {
                Ok(ack) => ack.watermark,
                Err(problem) => problem.watermark.unwrap(),
            } as usize;
        }
    };
    tokio::join!(send(&one, 7), send(&other, 11), send(&one, 5));
    assert_eq!(one.sql("SELECT COUNT(*), MAX(seq) FROM journal"), "300|300");
    assert!(other.verify().await.0);
}

#[tokio::test]
async fn a_database_that_dies_is_said_and_what_was_acknowledged_is_there_when_it_is_back() {
    let (mut server, site) = own(Setup::default()).await;
    let mut chain = Chain::of(TILL, 2);
    let mut acknowledged = Head::START;
    for round in 0..4 {
        let entries = chain.sales(40);
        acknowledged = Head::of(&entries[9]);
        site.post_journal(&chain, &entries[..10]).await.unwrap();
        // At once, with its memory lost, while batches are under way.
        let (posted, ended) = tokio::join!(site.post_journal(&chain, &entries[10..]), async {
            tokio::time::sleep(Duration::from_millis(round)).await;
            server.daemon().end(Signal::QUIT)
        });
        ended.unwrap();
        if posted.is_ok() {
            acknowledged = chain.head;
        }
        let problem = site.post_journal(&chain, &entries).await.unwrap_err();
        assert_eq!((problem.status, problem.kind.as_str()), (503, Problem::INTERNAL), "{problem:?}");
        assert!(becomes_ready(&site, false).await);
        server.start_again().unwrap();
        assert!(becomes_ready(&site, true).await);
        let standing = site.watermark(&chain).await;
        assert!(standing.watermark >= acknowledged.seq, "{standing:?}");
        assert_eq!(site.post_journal(&chain, &entries).await.unwrap().hash, chain.head.hash);
    }
    assert!(acknowledged.seq > 0 && site.verify().await.0);
}

#[tokio::test]
async fn a_database_that_may_only_be_read_is_not_ready() {
    let (server, site) = own(Setup::default()).await;
    let mut chain = Chain::of(TILL, 2);
    let entries = chain.sales(2);
    let end_all =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'd0' AND pid <> pg_backend_pid()";
    server.psql("postgres", "ALTER DATABASE d0 SET default_transaction_read_only = on").unwrap();
    server.psql("postgres", end_all).unwrap();
    let problem = site.post_journal(&chain, &entries).await.unwrap_err();
    assert_eq!((problem.status, problem.kind.as_str()), (503, Problem::INTERNAL), "{problem:?}");
    assert!(becomes_ready(&site, false).await);
    let said = Store::connect(&postgres_config(&server.url("d0"))).unwrap().ready().await.unwrap_err().to_string();
    assert!(said.contains("read-only transaction") && said.contains("look at its log"), "{said}");
    // What is here can still be asked for.
    assert_eq!(site.watermark(&chain).await.watermark, 0);
    server.psql("postgres", "ALTER DATABASE d0 RESET default_transaction_read_only").unwrap();
    server.psql("postgres", end_all).unwrap();
    // Connections that died while nobody looked are no reason to refuse.
    assert_eq!(site.post_journal(&chain, &entries).await.unwrap().watermark, 2);
    assert!(becomes_ready(&site, true).await);
}

#[tokio::test]
async fn a_full_database_takes_nothing_and_loses_nothing() {
    // The journal's segments have 16 MiB; the table's file may not grow beyond a little more.
    let (_server, site) = own(Setup { file_max_bytes: Some(17 << 20), ..Setup::default() }).await;
    let mut chain = Chain::of(TILL, 2);
    let mut noise = 0x2545_F491_4F6C_DD1D_u64;
    let mut body = || {
        let letters = (0..30_000).map(|_| {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            format!("{:016x}", noise ^ (noise >> 29))
        });
        format!("\"{}\"", letters.collect::<String>())
    };
    let mut full = None;
    for _ in 0..60 {
        let before = chain.head;
        let entry = chain.next("noise", body());
        match site.post_journal(&chain, &[entry]).await {
            Ok(ack) => assert_eq!(ack.hash, chain.head.hash),
            Err(problem) => {
                full = Some((before, problem));
                break;
            }
        }
    }
    let (before, problem) = full.unwrap();
    assert_eq!((problem.status, problem.kind.as_str()), (503, Problem::INTERNAL), "{problem:?}");
    assert!(before.seq > 3, "{before:?}");
    assert_eq!(site.watermark(&chain).await.hash, before.hash);
    assert!(site.verify().await.0);
}

#[tokio::test]
async fn a_database_that_is_stuck_holds_no_till_up_for_long() {
    let (server, site) = own(Setup::default()).await;
    let mut chain = Chain::of(TILL, 2);
    let entries = chain.sales(2);
    let server = Arc::new(server);
    let stuck = server.clone();
    let lock = std::thread::spawn(move || {
        stuck.psql("d0", "BEGIN; LOCK TABLE chains IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(8); COMMIT")
    });
    while server.psql("d0", "SELECT COUNT(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'").unwrap().trim() != "1" {
    }
    let problem = site.post_journal(&chain, &entries).await.unwrap_err();
    assert_eq!((problem.status, problem.kind.as_str()), (503, Problem::INTERNAL), "{problem:?}");
    lock.join().unwrap().unwrap();
    assert_eq!(site.post_journal(&chain, &entries).await.unwrap().watermark, 2);
}

/// A step that the next version may bring: columns, a table, an index.
const NEXT: Migration = Migration {
    sql: "ALTER TABLE entries ADD COLUMN loyalty TEXT NOT NULL DEFAULT '';
          CREATE TABLE loyalty (till TEXT NOT NULL PRIMARY KEY, points BIGINT NOT NULL);
          CREATE INDEX entries_of_kind ON entries (till, kind);",
    compatible_from: 1,
};

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn and(next: &[Migration]) -> Vec<Migration> {
    [MIGRATIONS, next].concat()
}

#[tokio::test]
async fn the_schema_grows_under_load_while_the_version_before_serves() {
    let mut site = Site::start_on(Engine::postgres()).await;
    let Engine::Postgres(url) = site.engine.clone() else { unreachable!() };
    let migrated = Arc::new(AtomicBool::new(false));
    let load = async |number: u8| {
        let mut chain = Chain::of(&format!("eu/DE-0417/{number}"), number);
        let mut after = 0;
        while after < 10 {
            after += u32::from(migrated.load(Ordering::Acquire));
            let entries = chain.sales(5);
            assert_eq!(site.post_journal(&chain, &entries).await.unwrap().hash, chain.head.hash);
        }
    };
    let grow = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        migrate(&mut connect(&url).await, "tests", &and(&[NEXT])).await.unwrap();
        migrated.store(true, Ordering::Release);
    };
    tokio::join!(load(1), load(2), load(3), load(4), grow);
    assert_eq!(site.sql("SELECT MAX(version) FROM schema_versions"), (MIGRATIONS.len() + 1).to_string());
    assert!(site.verify().await.0);
    // The version before starts on it, too: a rollback needs nothing of the database.
    site.restart().await;
    let mut chain = Chain { epoch: epoch(9), ..Chain::of(TILL, 2) };
    let entries = chain.sales(3);
    assert_eq!(site.post_journal(&chain, &entries).await.unwrap().watermark, 3);
}

#[tokio::test]
async fn a_program_that_is_too_old_for_the_schema_says_so() {
    let Engine::Postgres(url) = Engine::postgres() else { unreachable!() };
    let known = MIGRATIONS.len() as i64;
    let contract = Migration { sql: "DROP VIEW journal", compatible_from: known + 1 };
    migrate(&mut connect(&url).await, "tests", &and(&[contract])).await.unwrap();
    let refused = Store::open(&postgres_config(&url)).await.unwrap_err().to_string();
    let expected = format!("schema version {}, this program knows {known}: run the newer program", known + 1);
    assert!(refused.contains(&expected), "{refused}");
}

#[tokio::test]
async fn a_step_that_breaks_off_leaves_nothing_and_is_run_again() {
    let Engine::Postgres(url) = Engine::postgres() else { unreachable!() };
    let broken = Migration { sql: "CREATE TABLE half (id BIGINT); SELECT 1 / 0", compatible_from: 1 };
    let mut client = connect(&url).await;
    let error = migrate(&mut client, "tests", &and(&[broken])).await.unwrap_err();
    assert!(matches!(&error, StoreError::Failed(said) if said.contains("division by zero")), "{error}");
    // Whoever runs it is killed in the middle.
    let slow = Migration { sql: "CREATE TABLE half (id BIGINT); SELECT pg_sleep(60)", compatible_from: 1 };
    let killed = tokio::spawn({
        let url = url.clone();
        async move { migrate(&mut connect(&url).await, "tests", &and(&[slow])).await }
    });
    let kill = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND pid <> pg_backend_pid()";
    while client.query_one(kill, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::time::sleep(PAUSE).await;
    }
    killed.await.unwrap().unwrap_err();
    let whole = Migration { sql: "CREATE TABLE half (id BIGINT)", compatible_from: 1 };
    migrate(&mut client, "tests", &and(&[whole])).await.unwrap();
}

#[tokio::test]
async fn instances_that_start_together_bring_the_schema_once() {
    let Engine::Postgres(url) = Engine::postgres() else { unreachable!() };
    let config = postgres_config(&url);
    let all = tokio::join!(Store::open(&config), Store::open(&config), Store::open(&config), Store::open(&config));
    for store in [all.0, all.1, all.2, all.3] {
        store.unwrap().ready().await.unwrap();
    }
}

#[tokio::test]
async fn tls_trusts_the_named_authority_and_no_other() {
    let made = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (ours, other) = (made(), made());
    let tls = Some((ours.cert.pem(), ours.signing_key.serialize_pem()));
    let server = Postgres::start(Setup { tls, ..Setup::default() }).unwrap();
    server.database().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = |name: &str, pem: String| {
        std::fs::write(folder.path().join(name), pem).unwrap();
        let ca = Some(folder.path().join(name));
        evertill_head_office::config::PostgresConfig { ca, ..postgres_config(&server.tls_url("d0")) }
    };
    Store::open(&config("ours.pem", ours.cert.pem())).await.unwrap().ready().await.unwrap();
    let used = "SELECT COUNT(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND datname = 'd0'";
    assert_ne!(server.psql("postgres", used).unwrap().trim(), "0");
    let refused = Store::open(&config("other.pem", other.cert.pem())).await.unwrap_err().to_string();
    assert!(refused.contains("certificate"), "{refused}");
    let nothing = Store::open(&config("none.pem", String::new())).await.unwrap_err().to_string();
    assert!(nothing.contains("there is no certificate in it"), "{nothing}");
}

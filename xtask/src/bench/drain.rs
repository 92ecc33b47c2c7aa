//! Draining a queue: 20,000 sales of one till, over TLS, into head office on SQLite; against a bare pipeline that reads
//! the same entries, sends the same lines over TLS and inserts them, a durable commit a batch, and does nothing else: no
//! compression, no hash, no signature, no check.

use super::region::{self, AT, DAY, Region, TILL};
use super::table::{Reach, Row};
use anyhow::{Context, ensure};
use evertill::journal::{Draft, Record};
use evertill_domain::entry::{Entry, Hash, Signature};
use evertill_domain::ids::Epoch;
use rusqlite::{Connection, params};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SALES: u64 = 20_000;
const BATCH: u32 = 500;
/// DESIGN, section 13.
const REACH: Reach = Reach::AtLeast(0.6);
const DRAIN_MAX: Duration = Duration::from_secs(300);

/// Measures the row.
pub fn row() -> anyhow::Result<Row> {
    println!("drain: {SALES} sales over TLS ...");
    let region = Region::new(&["fra"])?;
    let queue = region.path("journal.db");
    fill(&queue)?;
    let before = bare(&region, &queue, "bare-1.db")?;
    let ours = drain(&region, &queue)?;
    let after = bare(&region, &queue, "bare-2.db")?;
    let limit = (before + after) / 2;
    let rate = |time: Duration| SALES as f64 / time.as_secs_f64();
    let how = format!(
        "{:.2} s against {:.2} s and {:.2} s, before and after; ours checks and signs every entry at both ends",
        ours.as_secs_f64(),
        before.as_secs_f64(),
        after.as_secs_f64()
    );
    Ok(Row::ratio("drain of 20,000 sales over TLS into SQLite", "/s", rate(ours), rate(limit), REACH, how))
}

/// Makes the queue in memory, where a commit costs nothing, and brings it to the disk as one file.
fn fill(queue: &Path) -> anyhow::Result<()> {
    let memory = if Path::new("/dev/shm").is_dir() { tempfile::tempdir_in("/dev/shm")? } else { region::folder()? };
    let path = memory.path().join("journal.db");
    let runtime = tokio::runtime::Runtime::new()?;
    let journal = region::journal(&path)?;
    let sale = region::sale()?;
    for number in 0..SALES {
        let record = Record::Sale(Box::new(sale.clone()));
        let draft = Draft::new(AT.parse()?, DAY.parse()?, record);
        runtime.block_on(journal.append(format!("bench-{number:08}").parse()?, draft))?;
    }
    let target = queue.to_str().context("the path is UTF-8")?;
    Connection::open(&path)?.execute("VACUUM INTO ?1", [target])?;
    Ok(())
}

/// How long the agent takes, from the start of its synchronisation to the last acknowledgement.
fn drain(region: &Region, queue: &Path) -> anyhow::Result<Duration> {
    let location = region.start("fra")?;
    let runtime = tokio::runtime::Runtime::new()?;
    let took = runtime.block_on(async {
        let journal = region::journal(queue)?;
        let head = journal.heads().borrow().head.seq;
        let begun = Instant::now();
        let mut handle = region.sync(&journal, true)?;
        let drained = handle.state.wait_for(|state| state.locations.iter().all(|at| at.watermark >= head));
        tokio::time::timeout(DRAIN_MAX, drained).await.context("the queue did not drain in time")??;
        let took = begun.elapsed();
        handle.stop().await;
        Ok::<Duration, anyhow::Error>(took)
    })?;
    drop(location);
    Ok(took)
}

/// How long the bare pipeline takes for the same entries.
fn bare(region: &Region, queue: &Path, store: &str) -> anyhow::Result<Duration> {
    let (certificate, key) = region.certificate("bare")?;
    let provider = || Arc::new(rustls::crypto::ring::default_provider());
    let chain = vec![CertificateDer::from_pem_file(certificate)?];
    let server = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(key)?)?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(region.path("ca.pem"))?)?;
    let client = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    let store = Connection::open(region.path(store))?;
    let receiver = std::thread::spawn(move || receive(&listener, server, store));
    let begun = Instant::now();
    let socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    let connection = ClientConnection::new(Arc::new(client), ServerName::try_from("localhost")?)?;
    let sent = send(queue, StreamOwned::new(connection, socket))?;
    let took = begun.elapsed();
    let received = receiver.join().map_err(|_| anyhow::anyhow!("the bare receiver broke off"))??;
    ensure!(sent == received && sent >= SALES, "the bare pipeline lost entries: {sent} sent, {received} received");
    Ok(took)
}

/// Sends batches of lines, each with its length, and waits for each one's yes.
fn send(queue: &Path, mut stream: StreamOwned<ClientConnection, TcpStream>) -> anyhow::Result<u64> {
    let connection = Connection::open(queue)?;
    let epoch: Epoch = connection.query_row("SELECT epoch FROM epochs", [], |row| row.get::<_, String>(0))?.parse()?;
    let mut select = connection.prepare(
        "SELECT id, v, at, business_day, kind, body, prev, hash, sig FROM entries WHERE id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let (mut last, mut sent) = (0_i64, 0_u64);
    loop {
        let mut batch = Vec::new();
        let mut rows = select.query(params![last, BATCH])?;
        while let Some(row) = rows.next()? {
            last = row.get(0)?;
            batch.extend_from_slice(entry(row, epoch)?.to_line().as_bytes());
            batch.push(b'\n');
            sent += 1;
        }
        stream.write_all(&u32::try_from(batch.len())?.to_be_bytes())?;
        stream.write_all(&batch)?;
        stream.flush()?;
        if batch.is_empty() {
            return Ok(sent);
        }
        stream.read_exact(&mut [0])?;
    }
}

fn entry(row: &rusqlite::Row<'_>, epoch: Epoch) -> anyhow::Result<Entry> {
    let text = |index: usize| row.get::<_, String>(index);
    Ok(Entry {
        v: row.get(1)?,
        till: TILL.parse()?,
        epoch,
        seq: row.get::<_, i64>(0)? as u64 & ((1 << 40) - 1),
        at: text(2)?.parse()?,
        business_day: text(3)?.parse()?,
        kind: text(4)?.parse()?,
        body: text(5)?,
        prev: Hash(row.get(6)?),
        hash: Hash(row.get(7)?),
        sig: Signature(row.get(8)?),
    })
}

/// Inserts every line of a batch in one durable commit, and says yes.
fn receive(listener: &TcpListener, config: ServerConfig, mut store: Connection) -> anyhow::Result<u64> {
    store.pragma_update(None, "journal_mode", "WAL")?;
    store.pragma_update(None, "synchronous", "FULL")?;
    store.execute_batch("CREATE TABLE entries (seq INTEGER PRIMARY KEY, line BLOB NOT NULL) STRICT")?;
    let (socket, _) = listener.accept()?;
    socket.set_nodelay(true)?;
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config))?, socket);
    let mut seq = 0_u64;
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let mut batch = vec![0; u32::from_be_bytes(length) as usize];
        stream.read_exact(&mut batch)?;
        if batch.is_empty() {
            return Ok(seq);
        }
        let transaction = store.transaction()?;
        for line in batch.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            seq += 1;
            transaction.prepare_cached("INSERT INTO entries VALUES (?1, ?2)")?.execute(params![seq as i64, line])?;
        }
        transaction.commit()?;
        stream.write_all(b"y")?;
        stream.flush()?;
    }
}

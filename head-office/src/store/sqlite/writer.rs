//! The writer thread: one commit for all that wait.
//!
//! A commit costs a flush of the disk, whatever is in it. So the thread takes every request that waits, up to a
//! bound, gives each a savepoint of its own inside one transaction, and answers all of them after the commit. Nobody
//! hears a yes before the disk said it.
//!
//! A failed COMMIT is an unknown outcome: all of the group hear an error, the connection is dropped and the file
//! opened again. Ingest is idempotent, so the tills' resends settle what was true.

use super::schema;
use crate::store::StoreError;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{mpsc, oneshot};

/// Most requests that wait for the writer; one beyond that waits for room until its deadline.
const QUEUE_MAX: usize = 256;
/// Most requests in one commit.
const GROUP_MAX: usize = 64;

/// The way to the writer thread, which ends when it is closed or the last of these is gone.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
    healthy: Arc<AtomicBool>,
}

enum Message {
    Job(Box<dyn Job>),
    /// Ends the thread once all before it is done; answered when the database is closed.
    Close(oneshot::Sender<()>),
}

/// A request that waits for the writer.
trait Job: Send {
    /// Does its work in a savepoint of `transaction`.
    fn run(&mut self, transaction: &mut Transaction<'_>);
    /// Answers its caller, once it is known how the commit ended.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Pending<R, F> {
    work: Option<F>,
    result: Result<R, StoreError>,
    caller: oneshot::Sender<Result<R, StoreError>>,
}

impl<R: Send, F: FnOnce(&Connection) -> Result<R, StoreError> + Send> Job for Pending<R, F> {
    fn run(&mut self, transaction: &mut Transaction<'_>) {
        if let Some(work) = self.work.take() {
            self.result = in_savepoint(transaction, work);
        }
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        // Nobody listens when the caller gave up; what was committed stays, and its resend finds it.
        let _ = self.caller.send(committed.and(self.result));
    }
}

fn in_savepoint<R>(
    transaction: &mut Transaction<'_>,
    work: impl FnOnce(&Connection) -> Result<R, StoreError>,
) -> Result<R, StoreError> {
    // Dropped without its commit, a savepoint takes back what was done in it, and nothing else.
    let savepoint = transaction.savepoint()?;
    let result = work(&savepoint)?;
    savepoint.commit()?;
    Ok(result)
}

impl Writer {
    /// Opens the database and starts the thread.
    pub(super) fn start(path: &Path) -> Result<Writer, StoreError> {
        let connection = schema::open_for_writing(path)?;
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        let healthy = Arc::new(AtomicBool::new(true));
        let thread = Thread { path: path.to_owned(), connection: Some(connection), healthy: healthy.clone() };
        std::thread::Builder::new()
            .name("head-office-writer".to_owned())
            .spawn(move || thread.work(queue))
            .map_err(|error| StoreError::Failed(error.to_string()))?;
        Ok(Writer { queue: sender, healthy })
    }

    /// Whether the last commit went well.
    pub(super) fn is_healthy(&self) -> bool {
        self.healthy.load(Ordering::Acquire) && !self.queue.is_closed()
    }

    /// Runs `work` in the next commit and answers after it. It runs to its end even if the caller stops waiting.
    pub(super) async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let (caller, answered) = oneshot::channel();
        let pending = Pending { work: Some(work), result: Err(StoreError::Closed), caller };
        self.queue.send(Message::Job(Box::new(pending))).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Ends the thread once all that waits is done, and returns when the database is closed.
    pub(super) async fn close(&self) {
        let (closed, ended) = oneshot::channel();
        // An error means that it is closed already.
        if self.queue.send(Message::Close(closed)).await.is_ok() {
            let _ = ended.await;
        }
    }
}

struct Thread {
    path: PathBuf,
    /// `None` after a failed commit, until the file was opened again.
    connection: Option<Connection>,
    healthy: Arc<AtomicBool>,
}

impl Thread {
    fn work(mut self, mut queue: mpsc::Receiver<Message>) {
        let mut waiting: VecDeque<Box<dyn Job>> = VecDeque::new();
        let mut closing = None;
        while closing.is_none() {
            let mut next = queue.blocking_recv();
            if next.is_none() {
                return;
            }
            while let Some(message) = next {
                match message {
                    Message::Job(job) => waiting.push_back(job),
                    Message::Close(closed) => closing = Some(closed),
                }
                let full = waiting.len() >= GROUP_MAX || closing.is_some();
                next = if full { None } else { queue.try_recv().ok() };
            }
            if !waiting.is_empty() {
                self.group(&mut waiting);
            }
        }
        drop(self.connection);
        if let Some(closed) = closing {
            // Whoever asked may have stopped waiting; closed it is all the same.
            let _ = closed.send(());
        }
    }

    /// Does all that waits in one commit and answers it.
    fn group(&mut self, waiting: &mut VecDeque<Box<dyn Job>>) {
        let mut done = Vec::with_capacity(waiting.len());
        let committed = self.commit(waiting, &mut done);
        if let Err(error) = &committed {
            tracing::error!(%error, "a commit failed: its outcome is unknown, the database is opened again");
            self.connection = None;
            // Those that did not run hear the same: the disk is the same.
            done.extend(waiting.drain(..));
        }
        self.healthy.store(committed.is_ok(), Ordering::Release);
        for job in done {
            job.answer(committed.clone());
        }
    }

    /// Runs what waits in one transaction, moving it to `done`.
    fn commit(&mut self, waiting: &mut VecDeque<Box<dyn Job>>, done: &mut Vec<Box<dyn Job>>) -> Result<(), StoreError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(schema::open_for_writing(&self.path)?),
        };
        let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        while let Some(mut job) = waiting.pop_front() {
            job.run(&mut transaction);
            done.push(job);
            // A full or broken disk makes SQLite roll everything back by itself; what came before is gone, too.
            if transaction.is_autocommit() {
                return Err(StoreError::Failed("SQLite rolled the transaction back".to_owned()));
            }
        }
        Ok(transaction.commit()?)
    }
}

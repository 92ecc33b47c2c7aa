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
use rusqlite::{Connection, Savepoint, Transaction, TransactionBehavior};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{mpsc, oneshot};

/// Most requests that wait for the writer; one beyond that waits for room until its deadline.
const QUEUE_MAX: usize = 256;
/// Most requests in one commit.
const GROUP_MAX: usize = 64;

/// The way to the writer thread, which ends when the last of these is gone.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
    healthy: Arc<AtomicBool>,
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
        let Some(work) = self.work.take() else { return };
        let in_savepoint = |transaction: &mut Transaction<'_>| {
            let savepoint: Savepoint<'_> = transaction.savepoint()?;
            let result = work(&savepoint)?;
            savepoint.commit()?;
            Ok(result)
        };
        self.result = in_savepoint(transaction);
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        // Nobody listens when the caller gave up; what was committed stays, and its resend finds it.
        let _ = self.caller.send(committed.and(self.result));
    }
}

impl Writer {
    /// Opens the database and starts the thread.
    pub(super) fn start(path: &Path) -> Result<Writer, StoreError> {
        let connection = schema::open_for_writing(path)?;
        let (jobs, queue) = mpsc::channel(QUEUE_MAX);
        let healthy = Arc::new(AtomicBool::new(true));
        let thread = Thread { path: path.to_owned(), connection: Some(connection), healthy: healthy.clone() };
        std::thread::Builder::new()
            .name("head-office-writer".to_owned())
            .spawn(move || thread.work(queue))
            .map_err(|error| StoreError::Disk(error.to_string()))?;
        Ok(Writer { jobs, healthy })
    }

    /// Whether the last commit went well.
    pub(super) fn is_healthy(&self) -> bool {
        self.healthy.load(Ordering::Acquire) && !self.jobs.is_closed()
    }

    /// Runs `work` in the next commit and answers after it. It runs to its end even if the caller stops waiting.
    pub(super) async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let (caller, answered) = oneshot::channel();
        let pending = Pending { work: Some(work), result: Err(StoreError::Closed), caller };
        self.jobs.send(Box::new(pending)).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

struct Thread {
    path: PathBuf,
    /// `None` after a failed commit, until the file was opened again.
    connection: Option<Connection>,
    healthy: Arc<AtomicBool>,
}

impl Thread {
    fn work(mut self, mut queue: mpsc::Receiver<Box<dyn Job>>) {
        let mut waiting: VecDeque<Box<dyn Job>> = VecDeque::new();
        loop {
            if waiting.is_empty() {
                let Some(job) = queue.blocking_recv() else { return };
                waiting.push_back(job);
            }
            while waiting.len() < GROUP_MAX
                && let Ok(job) = queue.try_recv()
            {
                waiting.push_back(job);
            }
            let mut done = Vec::with_capacity(waiting.len());
            let committed = self.commit(&mut waiting, &mut done);
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
    }

    /// Runs what waits in one transaction, moving it to `done`.
    fn commit(
        &mut self,
        waiting: &mut VecDeque<Box<dyn Job>>,
        done: &mut Vec<Box<dyn Job>>,
    ) -> Result<(), StoreError> {
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
                return Err(StoreError::Disk("SQLite rolled the transaction back".to_owned()));
            }
        }
        Ok(transaction.commit()?)
    }
}

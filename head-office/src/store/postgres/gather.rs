//! Many tills' batches in one commit.
//!
//! A commit costs a flush of the database's disk, and each statement a way there and back, whatever is in it. So a few
//! writers each take all that waits, up to a bound, and write it together. While all of them are busy the next group grows.

use super::error::Error;
use super::take::Take;
use super::transaction::commit;
use crate::store::{Batch, Outcome, StoreError};
use deadpool_postgres::Pool;
use evertill_domain::ids::TillId;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use tokio::sync::{Semaphore, mpsc, oneshot};

/// Groups that are written at the same time.
const WRITERS: u32 = 4;
/// Most batches that wait for a writer; one beyond that waits for room until its deadline.
const QUEUE_MAX: usize = 256;
/// Most batches in one commit: what one of them delays, it delays for all.
const GROUP_MAX: usize = 16;

/// The way to the writers.
#[derive(Debug, Clone)]
pub(super) struct Gather {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Job(Job),
    /// Answered when all before it is done.
    Close(oneshot::Sender<()>),
}

struct Job {
    batch: Batch,
    caller: oneshot::Sender<Result<Outcome, StoreError>>,
}

impl Gather {
    /// Starts the writers on `pool`.
    pub(super) fn start(pool: Pool) -> Gather {
        let (sender, queue) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(Groups { queue, later: VecDeque::new(), closing: None }.write_all(pool));
        Gather { queue: sender }
    }

    /// Takes a batch in with the next group. It is written even if the caller stops waiting.
    pub(super) async fn take(&self, batch: Batch) -> Result<Outcome, StoreError> {
        let (caller, answered) = oneshot::channel();
        self.queue.send(Message::Job(Job { batch, caller })).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Returns once all that waits is written; nothing is taken any more.
    pub(super) async fn close(&self) {
        let (closed, ended) = oneshot::channel();
        // An error means that it is closed already.
        if self.queue.send(Message::Close(closed)).await.is_ok() {
            let _ = ended.await;
        }
    }
}

struct Groups {
    queue: mpsc::Receiver<Message>,
    /// Of tills that have another batch in the group before. No more than bodies may be in memory.
    later: VecDeque<Job>,
    closing: Option<oneshot::Sender<()>>,
}

impl Groups {
    async fn write_all(mut self, pool: Pool) {
        let writers = Arc::new(Semaphore::new(WRITERS as usize));
        // The writer first: while none is free, the group that it will get grows in the queue.
        while let Ok(writer) = writers.clone().acquire_owned().await {
            let Some(group) = self.next().await else { break };
            let pool = pool.clone();
            tokio::spawn(async move {
                write(&pool, group).await;
                drop(writer);
            });
        }
        let _all_done = writers.acquire_many(WRITERS).await;
        if let Some(closed) = self.closing {
            // Whoever asked may have stopped waiting; closed it is all the same.
            let _ = closed.send(());
        }
    }

    /// The next group: one batch a till, since each of a till's batches continues the one before it. `None` at the end.
    async fn next(&mut self) -> Option<Vec<Job>> {
        let mut group = BTreeMap::new();
        let waiting: Vec<Job> = self.later.drain(..).collect();
        waiting.into_iter().for_each(|job| self.put(&mut group, job));
        while group.is_empty() && self.closing.is_none() {
            match self.queue.recv().await? {
                Message::Job(job) => self.put(&mut group, job),
                Message::Close(closed) => self.closing = Some(closed),
            }
        }
        while group.len() < GROUP_MAX && self.closing.is_none() {
            match self.queue.try_recv() {
                Ok(Message::Job(job)) => self.put(&mut group, job),
                Ok(Message::Close(closed)) => self.closing = Some(closed),
                Err(_) => break,
            }
        }
        // In the order of the tills: two groups that lock some of the same rows never wait for each other in a circle.
        (!group.is_empty()).then(|| group.into_values().collect())
    }

    fn put(&mut self, group: &mut BTreeMap<TillId, Job>, job: Job) {
        if group.contains_key(&job.batch.till) {
            self.later.push_back(job);
        } else {
            group.insert(job.batch.till.clone(), job);
        }
    }
}

/// Writes a group and answers each caller. When the group's data is refused, each batch is written by itself, so that a
/// bad one holds up nobody.
async fn write(pool: &Pool, group: Vec<Job>) {
    let (batches, callers): (Vec<Batch>, Vec<_>) = group.into_iter().map(|job| (job.batch, job.caller)).unzip();
    let results: Vec<Result<Outcome, StoreError>> = match commit(pool, &Take(&batches)).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        Err(error) if error.is_about_data() && batches.len() > 1 => {
            let mut results = Vec::with_capacity(batches.len());
            for batch in &batches {
                results.push(alone(pool, batch).await);
            }
            results
        }
        Err(error) => {
            let error = StoreError::from(error);
            batches.iter().map(|_| Err(error.clone())).collect()
        }
    };
    for (caller, result) in callers.into_iter().zip(results) {
        // Nobody listens when the caller gave up; what was committed stays, and its resend finds it.
        let _ = caller.send(result);
    }
}

async fn alone(pool: &Pool, batch: &Batch) -> Result<Outcome, StoreError> {
    let outcomes = commit(pool, &Take(std::slice::from_ref(batch))).await?;
    let nothing = || Error::Store(StoreError::Closed).into();
    outcomes.first().copied().ok_or_else(nothing)
}

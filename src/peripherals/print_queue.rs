//! Prints what the journal says is owed, one job after the other.
//!
//! ```text
//! pending -> printing -> printed | unknown (the answer was lost: only a person can say)
//!    ^          |
//!    +----------+ nothing left the till (offline, paper out, cover open): tried again, RETRIES_MAX times, then failed
//! ```
//! `printing` is on the disk before the first byte leaves. A crash in between leaves `printing`, which the journal turns
//! into `unknown` when it is opened: nothing is ever printed twice without saying COPY.

use super::{Board, PRINT_DEADLINE, PaperInDoubt, STATUS_DEADLINE, document};
use crate::clock::{Clock, Moment};
use crate::journal::{JobState, Journal, JournalError, PrintJob, PrintOutcome};
use evertill_domain::catalogue::StoreInfo;
use evertill_domain::paper;
use evertill_hal::{Document, Failure, FailureKind, Outcome, PaperLevel, PrinterStatus, ReceiptPrinter};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// Pause before a job that found no printer is tried again.
const RETRY_PAUSE: Duration = Duration::from_secs(2);
/// After so many tries, ten minutes, the customer has gone: the job has failed, and the cashier may reprint.
const RETRIES_MAX: u32 = 300;
/// How often the idle printer is asked how it is.
const STATUS_PAUSE: Duration = Duration::from_secs(5);

/// The word for a printer that prints, and whose roll ends soon.
const PAPER_NEAR_END: &str = "paper_near_end";
const NEW_ROLL: &str = "the roll is nearly used up: have a new one ready";

/// A printer that the queue and `till print-test` share.
pub type SharedPrinter = Arc<Mutex<Box<dyn ReceiptPrinter>>>;

/// The print worker.
pub struct PrintQueue {
    /// Where jobs come from and outcomes go.
    pub journal: Journal,
    /// The device.
    pub printer: SharedPrinter,
    /// How many dots its paper is wide.
    pub dots_wide: usize,
    /// What time it is, for outcomes.
    pub clock: Arc<dyn Clock>,
    /// The store's header; a receipt waits until it is known.
    pub store: Box<dyn Fn() -> Option<StoreInfo> + Send + Sync>,
    /// Where the printer's state is shown.
    pub board: Board,
    /// Rung when a job was added.
    pub wake: Arc<Notify>,
}

impl PrintQueue {
    /// Prints until `stopped`. A job that has begun is finished first.
    pub async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut tries = HashMap::new();
        loop {
            self.show_last_paper().await;
            let pause = match self.next_job(&mut tries).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!(%error, "the print queue cannot be read");
                    RETRY_PAUSE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.wake.notified() => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
        }
    }

    /// Prints the oldest job, if there is one, and says how long to wait before the next look.
    async fn next_job(&self, tries: &mut HashMap<i64, u32>) -> Result<Duration, JournalError> {
        let Some(job) = self.journal.print_jobs(JobState::Pending).await?.into_iter().next() else {
            self.ask_status().await;
            return Ok(STATUS_PAUSE);
        };
        let document = match (self.store)().map(|store| self.document(&job, &store)) {
            Some(Ok(document)) => document,
            Some(Err(reason)) => {
                self.finish(job.id, JobState::Failed, &reason).await?;
                return Ok(Duration::ZERO);
            }
            // Without a price book there is no header; the job waits for it.
            None => return Ok(RETRY_PAUSE),
        };
        let tried = tries.remove(&job.id).unwrap_or(0) + 1;
        // A printer that was not well is asked first: a till that stops meanwhile leaves no doubt about a paper that was
        // never begun.
        if self.board.is_unwell(|states| &states.printer)
            && let Some(failure) = self.ask_status().await
        {
            return self.put_off(job.id, tried, &failure, tries).await;
        }
        self.finish(job.id, JobState::Printing, "").await?;
        let outcome = self.print(document).await;
        match &outcome {
            Outcome::Done => self.finish(job.id, JobState::Printed, "").await?,
            Outcome::Unknown(reason) => self.finish(job.id, JobState::Unknown, reason).await?,
            Outcome::Failed(failure) => self.finish(job.id, JobState::Pending, &failure.to_string()).await?,
        }
        // What is shown is on the disk.
        self.board.set_outcome(|states| &mut states.printer, &outcome);
        match outcome {
            Outcome::Done | Outcome::Unknown(_) => Ok(Duration::ZERO),
            Outcome::Failed(failure) => self.put_off(job.id, tried, &failure, tries).await,
        }
    }

    /// A job that could not begin is tried again, until it was tried often enough.
    async fn put_off(
        &self,
        job: i64,
        tried: u32,
        failure: &Failure,
        tries: &mut HashMap<i64, u32>,
    ) -> Result<Duration, JournalError> {
        if tried < RETRIES_MAX {
            tries.insert(job, tried);
            return Ok(RETRY_PAUSE);
        }
        self.finish(job, JobState::Failed, &failure.to_string()).await?;
        Ok(Duration::ZERO)
    }

    fn document(&self, job: &PrintJob, store: &StoreInfo) -> Result<Document, String> {
        let receipt = paper::of_entry(&job.entry, store, job.copy).map_err(|error| error.to_string())?;
        document::of(&receipt, self.dots_wide).map_err(|error| error.to_string())
    }

    async fn finish(&self, id: i64, state: JobState, detail: &str) -> Result<(), JournalError> {
        let Moment { at, business_day } = self.clock.now();
        self.journal.set_print_job(id, state, detail, at, business_day).await?;
        self.show_last_paper().await;
        Ok(())
    }

    /// The device may be well again, and the last paper still be in doubt: that is said until the next one came out, or
    /// somebody looked.
    async fn show_last_paper(&self) {
        match self.journal.last_print_outcome().await {
            Ok(outcome) => self.board.set_paper_in_doubt(outcome.and_then(|outcome| doubt(&outcome))),
            Err(error) => tracing::error!(%error, "the outcome of the last receipt cannot be read"),
        }
    }

    async fn print(&self, document: Document) -> Outcome {
        let printer = self.printer.clone();
        let print = move || lock(&printer).print(&document, PRINT_DEADLINE);
        // A driver that panics may have sent anything before.
        tokio::task::spawn_blocking(print).await.unwrap_or_else(|error| Outcome::Unknown(error.to_string()))
    }

    /// Asks the printer how it is and shows it; what is wrong with it.
    async fn ask_status(&self) -> Option<Failure> {
        let printer = self.printer.clone();
        let ask = move || lock(&printer).status(STATUS_DEADLINE);
        let asked = tokio::task::spawn_blocking(ask).await;
        let status = asked.unwrap_or_else(|error| Err(Failure::new(FailureKind::Device, error.to_string())));
        let failure = match &status {
            Ok(status) => status.blocker().map(|kind| Failure::new(kind, "the printer says so")),
            Err(failure) => Some(failure.clone()),
        };
        match (&failure, status) {
            (None, Ok(PrinterStatus { paper: Some(PaperLevel::NearEnd), .. })) => {
                self.board.set(|states| &mut states.printer, PAPER_NEAR_END, NEW_ROLL.to_owned());
            }
            (failure, _) => {
                let outcome = failure.clone().map_or(Outcome::Done, Outcome::Failed);
                self.board.set_outcome(|states| &mut states.printer, &outcome);
            }
        }
        failure
    }
}

/// What the cashier has to know and do about a paper; `None` when it came out.
fn doubt(outcome: &PrintOutcome) -> Option<PaperInDoubt> {
    let PrintOutcome { job, receipt_number, kind, state, detail } = outcome;
    let remedy = match state {
        JobState::Unknown => "nobody knows whether it was printed: look, and print a copy if it is not whole",
        JobState::Failed => "was not printed: print a copy when the printer is well",
        JobState::Pending | JobState::Printing | JobState::Printed => return None,
    };
    let paper = receipt_number.map_or_else(|| format!("the paper of {kind}"), |number| format!("receipt {number}"));
    Some(PaperInDoubt { job: *job, sentence: format!("{paper}: {remedy} ({detail})") })
}

/// A driver that panicked is used again: every operation of it begins from nothing.
pub fn lock<T: ?Sized>(device: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    device.lock().unwrap_or_else(PoisonError::into_inner)
}

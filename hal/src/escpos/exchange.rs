//! One operation with a printer: ask how it is, send the job, and wait for the answer that it was processed.
//!
//! ```text
//!   DLE EOT 1..4 ->        blocked or silent: Failed, for nothing was sent
//!   <- four bytes
//!   job, GS r 1 ->         an error before the first byte: Failed; after it: Unknown
//!   <- one byte            Done: `GS r` is processed in its turn, so everything before it was
//!      (none in time)      DLE EOT 4, 2 -> tells why, and the job stays Unknown
//! ```

use super::link::{PrinterLink, Session};
use super::{command, status};
use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind, Outcome, PrinterStatus};
use std::time::Duration;

/// Kept back from the wait for the confirmation, to ask why it did not come.
const DIAGNOSIS_RESERVE: Duration = Duration::from_millis(500);
/// Answers to what was asked earlier are passed over; a device that only babbles is none of ours.
const STRAY_BYTES_MAX: usize = 64;

/// Sends `job` and says what became of it. `when_blocked` is sent instead when the printer is offline because of its
/// paper or its cover; it must be a real-time command, and without one the job fails.
pub(super) fn run(
    link: &PrinterLink,
    answers: bool,
    job: &[u8],
    when_blocked: Option<&[u8]>,
    deadline: Deadline,
) -> Outcome {
    let mut session = match link.take(deadline) {
        Ok(session) => session,
        Err(failure) => return Outcome::Failed(failure),
    };
    if !answers || !session.transport().can_answer() {
        return match session.transport().write(job, deadline) {
            Ok(()) => Outcome::Done,
            Err(error) => not_written(error),
        };
    }
    let blocker = match ask_status(&mut session, deadline) {
        Ok(status) => status.blocker(),
        Err(failure) => return Outcome::Failed(failure),
    };
    match (blocker, when_blocked) {
        (None, _) => send_in_order(&mut session, job, deadline),
        (Some(FailureKind::PaperOut | FailureKind::CoverOpen), Some(job)) => send_at_once(&mut session, job, deadline),
        (Some(kind), _) => Outcome::Failed(Failure::new(kind, "the printer's status says so")),
    }
}

/// Asks for the whole status.
pub(super) fn status(link: &PrinterLink, answers: bool, deadline: Deadline) -> Result<PrinterStatus, Failure> {
    let mut session = link.take(deadline)?;
    match answers && session.transport().can_answer() {
        true => ask_status(&mut session, deadline),
        // It is there, and that is all it can say.
        false => Ok(PrinterStatus::default()),
    }
}

fn send_in_order(session: &mut Session<'_>, job: &[u8], deadline: Deadline) -> Outcome {
    let mut bytes = job.to_vec();
    bytes.extend(command::ORDERED_STATUS);
    if let Err(error) = session.transport().write(&bytes, deadline) {
        return not_written(error);
    }
    match wait_for(session, status::is_ordered, deadline.reserving(DIAGNOSIS_RESERVE)) {
        Ok(answer) if status::ordered_paper_out(answer) => {
            Outcome::Unknown("the paper ran out while it printed: look whether the receipt is whole".to_owned())
        }
        Ok(_) => Outcome::Done,
        Err(failure) => Outcome::Unknown(diagnose(session, &failure, deadline)),
    }
}

/// A real-time command has no place in the order of the job, and neither has its confirmation.
fn send_at_once(session: &mut Session<'_>, job: &[u8], deadline: Deadline) -> Outcome {
    if let Err(error) = session.transport().write(job, deadline) {
        return not_written(error);
    }
    match ask_real_time(session, 1, deadline) {
        Ok(_) => Outcome::Done,
        Err(failure) => Outcome::Unknown(format!("it was sent and not confirmed: {failure}")),
    }
}

fn not_written(error: crate::transport::WriteError) -> Outcome {
    match error.began {
        true => Outcome::Unknown(format!("a part of it was sent: {}", error.failure)),
        false => Outcome::Failed(error.failure),
    }
}

/// Why a job was not confirmed: what the printer says, or what the wait ended with.
fn diagnose(session: &mut Session<'_>, failure: &Failure, deadline: Deadline) -> String {
    let mut status = PrinterStatus::default();
    for n in [2, 4] {
        if let Ok(answer) = ask_real_time(session, n, deadline) {
            status::note(&mut status, n, answer);
        }
    }
    match status.blocker() {
        Some(kind) => format!("it was sent and not confirmed: {kind}"),
        None => format!("it was sent and not confirmed: {failure}"),
    }
}

fn ask_status(session: &mut Session<'_>, deadline: Deadline) -> Result<PrinterStatus, Failure> {
    let mut status = PrinterStatus::default();
    for n in status::REAL_TIME_REQUESTS {
        let answer = ask_real_time(session, n, deadline)?;
        status::note(&mut status, n, answer);
    }
    Ok(status)
}

fn ask_real_time(session: &mut Session<'_>, n: u8, deadline: Deadline) -> Result<u8, Failure> {
    session.transport().write(&command::real_time_status(n), deadline).map_err(|error| error.failure)?;
    wait_for(session, status::is_real_time, deadline)
}

/// The next byte that `wanted` knows as its answer.
fn wait_for(session: &mut Session<'_>, wanted: fn(u8) -> bool, deadline: Deadline) -> Result<u8, Failure> {
    let mut buffer = [0];
    for _ in 0..STRAY_BYTES_MAX {
        session.transport().read(&mut buffer, deadline)?;
        if wanted(buffer[0]) {
            return Ok(buffer[0]);
        }
    }
    Err(Failure::new(FailureKind::Device, "what answers there is no ESC/POS printer"))
}

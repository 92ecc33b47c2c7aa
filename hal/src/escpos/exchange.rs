//! One operation with a printer: ask how it is, send the job, and wait for the answer that it was processed.
//!
//! ```text
//!   DLE EOT 1..4 ->        blocked or silent: Failed, for nothing was sent
//!   <- four bytes
//!   (settle)               what an earlier operation left open is ended first
//!   job, GS r 1 ->         an error before the first byte: Failed; after it: Unknown
//!   <- one byte            Done: `GS r` is processed in its turn, so everything before it was
//!      (none for a while)  DLE EOT 2 -> blocked: DLE DC4 8 clears what it still holds, and the job is Unknown at once
//! ```
//!
//! The status is asked for and never subscribed to: automatic status back (`GS a`) would stay on behind us and confuse
//! whoever uses the printer next. Where someone else left it on, what it says during a job is listened to.
//!
//! Answers of one byte carry no name. A byte of noise that has an answer's marks cannot be told from the answer, on any
//! printer; what came late or by itself can, and is (see `dialogue` and `answers`).

#[cfg(test)]
mod tests;

use super::dialogue::Dialogue;
use super::link::PrinterLink;
use super::{Answer, Profile, command, status};
use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind, Outcome, PaperLevel, PrinterStatus};
use crate::transport::WriteError;
use std::time::Duration;

/// Kept back from the wait for the confirmation, to ask why it did not come and to clear what is left.
const DIAGNOSIS_RESERVE: Duration = Duration::from_millis(500);
/// Between two questions for what holds a job up.
const POLL: Duration = Duration::from_millis(250);

/// Prints `job`.
pub(super) fn print(link: &PrinterLink, profile: &Profile, job: &[u8], deadline: Deadline) -> Outcome {
    let mut dialogue = match Dialogue::open(link, profile, deadline) {
        Ok(dialogue) => dialogue,
        Err(failure) => return Outcome::Failed(failure),
    };
    if !profile.answers || !dialogue.can_answer() {
        return unconfirmed(&mut dialogue, job, deadline);
    }
    match ready(&mut dialogue, deadline) {
        Ok(None) => send_in_order(&mut dialogue, job, deadline),
        Ok(Some(kind)) => Outcome::Failed(blocked(kind)),
        Err(failure) => Outcome::Failed(failure),
    }
}

/// The two ways to say the same to a printer.
pub(super) struct Kick<'a> {
    /// The pulse in order with the jobs.
    pub(super) in_order: &'a [u8],
    /// The real-time pulse, where the printer knows it.
    pub(super) at_once: Option<&'a [u8]>,
}

/// Kicks the drawer, and then lets `confirm` look with the same dialogue whether it opened.
///
/// The pulse goes out in order with the jobs, but never into a printer that may keep it: the drawer would open when someone
/// puts in paper. Such a printer gets the real-time pulse, if it knows it.
pub(super) fn kick(
    link: &PrinterLink,
    profile: &Profile,
    kick: &Kick<'_>,
    deadline: Deadline,
    confirm: impl FnOnce(&mut Dialogue<'_>) -> Outcome,
) -> Outcome {
    let mut dialogue = match Dialogue::open(link, profile, deadline) {
        Ok(dialogue) => dialogue,
        Err(failure) => return Outcome::Failed(failure),
    };
    if !profile.answers || !dialogue.can_answer() {
        return unconfirmed(&mut dialogue, kick.in_order, deadline);
    }
    let status = match dialogue.status(deadline) {
        Ok(status) => status,
        Err(failure) => return Outcome::Failed(failure),
    };
    forget_leftovers(&mut dialogue, &status, deadline);
    // With an error many printers ignore a real-time pulse, and confirm nothing of it (TM-T88III, TM-U590).
    let at_once = kick.at_once.filter(|_| status.error != Some(true));
    let kicked = match (status.blocker(), at_once) {
        (Some(FailureKind::PaperOut | FailureKind::CoverOpen), Some(pulse)) => {
            send_at_once(&mut dialogue, pulse, deadline)
        }
        (Some(kind), _) => Outcome::Failed(blocked(kind)),
        // A receipt that takes long may still be printing: the drawer neither waits for it nor puts an end to it.
        (None, Some(pulse)) if *dialogue.unsettled() => send_at_once(&mut dialogue, pulse, deadline),
        (None, _) => match dialogue.settle(deadline.reserving(DIAGNOSIS_RESERVE)) {
            Ok(()) => send_in_order(&mut dialogue, kick.in_order, deadline),
            Err(failure) => Outcome::Failed(failure),
        },
    };
    match kicked {
        Outcome::Done => confirm(&mut dialogue),
        kicked => kicked,
    }
}

/// Asks for the whole status.
pub(super) fn status(link: &PrinterLink, profile: &Profile, deadline: Deadline) -> Result<PrinterStatus, Failure> {
    let mut dialogue = Dialogue::open(link, profile, deadline)?;
    if !profile.answers || !dialogue.can_answer() {
        // It is there, and that is all it can say.
        return Ok(PrinterStatus::default());
    }
    let status = dialogue.status(deadline)?;
    forget_leftovers(&mut dialogue, &status, deadline);
    Ok(status)
}

/// The level of the drawer's pin, where the printer can say it.
pub(super) fn drawer_pin_high(
    link: &PrinterLink,
    profile: &Profile,
    deadline: Deadline,
) -> Result<Option<bool>, Failure> {
    Ok(status(link, profile, deadline)?.drawer_pin_high)
}

/// Asks how the printer is and makes it ready; or what blocks it.
fn ready(dialogue: &mut Dialogue<'_>, deadline: Deadline) -> Result<Option<FailureKind>, Failure> {
    let status = dialogue.status(deadline)?;
    if let Some(kind) = status.blocker() {
        forget_leftovers(dialogue, &status, deadline);
        return Ok(Some(kind));
    }
    dialogue.settle(deadline.reserving(DIAGNOSIS_RESERVE))?;
    Ok(None)
}

/// What a blocked printer holds of a job that broke off would come out by itself when someone mends it.
fn forget_leftovers(dialogue: &mut Dialogue<'_>, status: &PrinterStatus, deadline: Deadline) {
    if status.blocker().is_some() && *dialogue.unsettled() {
        // One that does not know how to stays unsettled.
        let _ = dialogue.clear(deadline);
    }
}

fn blocked(kind: FailureKind) -> Failure {
    Failure::new(kind, "the printer's status says so")
}

/// To a printer that answers nothing: what the way took is done.
fn unconfirmed(dialogue: &mut Dialogue<'_>, job: &[u8], deadline: Deadline) -> Outcome {
    match dialogue.write(job, deadline) {
        Ok(()) => Outcome::Done,
        Err(WriteError { began: false, failure }) => Outcome::Failed(failure),
        Err(WriteError { began: true, failure }) => Outcome::Unknown(format!("a part of it was sent: {failure}")),
    }
}

fn send_in_order(dialogue: &mut Dialogue<'_>, job: &[u8], deadline: Deadline) -> Outcome {
    let mut bytes = job.to_vec();
    bytes.extend(command::ORDERED_STATUS);
    let confirmation = deadline.reserving(DIAGNOSIS_RESERVE);
    *dialogue.unsettled() = true;
    match dialogue.write(&bytes, confirmation) {
        Ok(()) => {}
        Err(WriteError { began: false, failure }) => return Outcome::Failed(failure),
        Err(WriteError { began: true, failure }) => {
            return Outcome::Unknown(why_unconfirmed(dialogue, &failure, deadline));
        }
    }
    match confirmed(dialogue, confirmation) {
        Ok(Confirmed::Processed { owes_status }) => {
            *dialogue.unsettled() = owes_status && !dialogue.hear_status(deadline);
            Outcome::Done
        }
        Ok(Confirmed::Blocked(status)) => Outcome::Unknown(broke_off(dialogue, status, deadline)),
        Err(failure) => Outcome::Unknown(why_unconfirmed(dialogue, &failure, deadline)),
    }
}

/// What became of a job.
enum Confirmed {
    /// Everything before the question was processed. The printer may have been asked meanwhile how it is, and not have
    /// answered.
    Processed { owes_status: bool },
    /// Something came up that holds it up.
    Blocked(PrinterStatus),
}

/// Waits for the answer to `GS r`, and asks now and then what holds it up: a printer without paper cannot give that
/// answer, and the cashier should not wait for a deadline to hear of it.
fn confirmed(dialogue: &mut Dialogue<'_>, deadline: Deadline) -> Result<Confirmed, Failure> {
    let mut status = PrinterStatus::default();
    let mut asked = false;
    loop {
        match dialogue.next(deadline.at_most(POLL)) {
            Ok(Answer::Ordered(byte)) if status::ordered_paper_out(byte) => {
                status.paper = Some(PaperLevel::Out);
            }
            Ok(Answer::Ordered(_)) => return Ok(Confirmed::Processed { owes_status: asked }),
            Ok(Answer::RealTime(byte)) if asked => {
                asked = false;
                status::note(&mut status, 2, byte);
            }
            Ok(Answer::Automatic(frame)) => status = status::automatic(frame),
            Ok(Answer::RealTime(_) | Answer::Cleared) => {}
            Err(failure) if failure.kind == FailureKind::NoAnswer && deadline.left().is_some() => {
                if !asked {
                    dialogue.write(&command::real_time_status(2), deadline).map_err(|error| error.failure)?;
                    asked = true;
                }
            }
            Err(failure) => return Err(failure),
        }
        if status.blocker().is_some() {
            return Ok(Confirmed::Blocked(status));
        }
    }
}

/// Says what happened to a job that met `status`, and clears what the printer still holds of it, so that it does not come
/// out by itself behind the new roll.
fn broke_off(dialogue: &mut Dialogue<'_>, mut status: PrinterStatus, deadline: Deadline) -> String {
    // An automatic status has told it already.
    if status.cutter_error.is_none()
        && let Ok(answer) = dialogue.ask(3, deadline.reserving(DIAGNOSIS_RESERVE))
    {
        status::note(&mut status, 3, answer);
    }
    let kind = status.blocker().unwrap_or(FailureKind::NoAnswer);
    let remedy = kind.sentence();
    match dialogue.clear(deadline) {
        true => format!("{}; {remedy}", kind.while_it_printed()),
        false => format!("{}, and the rest may still come out; {remedy}", kind.while_it_printed()),
    }
}

/// Why a job was not confirmed: what the printer says, or what the wait ended with.
fn why_unconfirmed(dialogue: &mut Dialogue<'_>, failure: &Failure, deadline: Deadline) -> String {
    if failure.kind == FailureKind::NoAnswer {
        let asked = dialogue.ask(2, deadline.at_most(DIAGNOSIS_RESERVE / 2));
        if let Ok(answer) = asked {
            let mut status = PrinterStatus::default();
            status::note(&mut status, 2, answer);
            if status.blocker().is_some() {
                return broke_off(dialogue, status, deadline);
            }
        }
    }
    format!("{}: {}", failure.kind.while_it_printed(), failure.detail)
}

/// A real-time command has no place in the order of the job, and neither has its confirmation.
fn send_at_once(dialogue: &mut Dialogue<'_>, pulse: &[u8], deadline: Deadline) -> Outcome {
    match dialogue.write(pulse, deadline) {
        Ok(()) => {}
        Err(WriteError { began: false, failure }) => return Outcome::Failed(failure),
        Err(WriteError { began: true, failure }) => {
            return Outcome::Unknown(format!("a part of it was sent: {failure}"));
        }
    }
    match dialogue.ask(1, deadline) {
        Ok(_) => Outcome::Done,
        Err(failure) => Outcome::Unknown(format!("it was sent and not confirmed: {failure}")),
    }
}

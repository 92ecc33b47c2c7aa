//! Questions to a printer and its answers, within one session.
//!
//! One question is open at a time. An answer of one byte does not say what it answers, so what came before a question is
//! thrown away when it is asked, and what an earlier operation left open is settled before the next one begins:
//!
//! ```text
//!   GS r 1      ->   the printer is online: it finishes what it holds, and answers all that it owes
//!   DLE DC4 8   ->   clears what it holds; its answer is like no other, so whatever came before it is old
//!   (without)        a pause in which nothing comes
//! ```

use super::answers::{Answer, Answers};
use super::link::{PrinterLink, Session};
use super::{Profile, command, status};
use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind, PrinterStatus};
use crate::transport::WriteError;
use std::collections::VecDeque;
use std::time::Duration;

/// What a printer says in one session is a few dozen bytes; one that says more than this babbles.
const HEARD_BYTES_MAX: usize = 4_096;
const READ_BYTES: usize = 64;
/// A printer clears its buffer at once; one that does not know the command says nothing.
const CLEAR_WAIT_MAX: Duration = Duration::from_secs(1);
/// An answer that is owed comes at once behind the one before it.
const QUIET: Duration = Duration::from_millis(100);

/// A session with a printer that answers.
pub(super) struct Dialogue<'a> {
    session: Session<'a>,
    clears_buffer: bool,
    answers: Answers,
    unread: VecDeque<u8>,
    heard: usize,
}

impl<'a> Dialogue<'a> {
    /// Opens the way, and leaves behind what waits there from an earlier operation.
    pub(super) fn open(link: &'a PrinterLink, profile: &Profile, deadline: Deadline) -> Result<Dialogue<'a>, Failure> {
        let session = link.take(deadline)?;
        let clears_buffer = profile.clears_buffer;
        Ok(Dialogue { session, clears_buffer, answers: Answers::default(), unread: VecDeque::new(), heard: 0 })
    }

    pub(super) fn can_answer(&mut self) -> bool {
        self.session.transport().can_answer()
    }

    pub(super) fn write(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), WriteError> {
        self.session.transport().write(bytes, deadline)
    }

    /// Whether an earlier operation left something open, in this session or before it.
    pub(super) fn unsettled(&mut self) -> &mut bool {
        self.session.unsettled()
    }

    /// Asks for the whole status.
    pub(super) fn status(&mut self, deadline: Deadline) -> Result<PrinterStatus, Failure> {
        if *self.unsettled() {
            self.hush(deadline)?;
        }
        let mut status = PrinterStatus::default();
        for n in status::REAL_TIME_REQUESTS {
            status::note(&mut status, n, self.ask(n, deadline)?);
        }
        Ok(status)
    }

    /// The answer to `DLE EOT n`.
    pub(super) fn ask(&mut self, n: u8, deadline: Deadline) -> Result<u8, Failure> {
        self.unread.clear();
        self.write(&command::real_time_status(n), deadline).map_err(|error| error.failure)?;
        let answer = self.wait_for(deadline, |answer| match answer {
            Answer::RealTime(byte) => Some(byte),
            _ => None,
        });
        // It may still come, and then it must not be taken for the answer to another question.
        *self.unsettled() |= answer.is_err();
        answer
    }

    /// Waits a moment for an answer to `DLE EOT` that is owed, so that the next question does not get it. Whether it came.
    pub(super) fn hear_status(&mut self, deadline: Deadline) -> bool {
        self.wait_for(deadline.at_most(QUIET), |answer| matches!(answer, Answer::RealTime(_)).then_some(())).is_ok()
    }

    /// Clears what the printer holds, where it knows how to. Whether it did.
    pub(super) fn clear(&mut self, deadline: Deadline) -> bool {
        let deadline = deadline.at_most(CLEAR_WAIT_MAX);
        let cleared = self.clears_buffer
            && self.write(&command::CLEAR_BUFFER, deadline).is_ok()
            && self.wait_for(deadline, |answer| (answer == Answer::Cleared).then_some(())).is_ok();
        if cleared {
            *self.unsettled() = false;
        }
        cleared
    }

    /// Ends what an earlier operation left open; the printer must be online.
    pub(super) fn settle(&mut self, deadline: Deadline) -> Result<(), Failure> {
        if !*self.unsettled() {
            return Ok(());
        }
        // Half of the time is for what it has begun, which would be torn apart by clearing it.
        let left = deadline.left().unwrap_or_default();
        self.write(&command::ORDERED_STATUS, deadline).map_err(|error| error.failure)?;
        let finished = self.wait_for(deadline.at_most(left / 2), |answer| match answer {
            Answer::Ordered(byte) => Some(byte),
            _ => None,
        });
        if self.clear(deadline) {
            return Ok(());
        }
        match finished {
            Ok(_) => {
                self.hush(deadline)?;
                *self.unsettled() = false;
                Ok(())
            }
            Err(failure) if failure.kind == FailureKind::NoAnswer => {
                let detail = "it has not finished what it was sent before; or it knows no GS r, and wants a profile \
                              without answers";
                Err(Failure::new(FailureKind::Busy, detail))
            }
            Err(failure) => Err(failure),
        }
    }

    /// Waits until nothing comes any more.
    fn hush(&mut self, deadline: Deadline) -> Result<(), Failure> {
        loop {
            let quiet = deadline.at_most(QUIET);
            match self.next(quiet) {
                Ok(_) => {}
                Err(failure) if failure.kind == FailureKind::NoAnswer && deadline.left().is_some() => return Ok(()),
                Err(failure) => return Err(failure),
            }
        }
    }

    fn wait_for<T>(&mut self, deadline: Deadline, wanted: impl Fn(Answer) -> Option<T>) -> Result<T, Failure> {
        loop {
            if let Some(found) = wanted(self.next(deadline)?) {
                return Ok(found);
            }
        }
    }

    /// The next answer to whatever it is. A printer that says nothing until the deadline is a failure, and so is one that
    /// does not stop.
    pub(super) fn next(&mut self, deadline: Deadline) -> Result<Answer, Failure> {
        loop {
            while let Some(byte) = self.unread.pop_front() {
                if let Some(answer) = self.answers.take(byte) {
                    return Ok(answer);
                }
            }
            if self.heard > HEARD_BYTES_MAX {
                return Err(Failure::new(FailureKind::Device, "it does not stop talking: it is no ESC/POS printer"));
            }
            let mut buffer = [0; READ_BYTES];
            let count = self.session.transport().read(&mut buffer, deadline)?;
            self.heard += count;
            self.unread.extend(&buffer[..count]);
        }
    }
}

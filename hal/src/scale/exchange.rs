//! A question to a scale, and the one answer that came after it.

use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind};
use crate::line::SerialLine;
use std::time::Duration;

/// Longer than every answer, and than two lines of a scale that sends all the time.
const HEARD_MAX: usize = 256;
/// A scale whose last answer did not come right may still be sending: it is silent for so long before it is asked again.
const QUIET: Duration = Duration::from_millis(250);
/// What such a scale may still send, in bytes.
const REST_MAX: usize = 4_096;
const READ_BYTES: usize = 64;

/// The line to a scale, and whether an answer may still be under way on it.
pub(crate) struct Exchange {
    pub(crate) line: SerialLine,
    unsettled: bool,
}

impl Exchange {
    pub(crate) fn new(line: SerialLine) -> Exchange {
        Exchange { line, unsettled: true }
    }

    /// Carries out `conversation` on an open line on which no older answer is left.
    pub(crate) fn begin<T>(
        &mut self,
        deadline: Deadline,
        talks_by_itself: bool,
        conversation: impl FnOnce(&mut Exchange) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.unsettled |= self.line.open()?;
        self.line.forget_input()?;
        if self.unsettled && !talks_by_itself {
            self.settle(deadline)?;
        }
        // Until the answer is whole.
        self.unsettled = true;
        let answer = conversation(self)?;
        self.unsettled = false;
        Ok(answer)
    }

    /// Waits for silence.
    fn settle(&mut self, deadline: Deadline) -> Result<(), Failure> {
        let mut buffer = [0; READ_BYTES];
        let mut rest = 0;
        while rest <= REST_MAX {
            let Some(left) = deadline.left() else { break };
            let count = self.line.read(&mut buffer, Deadline::after(left.min(QUIET)))?;
            if count == 0 {
                return Ok(());
            }
            rest += count;
        }
        Err(self.line.failure(FailureKind::Device, "it talks without being asked: check its protocol in its setup"))
    }

    /// Sends `request` and reads on until `parse` finds an answer, which must be all that was heard.
    pub(crate) fn ask<T>(
        &mut self,
        request: &[u8],
        deadline: Deadline,
        parse: impl Fn(&[u8]) -> Option<(T, usize)>,
    ) -> Result<T, Failure> {
        self.line.send(request, deadline).map_err(|(_, failure)| failure)?;
        let mut heard = Vec::with_capacity(HEARD_MAX);
        let mut buffer = [0; READ_BYTES];
        while heard.len() < HEARD_MAX && deadline.left().is_some() {
            let count = self.line.read(&mut buffer, deadline)?;
            heard.extend_from_slice(&buffer[..count]);
            if let Some((answer, end)) = parse(&heard) {
                return match end == heard.len() {
                    true => Ok(answer),
                    false => Err(self.nonsense("more than one answer", &heard)),
                };
            }
        }
        Err(match heard.is_empty() {
            true => self.line.failure(FailureKind::NoAnswer, "it does not answer: check its cable, protocol and speed"),
            false => self.nonsense("no whole answer: check its protocol, speed and parity", &heard),
        })
    }

    fn nonsense(&self, what: &str, heard: &[u8]) -> Failure {
        let shown = &heard[..heard.len().min(READ_BYTES)];
        self.line.failure(FailureKind::Device, format_args!("{what}; it sent \"{}\"", shown.escape_ascii()))
    }
}

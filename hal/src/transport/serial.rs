//! A serial line, or a USB device that poses as one.
//!
//! The line stays open between operations: nobody else can use it, many printers take the fall of DTR for the till's being
//! switched off, and closing it would wait for bytes that a stopped printer does not take.

use super::{Transport, WriteError};
use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind};
use crate::line::{LineSettings, SerialLine};
use crate::plugged::Address;

/// A printer on a serial line.
pub struct Serial {
    line: SerialLine,
}

impl Serial {
    /// The printer at `address`, whose line is set as `settings` say.
    pub fn new(address: impl Into<Address>, settings: LineSettings) -> Serial {
        Serial { line: SerialLine::new("printer", address, settings) }
    }
}

impl Transport for Serial {
    fn open(&mut self, _deadline: Deadline) -> Result<(), Failure> {
        // Opening a line waits for nothing.
        if !self.line.open()? {
            self.line.forget_input()?;
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), WriteError> {
        self.line.send(bytes, deadline).map_err(|(sent, failure)| {
            // What the printer has not taken must not come out when someone mends it.
            self.line.hang_up();
            WriteError { began: sent > 0, failure }
        })
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, Failure> {
        match self.line.read(buffer, deadline)? {
            0 => Err(self.line.failure(FailureKind::NoAnswer, "no answer until the deadline")),
            count => Ok(count),
        }
    }

    fn can_answer(&self) -> bool {
        true
    }

    fn close(&mut self) {}
}

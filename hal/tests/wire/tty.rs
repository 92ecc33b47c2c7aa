//! The least way over a serial line: for tests of what is said on it, not of the line itself.

use evertill_hal::deadline::Deadline;
use evertill_hal::transport::{Transport, WriteError};
use evertill_hal::{Failure, FailureKind};
use std::io::ErrorKind;
use std::path::PathBuf;

/// A pseudo-terminal.
pub struct Tty {
    path: PathBuf,
    port: Option<Box<dyn serialport::SerialPort>>,
}

impl Tty {
    /// The one at `path`.
    pub fn new(path: PathBuf) -> Tty {
        Tty { path, port: None }
    }
}

fn offline(what: impl std::fmt::Display) -> Failure {
    Failure::new(FailureKind::Offline, what.to_string())
}

impl Transport for Tty {
    fn open(&mut self, _deadline: Deadline) -> Result<(), Failure> {
        self.close();
        self.port = Some(serialport::new(self.path.to_string_lossy(), 115_200).open().map_err(offline)?);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), WriteError> {
        let mut sent = 0;
        while sent < bytes.len() {
            let fail = |failure| WriteError { began: sent > 0, failure };
            let port = self.port.as_mut().ok_or_else(|| fail(offline("it is not open")))?;
            let left = deadline.left().ok_or_else(|| fail(Failure::new(FailureKind::NoAnswer, "it takes no bytes")))?;
            port.set_timeout(left).map_err(|error| fail(offline(error)))?;
            match port.write(&bytes[sent..]) {
                Ok(count) => sent += count,
                Err(error) if error.kind() == ErrorKind::TimedOut => {}
                Err(error) => return Err(fail(offline(error))),
            }
        }
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, Failure> {
        loop {
            let port = self.port.as_mut().ok_or_else(|| offline("it is not open"))?;
            let silent = || Failure::new(FailureKind::NoAnswer, "no answer until the deadline");
            port.set_timeout(deadline.left().ok_or_else(silent)?).map_err(offline)?;
            match port.read(buffer) {
                Ok(0) => return Err(offline("it hung up")),
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == ErrorKind::TimedOut => {}
                Err(error) => return Err(offline(error)),
            }
        }
    }

    fn can_answer(&self) -> bool {
        true
    }

    fn close(&mut self) {
        self.port = None;
    }
}

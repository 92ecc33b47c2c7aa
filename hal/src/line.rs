//! A serial line that one device hangs on: opened when it is needed, found again after an unplugging.

use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind};
use serialport::{ClearBuffer, DataBits, Parity, SerialPort};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

/// How bytes go over a line; always with 1 stop bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// 8 data bits, no parity.
    EightNone,
    /// 7 data bits, even parity.
    SevenEven,
    /// 7 data bits, odd parity.
    SevenOdd,
}

/// How a line is set; both ends must be set alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineSettings {
    /// Bits a second.
    pub baud: u32,
    /// The form of a byte.
    pub framing: Framing,
}

/// The line. A byte with a parity error reads as NUL, which no protocol here knows.
pub(crate) struct SerialLine {
    device: &'static str,
    path: String,
    settings: LineSettings,
    port: Option<Box<dyn SerialPort>>,
}

impl SerialLine {
    /// The line at `path` to `device`, which is its name in messages.
    pub(crate) fn new(device: &'static str, path: &Path, settings: LineSettings) -> SerialLine {
        SerialLine { device, path: path.to_string_lossy().into_owned(), settings, port: None }
    }

    /// A failure that names the device and its line.
    pub(crate) fn failure(&self, kind: FailureKind, what: impl std::fmt::Display) -> Failure {
        Failure::new(kind, format!("{} at {}: {what}", self.device, self.path))
    }

    /// Opens the line if it is not open or has hung up; whether it was opened anew.
    pub(crate) fn open(&mut self) -> Result<bool, Failure> {
        if self.port.as_ref().is_some_and(|port| port.bytes_to_read().is_ok()) {
            return Ok(false);
        }
        // The old one first: a line is opened by one only.
        self.port = None;
        let (bits, parity) = match self.settings.framing {
            Framing::EightNone => (DataBits::Eight, Parity::None),
            Framing::SevenEven => (DataBits::Seven, Parity::Even),
            Framing::SevenOdd => (DataBits::Seven, Parity::Odd),
        };
        let line = serialport::new(&self.path, self.settings.baud).data_bits(bits).parity(parity);
        self.port = Some(line.open().map_err(|error| self.failure(FailureKind::Offline, error))?);
        Ok(true)
    }

    /// Sends all of `bytes`. A failure comes with how many of them left the till.
    pub(crate) fn send(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), (usize, Failure)> {
        let mut sent = 0;
        while sent < bytes.len() {
            let Some(left) = deadline.left() else {
                return Err((sent, self.failure(FailureKind::Busy, "it takes no more bytes")));
            };
            let written = self.port().and_then(|port| {
                port.set_timeout(left)?;
                port.write(&bytes[sent..])
            });
            match written {
                Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
                Ok(count) if count > 0 => sent += count,
                Ok(_) => return Err((sent, self.hung_up("it takes nothing"))),
                Err(error) => return Err((sent, self.hung_up(error))),
            }
        }
        Ok(())
    }

    /// Reads what comes until the deadline; 0 when nothing did.
    pub(crate) fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, Failure> {
        let Some(left) = deadline.left() else { return Ok(0) };
        let read = self.port().and_then(|port| {
            port.set_timeout(left)?;
            port.read(buffer)
        });
        match read {
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => Ok(0),
            // A line that hung up reads as nothing.
            Ok(0) => Err(self.hung_up("the line hung up")),
            Err(error) => Err(self.hung_up(error)),
            Ok(count) => Ok(count),
        }
    }

    /// Throws away what has come and was not read.
    pub(crate) fn forget_input(&mut self) -> Result<(), Failure> {
        let cleared = self.port().and_then(|port| Ok(port.clear(ClearBuffer::Input)?));
        cleared.map_err(|error| self.hung_up(error))
    }

    fn port(&mut self) -> std::io::Result<&mut Box<dyn SerialPort>> {
        self.port.as_mut().ok_or_else(|| std::io::Error::new(ErrorKind::NotConnected, "the line is closed"))
    }

    fn hung_up(&mut self, what: impl std::fmt::Display) -> Failure {
        self.port = None;
        self.failure(FailureKind::Offline, what)
    }
}

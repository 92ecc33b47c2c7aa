//! A scanner on a serial line, a USB serial port, or a pseudo-terminal.

use super::framing::{Framer, SCANS_MAX};
use crate::deadline::Deadline;
use crate::device::{BarcodeScanner, Failure, Scan};
use crate::line::{LineSettings, OpenLine};
use crate::plugged::Address;
use serialport::SerialPort;
use std::io::ErrorKind;
use std::thread;
use std::time::{Duration, Instant};

/// A scanner sends a code in one go: bytes before a silence of this length are the rest of something that broke off.
const CODE_PAUSE_MAX: Duration = Duration::from_secs(1);
/// How often a scanner that is not there is looked for; nothing on a serial line tells that one was plugged in.
const REOPEN_PAUSE: Duration = Duration::from_millis(100);
const READ_BYTES: usize = 512;
// The shortest code is one byte and its end; the longest wait for its end in the framer.
const _: () = assert!(READ_BYTES / 2 <= SCANS_MAX);

/// A scanner at a serial port. The port is opened when it is needed, stays open, and is opened again after an unplugging.
pub struct SerialScanner {
    address: Address,
    baud: u32,
    port: Option<Box<dyn SerialPort>>,
    framer: Framer,
    /// How long nothing came while the driver listened. A caller who was busy in the middle of a burst comes back to
    /// bytes that waited for it: his absence is no silence of the scanner's.
    silence: Duration,
}

impl SerialScanner {
    /// The scanner at `address` (`/dev/ttyUSB0`, `COM3`), at `baud` bits a second, 8 data bits, no parity, 1 stop bit.
    pub fn new(address: impl Into<Address>, baud: u32) -> SerialScanner {
        let address = address.into();
        SerialScanner { address, baud, port: None, framer: Framer::default(), silence: Duration::ZERO }
    }

    /// Opens the port, looking for it until the deadline.
    fn open(&mut self, deadline: Deadline) -> Result<(), Failure> {
        while self.port.is_none() {
            match OpenLine::open(&self.address, LineSettings::plain(self.baud)) {
                Ok(line) => {
                    self.framer.forget_line();
                    self.port = Some(line.port);
                }
                Err(failure) => {
                    let Some(left) = deadline.left() else {
                        let detail = format!("scanner at {}: {}", self.address, failure.detail);
                        return Err(Failure::new(failure.kind, detail));
                    };
                    thread::sleep(left.min(REOPEN_PAUSE));
                }
            }
        }
        Ok(())
    }

    /// Reads what has come, waiting for it until the deadline. A port that fails is closed.
    fn read(&mut self, deadline: Deadline) {
        let (Some(port), Some(left)) = (&mut self.port, deadline.left()) else { return };
        let mut buffer = [0; READ_BYTES];
        let begun = Instant::now();
        let read = match port.set_timeout(left) {
            Ok(()) => port.read(&mut buffer),
            Err(error) => Err(error.into()),
        };
        self.silence = self.silence.saturating_add(begun.elapsed());
        match read {
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
            // A line that hung up reads as nothing.
            Ok(0) | Err(_) => self.port = None,
            Ok(count) => {
                if std::mem::take(&mut self.silence) > CODE_PAUSE_MAX {
                    self.framer.forget_line();
                }
                self.framer.feed(&buffer[..count]);
            }
        }
    }
}

impl BarcodeScanner for SerialScanner {
    fn next_scan(&mut self, deadline: Duration) -> Result<Option<Scan>, Failure> {
        let deadline = Deadline::after(deadline);
        loop {
            if let Some(scan) = self.framer.next_scan() {
                return Ok(Some(scan));
            }
            self.open(deadline)?;
            if deadline.left().is_none() {
                return Ok(None);
            }
            self.read(deadline);
        }
    }
}

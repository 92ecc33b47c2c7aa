//! A drawer with a serial line of its own, as APG's SerialPRO and MMF's serial drawers.
//!
//! It opens at a byte or two that its switches are set to (older ones at any byte), and drives a modem line with its
//! sensor. Many draw the charge for their coil from DTR and RTS, for which the SerialPRO II manual asks twelve seconds, so
//! the port is opened when it is first needed and stays open.

use super::sense::{DrawerSense, confirm_open};
use crate::deadline::Deadline;
use crate::device::{CashDrawer, Failure, FailureKind, Outcome};
use serialport::SerialPort;
use std::io::ErrorKind;
use std::time::Duration;

/// What a drawer with any-byte trigger, and many others at delivery, open at: BEL.
const TRIGGER: [u8; 1] = [0x07];
/// A trigger is a byte or two; a longer one is a mistake in the settings, and would not pass at once.
const TRIGGER_BYTES_MAX: usize = 16;

/// The line that carries a drawer's sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModemLine {
    /// Clear to send.
    Cts,
    /// Data set ready.
    Dsr,
    /// Ring indicator.
    Ri,
    /// Data carrier detect.
    Dcd,
}

/// A drawer at a serial port.
pub struct SerialDrawer {
    path: String,
    baud: u32,
    trigger: Vec<u8>,
    sensor: Option<(ModemLine, DrawerSense)>,
    port: Option<Box<dyn SerialPort>>,
}

impl SerialDrawer {
    /// The drawer at `path` (`/dev/ttyS0`, `COM1`), at `baud` bits a second, 8 data bits, no parity, 1 stop bit, that opens
    /// at a BEL and has no sensor.
    pub fn new(path: impl Into<String>, baud: u32) -> SerialDrawer {
        SerialDrawer { path: path.into(), baud, trigger: TRIGGER.to_vec(), sensor: None, port: None }
    }

    /// A drawer that opens at `bytes`, 1 to 16 of them. For one that is set to 7 data bits with parity, the parity is the
    /// eighth bit of each byte.
    pub fn with_trigger(mut self, bytes: impl Into<Vec<u8>>) -> SerialDrawer {
        self.trigger = bytes.into();
        self
    }

    /// A drawer whose sensor drives `line`.
    pub fn with_sensor(mut self, line: ModemLine, sense: DrawerSense) -> SerialDrawer {
        self.sensor = Some((line, sense));
        self
    }

    fn fail(&self, kind: FailureKind, what: impl std::fmt::Display) -> Failure {
        Failure::new(kind, format!("drawer at {}: {what}", self.path))
    }

    /// Sends the trigger. A port that was left open may belong to a cable that was pulled out meanwhile: it is opened
    /// again, once, and only if it took nothing.
    fn kick(&mut self, deadline: Deadline) -> Result<(), Outcome> {
        let was_open = self.port.is_some();
        match self.write(deadline) {
            Err(Outcome::Failed(_)) if was_open => self.write(deadline),
            written => written,
        }
    }

    fn write(&mut self, deadline: Deadline) -> Result<(), Outcome> {
        let no_time = self.fail(FailureKind::NoAnswer, "it took no bytes until the deadline");
        let mut port = self.take_port().map_err(Outcome::Failed)?;
        let mut sent = 0;
        while sent < self.trigger.len() {
            let Some(left) = deadline.left() else { return Err(not_whole(sent, no_time)) };
            let written = match port.set_timeout(left) {
                Ok(()) => port.write(&self.trigger[sent..]),
                Err(error) => Err(error.into()),
            };
            match written {
                Ok(0) => return Err(not_whole(sent, self.fail(FailureKind::Offline, "it takes no bytes"))),
                Ok(count) => sent += count,
                Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::TimedOut) => {}
                Err(error) => return Err(not_whole(sent, self.fail(FailureKind::Offline, error))),
            }
        }
        self.port = Some(port);
        Ok(())
    }

    /// The open port, taken out: whoever succeeds with it puts it back.
    fn take_port(&mut self) -> Result<Box<dyn SerialPort>, Failure> {
        match self.port.take() {
            Some(port) => Ok(port),
            None => {
                serialport::new(&self.path, self.baud).open().map_err(|error| self.fail(FailureKind::Offline, error))
            }
        }
    }

    /// What the sensor says. A line without modem wires (a pseudo-terminal, some USB adapters) senses nothing.
    fn sensed(&mut self) -> Result<Option<bool>, Failure> {
        let Some((line, sense)) = self.sensor else { return Ok(None) };
        let was_open = self.port.is_some();
        match self.read_line(line) {
            Err(_) if was_open => self.read_line(line),
            read => read,
        }
        .map(|high| high.and_then(|high| sense.is_open(high)))
    }

    fn read_line(&mut self, line: ModemLine) -> Result<Option<bool>, Failure> {
        let mut port = self.take_port()?;
        let level = match line {
            ModemLine::Cts => port.read_clear_to_send(),
            ModemLine::Dsr => port.read_data_set_ready(),
            ModemLine::Ri => port.read_ring_indicator(),
            ModemLine::Dcd => port.read_carrier_detect(),
        };
        // A port that cannot even be counted is gone; one that can has no such wire.
        port.bytes_to_read().map_err(|error| self.fail(FailureKind::Offline, error))?;
        self.port = Some(port);
        Ok(level.ok())
    }
}

fn not_whole(sent: usize, failure: Failure) -> Outcome {
    match sent {
        0 => Outcome::Failed(failure),
        _ => Outcome::Unknown(format!("a part of the drawer's trigger was sent: {failure}")),
    }
}

impl CashDrawer for SerialDrawer {
    /// Without a sensor it is done when the line has taken the trigger: such a drawer answers nothing.
    fn open(&mut self, deadline: Duration) -> Outcome {
        let deadline = Deadline::after(deadline);
        if !(1..=TRIGGER_BYTES_MAX).contains(&self.trigger.len()) {
            return Outcome::Failed(self.fail(FailureKind::Unsupported, "its trigger must be 1 to 16 bytes"));
        }
        match self.kick(deadline) {
            Ok(()) => confirm_open(deadline, |_| self.sensed()),
            Err(outcome) => outcome,
        }
    }

    fn is_open(&mut self, _deadline: Duration) -> Result<Option<bool>, Failure> {
        // Asking for a line's level waits for nothing.
        self.sensed()
    }
}

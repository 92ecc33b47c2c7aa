//! A drawer with a serial line of its own, as APG's SerialPRO and MMF's serial drawers.
//!
//! It opens at a byte or two that its switches are set to (older ones at any byte), and drives a modem line with its
//! sensor. Many draw the charge for their coil from DTR and RTS, for which the SerialPRO II manual asks twelve seconds, so
//! the port is opened when it is first needed and stays open.

use super::sense::{DrawerSense, confirm_open};
use crate::deadline::Deadline;
use crate::device::{CashDrawer, Failure, FailureKind, Outcome};
use crate::line::{LineSettings, SerialLine};
use crate::plugged::Address;
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
    line: SerialLine,
    trigger: Vec<u8>,
    sensor: Option<(ModemLine, DrawerSense)>,
}

impl SerialDrawer {
    /// The drawer at `address` (`/dev/ttyS0`, `COM1`), at `baud` bits a second, 8 data bits, no parity, 1 stop bit, that
    /// opens at a BEL and has no sensor.
    pub fn new(address: impl Into<Address>, baud: u32) -> SerialDrawer {
        let line = SerialLine::new("drawer", address, LineSettings::plain(baud));
        SerialDrawer { line, trigger: TRIGGER.to_vec(), sensor: None }
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

    /// Sends the trigger. A line that was left open may belong to a cable that was pulled out meanwhile: it is opened
    /// again, once, and only if it took nothing.
    fn kick(&mut self, deadline: Deadline) -> Result<(), Outcome> {
        let opened = self.line.open().map_err(Outcome::Failed)?;
        match self.line.send(&self.trigger, deadline) {
            Err((0, _)) if !opened => {
                self.line.open().map_err(Outcome::Failed)?;
                self.line.send(&self.trigger, deadline)
            }
            sent => sent,
        }
        .map_err(|(sent, failure)| {
            // A trigger that waits in the line would open the drawer whenever the line goes on.
            self.line.hang_up();
            not_whole(sent, failure)
        })
    }

    /// What the sensor says. A line without modem wires (a pseudo-terminal, some USB adapters) senses nothing.
    fn sensed(&mut self) -> Result<Option<bool>, Failure> {
        let Some((wire, sense)) = self.sensor else { return Ok(None) };
        self.line.open()?;
        let level = self.line.wire(|port| match wire {
            ModemLine::Cts => port.read_clear_to_send(),
            ModemLine::Dsr => port.read_data_set_ready(),
            ModemLine::Ri => port.read_ring_indicator(),
            ModemLine::Dcd => port.read_carrier_detect(),
        })?;
        Ok(level.and_then(|high| sense.is_open(high)))
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
            return Outcome::Failed(self.line.failure(FailureKind::Unsupported, "its trigger must be 1 to 16 bytes"));
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

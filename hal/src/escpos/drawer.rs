//! A cash drawer that hangs on the printer's connector.
//!
//! Pins 2 and 5 kick it, pin 3 carries the switch at its lid back (Epson's "drawer kick-out connector"). `DLE EOT 1` tells
//! that pin's level at once, even when the printer is offline.

use super::link::PrinterLink;
use super::{DrawerPin, Profile, command, exchange, status};
use crate::deadline::Deadline;
use crate::device::{CashDrawer, Failure, Outcome, PrinterStatus};
use crate::drawer::{DrawerSense, confirm_open};
use std::time::Duration;

/// The drawer at a printer.
pub struct PrinterDrawer {
    link: PrinterLink,
    profile: Profile,
    pin: DrawerPin,
    sense: DrawerSense,
}

impl PrinterDrawer {
    /// The drawer on `pin` of the printer at the end of `link`, which is shared with the printer itself. `sense` says what
    /// pin 3 means, which carries one switch for both drawers.
    pub fn new(link: PrinterLink, profile: Profile, pin: DrawerPin, sense: DrawerSense) -> PrinterDrawer {
        PrinterDrawer { link, profile, pin, sense }
    }
}

impl CashDrawer for PrinterDrawer {
    fn open(&mut self, deadline: Duration) -> Outcome {
        let deadline = Deadline::after(deadline);
        let pulse = self.profile.pulse;
        let at_once = command::real_time_pulse(self.pin, pulse);
        let kick = exchange::Kick {
            in_order: &command::pulse(self.pin, pulse),
            at_once: pulse.real_time.then_some(at_once.as_slice()),
        };
        let sense = self.sense;
        exchange::kick(&self.link, &self.profile, &kick, deadline, |dialogue| match sense {
            DrawerSense::None => Outcome::Done,
            sense => confirm_open(deadline, |deadline| {
                let mut said = PrinterStatus::default();
                status::note(&mut said, 1, dialogue.ask(1, deadline)?);
                Ok(said.drawer_pin_high.and_then(|high| sense.is_open(high)))
            }),
        })
    }

    fn is_open(&mut self, deadline: Duration) -> Result<Option<bool>, Failure> {
        if self.sense == DrawerSense::None {
            return Ok(None);
        }
        let high = exchange::drawer_pin_high(&self.link, &self.profile, Deadline::after(deadline))?;
        Ok(high.and_then(|high| self.sense.is_open(high)))
    }
}

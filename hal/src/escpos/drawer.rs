//! A cash drawer that hangs on the printer's connector.
//!
//! The pulse goes out in order with the jobs, but never into a printer that is offline: it would be kept, and the drawer
//! would open when someone puts in paper. Such a printer gets the real-time pulse, if it knows it.

use super::link::PrinterLink;
use super::{DrawerPin, Profile, command, exchange};
use crate::deadline::Deadline;
use crate::device::{CashDrawer, Failure, Outcome};
use std::time::Duration;

/// The drawer at a printer.
pub struct PrinterDrawer {
    link: PrinterLink,
    profile: Profile,
    pin: DrawerPin,
}

impl PrinterDrawer {
    /// The drawer on `pin` of the printer at the end of `link`, which is shared with the printer itself.
    pub fn new(link: PrinterLink, profile: Profile, pin: DrawerPin) -> PrinterDrawer {
        PrinterDrawer { link, profile, pin }
    }
}

impl CashDrawer for PrinterDrawer {
    fn open(&mut self, deadline: Duration) -> Outcome {
        let deadline = Deadline::after(deadline);
        let Profile { pulse, answers, .. } = self.profile;
        let in_order = command::pulse(self.pin, pulse);
        let at_once = command::real_time_pulse(self.pin, pulse);
        exchange::run(&self.link, answers, &in_order, pulse.real_time.then_some(&at_once), deadline)
    }

    fn is_open(&mut self, _deadline: Duration) -> Result<Option<bool>, Failure> {
        Ok(None)
    }
}

//! A receipt printer that speaks ESC/POS.

use super::link::PrinterLink;
use super::{Profile, encode, exchange};
use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind, Outcome, PrinterStatus, ReceiptPrinter};
use crate::document::Document;
use std::time::Duration;

/// A printer of `profile` over a link. Nothing is opened until it is used, and nothing stays open behind it.
pub struct EscPosPrinter {
    link: PrinterLink,
    profile: Profile,
}

impl EscPosPrinter {
    /// The printer at the end of `link`.
    pub fn new(link: PrinterLink, profile: Profile) -> EscPosPrinter {
        EscPosPrinter { link, profile }
    }
}

impl ReceiptPrinter for EscPosPrinter {
    fn print(&mut self, document: &Document, deadline: Duration) -> Outcome {
        let deadline = Deadline::after(deadline);
        match encode(document, &self.profile) {
            Ok(job) => exchange::print(&self.link, &self.profile, &job, deadline),
            Err(error) => Outcome::Failed(Failure::new(FailureKind::Unsupported, error.to_string())),
        }
    }

    fn status(&mut self, deadline: Duration) -> Result<PrinterStatus, Failure> {
        exchange::status(&self.link, &self.profile, Deadline::after(deadline))
    }
}

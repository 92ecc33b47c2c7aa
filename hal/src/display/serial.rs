//! A display on a serial line, a USB serial port, or a pseudo-terminal.

use super::language::{DisplayLanguage, line};
use crate::deadline::Deadline;
use crate::device::{CustomerDisplay, Outcome};
use crate::escpos::code_page::CodePage;
use crate::line::{LineSettings, SerialLine};
use crate::plugged::Address;
use std::time::Duration;

/// A display at a serial port. It never answers: what it shows is what the operating system took.
pub struct SerialDisplay {
    line: SerialLine,
    language: DisplayLanguage,
    page: CodePage,
    /// What it shows; `None` when nobody knows.
    shown: Option<[Vec<u8>; 2]>,
}

impl SerialDisplay {
    /// The display at `address` (`/dev/ttyUSB0`, `COM3`), whose characters are those of `page`.
    pub fn new(
        address: impl Into<Address>,
        language: DisplayLanguage,
        page: CodePage,
        settings: LineSettings,
    ) -> SerialDisplay {
        SerialDisplay { line: SerialLine::new("display", address, settings), language, page, shown: None }
    }
}

impl CustomerDisplay for SerialDisplay {
    /// Sends nothing while the same stands there already. A display that was plugged in again is told everything anew.
    fn show(&mut self, upper: &str, lower: &str, deadline: Duration) -> Outcome {
        let deadline = Deadline::after(deadline);
        let lines = [line(upper, self.page), line(lower, self.page)];
        match self.line.open() {
            Err(failure) => return Outcome::Failed(failure),
            Ok(true) => self.shown = None,
            Ok(false) if self.shown.as_ref() == Some(&lines) => return Outcome::Done,
            Ok(false) => {}
        }
        let mut bytes = match self.shown.take() {
            Some(_) => Vec::new(),
            None => self.language.begin(self.page),
        };
        bytes.extend(self.language.show([&lines[0], &lines[1]]));
        match self.line.send(&bytes, deadline) {
            Ok(()) => {
                self.shown = Some(lines);
                Outcome::Done
            }
            Err((0, failure)) => Outcome::Failed(failure),
            Err((_, failure)) => Outcome::Unknown(failure.to_string()),
        }
    }
}

//! Where a scan ends in a stream of bytes.
//!
//! A scan ends with CR, LF, both, or ETX, as the scanner is set; STX may begin it. What is longer than any code is noise
//! and is dropped up to the next end.

use super::symbology;
use crate::device::Scan;
use std::collections::VecDeque;

/// More than the largest QR code holds in bytes, with its prefix.
const LINE_BYTES_MAX: usize = 3_072;
/// Scans that nobody took: a cashier does not scan that far ahead, so older ones are dropped.
const SCANS_MAX: usize = 64;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;
/// The separator of GS1 codes, the one control character that belongs to a code.
const GROUP_SEPARATOR: char = '\u{1d}';

/// Cuts bytes into scans.
#[derive(Debug, Default)]
pub struct Framer {
    line: Vec<u8>,
    overlong: bool,
    scans: VecDeque<Scan>,
}

impl Framer {
    /// Takes what the scanner sent.
    pub fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match *byte {
                b'\r' | b'\n' | ETX => self.end(),
                STX => self.forget_line(),
                _ if self.line.len() == LINE_BYTES_MAX => self.overlong = true,
                byte => self.line.push(byte),
            }
        }
    }

    /// The next whole scan.
    pub fn next_scan(&mut self) -> Option<Scan> {
        self.scans.pop_front()
    }

    /// Forgets a scan whose end has not come.
    pub fn forget_line(&mut self) {
        self.line.clear();
        self.overlong = false;
    }

    fn end(&mut self) {
        let (overlong, line) = (std::mem::take(&mut self.overlong), std::mem::take(&mut self.line));
        let text: String = String::from_utf8_lossy(&line)
            .chars()
            .filter(|character| !character.is_control() || *character == GROUP_SEPARATOR)
            .collect();
        let (symbology, payload) = symbology::split(text.trim());
        if overlong || payload.is_empty() {
            return;
        }
        if self.scans.len() == SCANS_MAX {
            self.scans.pop_front();
        }
        self.scans.push_back(Scan { payload: payload.to_owned(), symbology });
    }
}

//! Where a scan ends in a stream of bytes.
//!
//! A scan ends with CR, LF, both, or ETX, as the scanner is set; STX may begin it. What is longer than any code is noise
//! and is dropped up to the next end.

use super::content::{self, CODE_BYTES_MAX};
use crate::device::Scan;
use std::collections::VecDeque;

/// Scans that nobody took; older ones are dropped. The driver takes all of them before it reads on, and one read holds
/// fewer (`serial.rs` has the compiler check that), so a burst loses none.
pub const SCANS_MAX: usize = 256;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;

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
                _ if self.line.len() == CODE_BYTES_MAX => self.overlong = true,
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
        let Some(scan) = content::scan(&line).filter(|_| !overlong) else { return };
        if self.scans.len() == SCANS_MAX {
            self.scans.pop_front();
        }
        self.scans.push_back(scan);
    }
}

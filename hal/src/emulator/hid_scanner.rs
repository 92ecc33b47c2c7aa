//! A barcode scanner that speaks HID Point of Sale, with the reports of those that are sold.

use crate::plugged::Identity;
use crate::scanner::{HidBus, HidLine};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Reports that wait for whoever reads them, as many as Linux keeps of a hidraw device; later ones are lost.
const REPORTS_MAX: usize = 64;
/// Bytes of a code in one report.
const DATA_BYTES: usize = 56;
const REPORT_NUMBER: u8 = 2;

/// A report of 64 bytes: its number, the length, the three characters of the AIM identifier, 56 bytes of the code, two
/// bytes that do not matter, and whether the code goes on. So it stands in the manual of Access-IS (LSR118, appendix B).
const DESCRIPTOR: [u8; 64] = [
    0x05,
    0x8C,
    0x09,
    0x02,
    0xA1,
    0x01, // page and usage of a scanner, application collection
    0x09,
    0x12,
    0xA1,
    0x02,
    0x85,
    REPORT_NUMBER, // scanned data report, logical collection
    0x15,
    0x00,
    0x26,
    0xFF,
    0x00,
    0x75,
    0x08, // bytes
    0x95,
    0x01,
    0x05,
    0x01,
    0x09,
    0x3B,
    0x81,
    0x02, // byte count
    0x95,
    0x03,
    0x05,
    0x8C,
    0x09,
    0xFB,
    0x09,
    0xFC,
    0x09,
    0xFD,
    0x81,
    0x02, // symbology identifiers 1 to 3
    0x95,
    0x38,
    0x09,
    0xFE,
    0x82,
    0x02,
    0x01, // decoded data
    0x95,
    0x02,
    0x81,
    0x03, // constants
    0x95,
    0x01,
    0x75,
    0x01,
    0x09,
    0xFF,
    0x81,
    0x02, // decode data continued
    0x75,
    0x07,
    0x81,
    0x03, // the rest of that byte
    0xC0,
    0xC0,
];

/// The scanner. Clones are the same one: one for the driver as its bus, one for whoever scans.
#[derive(Debug, Clone, Default)]
pub struct EmulatedHidScanner {
    shared: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Debug, Default)]
struct State {
    unplugged: bool,
    /// Counts unpluggings: a line that was open before one is dead, also when the scanner is back.
    plugging: u64,
    reports: VecDeque<Vec<u8>>,
}

impl EmulatedHidScanner {
    /// A scanner that is plugged in and has read nothing.
    pub fn new() -> EmulatedHidScanner {
        EmulatedHidScanner::default()
    }

    /// Pulls it out, which loses what it read, or plugs it in.
    pub fn set_unplugged(&self, unplugged: bool) {
        let mut state = self.state();
        state.unplugged = unplugged;
        state.plugging += 1;
        state.reports.clear();
        self.shared.1.notify_all();
    }

    /// Reads a barcode whose AIM identifier is `symbology`: sends it in as many reports as it takes.
    pub fn scan(&self, symbology: [u8; 3], payload: &str) {
        let mut parts = payload.as_bytes().chunks(DATA_BYTES).peekable();
        while let Some(part) = parts.next() {
            let mut report = vec![REPORT_NUMBER, part.len() as u8];
            report.extend(symbology);
            report.extend(part);
            report.resize(63, 0);
            report.push(u8::from(parts.peek().is_some()));
            self.send(report);
        }
    }

    /// Sends a report as it is.
    pub fn send(&self, report: Vec<u8>) {
        let mut state = self.state();
        if !state.unplugged && state.reports.len() < REPORTS_MAX {
            state.reports.push_back(report);
            self.shared.1.notify_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HidBus for EmulatedHidScanner {
    fn open(&mut self, _identity: Option<&Identity>) -> Result<Box<dyn HidLine>, String> {
        let state = self.state();
        if state.unplugged {
            return Err("the emulated scanner is unplugged".to_owned());
        }
        Ok(Box::new(EmulatedLine { scanner: self.clone(), plugging: state.plugging }))
    }
}

struct EmulatedLine {
    scanner: EmulatedHidScanner,
    plugging: u64,
}

impl HidLine for EmulatedLine {
    fn descriptor(&mut self) -> Result<Vec<u8>, String> {
        Ok(DESCRIPTOR.to_vec())
    }

    fn read(&mut self, report: &mut [u8], wait: Duration) -> Result<usize, String> {
        let nothing_new = |state: &mut State| state.plugging == self.plugging && state.reports.is_empty();
        let waited = self.scanner.shared.1.wait_timeout_while(self.scanner.state(), wait, nothing_new);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.plugging != self.plugging {
            return Err("the emulated scanner was unplugged".to_owned());
        }
        let Some(next) = state.reports.pop_front() else { return Ok(0) };
        let count = next.len().min(report.len());
        report[..count].copy_from_slice(&next[..count]);
        Ok(count)
    }
}

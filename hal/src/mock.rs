//! Devices in memory, whose faults are switches. Clones share one device: a test keeps one and gives one away.

mod display;
mod scale;

pub use display::MockDisplay;
pub use scale::MockScale;

use crate::device::{
    BarcodeScanner, CashDrawer, Failure, FailureKind, Outcome, PaperLevel, PrinterStatus, ReceiptPrinter, Scan,
};
use crate::document::Document;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Documents and scans that are kept; older ones are dropped.
const KEPT_MAX: usize = 1_024;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == KEPT_MAX {
        queue.pop_front();
    }
    queue.push_back(item);
}

/// What is wrong with a mock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MockFaults {
    /// It is not there.
    pub unplugged: bool,
    /// The paper is out.
    pub paper_out: bool,
    /// The cover is open.
    pub cover_open: bool,
    /// The next operation is carried out, and its confirmation is lost.
    pub lose_next_confirmation: bool,
}

impl MockFaults {
    fn blocker(&self) -> Option<FailureKind> {
        match self {
            MockFaults { unplugged: true, .. } => Some(FailureKind::Offline),
            MockFaults { cover_open: true, .. } => Some(FailureKind::CoverOpen),
            MockFaults { paper_out: true, .. } => Some(FailureKind::PaperOut),
            _ => None,
        }
    }

    fn confirm(&mut self) -> Outcome {
        match std::mem::take(&mut self.lose_next_confirmation) {
            true => Outcome::Unknown("it was sent and not confirmed".to_owned()),
            false => Outcome::Done,
        }
    }
}

fn failed(kind: FailureKind) -> Failure {
    Failure::new(kind, "mock")
}

/// A printer in memory.
#[derive(Debug, Clone, Default)]
pub struct MockPrinter {
    state: Arc<Mutex<(MockFaults, VecDeque<Document>)>>,
}

impl MockPrinter {
    /// A printer without faults.
    pub fn new() -> MockPrinter {
        MockPrinter::default()
    }

    /// Changes the faults.
    pub fn faults(&self, change: impl FnOnce(&mut MockFaults)) {
        change(&mut lock(&self.state).0);
    }

    /// Takes what was printed, the oldest first.
    pub fn take_printed(&self) -> Vec<Document> {
        lock(&self.state).1.drain(..).collect()
    }
}

impl ReceiptPrinter for MockPrinter {
    fn print(&mut self, document: &Document, _deadline: Duration) -> Outcome {
        let (faults, printed) = &mut *lock(&self.state);
        if let Some(kind) = faults.blocker() {
            return Outcome::Failed(failed(kind));
        }
        keep(printed, document.clone());
        faults.confirm()
    }

    fn status(&mut self, _deadline: Duration) -> Result<PrinterStatus, Failure> {
        let faults = lock(&self.state).0;
        if faults.unplugged {
            return Err(failed(FailureKind::Offline));
        }
        let paper = if faults.paper_out { PaperLevel::Out } else { PaperLevel::Enough };
        Ok(PrinterStatus {
            paper: Some(paper),
            cover_open: Some(faults.cover_open),
            error: Some(false),
            drawer_pin_high: Some(false),
        })
    }
}

/// A drawer in memory.
#[derive(Debug, Clone, Default)]
pub struct MockDrawer {
    state: Arc<Mutex<(MockFaults, u64)>>,
}

impl MockDrawer {
    /// A drawer without faults.
    pub fn new() -> MockDrawer {
        MockDrawer::default()
    }

    /// Changes the faults; paper and cover do not concern a drawer.
    pub fn faults(&self, change: impl FnOnce(&mut MockFaults)) {
        change(&mut lock(&self.state).0);
    }

    /// How often it was opened.
    pub fn opened(&self) -> u64 {
        lock(&self.state).1
    }
}

impl CashDrawer for MockDrawer {
    fn open(&mut self, _deadline: Duration) -> Outcome {
        let (faults, opened) = &mut *lock(&self.state);
        if faults.unplugged {
            return Outcome::Failed(failed(FailureKind::Offline));
        }
        *opened += 1;
        faults.confirm()
    }

    fn is_open(&mut self, _deadline: Duration) -> Result<Option<bool>, Failure> {
        match lock(&self.state).0.unplugged {
            true => Err(failed(FailureKind::Offline)),
            false => Ok(None),
        }
    }
}

/// A scanner in memory.
#[derive(Debug, Clone, Default)]
pub struct MockScanner {
    shared: Arc<(Mutex<ScannerState>, Condvar)>,
}

#[derive(Debug, Default)]
struct ScannerState {
    unplugged: bool,
    scans: VecDeque<Scan>,
}

impl MockScanner {
    /// A scanner that is there and has read nothing.
    pub fn new() -> MockScanner {
        MockScanner::default()
    }

    /// Unplugs it, which loses what it read, or plugs it in.
    pub fn set_unplugged(&self, unplugged: bool) {
        let (state, changed) = &*self.shared;
        let mut state = lock(state);
        state.unplugged = unplugged;
        state.scans.clear();
        changed.notify_all();
    }

    /// Reads a code that says `payload`.
    pub fn scan(&self, payload: &str) {
        let (state, changed) = &*self.shared;
        keep(&mut lock(state).scans, Scan { payload: payload.to_owned(), symbology: None });
        changed.notify_all();
    }
}

impl BarcodeScanner for MockScanner {
    fn next_scan(&mut self, deadline: Duration) -> Result<Option<Scan>, Failure> {
        let (state, changed) = &*self.shared;
        let waits = |state: &mut ScannerState| state.unplugged || state.scans.is_empty();
        let (mut state, _) =
            changed.wait_timeout_while(lock(state), deadline, waits).unwrap_or_else(PoisonError::into_inner);
        match state.unplugged {
            true => Err(failed(FailureKind::Offline)),
            false => Ok(state.scans.pop_front()),
        }
    }
}

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
    /// The cutter is stuck.
    pub cutter_stuck: bool,
    /// The next document breaks off in its middle, because the paper runs out, someone opens the cover, or the cutter gets
    /// stuck.
    pub breaks_off: Option<FailureKind>,
    /// A kick does not open the drawer.
    pub drawer_stuck: bool,
    /// The next operation is carried out, and its confirmation is lost.
    pub lose_next_confirmation: bool,
}

impl MockFaults {
    fn blocker(&self) -> Option<FailureKind> {
        match self {
            MockFaults { unplugged: true, .. } => Some(FailureKind::Offline),
            MockFaults { cover_open: true, .. } => Some(FailureKind::CoverOpen),
            MockFaults { paper_out: true, .. } => Some(FailureKind::PaperOut),
            MockFaults { cutter_stuck: true, .. } => Some(FailureKind::Cutter),
            _ => None,
        }
    }

    /// Makes what the next document was to meet true from now on.
    fn break_off(&mut self) -> Option<FailureKind> {
        let kind = self.breaks_off.take()?;
        self.paper_out |= kind == FailureKind::PaperOut;
        self.cover_open |= kind == FailureKind::CoverOpen;
        self.cutter_stuck |= kind == FailureKind::Cutter;
        Some(kind)
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
        if let Some(kind) = faults.break_off() {
            let half = document.elements[..document.elements.len() / 2].to_vec();
            keep(printed, Document { elements: half });
            return Outcome::Unknown(format!("{}; {kind}", kind.while_it_printed()));
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
            cutter_error: Some(faults.cutter_stuck),
            error: Some(faults.cutter_stuck),
            ..PrinterStatus::default()
        })
    }
}

/// A drawer in memory.
#[derive(Debug, Clone, Default)]
pub struct MockDrawer {
    state: Arc<Mutex<DrawerState>>,
}

#[derive(Debug, Default)]
struct DrawerState {
    faults: MockFaults,
    kicked: u64,
    has_sensor: bool,
    open: bool,
}

impl MockDrawer {
    /// A drawer without faults, and without a sensor.
    pub fn new() -> MockDrawer {
        MockDrawer::default()
    }

    /// The same with a sensor.
    pub fn with_sensor() -> MockDrawer {
        let drawer = MockDrawer::default();
        lock(&drawer.state).has_sensor = true;
        drawer
    }

    /// Changes the faults; paper, cover and cutter do not concern a drawer.
    pub fn faults(&self, change: impl FnOnce(&mut MockFaults)) {
        change(&mut lock(&self.state).faults);
    }

    /// How often it was kicked.
    pub fn opened(&self) -> u64 {
        lock(&self.state).kicked
    }

    /// Pushes it shut.
    pub fn shut(&self) {
        lock(&self.state).open = false;
    }
}

impl CashDrawer for MockDrawer {
    fn open(&mut self, _deadline: Duration) -> Outcome {
        let state = &mut *lock(&self.state);
        if state.faults.unplugged {
            return Outcome::Failed(failed(FailureKind::Offline));
        }
        state.kicked += 1;
        state.open |= !state.faults.drawer_stuck;
        match state.has_sensor && !state.open {
            true => Outcome::Unknown("the drawer was kicked and its sensor says it is still shut".to_owned()),
            false => state.faults.confirm(),
        }
    }

    fn is_open(&mut self, _deadline: Duration) -> Result<Option<bool>, Failure> {
        let state = lock(&self.state);
        match state.faults.unplugged {
            true => Err(failed(FailureKind::Offline)),
            false => Ok(state.has_sensor.then_some(state.open)),
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

//! What every printer, drawer and scanner promises, as one suite that each implementation is put through.
//!
//! A rig is the device under test, the means to break it, and eyes on what came out. The suite panics at the first broken
//! promise. Whoever adds a driver writes a rig for it.

mod display;
mod scale;

pub use display::{DisplayRig, display};
pub use scale::{ScaleFault, ScaleRig, scale};

use crate::device::{BarcodeScanner, CashDrawer, Failure, FailureKind, Outcome, PaperLevel, ReceiptPrinter, Scan};
use crate::document::{Align, Document, Element, Style};
use std::time::{Duration, Instant};

/// Long enough for every operation that can succeed.
const ENOUGH: Duration = Duration::from_secs(5);
/// For operations that are made to fail by it.
const SHORT: Duration = Duration::from_millis(400);
/// An operation that goes on this long after its deadline has none.
const WATCHDOG: Duration = Duration::from_secs(60);
/// How often, and how long at most, the suite looks for what comes out behind a confirmation.
const LOOK: Duration = Duration::from_millis(10);
const LOOKS_MAX: usize = 500;

/// What is wrong with a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It is not there.
    Unplugged,
    /// The paper is out.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// The next operation begins, and its confirmation is lost.
    ConfirmationLost,
}

/// A printer to be tested.
pub trait PrinterRig {
    /// The device.
    fn printer(&mut self) -> &mut dyn ReceiptPrinter;
    /// Breaks or mends it.
    fn set(&mut self, fault: Fault);
    /// How many whole receipts came out since the last call.
    fn take_printed(&mut self) -> usize;
}

/// A drawer to be tested.
pub trait DrawerRig {
    /// The device.
    fn drawer(&mut self) -> &mut dyn CashDrawer;
    /// Breaks or mends it.
    fn set(&mut self, fault: Fault);
    /// How many pulses it got since the last call.
    fn take_pulses(&mut self) -> usize;
}

/// A scanner to be tested.
pub trait ScannerRig {
    /// The device.
    fn scanner(&mut self) -> &mut dyn BarcodeScanner;
    /// Reads a code.
    fn scan(&mut self, payload: &str);
    /// Pulls it out, or plugs it in.
    fn set_unplugged(&mut self, unplugged: bool);
}

/// Runs `operation`, which must end by itself.
fn bounded<T>(operation: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let result = operation();
    assert!(begun.elapsed() < WATCHDOG, "the operation did not keep its deadline: {:?}", begun.elapsed());
    result
}

/// Adds up what `take` hands out until it is `expected`.
fn wait_for(expected: usize, what: &str, mut take: impl FnMut() -> usize) {
    let mut seen = 0;
    for _ in 0..LOOKS_MAX {
        seen += take();
        if seen >= expected {
            break;
        }
        std::thread::sleep(LOOK);
    }
    assert_eq!(seen, expected, "{what}");
}

fn receipt() -> Document {
    let mut document = Document::new();
    document.text("CONFORMANCE", Style::BOLD, Align::Center);
    for line in 1..=20 {
        document.columns(format!("Item {line}"), "1,00", Style::NORMAL);
    }
    document.push(Element::Cut);
    document
}

/// Every promise of a printer.
pub fn printer(rig: &mut dyn PrinterRig) {
    done_means_printed(rig);
    for (fault, kind) in [
        (Fault::Unplugged, FailureKind::Offline),
        (Fault::PaperOut, FailureKind::PaperOut),
        (Fault::CoverOpen, FailureKind::CoverOpen),
    ] {
        failed_means_not_printed(rig, fault, kind);
        done_means_printed(rig);
    }
    lost_confirmation_is_unknown(rig);
    status_says_what_is_wrong(rig);
}

fn done_means_printed(rig: &mut dyn PrinterRig) {
    let outcome = bounded(|| rig.printer().print(&receipt(), ENOUGH));
    assert_eq!(outcome, Outcome::Done);
    wait_for(1, "a receipt that is done is on the paper, once", || rig.take_printed());
}

fn failed_means_not_printed(rig: &mut dyn PrinterRig, fault: Fault, kind: FailureKind) {
    rig.set(fault);
    match bounded(|| rig.printer().print(&receipt(), SHORT)) {
        Outcome::Failed(Failure { kind: found, .. }) => assert_eq!(found, kind, "{fault:?}"),
        other => assert_eq!(other.to_string(), "failed", "{fault:?}: nothing could leave the till"),
    }
    rig.set(Fault::None);
    assert_eq!(rig.take_printed(), 0, "{fault:?}: what failed is not printed, and not kept for later");
}

fn lost_confirmation_is_unknown(rig: &mut dyn PrinterRig) {
    rig.set(Fault::ConfirmationLost);
    let outcome = bounded(|| rig.printer().print(&receipt(), SHORT));
    assert!(matches!(outcome, Outcome::Unknown(_)), "something left and nobody confirmed it: {outcome}");
    rig.set(Fault::None);
    // Whether it came out is not known; the next one must work all the same.
    let outcome = bounded(|| rig.printer().print(&receipt(), ENOUGH));
    assert_eq!(outcome, Outcome::Done);
    let printed = rig.take_printed();
    assert!((1..=2).contains(&printed), "{printed} receipts: a driver repeats nothing by itself");
}

fn status_says_what_is_wrong(rig: &mut dyn PrinterRig) {
    let well = bounded(|| rig.printer().status(ENOUGH)).expect("a printer that is there answers");
    assert_eq!(well.blocker(), None);
    rig.set(Fault::PaperOut);
    let empty = bounded(|| rig.printer().status(ENOUGH)).expect("a printer without paper answers");
    assert_eq!((empty.paper, empty.blocker()), (Some(PaperLevel::Out), Some(FailureKind::PaperOut)));
    rig.set(Fault::Unplugged);
    let failure = bounded(|| rig.printer().status(SHORT)).expect_err("nobody is there");
    assert_eq!(failure.kind, FailureKind::Offline);
    rig.set(Fault::None);
}

/// Every promise of a drawer.
pub fn drawer(rig: &mut dyn DrawerRig) {
    for _ in 0..3 {
        assert_eq!(bounded(|| rig.drawer().open(ENOUGH)), Outcome::Done);
        wait_for(1, "one opening is one pulse", || rig.take_pulses());
    }
    rig.set(Fault::Unplugged);
    let outcome = bounded(|| rig.drawer().open(SHORT));
    assert!(matches!(&outcome, Outcome::Failed(failure) if failure.kind == FailureKind::Offline), "{outcome}");
    rig.set(Fault::None);
    assert_eq!(rig.take_pulses(), 0, "a pulse that failed is never made up for");
    // A customer waits for change while the paper is changed.
    rig.set(Fault::PaperOut);
    assert_eq!(bounded(|| rig.drawer().open(ENOUGH)), Outcome::Done);
    rig.set(Fault::None);
    wait_for(1, "the drawer opens without paper, at once and once", || rig.take_pulses());
    assert_eq!(bounded(|| rig.drawer().open(ENOUGH)), Outcome::Done);
    wait_for(1, "a mended drawer opens", || rig.take_pulses());
}

/// Every promise of a scanner.
pub fn scanner(rig: &mut dyn ScannerRig) {
    assert_eq!(bounded(|| rig.scanner().next_scan(SHORT)), Ok(None), "nothing was read");
    for payload in ["4006381333931", "(01)09506000134352", "https://example.com/01/09506000134352"] {
        rig.scan(payload);
        assert_eq!(next(rig).payload, payload);
    }
    for payload in ["1", "2", "3"] {
        rig.scan(payload);
    }
    let read: Vec<String> = (0..3).map(|_| next(rig).payload).collect();
    assert_eq!(read, ["1", "2", "3"], "in order, each once");
    assert_eq!(bounded(|| rig.scanner().next_scan(SHORT)), Ok(None), "each once");

    rig.set_unplugged(true);
    let failure = (0..LOOKS_MAX).find_map(|_| bounded(|| rig.scanner().next_scan(SHORT)).err());
    assert_eq!(failure.map(|failure| failure.kind), Some(FailureKind::Offline), "an unplugged scanner says so");
    rig.set_unplugged(false);
    // The driver finds it again by itself.
    assert_eq!(bounded(|| rig.scanner().next_scan(ENOUGH / 5)), Ok(None));
    rig.scan("4006381333931");
    assert_eq!(next(rig).payload, "4006381333931");
}

fn next(rig: &mut dyn ScannerRig) -> Scan {
    let scan = bounded(|| rig.scanner().next_scan(ENOUGH)).expect("the scanner is there");
    scan.expect("it has read something")
}

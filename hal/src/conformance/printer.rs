//! What every printer promises.

use super::{ENOUGH, Fault, LOOK, LOOKS_MAX, SHORT, bounded};
use crate::device::{Failure, FailureKind, Outcome, PaperLevel, ReceiptPrinter};
use crate::document::{Align, Document, Element, Style};
use std::time::Duration;

/// What stands at the head of the suite's receipt, and in its last line.
const HEAD: &str = "CONFORMANCE";
const FOOT: &str = "Item 20";
/// Looks for what should not come out, before it is believed that it does not.
const QUIET_LOOKS: usize = 20;

/// A printer to be tested.
pub trait PrinterRig {
    /// The device.
    fn printer(&mut self) -> &mut dyn ReceiptPrinter;
    /// Breaks or mends it.
    fn set(&mut self, fault: Fault);
    /// Tears off what hangs out, and takes all paper that has come out since the last call: the text of each sheet.
    fn take_paper(&mut self) -> Vec<String>;
}

/// What came out.
#[derive(Debug, Default, PartialEq, Eq)]
struct Paper {
    /// Heads of receipts.
    heads: usize,
    /// Last lines of receipts.
    feet: usize,
    /// Sheets with anything on them.
    sheets: usize,
}

const NOTHING: Paper = Paper { heads: 0, feet: 0, sheets: 0 };
const ONE_RECEIPT: Paper = Paper { heads: 1, feet: 1, sheets: 1 };

impl Paper {
    fn add(&mut self, sheets: &[String]) {
        for sheet in sheets.iter().filter(|sheet| !sheet.trim().is_empty()) {
            self.sheets += 1;
            self.heads += sheet.matches(HEAD).count();
            self.feet += sheet.matches(FOOT).count();
        }
    }
}

fn receipt() -> Document {
    let mut document = Document::new();
    document.text(HEAD, Style::BOLD, Align::Center);
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
        (Fault::CutterStuck, FailureKind::Cutter),
    ] {
        failed_means_not_printed(rig, fault, kind);
        done_means_printed(rig);
    }
    lost_confirmation_is_unknown(rig);
    for (fault, kind) in
        [(Fault::PaperOutMidway, FailureKind::PaperOut), (Fault::CoverOpenMidway, FailureKind::CoverOpen)]
    {
        what_broke_off_never_goes_on(rig, fault, kind);
    }
    status_says_what_is_wrong(rig);
}

/// Prints one receipt on a printer that misbehaves in any way, `how`, and mends it: whatever the outcome is, it is true.
/// Nothing is printed twice, and the next receipt comes out whole.
pub fn never_lies(rig: &mut dyn PrinterRig, deadline: Duration, how: &str) -> Outcome {
    let outcome = bounded(|| rig.printer().print(&receipt(), deadline));
    let mut seen = Paper::default();
    if outcome == Outcome::Done {
        seen = paper(rig, &ONE_RECEIPT);
    }
    rig.set(Fault::None);
    // What hung out falls off when paper is put in; the rest of a slow receipt is waited for.
    let mut quiet = 0;
    for _ in 0..LOOKS_MAX {
        let sheets = rig.take_paper();
        quiet = if sheets.is_empty() { quiet + 1 } else { 0 };
        seen.add(&sheets);
        if quiet == QUIET_LOOKS {
            break;
        }
        std::thread::sleep(LOOK);
    }
    match &outcome {
        Outcome::Done => assert_eq!(seen, ONE_RECEIPT, "{how}: a receipt that is done is on the paper, once"),
        Outcome::Failed(failure) => assert_eq!(seen, NOTHING, "{how}: what failed is not printed: {failure}"),
        Outcome::Unknown(why) => assert!(seen.heads <= 1 && seen.feet <= 1, "{how}: never twice: {seen:?}, {why}"),
    }
    done_means_printed(rig);
    outcome
}

/// Printers are done with a receipt a moment before its last sheet is seen.
fn paper(rig: &mut dyn PrinterRig, expected: &Paper) -> Paper {
    let mut paper = Paper::default();
    for _ in 0..LOOKS_MAX {
        paper.add(&rig.take_paper());
        if paper.feet >= expected.feet {
            break;
        }
        std::thread::sleep(LOOK);
    }
    paper
}

fn nothing_comes_out(rig: &mut dyn PrinterRig, why: &str) {
    let mut paper = Paper::default();
    for _ in 0..QUIET_LOOKS {
        paper.add(&rig.take_paper());
        std::thread::sleep(LOOK);
    }
    assert_eq!(paper, NOTHING, "{why}");
}

fn done_means_printed(rig: &mut dyn PrinterRig) {
    let outcome = bounded(|| rig.printer().print(&receipt(), ENOUGH));
    assert_eq!(outcome, Outcome::Done);
    assert_eq!(paper(rig, &ONE_RECEIPT), ONE_RECEIPT, "a receipt that is done is on the paper, once");
}

fn failed_means_not_printed(rig: &mut dyn PrinterRig, fault: Fault, kind: FailureKind) {
    rig.set(fault);
    // Whoever is there says at once what is wrong.
    let deadline = if fault == Fault::Unplugged { SHORT } else { ENOUGH };
    match bounded(|| rig.printer().print(&receipt(), deadline)) {
        Outcome::Failed(Failure { kind: found, .. }) => assert_eq!(found, kind, "{fault:?}"),
        other => assert_eq!(other.to_string(), "failed", "{fault:?}: nothing could leave the till"),
    }
    rig.set(Fault::None);
    nothing_comes_out(rig, "what failed is not printed, and not kept for later");
}

fn lost_confirmation_is_unknown(rig: &mut dyn PrinterRig) {
    rig.set(Fault::ConfirmationLost);
    let outcome = bounded(|| rig.printer().print(&receipt(), ENOUGH));
    assert!(matches!(outcome, Outcome::Unknown(_)), "something left and nobody confirmed it: {outcome}");
    rig.set(Fault::None);
    // Whether it came out is not known; the next one must work all the same.
    let mut paper = Paper::default();
    paper.add(&rig.take_paper());
    let outcome = bounded(|| rig.printer().print(&receipt(), ENOUGH));
    assert_eq!(outcome, Outcome::Done);
    for _ in 0..QUIET_LOOKS {
        paper.add(&rig.take_paper());
        std::thread::sleep(LOOK);
    }
    assert!((1..=2).contains(&paper.feet), "{paper:?}: a driver repeats nothing by itself");
    assert!(paper.heads <= 2, "{paper:?}: a driver repeats nothing by itself");
}

/// The heart of "never twice, silently": the cashier hears at once that the receipt is not whole, and what the printer
/// still had of it is gone.
fn what_broke_off_never_goes_on(rig: &mut dyn PrinterRig, fault: Fault, kind: FailureKind) {
    rig.set(fault);
    let outcome = bounded(|| rig.printer().print(&receipt(), ENOUGH));
    let said = kind.while_it_printed();
    assert!(matches!(&outcome, Outcome::Unknown(why) if why.contains(said)), "{fault:?}: {outcome}");
    let mut half = Paper::default();
    half.add(&rig.take_paper());
    rig.set(Fault::None);
    half.add(&rig.take_paper());
    assert_eq!((half.heads, half.feet), (1, 0), "{fault:?}: a half receipt came out");
    nothing_comes_out(rig, "the rest of a receipt does not come out behind the new roll");
    done_means_printed(rig);
}

fn status_says_what_is_wrong(rig: &mut dyn PrinterRig) {
    let well = bounded(|| rig.printer().status(ENOUGH)).expect("a printer that is there answers");
    assert_eq!(well.blocker(), None);
    for (fault, kind) in [
        (Fault::PaperOut, FailureKind::PaperOut),
        (Fault::CoverOpen, FailureKind::CoverOpen),
        (Fault::CutterStuck, FailureKind::Cutter),
    ] {
        rig.set(fault);
        let status = bounded(|| rig.printer().status(ENOUGH)).expect("a printer that is there answers");
        assert_eq!(status.blocker(), Some(kind), "{fault:?}: {status:?}");
        assert_eq!(status.paper == Some(PaperLevel::Out), fault == Fault::PaperOut, "{fault:?}: {status:?}");
        rig.set(Fault::None);
    }
    rig.set(Fault::Unplugged);
    let failure = bounded(|| rig.printer().status(SHORT)).expect_err("nobody is there");
    assert_eq!(failure.kind, FailureKind::Offline);
    rig.set(Fault::None);
}

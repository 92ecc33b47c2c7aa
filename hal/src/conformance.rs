//! What every printer, drawer and scanner promises, as one suite that each implementation is put through.
//!
//! A rig is the device under test, the means to break it, and eyes on what came out. The suite panics at the first broken
//! promise. Whoever adds a driver writes a rig for it.

mod display;
mod drawer;
mod printer;
mod scale;
mod scanner;

pub use display::{DisplayRig, display};
pub use drawer::{DrawerRig, drawer};
pub use printer::{PrinterRig, never_lies, printer};
pub use scale::{ScaleFault, ScaleRig, scale};
pub use scanner::{ScannerRig, scanner};

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
    /// The cutter is stuck.
    CutterStuck,
    /// The next operation begins, and its confirmation is lost.
    ConfirmationLost,
    /// The paper runs out in the middle of the next receipt, and is out from then on.
    PaperOutMidway,
    /// Someone opens the cover in the middle of the next receipt, and leaves it open.
    CoverOpenMidway,
    /// The drawer is locked or jammed: a kick does not open it.
    DrawerStuck,
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

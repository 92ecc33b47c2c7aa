//! Every promise of a customer display.

use super::{ENOUGH, LOOK, LOOKS_MAX, SHORT, bounded};
use crate::device::{CustomerDisplay, FailureKind, Outcome};

/// A display to be tested.
pub trait DisplayRig {
    /// The device.
    fn display(&mut self) -> &mut dyn CustomerDisplay;
    /// Pulls it out, which makes it dark, or plugs it in.
    fn set_unplugged(&mut self, unplugged: bool);
    /// What both lines show.
    fn lines(&mut self) -> [String; 2];
}

/// Every promise of a display.
pub fn display(rig: &mut dyn DisplayRig) {
    shows(rig, ["Milk", "1.99"], ["Milk                ", "1.99                "]);
    shows(rig, ["", ""], ["                    ", "                    "]);
    shows(rig, ["Käse", "x"], ["Käse                ", "x                   "]);
    let long = "12345678901234567890 and more";
    shows(rig, [long, long], ["12345678901234567890", "12345678901234567890"]);
    // The same again is done too.
    shows(rig, [long, long], ["12345678901234567890", "12345678901234567890"]);

    rig.set_unplugged(true);
    let outcome = bounded(|| rig.display().show(long, long, SHORT));
    assert!(matches!(&outcome, Outcome::Failed(failure) if failure.kind == FailureKind::Offline), "{outcome}");
    rig.set_unplugged(false);
    shows(rig, [long, "back"], ["12345678901234567890", "back                "]);
}

fn shows(rig: &mut dyn DisplayRig, lines: [&str; 2], expected: [&str; 2]) {
    assert_eq!(bounded(|| rig.display().show(lines[0], lines[1], ENOUGH)), Outcome::Done);
    for _ in 0..LOOKS_MAX {
        if rig.lines() == expected {
            return;
        }
        std::thread::sleep(LOOK);
    }
    assert_eq!(rig.lines(), expected, "what is done is shown");
}

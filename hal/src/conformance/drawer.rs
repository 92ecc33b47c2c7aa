//! What every drawer promises.

use super::{ENOUGH, Fault, SHORT, bounded, wait_for};
use crate::device::{CashDrawer, FailureKind, Outcome};

/// A drawer to be tested.
pub trait DrawerRig {
    /// The device.
    fn drawer(&mut self) -> &mut dyn CashDrawer;
    /// Whether a sensor tells that it is open.
    fn has_sensor(&self) -> bool;
    /// Breaks or mends it.
    fn set(&mut self, fault: Fault);
    /// Pushes it shut.
    fn shut(&mut self);
    /// How many pulses it got since the last call.
    fn take_pulses(&mut self) -> usize;
}

/// Every promise of a drawer.
pub fn drawer(rig: &mut dyn DrawerRig) {
    for _ in 0..3 {
        opens(rig, "one opening is one pulse");
    }
    tells_whether_it_is_open(rig);
    rig.set(Fault::Unplugged);
    let outcome = bounded(|| rig.drawer().open(SHORT));
    assert!(matches!(&outcome, Outcome::Failed(failure) if failure.kind == FailureKind::Offline), "{outcome}");
    if rig.has_sensor() {
        let failure = bounded(|| rig.drawer().is_open(SHORT)).expect_err("nobody is there");
        assert_eq!(failure.kind, FailureKind::Offline);
    }
    rig.set(Fault::None);
    assert_eq!(rig.take_pulses(), 0, "a pulse that failed is never made up for");
    // A customer waits for change while the paper is changed.
    rig.set(Fault::PaperOut);
    opens(rig, "the drawer opens without paper, at once and once");
    rig.set(Fault::None);
    opens(rig, "a mended drawer opens, and the pulse was not kept");
    stuck_is_told_where_it_is_sensed(rig);
}

fn opens(rig: &mut dyn DrawerRig, what: &str) {
    rig.shut();
    assert_eq!(bounded(|| rig.drawer().open(ENOUGH)), Outcome::Done, "{what}");
    wait_for(1, what, || rig.take_pulses());
}

fn tells_whether_it_is_open(rig: &mut dyn DrawerRig) {
    let sensed = |open: bool, rig: &mut dyn DrawerRig| {
        let said = bounded(|| rig.drawer().is_open(ENOUGH)).expect("a drawer that is there can be asked");
        assert_eq!(said, rig.has_sensor().then_some(open), "what the sensor says, and nothing without one");
    };
    sensed(true, rig);
    rig.shut();
    sensed(false, rig);
    assert_eq!(rig.take_pulses(), 0, "asking opens nothing");
}

/// The pulse left the till, so it is not failed; and nobody saw the drawer open, so it is not done.
fn stuck_is_told_where_it_is_sensed(rig: &mut dyn DrawerRig) {
    rig.shut();
    rig.set(Fault::DrawerStuck);
    let outcome = bounded(|| rig.drawer().open(ENOUGH));
    match rig.has_sensor() {
        true => assert!(matches!(&outcome, Outcome::Unknown(why) if why.contains("still shut")), "{outcome}"),
        false => assert_eq!(outcome, Outcome::Done, "the pulse is all that is known"),
    }
    wait_for(1, "a drawer that is stuck is kicked once", || rig.take_pulses());
    rig.set(Fault::None);
    opens(rig, "a drawer that was unlocked opens");
}

//! What a sensor's level means, and what a drawer's confirmation says.

use super::*;
use crate::deadline::Deadline;
use crate::device::{CashDrawer, Failure, FailureKind, Outcome};
use std::path::Path;
use std::time::Duration;

fn enough() -> Deadline {
    Deadline::after(Duration::from_secs(5))
}

#[test]
fn the_same_level_is_open_to_one_drawer_and_shut_to_another() {
    assert_eq!(DrawerSense::OpenIsHigh.is_open(true), Some(true));
    assert_eq!(DrawerSense::OpenIsLow.is_open(true), Some(false));
    assert_eq!(DrawerSense::None.is_open(true), None);
}

#[test]
fn a_drawer_that_takes_a_moment_has_opened() {
    let mut looks = 0;
    let outcome = confirm_open(enough(), |_| {
        looks += 1;
        Ok(Some(looks == 3))
    });
    assert_eq!((outcome, looks), (Outcome::Done, 3));
}

#[test]
fn a_drawer_that_stays_shut_is_unknown_and_so_is_a_sensor_that_breaks() {
    let shut = confirm_open(enough(), |_| Ok(Some(false)));
    assert!(matches!(&shut, Outcome::Unknown(why) if why.contains("locked or stuck")), "{shut}");
    let broken = confirm_open(enough(), |_| Err(Failure::new(FailureKind::Offline, "gone")));
    assert!(matches!(&broken, Outcome::Unknown(why) if why.contains("gone")), "{broken}");
}

#[test]
fn a_serial_drawer_that_is_not_there_or_set_wrong_fails_and_says_where() {
    let mut absent = SerialDrawer::new(Path::new("/nowhere/drawer"), 9_600);
    let outcome = absent.open(Duration::from_secs(1));
    let Outcome::Failed(failure) = outcome else { panic!("{outcome}") };
    assert_eq!(failure.kind, FailureKind::Offline);
    assert!(failure.detail.contains("/nowhere/drawer"), "{failure}");
    let outcome = SerialDrawer::new(Path::new("/nowhere/drawer"), 9_600).with_trigger([]).open(Duration::from_secs(1));
    assert!(matches!(&outcome, Outcome::Failed(failure) if failure.kind == FailureKind::Unsupported), "{outcome}");
}

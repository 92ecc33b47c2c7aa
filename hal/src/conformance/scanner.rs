//! What every scanner promises.

use super::{ENOUGH, LOOKS_MAX, SHORT, bounded};
use crate::device::{BarcodeScanner, FailureKind, Scan};

/// A scanner to be tested.
pub trait ScannerRig {
    /// The device.
    fn scanner(&mut self) -> &mut dyn BarcodeScanner;
    /// Reads a code.
    fn scan(&mut self, payload: &str);
    /// Pulls it out, or plugs it in.
    fn set_unplugged(&mut self, unplugged: bool);
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

//! Bytes of a serial line: it does not matter where they are cut, and no scan is empty.
#![no_main]

use evertill_hal::Scan;
use evertill_hal::scanner::Framer;
use libfuzzer_sys::fuzz_target;

/// A driver reads so much at once and takes all scans before it reads again.
const READ_BYTES: usize = 512;

fuzz_target!(|bytes: &[u8]| {
    let whole = scans(bytes, READ_BYTES);
    assert_eq!(whole, scans(bytes, 1), "the same bytes one by one were read as something else");
    assert!(whole.iter().all(|scan| !scan.payload.is_empty()));
});

fn scans(bytes: &[u8], at_once: usize) -> Vec<Scan> {
    let (mut framer, mut scans) = (Framer::default(), Vec::new());
    for piece in bytes.chunks(at_once) {
        framer.feed(piece);
        scans.extend(std::iter::from_fn(|| framer.next_scan()));
    }
    scans
}

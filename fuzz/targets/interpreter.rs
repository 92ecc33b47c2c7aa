//! ESC/POS as it may come from anybody: nothing hangs, and it does not matter where the bytes are cut.
#![no_main]

use evertill_hal::escpos::{Interpreter, Profile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let profile = Profile::MM_58;
    let (mut whole, mut pieces) = (Vec::new(), Vec::new());
    Interpreter::new(&profile).feed(bytes, &mut |event| whole.push(event));
    let mut printer = Interpreter::new(&profile);
    for byte in bytes {
        printer.feed(&[*byte], &mut |event| pieces.push(event));
    }
    assert_eq!(whole, pieces, "the same bytes one by one came out as something else");
});

//! What a scale may answer in each dialect: an answer ends within the bytes, and more bytes behind it do not change it.
#![no_main]

use evertill_hal::WeightUnit;
use evertill_hal::scale::{continuous, dialog06, toledo};
use libfuzzer_sys::fuzz_target;

/// In minor units a kilogram, as the till asks.
const PRICE: u32 = 1_000;

fuzz_target!(|bytes: &[u8]| {
    for implied_decimals in 0..=3 {
        let toledo = |bytes: &[u8]| toledo::answer(bytes, WeightUnit::Pound, implied_decimals);
        if let Some((weighing, end)) = toledo(bytes) {
            assert_eq!(toledo(&bytes[..end]), Some((weighing, end)), "the bytes behind an answer changed it");
        }
    }
    if let Some((_, end)) = continuous::answer(bytes) {
        assert!(end <= bytes.len());
    }
    if let Some((reply, end)) = dialog06::reply(bytes) {
        assert_eq!(dialog06::reply(&bytes[..end]), Some((reply, end)), "the bytes behind an answer changed it");
    }
    let _ = (dialog06::result(bytes, PRICE), dialog06::state(bytes));
});

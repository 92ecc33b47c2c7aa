//! A HID scanner's descriptor and its reports, both made by the device. Two bytes say how long the descriptor is, one byte
//! before each report how long that is.
#![no_main]

use evertill_hal::scanner::{ReportMap, ReportReader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((length, bytes)) = bytes.split_first_chunk() else { return };
    let length = usize::from(u16::from_le_bytes(*length)).min(bytes.len());
    let (descriptor, mut rest) = bytes.split_at(length);
    let Ok(map) = ReportMap::parse(descriptor) else { return };
    let mut reader = ReportReader::new(map);
    while let Some((length, behind)) = rest.split_first() {
        let (report, behind) = behind.split_at(usize::from(*length).min(behind.len()));
        if let Ok(Some(scan)) = reader.take(report) {
            assert!(!scan.payload.is_empty(), "an empty code is none");
        }
        rest = behind;
    }
});

//! A PNG that anybody made, behind two bytes that say how wide the paper is: it is refused, or it fits on the paper.
#![no_main]

use evertill_hal::Picture;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((paper, png)) = bytes.split_first_chunk() else { return };
    let paper_dots_wide = usize::from(u16::from_le_bytes(*paper));
    if let Ok(picture) = Picture::from_png(png, paper_dots_wide) {
        assert!(picture.dots_wide() <= paper_dots_wide.clamp(1, 832));
        assert!(picture.rows().all(|row| row.len() == picture.dots_wide().div_ceil(8)));
    }
});

//! What a printer says about itself, bit by bit.
//!
//! ```text
//!            7 6 5 4 3 2 1 0
//! DLE EOT n  0 . . 1 . . 1 0   real-time answers carry this mark
//!   1              . pin3      bit 3 offline, bit 2 drawer pin 3 high
//!   2          E P   F C       bit 6 error, bit 5 paper end, bit 3 feed button, bit 2 cover open
//!   3          A U   K         bit 6 recovers by itself, bit 5 does not recover, bit 3 cutter
//!   4          P P   N N       bits 5, 6 paper end, bits 2, 3 near end
//! GS r 1     0 . . 0 P P N N   bits 2, 3 paper end, bits 0, 1 near end
//! ```

use crate::device::{PaperLevel, PrinterStatus};

const MARK_MASK: u8 = 0b1001_0011;
const MARK: u8 = 0b0001_0010;
const ORDERED_MASK: u8 = 0b1001_0000;

/// Which real-time answers make up a status, in the order in which they are asked.
pub const REAL_TIME_REQUESTS: [u8; 4] = [1, 2, 3, 4];

/// Whether `byte` is a real-time answer, and not the rest of something that was asked earlier.
pub fn is_real_time(byte: u8) -> bool {
    byte & MARK_MASK == MARK
}

/// Whether `byte` is an answer to `GS r`.
pub fn is_ordered(byte: u8) -> bool {
    byte & ORDERED_MASK == 0
}

/// Whether an answer to `GS r 1` says that the paper is out.
pub fn ordered_paper_out(byte: u8) -> bool {
    byte & 0b0000_1100 != 0
}

/// Notes what the answer `byte` to `DLE EOT n` says.
pub fn note(status: &mut PrinterStatus, n: u8, byte: u8) {
    let bit = |place: u8| byte & (1 << place) != 0;
    let out = status.paper == Some(PaperLevel::Out);
    match n {
        1 => status.drawer_pin_high = Some(bit(2)),
        2 => {
            status.cover_open = Some(bit(2));
            status.error = Some(bit(6));
            status.paper = bit(5).then_some(PaperLevel::Out);
        }
        3 => status.error = Some(status.error == Some(true) || bit(3) || bit(5)),
        4 if out || bit(5) || bit(6) => status.paper = Some(PaperLevel::Out),
        4 if bit(2) || bit(3) => status.paper = Some(PaperLevel::NearEnd),
        4 => status.paper = Some(PaperLevel::Enough),
        _ => {}
    }
}

/// The answer of a printer in `status` to `DLE EOT n`.
pub fn real_time_answer(status: &PrinterStatus, n: u8) -> u8 {
    let paper_out = status.paper == Some(PaperLevel::Out);
    let near_end = paper_out || status.paper == Some(PaperLevel::NearEnd);
    let bits: &[(u8, bool)] = match n {
        1 => &[(3, status.blocker().is_some()), (2, status.drawer_pin_high == Some(true))],
        2 => &[(2, status.cover_open == Some(true)), (5, paper_out), (6, status.error == Some(true))],
        3 => &[(5, status.error == Some(true))],
        _ => &[(2, near_end), (3, near_end), (5, paper_out), (6, paper_out)],
    };
    bits.iter().filter(|(_, set)| *set).fold(MARK, |byte, (place, _)| byte | 1 << place)
}

/// The answer of a printer in `status` to `GS r n`.
pub fn ordered_answer(status: &PrinterStatus, n: u8) -> u8 {
    match (n, status.paper) {
        (2 | 50, _) => u8::from(status.drawer_pin_high == Some(true)),
        (_, Some(PaperLevel::Out)) => 0b0000_1111,
        (_, Some(PaperLevel::NearEnd)) => 0b0000_0011,
        _ => 0,
    }
}

//! What a printer says about itself, bit by bit, as Epson's ESC/POS reference has it.
//!
//! ```text
//!            7 6 5 4 3 2 1 0
//! DLE EOT n  0 . . 1 . . 1 0   real-time answers carry this mark
//!   1          B     O pin3    bit 6 feed button, bit 3 offline, bit 2 drawer pin 3 high
//!   2          E P   F C       bit 6 error, bit 5 paper end, bit 3 feed button, bit 2 cover open
//!   3          A U   K M       bit 6 recovers by itself, bit 5 does not recover, bit 3 cutter, bit 2 mechanics
//!   4          P P   N N       bits 5, 6 paper end, bits 2, 3 near end
//! GS r 1     0 . . 0 P P N N   bits 2, 3 paper end, bits 0, 1 near end
//!
//! Automatic status back: four bytes in a row
//!   first    0 B C 1 O D 0 0   bit 6 fed by the button, bit 5 cover open, bit 3 offline, bit 2 drawer pin 3 high
//!   second   0 A U 0 K M B .   bits 6, 5, 3, 2 as of DLE EOT 3, bit 1 feed button
//!   third    0 . . 0 P P N N   as of GS r 1
//!   fourth   0 . . 0 . . . .   reserved
//! ```

use crate::device::{PaperLevel, PrinterStatus};

const REAL_TIME_MASK: u8 = 0b1001_0011;
const REAL_TIME_MARK: u8 = 0b0001_0010;
const AUTOMATIC_MARK: u8 = 0b0001_0000;
const ORDERED_MASK: u8 = 0b1001_0000;

/// Which real-time answers make up a status, in the order in which they are asked.
pub const REAL_TIME_REQUESTS: [u8; 4] = [1, 2, 3, 4];

/// Whether `byte` is a real-time answer, and not the rest of something that was asked earlier.
pub fn is_real_time(byte: u8) -> bool {
    byte & REAL_TIME_MASK == REAL_TIME_MARK
}

/// Whether `byte` begins the four bytes of an automatic status.
pub fn begins_automatic(byte: u8) -> bool {
    byte & REAL_TIME_MASK == AUTOMATIC_MARK
}

/// Whether `byte` is an answer to `GS r`. The later bytes of an automatic status look the same.
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
        1 => {
            status.drawer_pin_high = Some(bit(2));
            status.offline = Some(bit(3));
            status.feed_button = Some(bit(6));
        }
        2 => {
            status.cover_open = Some(bit(2));
            status.feed_button = Some(status.feed_button == Some(true) || bit(3));
            status.error = Some(bit(6));
            status.paper = bit(5).then_some(PaperLevel::Out);
        }
        3 => note_errors(status, byte),
        4 if out || bit(5) || bit(6) => status.paper = Some(PaperLevel::Out),
        4 if bit(2) || bit(3) => status.paper = Some(PaperLevel::NearEnd),
        4 => status.paper = Some(PaperLevel::Enough),
        _ => {}
    }
}

/// `DLE EOT 3` and the second byte of an automatic status agree on these bits.
fn note_errors(status: &mut PrinterStatus, byte: u8) {
    let bit = |place: u8| byte & (1 << place) != 0;
    status.recoverable_error = Some(bit(2) || bit(6));
    status.cutter_error = Some(bit(3));
    status.unrecoverable_error = Some(bit(5));
    status.error = Some(status.error == Some(true) || bit(2) || bit(3) || bit(5) || bit(6));
}

/// What the four bytes of an automatic status say.
pub fn automatic(frame: [u8; 4]) -> PrinterStatus {
    let [printer, errors, paper, _] = frame;
    let mut status = PrinterStatus {
        drawer_pin_high: Some(printer & 1 << 2 != 0),
        offline: Some(printer & 1 << 3 != 0),
        cover_open: Some(printer & 1 << 5 != 0),
        feed_button: Some(printer & 1 << 6 != 0 || errors & 1 << 1 != 0),
        ..PrinterStatus::default()
    };
    note_errors(&mut status, errors);
    status.paper = Some(match paper {
        paper if ordered_paper_out(paper) => PaperLevel::Out,
        paper if paper & 0b0000_0011 != 0 => PaperLevel::NearEnd,
        _ => PaperLevel::Enough,
    });
    status
}

/// `mark` with the bits at the places that are set.
fn bits(mark: u8, places: &[(u8, bool)]) -> u8 {
    places.iter().filter(|(_, set)| *set).fold(mark, |byte, (place, _)| byte | 1 << place)
}

fn error_places(status: &PrinterStatus) -> [(u8, bool); 3] {
    [
        (3, status.cutter_error == Some(true)),
        (5, status.unrecoverable_error == Some(true)),
        (6, status.recoverable_error == Some(true)),
    ]
}

/// The answer of a printer in `status` to `DLE EOT n`.
pub fn real_time_answer(status: &PrinterStatus, n: u8) -> u8 {
    let paper_out = status.paper == Some(PaperLevel::Out);
    let near_end = paper_out || status.paper == Some(PaperLevel::NearEnd);
    let is = |said: Option<bool>| said == Some(true);
    match n {
        1 => {
            let offline = is(status.offline) || status.blocker().is_some();
            bits(REAL_TIME_MARK, &[(2, is(status.drawer_pin_high)), (3, offline), (6, is(status.feed_button))])
        }
        2 => {
            let places =
                [(2, is(status.cover_open)), (3, is(status.feed_button)), (5, paper_out), (6, is(status.error))];
            bits(REAL_TIME_MARK, &places)
        }
        3 => bits(REAL_TIME_MARK, &error_places(status)),
        _ => bits(REAL_TIME_MARK, &[(2, near_end), (3, near_end), (5, paper_out), (6, paper_out)]),
    }
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

/// What a printer in `status` sends where automatic status back is on.
pub fn automatic_answer(status: &PrinterStatus) -> [u8; 4] {
    let is = |said: Option<bool>| said == Some(true);
    let offline = is(status.offline) || status.blocker().is_some();
    let printer =
        [(2, is(status.drawer_pin_high)), (3, offline), (5, is(status.cover_open)), (6, is(status.feed_button))];
    // Real printers send these reserved bits; they make the last bytes look like answers to `GS r`.
    [bits(AUTOMATIC_MARK, &printer), bits(0, &error_places(status)), ordered_answer(status, 1), 0b0000_1111]
}

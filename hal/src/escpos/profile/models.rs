//! The models that are known here.
//!
//! Sources: the makers' manuals for widths, densities and code pages, and the public list of escpos-printer-db where both agree.
//! Where makers differ or are silent, the poorer is taken: what a printer is not known to have is drawn as a picture,
//! or written in letters that every printer has.

use super::{Cutter, Profile, Pulse, Sizes};
use crate::escpos::code_page::{
    CP437, CP737, CP850, CP852, CP858, CP860, CP863, CP865, CP866, CodePage, ISO8859_2, ISO8859_7, ISO8859_15, WPC1250,
    WPC1251, WPC1252, WPC1253, WPC1254, WPC1257,
};

/// What nearly every ESC/POS printer of the last twenty years has under the same numbers.
const COMMON: &[CodePage] = &[CP858, WPC1252, CP437, CP852, CP866];
/// Epson since the TM-T88V and the TM-T20.
const EPSON: &[CodePage] = &[
    CP858, WPC1252, CP437, WPC1250, WPC1253, WPC1251, WPC1257, WPC1254, CP852, CP866, CP737, ISO8859_2, ISO8859_7,
    ISO8859_15, CP850, CP860, CP863, CP865,
];
/// Epson before.
const EPSON_OLD: &[CodePage] = &[CP858, WPC1252, CP437, CP852, CP866, CP850, CP860, CP863, CP865];
/// The TM-T88II has no euro in a page of its own; WPC1252's came with later firmware.
const EPSON_OLDEST: &[CodePage] = &[WPC1252, CP437, CP850, CP860, CP863, CP865, CP852, CP866];

const PULSE: Pulse = Pulse { on_ms: 100, off_ms: 400, real_time: true };
const CUTTER: Cutter = Cutter::Partial { margin_dots: 24 };

impl Profile {
    /// 80 mm paper, 48 characters a line, as Epson's TM-T20 and its many relatives.
    pub const MM_80: Profile = Profile {
        name: "80mm",
        dots_wide: 576,
        code_pages: COMMON,
        cutter: CUTTER,
        pulse: PULSE,
        answers: true,
        clears_buffer: true,
        pictures: true,
        barcodes: true,
        qr: true,
        sizes: Sizes::GsBang,
    };

    /// 58 mm paper, 32 characters a line, torn off by hand.
    pub const MM_58: Profile = Profile {
        name: "58mm",
        dots_wide: 384,
        cutter: Cutter::None { feed_lines: 4 },
        clears_buffer: false,
        ..Profile::MM_80
    };
}

/// 180 dots an inch: 42 characters a line on 80 mm paper.
const EPSON_180: Profile = Profile { name: "TM-T88V", dots_wide: 512, code_pages: EPSON, ..Profile::MM_80 };
/// 203 dots an inch: 48 characters a line on 80 mm paper.
const EPSON_203: Profile = Profile { name: "TM-T20II", code_pages: EPSON, ..Profile::MM_80 };

/// An impact printer with 9 pins: 33 characters a line on 76 mm paper, whole in either of its fonts. Its dots are too coarse
/// for codes that a scanner reads. The dots here are those of the picture that stands for it.
const IMPACT: Profile = Profile {
    name: "TM-U220",
    dots_wide: 396,
    code_pages: EPSON_OLD,
    clears_buffer: false,
    pictures: false,
    barcodes: false,
    qr: false,
    sizes: Sizes::EscBang,
    ..Profile::MM_80
};

/// Every model.
pub(super) const ALL: [Profile; 17] = [
    Profile::MM_80,
    Profile::MM_58,
    Profile { name: "TM-T88II", code_pages: EPSON_OLDEST, clears_buffer: false, qr: false, ..EPSON_180 },
    Profile { name: "TM-T88III", code_pages: EPSON_OLD, clears_buffer: false, qr: false, ..EPSON_180 },
    Profile { name: "TM-T88IV", code_pages: EPSON_OLD, ..EPSON_180 },
    EPSON_180,
    Profile { name: "TM-T88VI", ..EPSON_180 },
    EPSON_203,
    Profile { name: "TM-T20III", ..EPSON_203 },
    Profile { name: "TM-m30", ..EPSON_203 },
    IMPACT,
    // In ESC/POS mode, which is set by its switches or its utility; at delivery Star's printers speak their own language.
    Profile { name: "TSP100", clears_buffer: false, ..Profile::MM_80 },
    Profile { name: "TSP650", clears_buffer: false, ..Profile::MM_80 },
    Profile { name: "SRP-350", dots_wide: 512, clears_buffer: false, ..Profile::MM_80 },
    Profile { name: "CT-S310", clears_buffer: false, ..Profile::MM_80 },
    Profile { name: "CT-S651", clears_buffer: false, ..Profile::MM_80 },
    // Widely sold without a name: no cutter, no answers, 58 mm.
    Profile { name: "58mm-mute", answers: false, qr: false, ..Profile::MM_58 },
];

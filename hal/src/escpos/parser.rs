//! The bytes that a printer is sent, cut into commands.
//!
//! It takes any bytes in any pieces, never fails, and holds at most one command: what it does not know is skipped by the
//! length that the reference gives it, and a picture goes out row by row, because its head may promise gigabytes.

use super::command::{CLEAR_BUFFER, DC4, DLE, ENQ, EOT, ESC, GS, LF};

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `ESC @`: as after switching on.
    Initialize,
    /// A printable byte, in the present code page.
    Text(u8),
    /// Prints the line.
    LineFeed,
    /// `ESC d n`: prints the line and feeds so many.
    FeedLines(u8),
    /// `ESC J n`: prints the line and feeds so many rows of dots.
    FeedDots(u8),
    /// `ESC a n`: 0 left, 1 centre, 2 right.
    Align(u8),
    /// `ESC E n`, `ESC G n`.
    Bold(bool),
    /// `ESC - n`.
    Underline(bool),
    /// `GS B n`: white on black.
    Reverse(bool),
    /// `GS !` and the sizes of `ESC !`: how many times as wide and as high, 1 to 8.
    Size(u8, u8),
    /// `ESC t n`.
    CodePage(u8),
    /// `ESC 3 n`, or `ESC 2` for the standard.
    LineSpacing(Option<u8>),
    /// `GS h n`: height of barcodes in dots.
    BarcodeHeight(u8),
    /// `GS w n`: dots a module.
    BarcodeModule(u8),
    /// `GS H n`: 0 no text, 1 above, 2 below, 3 both.
    BarcodeText(u8),
    /// `GS k`, both forms: the system's number and the data.
    Barcode(u8, Vec<u8>),
    /// `GS ( k` for QR codes: the function's number and its parameters.
    Qr(u8, Vec<u8>),
    /// A row of `GS v 0`: how many times as wide and as high, and the dots.
    RasterRow(u8, u8, Vec<u8>),
    /// The paper is cut after feeding so many rows.
    Cut(u8),
    /// A pulse to a drawer: 0 is pin 2, 1 is pin 5. How long in milliseconds.
    Pulse(u8, u16),
    /// `DLE EOT n`: status at once.
    RealTimeStatus(u8),
    /// `GS r n`: status in order.
    OrderedStatus(u8),
    /// `GS a n`: sends its status by itself, where n is not 0.
    AutomaticStatus(bool),
    /// `DLE DC4 8`: forgets what it holds.
    ClearBuffer,
}

/// Cuts bytes into commands.
#[derive(Debug, Clone, Default)]
pub struct Parser {
    /// The beginning of a command whose end has not come.
    pending: Vec<u8>,
    /// Bytes to pass over.
    skipping: u64,
    raster: Option<Raster>,
}

#[derive(Debug, Clone)]
struct Raster {
    scale: (u8, u8),
    bytes_per_row: usize,
    rows_left: usize,
    row: Vec<u8>,
}

/// What the pending bytes are.
enum Parsed {
    /// The beginning of a command.
    More,
    /// A command (or none that draws), and how many bytes it takes.
    Whole(Option<Command>, usize),
    /// A head; so many more bytes are to be passed over.
    Skip(u64),
    /// A head; a picture follows.
    Raster(Raster),
}

/// The longest command that is held: `GS (` with its 65,535 parameters.
const PENDING_MAX: usize = 65_535 + 5;
/// The data of a barcode of the older form end with NUL; no system has more than this.
const BARCODE_BYTES_MAX: usize = 255;

impl Parser {
    /// Takes `bytes` and hands each whole command to `run`.
    pub fn feed(&mut self, bytes: &[u8], run: &mut dyn FnMut(Command)) {
        for byte in bytes {
            if self.skipping > 0 {
                self.skipping -= 1;
            } else if self.raster.is_some() {
                self.raster_byte(*byte, run);
            } else {
                self.pending.push(*byte);
                self.advance(run);
            }
        }
    }

    /// Forgets an unfinished command.
    pub fn reset(&mut self) {
        *self = Parser::default();
    }

    fn advance(&mut self, run: &mut dyn FnMut(Command)) {
        match parse(&self.pending) {
            Parsed::More => debug_assert!(self.pending.len() < PENDING_MAX, "every command has a known length"),
            Parsed::Whole(command, length) => {
                let rest = self.pending.split_off(length);
                self.pending.clear();
                if let Some(command) = command {
                    run(command);
                }
                // Only an unknown command leaves a rest, of one byte, which begins the next one.
                for byte in rest {
                    self.pending.push(byte);
                    self.advance(run);
                }
            }
            Parsed::Skip(skipping) => {
                self.pending.clear();
                self.skipping = skipping;
            }
            Parsed::Raster(raster) => {
                self.pending.clear();
                self.raster = (raster.rows_left > 0 && raster.bytes_per_row > 0).then_some(raster);
            }
        }
    }

    fn raster_byte(&mut self, byte: u8, run: &mut dyn FnMut(Command)) {
        let Some(raster) = &mut self.raster else { return };
        raster.row.push(byte);
        if raster.row.len() == raster.bytes_per_row {
            run(Command::RasterRow(raster.scale.0, raster.scale.1, std::mem::take(&mut raster.row)));
            raster.rows_left -= 1;
            if raster.rows_left == 0 {
                self.raster = None;
            }
        }
    }
}

fn parse(bytes: &[u8]) -> Parsed {
    match bytes {
        [] => Parsed::More,
        [ESC, ..] => parse_esc(bytes),
        [GS, ..] => parse_gs(bytes),
        [DLE, ..] => parse_dle(bytes),
        [0x1C, ..] => fixed(bytes, 3, |_| None),
        [LF, ..] => Parsed::Whole(Some(Command::LineFeed), 1),
        [byte @ 0x20..=0xFF, ..] => Parsed::Whole(Some(Command::Text(*byte)), 1),
        _ => Parsed::Whole(None, 1),
    }
}

/// A command of `length` bytes, the last of which `make` is given.
fn fixed(bytes: &[u8], length: usize, make: impl Fn(&[u8]) -> Option<Command>) -> Parsed {
    if bytes.len() < length { Parsed::More } else { Parsed::Whole(make(&bytes[..length]), length) }
}

fn parse_dle(bytes: &[u8]) -> Parsed {
    match bytes {
        [_] => Parsed::More,
        [_, EOT, ..] => fixed(bytes, 3, |b| Some(Command::RealTimeStatus(b[2]))),
        [_, ENQ, ..] => fixed(bytes, 3, |_| None),
        [_, DC4] => Parsed::More,
        [_, DC4, 1, ..] => fixed(bytes, 5, |b| Some(Command::Pulse(b[3] & 1, u16::from(b[4]) * 100))),
        [_, DC4, 8, ..] => fixed(bytes, 10, |b| (b == CLEAR_BUFFER).then_some(Command::ClearBuffer)),
        [_, DC4, ..] => fixed(bytes, 5, |_| None),
        _ => Parsed::Whole(None, 1),
    }
}

fn parse_esc(bytes: &[u8]) -> Parsed {
    let Some(letter) = bytes.get(1) else { return Parsed::More };
    let on = |b: &[u8]| b[2] & 1 == 1;
    match letter {
        b'@' => Parsed::Whole(Some(Command::Initialize), 2),
        b'2' => Parsed::Whole(Some(Command::LineSpacing(None)), 2),
        b'i' | b'm' => Parsed::Whole(Some(Command::Cut(0)), 2),
        b'3' => fixed(bytes, 3, |b| Some(Command::LineSpacing(Some(b[2])))),
        b'-' => fixed(bytes, 3, |b| Some(Command::Underline(b[2] & 3 != 0))),
        b'E' | b'G' => fixed(bytes, 3, |b| Some(Command::Bold(on(b)))),
        b'a' => fixed(bytes, 3, |b| Some(Command::Align(b[2] & 3))),
        b'd' => fixed(bytes, 3, |b| Some(Command::FeedLines(b[2]))),
        b'J' => fixed(bytes, 3, |b| Some(Command::FeedDots(b[2]))),
        b't' => fixed(bytes, 3, |b| Some(Command::CodePage(b[2]))),
        b'!' => fixed(bytes, 3, |b| Some(Command::Size(1 + (b[2] >> 5 & 1), 1 + (b[2] >> 4 & 1)))),
        b'p' => fixed(bytes, 5, |b| Some(Command::Pulse(b[2] & 1, u16::from(b[3]) * 2))),
        b'c' | b'$' | b'\\' => fixed(bytes, 4, |_| None),
        b'W' => fixed(bytes, 10, |_| None),
        b'*' if bytes.len() < 5 => Parsed::More,
        b'*' => {
            let columns = u64::from(u16::from_le_bytes([bytes[3], bytes[4]]));
            Parsed::Skip(columns * if bytes[2] >= 32 { 3 } else { 1 })
        }
        b'L' | b'S' | b'<' => Parsed::Whole(None, 2),
        b' ' | b'R' | b'M' | b'V' | b'{' | b'=' | b'T' | b'U' | b'r' | b'u' | b'%' | b'?' => fixed(bytes, 3, |_| None),
        _ => Parsed::Whole(None, 2),
    }
}

fn parse_gs(bytes: &[u8]) -> Parsed {
    let Some(letter) = bytes.get(1) else { return Parsed::More };
    match letter {
        b'!' => fixed(bytes, 3, |b| Some(Command::Size(1 + (b[2] >> 4 & 7), 1 + (b[2] & 7)))),
        b'B' => fixed(bytes, 3, |b| Some(Command::Reverse(b[2] & 1 == 1))),
        b'h' => fixed(bytes, 3, |b| Some(Command::BarcodeHeight(b[2]))),
        b'w' => fixed(bytes, 3, |b| Some(Command::BarcodeModule(b[2]))),
        b'H' => fixed(bytes, 3, |b| Some(Command::BarcodeText(b[2] & 3))),
        b'r' => fixed(bytes, 3, |b| Some(Command::OrderedStatus(b[2]))),
        b'V' => match bytes.get(2) {
            None => Parsed::More,
            Some(0 | 1 | 48 | 49) => Parsed::Whole(Some(Command::Cut(0)), 3),
            Some(_) => fixed(bytes, 4, |b| Some(Command::Cut(b[3]))),
        },
        b'k' => parse_barcode(bytes),
        b'(' if bytes.len() < 5 => Parsed::More,
        b'(' => fixed(bytes, 5 + usize::from(u16::from_le_bytes([bytes[3], bytes[4]])), parse_extended),
        b'8' if bytes.len() < 7 => Parsed::More,
        b'8' => Parsed::Skip(u64::from(u32::from_le_bytes([bytes[3], bytes[4], bytes[5], bytes[6]]))),
        b'*' if bytes.len() < 4 => Parsed::More,
        b'*' => Parsed::Skip(u64::from(bytes[2]) * u64::from(bytes[3]) * 8),
        b'v' if bytes.len() < 8 => Parsed::More,
        b'v' => {
            let counted = |low: usize| usize::from(u16::from_le_bytes([bytes[low], bytes[low + 1]]));
            let scale = (1 + (bytes[3] & 1), 1 + (bytes[3] >> 1 & 1));
            Parsed::Raster(Raster { scale, bytes_per_row: counted(4), rows_left: counted(6), row: Vec::new() })
        }
        b'L' | b'W' | b'P' | b'$' | b'\\' => fixed(bytes, 4, |_| None),
        b'^' => fixed(bytes, 5, |_| None),
        b'a' => fixed(bytes, 3, |b| Some(Command::AutomaticStatus(b[2] != 0))),
        b'f' | b'I' | b'b' | b'/' | b'T' | b'E' => fixed(bytes, 3, |_| None),
        _ => Parsed::Whole(None, 2),
    }
}

/// `GS k m d1...dk NUL` for systems below 65, `GS k m n d1...dn` for the others.
fn parse_barcode(bytes: &[u8]) -> Parsed {
    match bytes {
        [_, _] => Parsed::More,
        [_, _, system @ 0..=64, data @ ..] => match data.last() {
            Some(0) => Parsed::Whole(Some(Command::Barcode(*system, data[..data.len() - 1].to_vec())), bytes.len()),
            _ if data.len() > BARCODE_BYTES_MAX => Parsed::Whole(None, bytes.len()),
            _ => Parsed::More,
        },
        [_, _, _] => Parsed::More,
        [_, _, system, count, ..] => {
            fixed(bytes, 4 + usize::from(*count), |b| Some(Command::Barcode(*system, b[4..].to_vec())))
        }
        _ => Parsed::More,
    }
}

/// `GS ( x pL pH ...`: only QR codes are drawn, which are `GS ( k` with 49 first.
fn parse_extended(bytes: &[u8]) -> Option<Command> {
    match bytes {
        [_, _, b'k', _, _, 49, function, parameters @ ..] => Some(Command::Qr(*function, parameters.to_vec())),
        _ => None,
    }
}

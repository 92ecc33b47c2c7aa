//! The commands that we send as bytes of our own, each as Epson's ESC/POS reference has it.

use super::profile::{DrawerPin, Pulse};

/// Data link escape: begins real-time commands.
pub const DLE: u8 = 0x10;
/// End of transmission: with DLE, a real-time status request.
pub const EOT: u8 = 0x04;
/// Enquiry: with DLE, a real-time request to the printer.
pub const ENQ: u8 = 0x05;
/// Device control 4: with DLE, a real-time pulse, among others.
pub const DC4: u8 = 0x14;
/// Escape.
pub const ESC: u8 = 0x1B;
/// Group separator.
pub const GS: u8 = 0x1D;
/// Line feed.
pub const LF: u8 = 0x0A;

/// `ESC R 0`: the American set, in which the bytes below 0x80 are ASCII.
pub const ASCII: [u8; 3] = [ESC, b'R', 0];

/// `ESC t n`: the code page numbered `page`.
pub fn code_page(page: u8) -> [u8; 3] {
    [ESC, b't', page]
}

/// `ESC ! n`: the size of characters, and whether they are bold, in one; for printers without `GS !`.
pub fn print_mode(wide: bool, high: bool, bold: bool) -> [u8; 3] {
    let bit = |place: u8, set: bool| u8::from(set) << place;
    [ESC, b'!', bit(3, bold) | bit(4, high) | bit(5, wide)]
}

/// `GS V 66 n`: feeds to the cutting position and `margin_dots` further, and cuts partially.
pub fn partial_cut(margin_dots: u8) -> [u8; 4] {
    [GS, b'V', 66, margin_dots]
}

/// `ESC p m t1 t2`: a pulse in order with the job. Both times are in units of 2 ms.
pub fn pulse(pin: DrawerPin, pulse: Pulse) -> [u8; 5] {
    let units = |ms: u16| u8::try_from(ms / 2).unwrap_or(u8::MAX);
    [ESC, b'p', connector(pin), units(pulse.on_ms), units(pulse.off_ms)]
}

/// `DLE DC4 1 m t`: a pulse at once, even when the printer is offline. The time is in units of 100 ms, 1 to 8.
pub fn real_time_pulse(pin: DrawerPin, pulse: Pulse) -> [u8; 5] {
    let units = u8::try_from(pulse.on_ms.div_ceil(100)).unwrap_or(u8::MAX).clamp(1, 8);
    [DLE, DC4, 1, connector(pin), units]
}

fn connector(pin: DrawerPin) -> u8 {
    match pin {
        DrawerPin::Two => 0,
        DrawerPin::Five => 1,
    }
}

/// `DLE EOT n`: status at once. 1 printer, 2 why offline, 3 error, 4 paper.
pub fn real_time_status(n: u8) -> [u8; 3] {
    [DLE, EOT, n]
}

/// `GS r 1`: paper sensor status, answered when everything before it has been processed.
pub const ORDERED_STATUS: [u8; 3] = [GS, b'r', 1];

/// `DLE DC4 8` with its seven fixed bytes: clears the receive buffer and the print buffer at once, even when the printer is
/// offline. The printer answers `37 25 00`, and wants nothing sent until then.
pub const CLEAR_BUFFER: [u8; 10] = [DLE, DC4, 8, 1, 3, 20, 1, 6, 2, 8];

/// `GS v 0 m xL xH yL yH`: head of a picture of `bytes_per_row` x `rows`.
pub fn raster_head(bytes_per_row: u16, rows: u16) -> [u8; 8] {
    let [x_low, x_high] = bytes_per_row.to_le_bytes();
    let [y_low, y_high] = rows.to_le_bytes();
    [GS, b'v', b'0', 0, x_low, x_high, y_low, y_high]
}

/// Barcode as high as `dots`, `module_dots` a module, its text below: `GS h`, `GS w`, `GS f 0`, `GS H 2`.
pub fn barcode_settings(dots: u8, module_dots: u8) -> [u8; 12] {
    [GS, b'h', dots, GS, b'w', module_dots, GS, b'f', 0, GS, b'H', 2]
}

/// `ESC J n`: feeds `dots`.
pub fn feed_dots(dots: u8) -> [u8; 3] {
    [ESC, b'J', dots]
}

/// `GS k 73 n d1...dn`: a Code 128 that says `text`, which is printable ASCII of at most 48 characters.
///
/// Digits are packed in pairs (code set C) where four or more stand together. A pair is sent as its number, so `1604`
/// would be sent as `DLE EOT`, which a printer obeys wherever it stands: a text that would say such a thing stays in
/// code set B.
pub fn code128(text: &str) -> Vec<u8> {
    let (data, _) = code128_data(text);
    let count = u8::try_from(data.len()).expect("48 characters take at most 2 bytes each, and a few for code sets");
    let mut bytes = vec![GS, b'k', 73, count];
    bytes.extend(data);
    bytes
}

/// Modules that a Code 128 of `text` takes: 11 a symbol, with check and stop.
pub fn code128_modules(text: &str) -> usize {
    let (_, symbols) = code128_data(text);
    11 * (symbols + 1) + 13
}

fn code128_data(text: &str) -> (Vec<u8>, usize) {
    let packed = code128_sets(text, true);
    if contains_real_time(&packed.0) { code128_sets(text, false) } else { packed }
}

/// The data, and of how many symbols it is; the first one is the start.
fn code128_sets(text: &str, pack: bool) -> (Vec<u8>, usize) {
    let mut data = Vec::with_capacity(text.len() * 2 + 2);
    let mut symbols = 0;
    let mut set = None;
    let mut rest = text.as_bytes();
    while let Some(first) = rest.first() {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count() & !1;
        let wanted = if pack && digits >= 4 { b'C' } else { b'B' };
        if set.replace(wanted) != Some(wanted) {
            data.extend([b'{', wanted]);
            symbols += 1;
        }
        if wanted == b'C' {
            data.extend(rest[..digits].chunks_exact(2).map(|pair| (pair[0] - b'0') * 10 + pair[1] - b'0'));
            symbols += digits / 2;
            rest = &rest[digits..];
        } else {
            data.push(*first);
            if *first == b'{' {
                data.push(b'{');
            }
            symbols += 1;
            rest = &rest[1..];
        }
    }
    (data, symbols)
}

/// Whether `data` holds what a printer would obey at once, although it stands inside other data.
pub fn contains_real_time(data: &[u8]) -> bool {
    data.windows(2).any(|pair| pair[0] == DLE && matches!(pair[1], EOT | ENQ | DC4))
}

/// Changes one dot behind each DLE that would make picture data a real-time command.
pub fn defuse(data: &mut [u8]) {
    for place in 1..data.len() {
        if contains_real_time(&data[place - 1..=place]) {
            data[place] ^= 0x40;
        }
    }
}

//! What a code says, once its bytes are whole.

use super::symbology;
use crate::device::Scan;

/// More than the largest QR code holds in bytes (2,953, ISO/IEC 18004), with its prefix.
pub const CODE_BYTES_MAX: usize = 3_072;
/// The separator of GS1 codes, the one control character that belongs to a code.
const GROUP_SEPARATOR: char = '\u{1d}';

/// The scan that these bytes are: the AIM identifier that may begin them is taken off, and so are control characters.
/// `None` when nothing is left.
pub fn scan(bytes: &[u8]) -> Option<Scan> {
    let text: String = String::from_utf8_lossy(bytes)
        .chars()
        .filter(|character| !character.is_control() || *character == GROUP_SEPARATOR)
        .collect();
    let (symbology, payload) = symbology::split(text.trim());
    (!payload.is_empty()).then(|| Scan { payload: payload.to_owned(), symbology })
}

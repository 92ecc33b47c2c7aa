//! What a display is told, in bytes.
//!
//! ESC/POS for displays as Epson's DM-D series has it (its command manual), and CD5220, which most others understand.

use crate::escpos::code_page::CodePage;
use crate::escpos::transliterate;

/// How many characters a line holds.
pub const LINE_CHARACTERS: usize = 20;

const ESC: u8 = 0x1B;
const CR: u8 = 0x0D;
const CLR: u8 = 0x0C;
const US: u8 = 0x1F;

/// What a display speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisplayLanguage {
    /// Epson's: `US $` sets the place, `ESC t` the code page.
    EscPos,
    /// CD5220: `ESC Q A` and `ESC Q B` set a line each. The code page is what the display is set to.
    Cd5220,
}

impl DisplayLanguage {
    /// What a display is told first: everything as at power-on, nothing shown, the text's code page.
    pub(crate) fn begin(self, page: CodePage) -> Vec<u8> {
        match self {
            // US MD1 is overwrite mode: a full line does not push the other one up.
            DisplayLanguage::EscPos => vec![ESC, b'@', CLR, US, 0x01, ESC, b't', page.number],
            DisplayLanguage::Cd5220 => vec![ESC, b'@', CLR],
        }
    }

    /// Both lines, as [`line`] made them.
    pub(crate) fn show(self, lines: [&[u8]; 2]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 * (LINE_CHARACTERS + 4));
        for (number, line) in lines.into_iter().enumerate() {
            match self {
                DisplayLanguage::EscPos => {
                    bytes.extend([US, b'$', 1, if number == 0 { 1 } else { 2 }]);
                    bytes.extend(line);
                }
                DisplayLanguage::Cd5220 => {
                    bytes.extend([ESC, b'Q', if number == 0 { b'A' } else { b'B' }]);
                    bytes.extend(line);
                    bytes.push(CR);
                }
            }
        }
        bytes
    }
}

/// `text` in the bytes of `page`, cut or filled to the display's width.
pub(crate) fn line(text: &str, page: CodePage) -> Vec<u8> {
    let mut known = String::new();
    // One character more than fits is never shown, however much may stand for a character.
    for character in text.chars() {
        if known.chars().count() >= LINE_CHARACTERS {
            break;
        }
        transliterate::push(&mut known, character, |character| page.byte(character).is_some());
    }
    let bytes = known.chars().map(|character| page.byte(character).unwrap_or(b'?'));
    bytes.chain(std::iter::repeat(b' ')).take(LINE_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::escpos::code_page::{CP437, CP858};

    #[test]
    fn a_line_is_twenty_bytes_of_the_page() {
        assert_eq!(line("Äpfel 1,99 €", CP858), b"\x8Epfel 1,99 \xD5        ");
        assert_eq!(line("1,99 €", CP437), b"1,99 EUR            ");
        assert_eq!(line("\u{1b}@\n123456789012345678901234567890", CP437).len(), LINE_CHARACTERS);
        assert!(line("\u{1b}\u{c}\r", CP437).iter().all(|byte| *byte >= b' '), "no command comes out of a text");
    }

    #[test]
    fn the_bytes_are_the_manuals() {
        let (upper, lower) = (line("A", CP437), line("B", CP437));
        let escpos = DisplayLanguage::EscPos.show([&upper, &lower]);
        assert!(escpos.starts_with(b"\x1f$\x01\x01A ") && escpos[24..].starts_with(b"\x1f$\x01\x02B "));
        let cd5220 = DisplayLanguage::Cd5220.show([&upper, &lower]);
        assert!(cd5220.starts_with(b"\x1bQAA ") && cd5220[24..].starts_with(b"\x1bQBB ") && cd5220.ends_with(b" \r"));
    }
}

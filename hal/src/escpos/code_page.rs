//! Code pages: which byte says which character. A printer speaks one at a time, chosen by `ESC t n`.
//!
//! Epson's numbers of the pages; other makers mostly follow them. The bytes below 0x80 are ASCII in each.

mod tables;

pub use tables::{
    CP437, CP737, CP850, CP852, CP858, CP860, CP863, CP865, CP866, ISO8859_2, ISO8859_7, ISO8859_15, WPC1250, WPC1251,
    WPC1252, WPC1253, WPC1254, WPC1257,
};

/// A code page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePage {
    /// Its name, as the printer's manual has it.
    pub name: &'static str,
    /// The number that `ESC t` selects it by.
    pub number: u8,
    /// The characters of the bytes 0x80 to 0xFF; U+FFFD where a byte says nothing.
    upper: &'static str,
}

const NOTHING: char = char::REPLACEMENT_CHARACTER;

/// Every page that is known here.
pub const ALL: [CodePage; 18] = [
    CP437, CP850, CP860, CP863, CP865, CP737, ISO8859_7, WPC1252, CP866, CP852, CP858, ISO8859_2, ISO8859_15, WPC1250,
    WPC1251, WPC1253, WPC1254, WPC1257,
];

impl CodePage {
    /// A page that is not built in. `upper` has the characters of the bytes 0x80 to 0xFF, U+FFFD where a byte says nothing;
    /// `None` if these are not 128.
    pub fn with_table(name: &'static str, number: u8, upper: &'static str) -> Option<CodePage> {
        (upper.chars().count() == 128).then_some(CodePage { name, number, upper })
    }

    /// The byte that says `character`, if one does. Control characters are no text.
    pub fn byte(&self, character: char) -> Option<u8> {
        match character {
            ' '..='~' => u8::try_from(character).ok(),
            NOTHING => None,
            other => {
                let place = self.upper.chars().position(|c| c == other)?;
                u8::try_from(0x80 + place).ok()
            }
        }
    }

    /// The character that `byte` says, if it says one.
    pub fn character(&self, byte: u8) -> Option<char> {
        match byte {
            0x20..=0x7E => Some(char::from(byte)),
            0x80.. => self.upper.chars().nth(usize::from(byte) - 0x80).filter(|c| *c != NOTHING),
            _ => None,
        }
    }

    /// The page that `ESC t number` selects.
    pub fn numbered(number: u8) -> Option<CodePage> {
        ALL.into_iter().find(|page| page.number == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_every_page_comes_back() {
        for page in ALL {
            assert_eq!(page.upper.chars().count(), 128, "{}", page.name);
            for byte in 0x20..=0xFF_u8 {
                if let Some(character) = page.character(byte) {
                    assert_eq!(page.byte(character), Some(byte), "{} {byte:#x} {character}", page.name);
                }
            }
        }
    }

    #[test]
    fn the_euro_stands_where_the_manuals_have_it() {
        assert_eq!(CP858.byte('€'), Some(0xD5));
        assert_eq!(WPC1252.byte('€'), Some(0x80));
        assert_eq!(CP437.byte('€'), None);
        assert_eq!(CP437.byte('ß'), Some(0xE1));
        assert_eq!(CP437.byte('\n'), None);
    }
}

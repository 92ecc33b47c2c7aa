//! The receipt font: 12 x 24 dots, the size of a printer's font A.
//!
//! It is two PC Screen Fonts of version 2: a head of eight 32-bit numbers, the glyphs as rows of dots, and a table that
//! says for each glyph which characters it draws. The second has what the first lacks: Greek, Cyrillic, some Latin. Their
//! licences stand in `assets/README`.

use std::collections::HashMap;
use std::sync::OnceLock;

const FILES: [&[u8]; 2] =
    [include_bytes!("../../assets/spleen-12x24.psfu"), include_bytes!("../../assets/uni2-terminus-24x12.psf")];
const HEAD_BYTES: usize = 32;
/// Ends the characters of a glyph in the table.
const GLYPH_END: u8 = 0xFF;
/// In the table, begins a sequence of characters that one glyph draws together; not used here.
const SEQUENCE: u8 = 0xFE;
const ROWS: usize = 24;

/// The dots of a character: 24 rows, the leftmost of the 12 dots in the highest bit.
pub type Glyph = [u16; ROWS];

/// A font of glyphs.
#[derive(Debug)]
pub struct Font {
    glyphs: HashMap<char, Glyph>,
}

impl Font {
    /// The dots of `character`, if the font has it.
    pub fn glyph(&self, character: char) -> Option<&Glyph> {
        self.glyphs.get(&character)
    }
}

/// The receipt font.
pub fn font() -> &'static Font {
    static FONT: OnceLock<Font> = OnceLock::new();
    FONT.get_or_init(|| {
        let mut glyphs = HashMap::new();
        for file in FILES {
            parse(file, &mut glyphs);
        }
        Font { glyphs }
    })
}

/// Adds the glyphs of characters that are not there yet.
fn parse(file: &[u8], glyphs: &mut HashMap<char, Glyph>) {
    let number = |index: usize| {
        let bytes = file.get(index * 4..index * 4 + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map(u32::from_le_bytes).unwrap_or_default() as usize
    };
    let (count, glyph_bytes) = (number(4), number(5));
    let table_start = HEAD_BYTES + count * glyph_bytes;
    let table = file.get(table_start..).unwrap_or_default();
    for (index, characters) in table.split(|byte| *byte == GLYPH_END).take(count).enumerate() {
        let start = HEAD_BYTES + index * glyph_bytes;
        let dots = file.get(start..start + glyph_bytes).unwrap_or_default();
        let mut glyph = [0; ROWS];
        for (row, pair) in glyph.iter_mut().zip(dots.chunks_exact(2)) {
            *row = u16::from_be_bytes([pair[0], pair[1]]);
        }
        let single = characters.split(|byte| *byte == SEQUENCE).next().unwrap_or_default();
        for character in std::str::from_utf8(single).unwrap_or_default().chars() {
            glyphs.entry(character).or_insert(glyph);
        }
    }
}

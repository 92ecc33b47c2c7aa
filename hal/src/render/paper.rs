//! A sheet of paper: black dots, and the text that they say.

use super::font::Glyph;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

/// Two metres: longer than any receipt. What would stand below is not drawn.
const ROWS_MAX: usize = 16_000;
/// Bytes of text of the longest sheet.
const TEXT_BYTES_MAX: usize = 1 << 20;
/// Blank paper beside the printable width, as on 80 and 58 mm rolls.
const SIDE_DOTS: usize = 36;
/// Between the print head and the cutter: the blank at the top that the last cut left.
const TOP_DOTS: usize = 56;
const BOTTOM_DOTS: usize = 16;
/// The teeth of the cutter.
const TOOTH_DOTS: usize = 6;
const PAPER: [u8; 4] = [253, 252, 248, 255];
const INK: [u8; 4] = [38, 36, 40, 255];
const AIR: [u8; 4] = [0, 0, 0, 0];

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The PNG could not be written.
    #[error("the picture of the receipt could not be encoded: {0}")]
    Png(#[from] image::ImageError),
}

/// A sheet of paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    dots_wide: usize,
    bytes_per_row: usize,
    rows: Vec<u8>,
    text: String,
}

impl Paper {
    /// A sheet of no length, `dots_wide` wide.
    pub fn new(dots_wide: usize) -> Paper {
        Paper { dots_wide, bytes_per_row: dots_wide.div_ceil(8), rows: Vec::new(), text: String::new() }
    }

    /// Its printable width in dots.
    pub fn dots_wide(&self) -> usize {
        self.dots_wide
    }

    /// Its length in dots.
    pub fn dots_high(&self) -> usize {
        self.rows.len() / self.bytes_per_row
    }

    /// What it says, line by line; codes in brackets.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the dot at `x`, `y` is black.
    pub fn is_black(&self, x: usize, y: usize) -> bool {
        let byte = self.rows.get(y * self.bytes_per_row + x / 8).copied().unwrap_or_default();
        x < self.dots_wide && byte & (0x80 >> (x % 8)) != 0
    }

    /// Feeds `rows` of blank paper and says where they begin. At the end of the roll it feeds less.
    pub fn feed(&mut self, rows: usize) -> usize {
        let start = self.dots_high();
        let end = (start + rows).min(ROWS_MAX);
        self.rows.resize(end * self.bytes_per_row, 0);
        start
    }

    /// Blackens the dot at `x`, `y`, if it is on the paper.
    pub fn blacken(&mut self, x: usize, y: usize) {
        if x < self.dots_wide
            && let Some(byte) = self.rows.get_mut(y * self.bytes_per_row + x / 8)
        {
            *byte |= 0x80 >> (x % 8);
        }
    }

    /// Blackens the rectangle at `x`, `y`.
    pub fn fill(&mut self, x: usize, y: usize, wide: usize, high: usize) {
        for row in y..y + high {
            (x..x + wide).for_each(|dot| self.blacken(dot, row));
        }
    }

    /// Draws a glyph of 12 x 24 dots at `x`, `y`, so many times as wide and as high. A bold one is struck twice, the
    /// second time a dot further right; a reversed one is white on black.
    pub fn stamp(&mut self, glyph: &Glyph, (x, y): (usize, usize), (wide, high): (usize, usize), look: Look) {
        for (row, dots) in glyph.iter().enumerate() {
            let struck = if look.bold { dots | dots >> 1 } else { *dots };
            for column in 0..12 {
                if (struck & (0x8000 >> column) != 0) != look.reverse {
                    self.fill(x + column * wide, y + row * high, wide, high);
                }
            }
        }
    }

    /// Adds a line of text.
    pub fn say(&mut self, line: &str) {
        if self.text.len() + line.len() < TEXT_BYTES_MAX {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    /// The sheet as a PNG: paper with its margins and the cutter's teeth.
    pub fn png(&self) -> Result<Vec<u8>, RenderError> {
        let wide = self.dots_wide + 2 * SIDE_DOTS;
        let high = TOP_DOTS + self.dots_high() + BOTTOM_DOTS;
        let mut pixels = Vec::with_capacity(wide * high * 4);
        for y in 0..high {
            for x in 0..wide {
                pixels.extend(self.pixel(x, y, high));
            }
        }
        let mut png = Vec::new();
        let counted = |dots: usize| u32::try_from(dots).unwrap_or(u32::MAX);
        PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::Up).write_image(
            &pixels,
            counted(wide),
            counted(high),
            ExtendedColorType::Rgba8,
        )?;
        Ok(png)
    }

    fn pixel(&self, x: usize, y: usize, high: usize) -> [u8; 4] {
        let phase = x % (2 * TOOTH_DOTS);
        let tooth = phase.min(2 * TOOTH_DOTS - phase);
        if y < tooth || high - 1 - y < tooth {
            return AIR;
        }
        match (x.checked_sub(SIDE_DOTS), y.checked_sub(TOP_DOTS)) {
            (Some(x), Some(y)) if self.is_black(x, y) => INK,
            _ => PAPER,
        }
    }
}

/// How a glyph is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Twice.
    pub bold: bool,
    /// White on black.
    pub reverse: bool,
}

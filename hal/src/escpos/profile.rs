//! What a model of printer can do, as data.

mod models;

use super::code_page::CodePage;
use super::transliterate;
use crate::layout::BINDING_BLANK;

/// Dots a character of font A is wide.
pub const CHAR_DOTS_WIDE: usize = 12;
/// Dots a character of font A is high.
pub const CHAR_DOTS_HIGH: usize = 24;

/// A model of printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// How the settings name it.
    pub name: &'static str,
    /// Dots across the printable width.
    pub dots_wide: usize,
    /// The code pages it has, the preferred one first.
    pub code_pages: &'static [CodePage],
    /// How it cuts.
    pub cutter: Cutter,
    /// How it kicks a drawer.
    pub pulse: Pulse,
    /// Whether it answers status requests (DLE EOT, GS r). Without answers a job is done when its bytes are written.
    pub answers: bool,
    /// Whether it knows `DLE DC4 8`, which clears what it holds (Epson since the TM-T88IV and their relatives; cheap ones
    /// ignore it). Without it the rest of a receipt comes out behind the new roll, whatever a till does.
    pub clears_buffer: bool,
    /// Whether it draws pictures (`GS v 0`). Without them a logo is left out, and codes are written in brackets.
    pub pictures: bool,
    /// Whether it draws barcodes itself (`GS k`); else they are pictures.
    pub barcodes: bool,
    /// Whether it draws QR codes itself (`GS ( k`); else they are pictures.
    pub qr: bool,
    /// How it is told the size of characters.
    pub sizes: Sizes,
}

/// How a printer is told the size of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sizes {
    /// `GS !`, as all thermal printers.
    GsBang,
    /// `ESC !`, as impact printers, which have no other.
    EscBang,
}

/// How a printer cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cutter {
    /// It leaves a point uncut.
    Partial {
        /// Rows of dots that it feeds beyond the cutting position first.
        margin_dots: u8,
    },
    /// It has none: so many lines are fed, to be torn off.
    None {
        /// Lines from the print head to the edge.
        feed_lines: u8,
    },
}

/// How a drawer is kicked. Too short a pulse does not open it, too long a one burns its coil.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pulse {
    /// How long current flows, in milliseconds; printers count in steps of two.
    pub on_ms: u16,
    /// The least pause before a next pulse, in milliseconds.
    pub off_ms: u16,
    /// Whether it knows the real-time pulse (DLE DC4), which opens the drawer while the paper is out.
    pub real_time: bool,
}

/// The pin of the drawer's connector that a drawer hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawerPin {
    /// Pin 2, the usual one.
    Two,
    /// Pin 5, the second drawer.
    Five,
}

impl DrawerPin {
    /// The pin numbered `pin`.
    pub fn numbered(pin: u8) -> Option<DrawerPin> {
        match pin {
            2 => Some(DrawerPin::Two),
            5 => Some(DrawerPin::Five),
            _ => None,
        }
    }
}

impl Profile {
    /// The profile that the settings name `name`; capitals and blanks do not matter.
    pub fn named(name: &str) -> Option<Profile> {
        let plain = |name: &str| name.replace([' ', '_'], "").to_ascii_lowercase();
        models::ALL.into_iter().find(|profile| plain(profile.name) == plain(name))
    }

    /// How the settings may name a profile.
    pub fn names() -> Vec<&'static str> {
        models::ALL.iter().map(|profile| profile.name).collect()
    }

    /// Characters a line.
    pub fn columns(&self) -> usize {
        self.dots_wide / CHAR_DOTS_WIDE
    }

    /// Whether some page of this printer has `character`.
    pub fn has(&self, character: char) -> bool {
        self.code_pages.iter().any(|page| page.byte(character).is_some())
    }

    /// `text` in characters that this printer has: what it lacks is written in what it has, at worst as a question mark.
    ///
    /// The oldest page has a few Greek letters for mathematics. A word of those and of Latin ones is no word of either, so
    /// Greek is printed as Greek only where all of it is there.
    pub fn printable(&self, text: &str) -> String {
        let has = |c| self.has(c) && (!is_greek(c) || GREEK.chars().all(|letter| self.has(letter)));
        let mut out = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                // The layout makes blanks of them. The narrow one is how French sets a price and an exclamation mark.
                BINDING_BLANK | '\u{202F}' => out.push(BINDING_BLANK),
                // Every page has these; most of a receipt are they.
                ' '..='~' => out.push(character),
                _ => transliterate::push(&mut out, character, has),
            }
        }
        out
    }
}

/// Letters that every page for Greek has, and none for mathematics.
const GREEK: &str = "άζθλνξρχψως";

fn is_greek(character: char) -> bool {
    ('\u{370}'..='\u{3FF}').contains(&character)
}

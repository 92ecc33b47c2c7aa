//! The paper as a picture and as text.
//!
//! There is one way to the picture: the document is encoded for the profile and the bytes are interpreted, so what is
//! seen is what a printer of this profile is told.

mod bars;
mod font;
mod paper;

#[cfg(test)]
mod tests;

pub use bars::{Bars, code128 as code128_bars, ean13 as ean13_bars};
pub use font::{Font, Glyph, font};
pub use paper::{Look, Paper, RenderError};

use crate::document::Document;
use crate::escpos::{EncodeError, Event, Interpreter, Profile, encode};

/// The document on paper: a sheet for each cut, and one for what stands below the last cut.
pub fn sheets(document: &Document, profile: &Profile) -> Result<Vec<Paper>, EncodeError> {
    let bytes = encode(document, profile)?;
    let mut interpreter = Interpreter::new(profile);
    let mut sheets = Vec::new();
    interpreter.feed(&bytes, &mut |event| {
        if let Event::Sheet(paper) = event {
            sheets.push(paper);
        }
    });
    sheets.extend(interpreter.tear());
    Ok(sheets)
}

//! AIM symbology identifiers (ISO/IEC 15424): `]`, a letter for the kind of code, and a modifier, before the content.

use crate::device::Symbology;

/// The identifier at the beginning of `text`, if there is one, and what follows it.
pub fn split(text: &str) -> (Option<Symbology>, &str) {
    let mut characters = text.chars();
    let (Some(']'), Some(letter), Some(modifier)) = (characters.next(), characters.next(), characters.next()) else {
        return (None, text);
    };
    if !letter.is_ascii_alphabetic() || !modifier.is_ascii_alphanumeric() {
        return (None, text);
    }
    (Some(named(letter, modifier)), characters.as_str())
}

fn named(letter: char, modifier: char) -> Symbology {
    match (letter, modifier) {
        ('E', '0') => Symbology::Ean13,
        ('E', '4') => Symbology::Ean8,
        ('C', '1') => Symbology::Gs1_128,
        ('C', _) => Symbology::Code128,
        ('e', '0') => Symbology::Gs1DataBar,
        ('A', _) => Symbology::Code39,
        ('I', _) => Symbology::Interleaved2Of5,
        ('Q', '3') => Symbology::Gs1Qr,
        ('Q', _) => Symbology::Qr,
        ('d', '2') => Symbology::Gs1DataMatrix,
        ('d', _) => Symbology::DataMatrix,
        _ => Symbology::Other(letter, modifier),
    }
}

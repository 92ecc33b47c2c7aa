//! A document in lines of so many characters.
//!
//! The encoder prints these lines and [`crate::render::text`] shows them, so both break at the same places.

use crate::document::{Align, Document, Element, Style};
use crate::escpos::Profile;

/// Room for less than this beside the right text is no room: the left one then stands above it.
const LEFT_CHARS_MIN: usize = 8;

/// A blank at which no line breaks.
pub(crate) const BINDING_BLANK: char = '\u{A0}';

/// A line that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its characters.
    pub text: String,
    /// How it is printed.
    pub style: Style,
    /// Where it stands.
    pub align: Align,
}

/// A paragraph in lines of at most `columns`.
pub fn paragraph(text: &str, style: Style, align: Align, columns: usize) -> Vec<Line> {
    let chars = columns / style.size.columns();
    let line = |text: String| Line { text: text.trim_end().to_owned(), style, align };
    wrap(text, chars).into_iter().map(line).collect()
}

/// A text at either edge, in lines of `columns`.
pub fn columns(left: &str, right: &str, style: Style, columns: usize) -> Vec<Line> {
    let width = columns / style.size.columns();
    let right_lines = wrap(right, width);
    let [right] = right_lines.as_slice() else {
        // No printer has room for it, so each edge gets lines of its own.
        let mut lines = paragraph(left, style, Align::Left, columns);
        lines.extend(right_lines.into_iter().map(|text| at_edges("", &text, style, width)));
        return lines;
    };
    let room = width.saturating_sub(right.chars().count() + 1);
    if room < LEFT_CHARS_MIN && left.chars().count() > room {
        let mut lines = paragraph(left, style, Align::Left, columns);
        lines.push(at_edges("", right, style, width));
        return lines;
    }
    let mut left = wrap(left, room).into_iter();
    let mut lines = vec![at_edges(&left.next().unwrap_or_default(), right, style, width)];
    lines.extend(left.map(|text| Line { text, style, align: Align::Left }));
    lines
}

/// The line across the paper.
pub fn rule(columns: usize) -> Line {
    Line { text: "-".repeat(columns), style: Style::NORMAL, align: Align::Left }
}

fn at_edges(left: &str, right: &str, style: Style, width: usize) -> Line {
    let gap = width.saturating_sub(left.chars().count() + right.chars().count());
    Line { text: format!("{left}{}{right}", " ".repeat(gap)).trim_end().to_owned(), style, align: Align::Left }
}

/// Lines of at most `width` characters, broken at blanks where there are some, and never at those that bind (`à bientôt !`).
/// Blanks at the beginning stay.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut rest: Vec<char> = text.chars().collect();
    while rest.len() > width {
        let indent = rest.iter().take_while(|c| **c == ' ').count();
        let blank = rest[..=width].iter().rposition(|c| *c == ' ').filter(|place| *place > indent);
        let tail = rest.split_off(blank.unwrap_or(width));
        lines.push(rest.into_iter().map(unbound).collect());
        rest = tail.into_iter().skip_while(|c| *c == ' ').collect();
    }
    lines.push(rest.into_iter().map(unbound).collect());
    lines
}

/// On paper a blank that binds is a blank.
fn unbound(character: char) -> char {
    if character == BINDING_BLANK { ' ' } else { character }
}

/// `text` where `align` says, in `columns`, as plain text shows it; each character takes `char_columns`.
pub fn placed(text: &str, align: Align, char_columns: usize, columns: usize) -> String {
    let free = columns.saturating_sub(text.chars().count() * char_columns);
    let indent = match align {
        Align::Left => 0,
        Align::Center => free / 2,
        Align::Right => free,
    };
    format!("{}{text}", " ".repeat(indent)).trim_end().to_owned()
}

/// What a code says, as plain text shows it: in brackets, in lines of `columns`.
pub fn code(text: &str, align: Align, columns: usize) -> Vec<String> {
    let lines = wrap(&format!("[{text}]"), columns);
    lines.iter().map(|line| placed(line, align, 1, columns)).collect()
}

/// The document as plain text, as `profile` prints it: codes show by what they say in brackets, a cut is a form feed.
pub fn text(document: &Document, profile: &Profile) -> String {
    let width = profile.columns();
    let shown = |lines: Vec<Line>| -> Vec<String> {
        lines.iter().map(|line| placed(&line.text, line.align, line.style.size.columns(), width)).collect()
    };
    let mut out = String::new();
    for element in &document.elements {
        let lines = match element {
            Element::Text { text, style, align } => shown(paragraph(&profile.printable(text), *style, *align, width)),
            Element::Columns { left, right, style } => {
                shown(columns(&profile.printable(left), &profile.printable(right), *style, width))
            }
            Element::Rule => shown(vec![rule(width)]),
            Element::Barcode(barcode) => code(barcode.text(), Align::Center, width),
            Element::Qr(payload) => code(payload.text(), Align::Center, width),
            Element::Picture(_) => Vec::new(),
            Element::Feed { lines } => vec![String::new(); usize::from(*lines)],
            Element::Cut => vec!["\u{c}".to_owned()],
        };
        for line in lines {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

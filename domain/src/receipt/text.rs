//! A receipt as plain text, for the API and for people who read it on a screen.

use super::{Align, Element, Receipt};

/// Characters a line of 80 mm paper in the printer's standard font.
pub const WIDTH_80_MM: usize = 48;
/// The least width that a receipt is laid out for.
const WIDTH_MIN: usize = 16;

impl Receipt {
    /// The receipt in lines of at most `width` characters (at least 16). Codes are shown by what they say.
    pub fn to_text(&self, width: usize) -> String {
        let width = width.max(WIDTH_MIN);
        let mut lines = Vec::new();
        for element in &self.elements {
            match element {
                Element::Text { text, align, .. } => {
                    lines.extend(wrap(text, width).into_iter().map(|line| aligned(line, *align, width)));
                }
                Element::Columns { left, right, .. } => columns(&mut lines, left, right, width),
                Element::Rule => lines.push("-".repeat(width)),
                Element::Barcode { payload } => {
                    lines.push(aligned(format!("[{payload}]"), Align::Center, width));
                }
                Element::Qr { payload } => {
                    lines.extend(
                        wrap(&format!("[{payload}]"), width)
                            .into_iter()
                            .map(|line| aligned(line, Align::Center, width)),
                    );
                }
                // A picture says nothing.
                Element::Picture { .. } => {}
                Element::Feed { lines: empty } => lines.extend((0..*empty).map(|_| String::new())),
                Element::Cut => lines.push("- ".repeat(width / 2)),
            }
        }
        let mut text = String::new();
        for line in lines {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// The right text is never cut; the left one wraps beside it, or stands above it where there is no room.
fn columns(lines: &mut Vec<String>, left: &str, right: &str, width: usize) {
    let right_chars = right.chars().count();
    let room = width.saturating_sub(right_chars + 1);
    if room < WIDTH_MIN / 2 {
        lines.extend(wrap(left, width));
        lines.push(format!("{}{right}", " ".repeat(width.saturating_sub(right_chars))));
        return;
    }
    let mut left = wrap(left, room).into_iter();
    let first = left.next().unwrap_or_default();
    let gap = " ".repeat(width - first.chars().count() - right_chars);
    lines.push(format!("{first}{gap}{right}"));
    lines.extend(left);
}

fn aligned(line: String, align: Align, width: usize) -> String {
    match align {
        Align::Left => line,
        Align::Center => format!("{}{line}", " ".repeat(width.saturating_sub(line.chars().count()) / 2)),
    }
}

/// Lines of at most `width` characters, broken at blanks where there are some. Blanks at the beginning stay.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest: Vec<char> = text.chars().collect();
    while rest.len() > width {
        let indent = rest.iter().take_while(|c| **c == ' ').count();
        let blank = rest[..=width].iter().rposition(|c| *c == ' ').filter(|place| *place > indent);
        let tail = rest.split_off(blank.unwrap_or(width));
        lines.push(rest.into_iter().collect());
        rest = tail.into_iter().skip_while(|c| *c == ' ').collect();
    }
    lines.push(rest.into_iter().collect());
    lines
}

//! GS1 element strings: an item number with batch, expiry, serial number, weight and price behind it.
//!
//! Each element begins with its Application Identifier (AI). Some have a fixed length, the others end at FNC1, which
//! scanners send as the character GS (GS1 General Specifications, sections 3 and 7.8):
//! ```text
//! ]C1 01 04012345123456 17 260630 10 AB-123 <GS> 3103 000532     GS1-128, as a scanner sends it
//! (01)04012345123456(17)260630(10)AB-123(3103)000532             as it is printed below the bars
//! ```
//! What an AI of no use here says is checked for its length and left out.

use super::{BarcodeError, Gtin, digital_link, gs1_date};
use crate::ids::BusinessDay;
use crate::money::{Currency, Rounding};
use crate::quantity::Quantity;
use serde::{Deserialize, Serialize};

/// The longest text that is taken for an element string or a Digital Link.
pub const SCAN_MAX_CHARS: usize = 500;
/// What a scanner sends for FNC1.
const GS: char = '\u{1d}';
/// AIM identifiers of symbols that hold element strings: GS1-128, DataBar, DataMatrix, QR, DotCode.
const IDENTIFIERS: [&str; 5] = ["]C1", "]e0", "]d2", "]Q3", "]J1"];
/// The longest value of an AI that ends at FNC1.
const VALUE_MAX_CHARS: usize = 90;

/// What is wrong with an element string.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Gs1Error {
    /// Longer than any.
    #[error("the code has {0} characters, the most is {SCAN_MAX_CHARS}: scan one code at a time")]
    TooLong(usize),
    /// Digits that begin no element.
    #[error("the GS1 code has no Application Identifier at '{0}': scan again")]
    NoIdentifier(String),
    /// A value that the AI cannot have.
    #[error("the GS1 code says '{value}' for ({ai}): {rule}")]
    Value {
        /// The Application Identifier.
        ai: String,
        /// What it says.
        value: String,
        /// What it must be.
        rule: &'static str,
    },
    /// Two values for one thing.
    #[error("the GS1 code says ({0}) twice: scan one label at a time")]
    Twice(String),
    /// Nothing that is sold.
    #[error("the GS1 code names no item, (01) is missing: scan the item's own code")]
    NoItem,
    /// The item number is misread.
    #[error(transparent)]
    Gtin(#[from] BarcodeError),
}

/// What weighed goods are priced by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightUnit {
    /// The kilogram.
    #[default]
    Kg,
    /// The pound.
    Lb,
}

/// A weight on a label: AI 310x or 320x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelWeight {
    /// In 1/1000 of the unit.
    pub quantity: Quantity,
    /// Kilograms or pounds.
    pub unit: WeightUnit,
}

/// A price on a label: AI 392x or 393x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelPrice {
    value: i64,
    decimals: u8,
    currency: Option<Currency>,
}

impl LabelPrice {
    /// The price in minor units of `currency`; `None` when it is in another one, or finer than its minor unit.
    pub fn minor(&self, currency: Currency) -> Option<i64> {
        if self.currency.is_some_and(|own| own != currency) {
            return None;
        }
        match currency.exponent().checked_sub(self.decimals) {
            Some(more) => self.value.checked_mul(10_i64.pow(more.into())),
            None => {
                let divisor = 10_i64.pow((self.decimals - currency.exponent()).into());
                (self.value % divisor == 0).then_some(self.value / divisor)
            }
        }
    }
}

/// What an element string or a Digital Link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gs1Label {
    /// AI 01.
    pub gtin: Gtin,
    /// AI 10.
    pub batch: Option<String>,
    /// AI 21.
    pub serial: Option<String>,
    /// AI 17: the last day on which it may be used.
    pub expiry: Option<BusinessDay>,
    /// AI 16: the last day on which it may be sold.
    pub sell_by: Option<BusinessDay>,
    /// AI 310x or 320x.
    pub weight: Option<LabelWeight>,
    /// AI 392x or 393x.
    pub price: Option<LabelPrice>,
}

/// What `text` says when it is an element string or a Digital Link; `None` when it is neither. `today` decides the
/// century of its dates.
pub fn read(text: &str, today: &BusinessDay) -> Result<Option<Gs1Label>, Gs1Error> {
    let Some(form) = Form::of(text) else { return Ok(None) };
    let chars = text.chars().count();
    if chars > SCAN_MAX_CHARS {
        return Err(Gs1Error::TooLong(chars));
    }
    let elements = match form {
        Form::Plain(elements) => split(elements)?,
        Form::Bracketed(text) => split_brackets(text)?,
        Form::Link(link) => digital_link::elements(link)?,
    };
    label(&elements, today).map(Some)
}

enum Form<'a> {
    Plain(&'a str),
    Bracketed(&'a str),
    Link(&'a str),
}

impl Form<'_> {
    fn of(text: &str) -> Option<Form<'_>> {
        // The character GS is white space to Rust, so what is at the edges is trimmed by name.
        let text = text.trim_matches([' ', '\r', '\n', '\t']);
        let identified = IDENTIFIERS.iter().find_map(|identifier| text.strip_prefix(identifier));
        let content = identified.unwrap_or(text);
        if digital_link::is_link(content) {
            return Some(Form::Link(content));
        }
        if content.starts_with('(') && ai_in_brackets(content).is_some() {
            return Some(Form::Bracketed(content));
        }
        // Some scanners leave the identifier out; an item number that checks and something behind it is no chance.
        let begins =
            || content.get(2..16).is_some_and(|gtin| content.starts_with("01") && gtin.parse::<Gtin>().is_ok());
        (identified.is_some() || content.contains(GS) || begins()).then_some(Form::Plain(content))
    }
}

/// Digits of the AI that begins with these two.
fn ai_chars(first_two: u8) -> Option<usize> {
    match first_two {
        0..=4 | 10..=22 | 30 | 37 | 90..=99 => Some(2),
        23..=25 | 40..=42 | 71 => Some(3),
        31..=36 | 39 | 43 | 70 | 72 | 80..=82 => Some(4),
        _ => None,
    }
}

/// Characters of the value where it has a fixed number (GS1 General Specifications, figure 7.8.5-2).
fn fixed_chars(first_two: u8) -> Option<usize> {
    match first_two {
        0 => Some(18),
        1..=3 => Some(14),
        4 => Some(16),
        11..=19 | 31..=36 => Some(6),
        20 => Some(2),
        41 => Some(13),
        _ => None,
    }
}

fn first_two(text: &str) -> Option<u8> {
    text.get(..2).filter(|two| two.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

fn begin(text: &str) -> String {
    text.chars().take(20).collect()
}

fn split(text: &str) -> Result<Vec<(String, String)>, Gs1Error> {
    let mut elements = Vec::new();
    let mut rest = text.trim_start_matches(GS);
    while !rest.is_empty() {
        let none = || Gs1Error::NoIdentifier(begin(rest));
        let two = first_two(rest).ok_or_else(none)?;
        let ai = ai_chars(two).and_then(|chars| rest.get(..chars)).filter(|ai| is_digits(ai)).ok_or_else(none)?;
        let after = &rest[ai.len()..];
        let up_to_fnc1 = after.split(GS).next().unwrap_or("");
        let value =
            match fixed_chars(two) {
                Some(chars) => after.get(..chars).filter(|value| !value.contains(GS)).ok_or_else(|| {
                    Gs1Error::Value { ai: ai.to_owned(), value: begin(up_to_fnc1), rule: "it is too short: scan again" }
                })?,
                None => up_to_fnc1,
            };
        elements.push((ai.to_owned(), value.to_owned()));
        rest = after[value.len()..].trim_start_matches(GS);
    }
    Ok(elements)
}

/// The AI at the beginning of `text`, in brackets.
fn ai_in_brackets(text: &str) -> Option<&str> {
    let ai = text.strip_prefix('(')?.split_once(')')?.0;
    let known = is_digits(ai) && first_two(ai).and_then(ai_chars) == Some(ai.len());
    known.then_some(ai)
}

fn split_brackets(text: &str) -> Result<Vec<(String, String)>, Gs1Error> {
    let mut elements = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let ai = ai_in_brackets(rest).ok_or_else(|| Gs1Error::NoIdentifier(begin(rest)))?;
        let after = &rest[ai.len() + 2..];
        let next = after.char_indices().find(|(at, c)| *c == '(' && ai_in_brackets(&after[*at..]).is_some());
        let (value, behind) = after.split_at(next.map_or(after.len(), |(at, _)| at));
        elements.push((ai.to_owned(), value.trim_end_matches(GS).to_owned()));
        rest = behind;
    }
    Ok(elements)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is text that an element may hold: the 82 characters of GS1 General Specifications, figure 7.11-1.
fn is_text(value: &str) -> bool {
    let other = |byte: u8| byte.is_ascii_alphanumeric() || b"!\"%&'()*+,-./:;<=>?_".contains(&byte);
    (1..=20).contains(&value.len()) && value.bytes().all(other)
}

/// Keeps `value` as the one thing of its kind; the same twice is one.
fn once<T: PartialEq>(slot: &mut Option<T>, ai: &str, value: T) -> Result<(), Gs1Error> {
    match slot {
        Some(other) if *other != value => Err(Gs1Error::Twice(ai.to_owned())),
        _ => {
            *slot = Some(value);
            Ok(())
        }
    }
}

fn label(elements: &[(String, String)], today: &BusinessDay) -> Result<Gs1Label, Gs1Error> {
    let (mut gtin, mut batch, mut serial, mut expiry, mut sell_by) = (None, None, None, None, None);
    let (mut weight, mut price) = (None, None);
    for (ai, value) in elements {
        let wrong = |rule| Gs1Error::Value { ai: ai.clone(), value: begin(value), rule };
        let text =
            || if is_text(value) { Ok(value.clone()) } else { Err(wrong("it has 1 to 20 letters, digits or signs")) };
        let day = || gs1_date::read(value, today).ok_or_else(|| wrong("it is no date of the form YYMMDD"));
        match (ai.as_str(), ai.as_bytes().last()) {
            ("01", _) if value.len() == 14 => once(&mut gtin, ai, value.parse::<Gtin>()?)?,
            ("01", _) => return Err(wrong("an item number has 14 digits here")),
            ("10", _) => once(&mut batch, ai, text()?)?,
            ("21", _) => once(&mut serial, ai, text()?)?,
            ("16", _) => once(&mut sell_by, ai, day()?)?,
            ("17", _) => once(&mut expiry, ai, day()?)?,
            (four, Some(decimals)) if four.starts_with("310") || four.starts_with("320") => {
                let unit = if four.starts_with("310") { WeightUnit::Kg } else { WeightUnit::Lb };
                let quantity = quantity(value, decimals - b'0').ok_or_else(|| wrong("it is no weight of 6 digits"))?;
                once(&mut weight, ai, LabelWeight { quantity, unit })?;
            }
            (four, Some(decimals)) if four.starts_with("392") || four.starts_with("393") => {
                let with_currency = four.starts_with("393");
                let read = read_price(value, decimals - b'0', with_currency);
                once(&mut price, ai, read.ok_or_else(|| wrong("it is no price that this till can charge"))?)?;
            }
            _ if value.is_empty() || value.len() > VALUE_MAX_CHARS => return Err(wrong("it has 1 to 90 characters")),
            _ => {}
        }
    }
    let gtin = gtin.ok_or(Gs1Error::NoItem)?;
    Ok(Gs1Label { gtin, batch, serial, expiry, sell_by, weight, price })
}

fn quantity(value: &str, decimals: u8) -> Option<Quantity> {
    if value.len() != 6 || !is_digits(value) || decimals > 5 {
        return None;
    }
    let value: i128 = value.parse().ok()?;
    let milli = Rounding::HalfUp.divide(value * 1_000, 10_i128.pow(decimals.into())).ok()?;
    Quantity::from_milli(milli).ok()
}

fn read_price(value: &str, decimals: u8, with_currency: bool) -> Option<LabelPrice> {
    let (currency, digits) = if with_currency { value.split_at_checked(3)? } else { ("", value) };
    if !is_digits(digits) || digits.len() > 15 {
        return None;
    }
    let currency = if with_currency { Some(Currency::of_number(currency.parse().ok()?)?) } else { None };
    Some(LabelPrice { value: digits.parse().ok()?, decimals, currency })
}

#[cfg(test)]
#[path = "gs1_tests.rs"]
mod tests;

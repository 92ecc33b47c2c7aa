//! GS1 Digital Link: an element string written as a web address, in the QR code of the package.
//!
//! ```text
//! https://example.com/some/path/01/04012345123456/10/AB-123?17=260630&3103=000532&other=ignored
//! ```
//! The item number and what qualifies it stand in the path, the rest in the query (GS1 Digital Link URI Syntax, release
//! 1.2 and later). Nothing is fetched: the address is only read. The compressed form needs tables that change, and is
//! no link here.

use super::gs1::Gs1Error;

/// Qualifiers of an item in the path: consumer product variant, batch, serial number, third-party serial number.
const QUALIFIERS: [&str; 4] = ["22", "10", "21", "235"];

/// Whether `text` is a web address that names an item.
pub fn is_link(text: &str) -> bool {
    path_and_query(text).is_some_and(|(path, _)| path.contains("/01/"))
}

fn path_and_query(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let rest = rest.split('#').next()?;
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    Some((&address[address.find('/')?..], query))
}

/// The elements of a link, as (Application Identifier, value).
pub(super) fn elements(link: &str) -> Result<Vec<(String, String)>, Gs1Error> {
    let (path, query) = path_and_query(link).ok_or(Gs1Error::NoItem)?;
    // A path may hold "/01/" before the item; the key that counts is the last.
    let item = path.rfind("/01/").ok_or(Gs1Error::NoItem)?;
    let mut segments = path[item + 1..].trim_end_matches('/').split('/');
    let mut elements = Vec::new();
    while let Some(ai) = segments.next() {
        let value = decoded(ai, segments.next().unwrap_or(""))?;
        if ai == "01" {
            // Early links have item numbers of 8, 12 or 13 digits.
            elements.push((ai.to_owned(), format!("{value:0>14}")));
        } else if QUALIFIERS.contains(&ai) {
            elements.push((ai.to_owned(), value));
        } else {
            return Err(Gs1Error::NoIdentifier(ai.chars().take(20).collect()));
        }
    }
    for pair in query.split(['&', ';']).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        // Every AI is digits, and whatever else a shop adds to its links is not.
        if (2..=4).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_digit()) {
            elements.push((key.to_owned(), decoded(key, value)?));
        }
    }
    Ok(elements)
}

/// `value` with its %-escapes resolved.
fn decoded(ai: &str, value: &str) -> Result<String, Gs1Error> {
    let rule = "its %-escapes are broken: scan again";
    let wrong = || Gs1Error::Value { ai: ai.to_owned(), value: value.chars().take(20).collect(), rule };
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        let (high, low) = (digit().ok_or_else(wrong)?, digit().ok_or_else(wrong)?);
        bytes.push((high * 16 + low) as u8);
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

//! A field of a JSON document together with the way to it, so that an error can say where it stands.
//!
//! A field that is left out, is `null` or says "Unknown" is one that says nothing: entries that inherit or were never
//! finished are full of them. A field of a wrong type is an error.

use super::Fault;
use serde_json::Value;
use std::ops::RangeInclusive;

/// So much of a wrong value is shown.
const FOUND_CHARS_MAX: usize = 40;
/// What the public file writes where nobody knows.
const UNKNOWN: &str = "Unknown";

/// A field, which may say nothing.
pub(super) struct Place<'a> {
    way: String,
    value: Option<&'a Value>,
}

impl<'a> Place<'a> {
    /// The whole of `value`, found at `way`.
    pub(super) fn new(way: String, value: &'a Value) -> Place<'a> {
        let says_nothing = value.is_null() || value.as_str() == Some(UNKNOWN);
        Place { way, value: Some(value).filter(|_| !says_nothing) }
    }

    /// The field `key` of this object.
    pub(super) fn at(&self, key: &str) -> Result<Place<'a>, Fault> {
        let way = format!("{}.{key}", self.way);
        match self.value {
            None => Ok(Place { way, value: None }),
            Some(Value::Object(fields)) => match fields.get(key) {
                Some(value) => Ok(Place::new(way, value)),
                None => Ok(Place { way, value: None }),
            },
            Some(_) => Err(self.must_be("an object in braces")),
        }
    }

    /// The fields of this object, each with its key.
    pub(super) fn fields(&self) -> Result<Vec<(&'a str, Place<'a>)>, Fault> {
        let field =
            |(key, value): (&'a String, &'a Value)| (key.as_str(), Place::new(format!("{}.{key}", self.way), value));
        match self.value {
            None => Ok(Vec::new()),
            Some(Value::Object(fields)) => Ok(fields.iter().map(field).collect()),
            Some(_) => Err(self.must_be("an object in braces")),
        }
    }

    /// Whether it says `true`.
    pub(super) fn flag(&self) -> Result<bool, Fault> {
        match self.value {
            None => Ok(false),
            Some(value) => value.as_bool().ok_or_else(|| self.must_be("true or false")),
        }
    }

    /// Its text.
    pub(super) fn text(&self) -> Result<Option<&'a str>, Fault> {
        match self.value {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or_else(|| self.must_be("a text")),
        }
    }

    /// Its number, which must be in `range`.
    pub(super) fn whole(&self, range: &RangeInclusive<usize>) -> Result<Option<usize>, Fault> {
        let Some(value) = self.value else { return Ok(None) };
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        let wanted = || format!("a whole number from {} to {}, or \"{UNKNOWN}\"", range.start(), range.end());
        number.filter(|number| range.contains(number)).map(Some).ok_or_else(|| self.must_be(&wanted()))
    }

    /// Its lines in one.
    pub(super) fn lines(&self) -> Result<Option<String>, Fault> {
        let Some(value) = self.value else { return Ok(None) };
        let lines = value.as_array().and_then(|lines| lines.iter().map(Value::as_str).collect());
        lines.map(Some).ok_or_else(|| self.must_be("a list of texts"))
    }

    /// The error that `key`, which this field stands at, is not as it must be.
    pub(super) fn key_is_wrong(&self, key: &str, wanted: &str) -> Fault {
        Fault::Field { place: format!("the key of {}", self.way), found: shortened(key), wanted: wanted.to_owned() }
    }

    /// The error that this field says `found`, in words.
    pub(super) fn is_wrong(&self, found: &str, wanted: &str) -> Fault {
        Fault::Field { place: self.way.clone(), found: found.to_owned(), wanted: wanted.to_owned() }
    }

    fn must_be(&self, wanted: &str) -> Fault {
        let found = self.value.map_or_else(|| UNKNOWN.to_owned(), |value| shortened(&value.to_string()));
        Fault::Field { place: self.way.clone(), found, wanted: wanted.to_owned() }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(FOUND_CHARS_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

//! Reports of a HID scanner, read as its descriptor says and joined into codes.

use super::content::{self, CODE_BYTES_MAX};
use super::descriptor::{Field, ReportMap, ScanReport};
use crate::device::Scan;
use thiserror::Error;

/// Why a report was dropped, and the code that it was a part of with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReportError {
    /// It ends before its data.
    #[error("a report of {0} bytes ends before its data")]
    Short(usize),
    /// It says that it holds more than it has room for.
    #[error("a report says that it holds {0} bytes, more than it has room for")]
    Length(usize),
    /// It goes on and on.
    #[error("a code is longer than {CODE_BYTES_MAX} bytes")]
    Overlong,
}

/// Joins the reports of one scanner.
#[derive(Debug)]
pub struct ReportReader {
    map: ReportMap,
    code: Vec<u8>,
    /// The code began badly: what is left of it is passed over.
    broken: bool,
}

impl ReportReader {
    /// A reader of what the scanner with this descriptor sends.
    pub fn new(map: ReportMap) -> ReportReader {
        ReportReader { map, code: Vec::new(), broken: false }
    }

    /// Takes one report, with its number before it where the scanner numbers them. Answers a scan when the code is whole,
    /// and nothing for a part of one, or a report that holds none.
    pub fn take(&mut self, report: &[u8]) -> Result<Option<Scan>, ReportError> {
        let (number, body) = match report {
            [number, body @ ..] if self.map.numbered => (*number, body),
            body => (0, body),
        };
        let Some(fields) = self.map.report(number) else { return Ok(None) };
        let goes_on = fields.continued.and_then(|field| number_in(body, field)).is_some_and(|flag| flag != 0);
        let part = part(fields, body);
        let result = part.and_then(|(symbology, data)| self.join(symbology, data, goes_on));
        self.broken = goes_on && (self.broken || result.is_err());
        if !goes_on || result.is_err() {
            self.code.clear();
        }
        result
    }

    /// Forgets a code whose end has not come.
    pub fn forget(&mut self) {
        self.code.clear();
        self.broken = false;
    }

    fn join(&mut self, symbology: Vec<u8>, data: Vec<u8>, goes_on: bool) -> Result<Option<Scan>, ReportError> {
        if self.broken {
            return Ok(None);
        }
        // The identifier comes with each part; the first one counts.
        if self.code.is_empty() {
            self.code = symbology;
        }
        if self.code.len() + data.len() > CODE_BYTES_MAX {
            return Err(ReportError::Overlong);
        }
        self.code.extend(data);
        Ok(if goes_on { None } else { content::scan(&self.code) })
    }
}

/// The AIM identifier and the data of one report.
fn part(fields: &ScanReport, body: &[u8]) -> Result<(Vec<u8>, Vec<u8>), ReportError> {
    let Some(place) = fields.data else { return Ok((Vec::new(), Vec::new())) };
    let room = place.bits / 8;
    let length = match fields.length {
        Some(field) => Some(number_in(body, field).ok_or(ReportError::Short(body.len()))? as usize),
        None => None,
    };
    if let Some(length) = length.filter(|length| *length > room) {
        return Err(ReportError::Length(length));
    }
    let byte = |index: usize| number_in(body, Field { bit: place.bit + index * 8, bits: 8 }).map(|byte| byte as u8);
    // A system may hand on a report without the zeros at its end, so one without a length ends where it ends.
    let mut data: Vec<u8> = (0..length.unwrap_or(room)).map_while(byte).collect();
    match length {
        Some(length) if data.len() < length => return Err(ReportError::Short(body.len())),
        Some(_) => {}
        None => data.truncate(data.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)),
    }
    let identifier: Vec<u8> =
        fields.symbology.iter().flatten().filter_map(|field| number_in(body, *field)).map(|byte| byte as u8).collect();
    // Scanners that do not know the kind of a code leave zeros or a letter of their own there.
    let is_aim = matches!(identifier[..], [b']', letter, modifier] if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric());
    Ok((if is_aim { identifier } else { Vec::new() }, data))
}

/// The number in a field of at most 32 bits, its lowest bit first; `None` when the report ends before it.
fn number_in(body: &[u8], field: Field) -> Option<u32> {
    (0..field.bits).try_fold(0, |number, index| {
        let bit = field.bit + index;
        let byte = body.get(bit / 8)?;
        Some(number | u32::from(byte >> (bit % 8) & 1) << index)
    })
}

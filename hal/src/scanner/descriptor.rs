//! Where a HID scanner's reports hold what it read: its report descriptor, as far as it tells that.
//!
//! The items are those of the Device Class Definition for HID 1.11, section 6.2.2; the usages those of the Bar Code
//! Scanner page (0x8C) of the HID Point of Sale Usage Tables 1.02, with the byte count of the Generic Desktop page. Every
//! input item takes its bits in the report of its number, so each one is counted, and those that matter are kept.

use std::collections::BTreeMap;
use thiserror::Error;

/// The page of barcode scanners.
pub const SCANNER_PAGE: u16 = 0x8C;
/// The usage of a whole scanner on that page.
pub const SCANNER_USAGE: u16 = 0x02;
/// The largest descriptor that Linux takes from a device (`HID_MAX_DESCRIPTOR_SIZE`).
pub const DESCRIPTOR_BYTES_MAX: usize = 4_096;
/// The longest report that is believed, its number not counted: USB scanners send 64 bytes, this is room for any.
pub const REPORT_BYTES_MAX: usize = 4_096;
/// Globals that a descriptor may put aside; real ones put aside one or none.
const PUSHED_MAX: usize = 16;
/// Usages of one item; what follows takes the last one, as the definition has it for a list that is too short.
const USAGES_MAX: usize = 256;

const BYTE_COUNT: u32 = 0x0001_003B;
const SYMBOLOGY_1: u32 = 0x008C_00FB;
const SYMBOLOGY_3: u32 = 0x008C_00FD;
const DECODED_DATA: u32 = 0x008C_00FE;
const CONTINUED: u32 = 0x008C_00FF;

/// Why a descriptor cannot be used. Says what is wrong in it; the remedy is the scanner's own setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DescriptorError {
    /// It is longer than any system takes.
    #[error("the report descriptor is longer than {DESCRIPTOR_BYTES_MAX} bytes")]
    TooLong,
    /// It ends in the middle of an item.
    #[error("the report descriptor ends in the middle of the item at byte {0}")]
    CutOff(usize),
    /// It puts aside or takes back more than it has, or describes a report that cannot be.
    #[error("the report descriptor makes no sense in the item at byte {0}")]
    Nonsense(usize),
    /// Nothing in it holds a code.
    #[error("it describes no decoded data: set the scanner to \"USB HID POS\" with the barcode in its manual")]
    NoData,
}

/// Bits of a report, the lowest bit of its first byte being 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Where it begins.
    pub bit: usize,
    /// How many there are.
    pub bits: usize,
}

/// One report that holds decoded data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanReport {
    /// How many bytes of the data count; without it, those before the zeros at its end.
    pub length: Option<Field>,
    /// The three characters of the AIM identifier.
    pub symbology: [Option<Field>; 3],
    /// The code, or a part of it. Always whole bytes.
    pub data: Option<Field>,
    /// Not zero when the next report goes on with the same code.
    pub continued: Option<Field>,
    bits: usize,
}

/// All reports of a scanner that hold decoded data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportMap {
    /// Whether the first byte of each report is its number.
    pub numbered: bool,
    reports: BTreeMap<u8, ScanReport>,
}

impl ReportMap {
    /// The report of this number (0 where reports have none), when it holds decoded data.
    pub fn report(&self, number: u8) -> Option<&ScanReport> {
        self.reports.get(&number)
    }

    /// Reads a report descriptor. Any bytes give a map or an error, in time and memory that grow with their number only.
    pub fn parse(descriptor: &[u8]) -> Result<ReportMap, DescriptorError> {
        if descriptor.len() > DESCRIPTOR_BYTES_MAX {
            return Err(DescriptorError::TooLong);
        }
        let mut parser = Parser::default();
        let mut at = 0;
        while let Some(&head) = descriptor.get(at) {
            at += parser.item(head, &descriptor[at + 1..]).map_err(|wrong| match wrong {
                Wrong::CutOff => DescriptorError::CutOff(at),
                Wrong::Nonsense => DescriptorError::Nonsense(at),
            })?;
        }
        parser.reports.retain(|_, report| report.data.is_some());
        if parser.reports.is_empty() {
            return Err(DescriptorError::NoData);
        }
        Ok(ReportMap { numbered: parser.numbered, reports: parser.reports })
    }
}

enum Wrong {
    CutOff,
    Nonsense,
}

/// Values that hold until they are set anew.
#[derive(Debug, Clone, Copy, Default)]
struct Globals {
    page: u16,
    report: u8,
    field_bits: usize,
    fields: usize,
}

#[derive(Debug, Default)]
struct Parser {
    globals: Globals,
    pushed: Vec<Globals>,
    /// Usages since the last main item, page in the upper half.
    usages: Vec<u32>,
    range_from: Option<u32>,
    numbered: bool,
    reports: BTreeMap<u8, ScanReport>,
}

impl Parser {
    /// Takes the item that begins with `head`, and answers how many bytes it has.
    fn item(&mut self, head: u8, rest: &[u8]) -> Result<usize, Wrong> {
        // A long item: the next byte is its size, the one after that its tag. None has been defined, so it is passed over.
        if head == 0xFE {
            let size = usize::from(*rest.first().ok_or(Wrong::CutOff)?);
            return if rest.len() < size + 2 { Err(Wrong::CutOff) } else { Ok(size + 3) };
        }
        let size = [0, 1, 2, 4][usize::from(head & 0b11)];
        let data = rest.get(..size).ok_or(Wrong::CutOff)?;
        let value = data.iter().rev().fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
        match head & 0b1111_1100 {
            0x80 => self.input()?,
            // Outputs, features and collections take no bits of an input report; they end the usages before them.
            0x90 | 0xA0 | 0xB0 | 0xC0 => self.forget_usages(),
            0x04 => self.globals.page = value as u16,
            0x74 => self.globals.field_bits = bounded(value)?,
            0x94 => self.globals.fields = bounded(value)?,
            0x84 => {
                // Number 0 is reserved (6.2.2.7).
                self.globals.report = u8::try_from(value).ok().filter(|id| *id != 0).ok_or(Wrong::Nonsense)?;
                self.numbered = true;
            }
            0xA4 if self.pushed.len() == PUSHED_MAX => return Err(Wrong::Nonsense),
            0xA4 => self.pushed.push(self.globals),
            0xB4 => self.globals = self.pushed.pop().ok_or(Wrong::Nonsense)?,
            0x08 => self.usage(value, size),
            0x18 => self.range_from = Some(self.full(value, size)),
            0x28 => self.range(value, size),
            _ => {}
        }
        Ok(1 + size)
    }

    /// A usage of four bytes brings its own page.
    fn full(&self, value: u32, size: usize) -> u32 {
        if size == 4 { value } else { u32::from(self.globals.page) << 16 | value }
    }

    fn usage(&mut self, value: u32, size: usize) {
        if self.usages.len() < USAGES_MAX {
            self.usages.push(self.full(value, size));
        }
    }

    fn range(&mut self, value: u32, size: usize) {
        let to = self.full(value, size);
        if let Some(from) = self.range_from.take() {
            let room = USAGES_MAX - self.usages.len();
            self.usages.extend((from..=to).take(room));
        }
    }

    fn forget_usages(&mut self) {
        self.usages.clear();
        self.range_from = None;
    }

    /// Gives each field of an input item its bits, and its usage.
    fn input(&mut self) -> Result<(), Wrong> {
        let Globals { report: number, field_bits, fields, .. } = self.globals;
        let report = self.reports.entry(number).or_default();
        let begin = report.bits;
        let end = field_bits.checked_mul(fields).and_then(|bits| begin.checked_add(bits));
        report.bits = end.filter(|bits| *bits <= REPORT_BYTES_MAX * 8).ok_or(Wrong::Nonsense)?;
        for (index, usage) in self.usages.iter().take(fields).enumerate() {
            // The last usage has all the fields that are left: that is how the data comes.
            let is_last = index + 1 == self.usages.len();
            let bit = begin + index * field_bits;
            let bits = if is_last { report.bits - bit } else { field_bits };
            report.note(*usage, Field { bit, bits }, field_bits);
        }
        self.forget_usages();
        Ok(())
    }
}

impl ScanReport {
    /// Keeps a field that matters. The first one of a kind counts; a field of no width, or a character that is no byte,
    /// is none.
    fn note(&mut self, usage: u32, field: Field, field_bits: usize) {
        let one = Field { bits: field_bits.min(32), ..field };
        match usage {
            _ if field_bits == 0 => {}
            BYTE_COUNT => self.length = self.length.or(Some(one)),
            CONTINUED => self.continued = self.continued.or(Some(one)),
            DECODED_DATA if field_bits == 8 => self.data = self.data.or(Some(field)),
            SYMBOLOGY_1..=SYMBOLOGY_3 if field_bits == 8 => {
                let place = &mut self.symbology[(usage - SYMBOLOGY_1) as usize];
                *place = place.or(Some(one));
            }
            _ => {}
        }
    }
}

/// A size or count that fits any report.
fn bounded(value: u32) -> Result<usize, Wrong> {
    usize::try_from(value).ok().filter(|value| *value <= REPORT_BYTES_MAX * 8).ok_or(Wrong::Nonsense)
}

//! Models of printers from the public capability file of escpos-printer-db (`capabilities.json`, as python-escpos and
//! escpos-php ship it): a shop's printer that is not built in is looked up there.
//!
//! Many hands wrote that file, and it describes what other programs need. Only the wanted model is read closely: what is
//! wrong elsewhere in it does no harm, and fields that nobody knows here are passed over.
//!
//! | in the file | here |
//! |---|---|
//! | `media.width.pixels`, `fonts.0.columns` | the dots across, see `dots_wide` |
//! | `codePages` | pages under the file's numbers: built in, or with a table in `encodings`; others are left out |
//! | `paperPartCut`, `paperFullCut` | a cutter; with neither, lines are fed to be torn off |
//! | `bitImageRaster`, `barcodeB`, `qrCode` | pictures, barcodes, QR codes; `false` where they are not mentioned |
//! | `starCommands`, no `pulseStandard` | refused: its commands and its numbers of code pages are not ESC/POS's |
//!
//! What the file does not say is taken from the built-in model of the same name, if there is one. Else:
//!
//! * It answers. A mute printer then fails each job aloud, and nothing counts as printed that is not; the other way round,
//!   receipts that a printer without paper swallowed would count as printed, and nobody would know.
//! * It does not clear its buffer, and knows no pulse in real time. A printer that ignored either would be believed;
//!   without them, the cashier is told that the rest may come out, or that the drawer stays shut while the paper is out.
//! * Sizes are told by `GS !`, but by `ESC !` to Epson's impact printers: `TM-U` models that draw neither rasters nor codes.

mod place;
#[cfg(test)]
mod tests;

use super::code_page::{
    CP437, CP737, CP850, CP852, CP858, CP860, CP863, CP865, CP866, CodePage, ISO8859_2, ISO8859_7, ISO8859_15, WPC1250,
    WPC1251, WPC1252, WPC1253, WPC1254, WPC1257,
};
use super::profile::{CHAR_DOTS_WIDE, Profile, Pulse, Sizes};
use place::Place;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The public file has 110 kB.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// From a label printer's strip to the widest journal paper.
const DOTS_WIDE: std::ops::RangeInclusive<usize> = 96..=2_000;
/// The same in characters.
const COLUMNS: std::ops::RangeInclusive<usize> = 8..=166;
/// Wider characters than these are a mistake: some entries have the dots of a character where its columns belong.
const COLUMN_DOTS_MAX: usize = 24;
/// So many names are offered instead of a wrong one.
const NEAR_NAMES_MAX: usize = 10;
/// So much of a name is compared; no model has a longer one.
const NAME_CHARS_MAX: usize = 40;

/// Pages in the order in which they are preferred: a receipt of Western Europe with its euro is said by one page, and
/// pages with the euro come before pages without.
const PREFERRED: [CodePage; 18] = [
    CP858, WPC1252, ISO8859_15, WPC1250, WPC1254, WPC1257, WPC1253, WPC1251, ISO8859_7, CP437, CP850, CP852, CP866,
    CP737, ISO8859_2, CP860, CP863, CP865,
];

/// What is assumed where the file says nothing.
const UNSAID: Profile =
    Profile { clears_buffer: false, pulse: Pulse { real_time: false, ..Profile::MM_80.pulse }, ..Profile::MM_80 };

/// Why a model cannot be had from a capability file.
#[derive(Debug, thiserror::Error)]
#[error("{}: {fault}", path.display())]
pub struct CapabilitiesError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it, or with what is asked of it.
    pub fault: Fault,
}

/// What is wrong with a capability file, or with what is asked of it.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It cannot be read.
    #[error("it cannot be read: {0}; put capabilities.json of escpos-printer-db there")]
    Unreadable(#[source] io::Error),
    /// It is a folder, or a device.
    #[error("that is no file: name capabilities.json itself, with its folder")]
    NoFile,
    /// It is far larger than any such file.
    #[error("it has more than {FILE_BYTES_MAX} bytes: put capabilities.json of escpos-printer-db there")]
    TooLarge,
    /// It is not JSON, or JSON of something else.
    #[error("it is no capability file: {0}; put capabilities.json of escpos-printer-db there")]
    Json(#[source] serde_json::Error),
    /// The entry of a model or of an encoding cannot be read as JSON; serde_json counts the line from its beginning.
    #[error("{place} cannot be read: {source} of that entry; mend it, or name another model")]
    Entry {
        /// The keys on the way to the entry.
        place: String,
        /// What the reader says.
        source: serde_json::Error,
    },
    /// It has no such model.
    #[error("it has no model \"{model}\"; the nearest are {near}")]
    Model {
        /// What was asked for.
        model: String,
        /// Names that it has.
        near: String,
    },
    /// It has no models.
    #[error("it has no models at all: put capabilities.json of escpos-printer-db there")]
    Empty,
    /// It has several models of that name.
    #[error("several of its models are named \"{model}\": name one of {keys}")]
    Ambiguous {
        /// What was asked for.
        model: String,
        /// Their keys, which differ.
        keys: String,
    },
    /// A field says what it cannot.
    #[error("{place} is {found} and must be {wanted}: mend it there")]
    Field {
        /// The keys on the way to the field.
        place: String,
        /// What it says.
        found: String,
        /// What it may say.
        wanted: String,
    },
    /// Nothing says how wide its paper is.
    #[error(
        "profiles.{0} says neither media.width.pixels nor fonts.0.columns: write the characters of a line there, as \
         \"fonts\": {{\"0\": {{\"columns\": 48}}}}"
    )]
    NoWidth(String),
    /// None of its code pages is known here.
    #[error(
        "profiles.{0}.codePages names no page that is known here: add one that the printer has, as \"0\": \"CP437\""
    )]
    NoPage(String),
    /// It describes a printer that speaks Star's own language.
    #[error(
        "profiles.{0} is in Star's own language (starCommands): set the printer to ESC/POS mode, and name one of the \
         built-in models without printer.capabilities, as 80mm or TSP650"
    )]
    StarMode(String),
    /// It describes no receipt printer, or one in another language.
    #[error(
        "profiles.{0} lacks the pulse of ESC/POS (features.pulseStandard), as customer displays and printers in another \
         mode do: set the printer to ESC/POS mode, and name the model of a receipt printer"
    )]
    NoPulse(String),
}

/// What of the file is read; each model waits in its own text until it is wanted.
#[derive(Deserialize)]
#[serde(expecting = "an object with \"profiles\"")]
struct Capabilities<'a> {
    #[serde(borrow)]
    profiles: BTreeMap<String, &'a RawValue>,
    #[serde(borrow, default)]
    encodings: BTreeMap<String, &'a RawValue>,
}

/// The model that the capability file at `path` names `model`: by its key, or by its `name` where that is the only one;
/// capitals and blanks do not matter.
///
/// The names and pages of a profile live as long as the program: the profile's kilobyte is leaked at each call, and a till
/// calls once, when it starts.
pub fn load(path: &Path, model: &str) -> Result<Profile, CapabilitiesError> {
    let read = read(path).and_then(|bytes| profile(&bytes, model));
    read.map_err(|fault| CapabilitiesError { path: path.to_owned(), fault })
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    // A pipe would be waited for.
    if !std::fs::metadata(path).map_err(Fault::Unreadable)?.is_file() {
        return Err(Fault::NoFile);
    }
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(Fault::Unreadable)?.take(FILE_BYTES_MAX + 1);
    let count = file.read_to_end(&mut bytes).map_err(Fault::Unreadable)?;
    match u64::try_from(count) {
        Ok(..=FILE_BYTES_MAX) => Ok(bytes),
        _ => Err(Fault::TooLarge),
    }
}

fn profile(bytes: &[u8], model: &str) -> Result<Profile, Fault> {
    let file: Capabilities<'_> = serde_json::from_slice(bytes).map_err(Fault::Json)?;
    let (key, entry) = wanted(&file.profiles, model)?;
    let (place, entry) = opened("profiles", key, entry)?;
    let entry = Place::new(place, &entry);
    let features = entry.at("features")?;
    if features.at("starCommands")?.flag()? {
        return Err(Fault::StarMode(key.to_owned()));
    }
    if !features.at("pulseStandard")?.flag()? {
        return Err(Fault::NoPulse(key.to_owned()));
    }
    let pictures = features.at("bitImageRaster")?.flag()?;
    let barcodes = features.at("barcodeB")?.flag()?;
    let cuts = features.at("paperPartCut")?.flag()? || features.at("paperFullCut")?.flag()?;
    let vendor = entry.at("vendor")?.text()?.unwrap_or_default();
    let impact = vendor == "Epson" && key.starts_with("TM-U") && !pictures && !barcodes;
    let dots_wide = dots_wide(&entry)?.ok_or_else(|| Fault::NoWidth(key.to_owned()))?;
    let pages = pages(&entry, &file.encodings)?;
    if pages.is_empty() {
        return Err(Fault::NoPage(key.to_owned()));
    }
    Ok(Profile {
        name: Box::leak(key.into()),
        dots_wide,
        code_pages: Box::leak(pages.into()),
        cutter: if cuts { Profile::MM_80.cutter } else { Profile::MM_58.cutter },
        pictures,
        barcodes,
        qr: features.at("qrCode")?.flag()?,
        sizes: if impact { Sizes::EscBang } else { Sizes::GsBang },
        ..Profile::named(key).unwrap_or(UNSAID)
    })
}

/// The way to the entry `key` of `list`, and what is there.
fn opened(list: &str, key: &str, entry: &RawValue) -> Result<(String, Value), Fault> {
    let place = format!("{list}.{key}");
    match serde_json::from_str(entry.get()) {
        Ok(value) => Ok((place, value)),
        Err(source) => Err(Fault::Entry { place, source }),
    }
}

/// The model's key and its entry.
fn wanted<'a>(profiles: &'a BTreeMap<String, &'a RawValue>, model: &str) -> Result<(&'a str, &'a RawValue), Fault> {
    if let Some((key, entry)) = profiles.get_key_value(model) {
        return Ok((key, entry));
    }
    let same = |name: &str| plain(name) == plain(model);
    let mut found: Vec<_> = profiles.iter().filter(|(key, _)| same(key)).collect();
    if found.is_empty() {
        found.extend(profiles.iter().filter(|(_, entry)| name(entry).is_some_and(|name| same(&name))));
    }
    match found.as_slice() {
        [] if profiles.is_empty() => Err(Fault::Empty),
        [] => Err(Fault::Model { model: model.to_owned(), near: near(profiles.keys(), model).join(", ") }),
        [(key, entry)] => Ok((key, entry)),
        several => {
            let keys: Vec<_> = several.iter().take(NEAR_NAMES_MAX).map(|(key, _)| key.as_str()).collect();
            Err(Fault::Ambiguous { model: model.to_owned(), keys: keys.join(", ") })
        }
    }
}

/// What an entry calls its model, if it says so.
fn name(entry: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    serde_json::from_str(entry.get()).ok().map(|Named { name }| name)
}

fn plain(name: &str) -> String {
    name.replace([' ', '_'], "").to_ascii_lowercase()
}

/// The names that differ least from `model`.
fn near<'a>(names: impl Iterator<Item = &'a String>, model: &str) -> Vec<&'a str> {
    let model = plain(model);
    let mut near: Vec<(usize, &str)> = names.map(|name| (difference(&plain(name), &model), name.as_str())).collect();
    near.sort_unstable();
    near.into_iter().take(NEAR_NAMES_MAX).map(|(_, name)| name).collect()
}

/// How many letters of `one` must be put in, taken out or exchanged to write `other` (Levenshtein's distance).
fn difference(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(NAME_CHARS_MAX).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().take(NAME_CHARS_MAX).enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (place, expected) in other.iter().enumerate() {
            let exchanged = diagonal + usize::from(letter != *expected);
            diagonal = row[place + 1];
            row[place + 1] = exchanged.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

/// The dots across, if the entry says them.
///
/// Some entries have the paper's dots instead of the head's, or a font wider than 12 dots: a line of so many characters
/// as the dots allow would be broken by the printer. So the columns of font A hold where they are fewer, unless they are so
/// few that they cannot be meant.
fn dots_wide(entry: &Place<'_>) -> Result<Option<usize>, Fault> {
    let pixels = entry.at("media")?.at("width")?.at("pixels")?.whole(&DOTS_WIDE)?;
    let columns = entry.at("fonts")?.at("0")?.at("columns")?.whole(&COLUMNS)?;
    Ok(match (pixels, columns) {
        (Some(dots), Some(columns)) if columns < dots / CHAR_DOTS_WIDE && dots <= columns * COLUMN_DOTS_MAX => {
            Some(columns * CHAR_DOTS_WIDE)
        }
        (Some(dots), _) => Some(dots),
        (None, columns) => columns.map(|columns| columns * CHAR_DOTS_WIDE),
    })
}

/// The pages that are known here: those built in, the preferred first, and then those with a table of their own. Of several
/// numbers of a page Epson's is taken, else the lowest.
fn pages(entry: &Place<'_>, encodings: &BTreeMap<String, &RawValue>) -> Result<Vec<CodePage>, Fault> {
    let mut said: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for (key, page) in entry.at("codePages")?.fields()? {
        let number: u8 = key.parse().map_err(|_| page.key_is_wrong(key, "a number from 0 to 255"))?;
        said.entry(page.text()?.unwrap_or_default()).or_default().push(number);
    }
    let mut pages = Vec::new();
    for mut page in PREFERRED {
        let same = |encoding: &str| plain_encoding(encoding) == plain_encoding(page.name);
        let numbers =
            said.iter().filter(|(encoding, _)| same(encoding)).flat_map(|(_, numbers)| numbers.iter().copied());
        if let Some(number) = numbers.min_by_key(|number| (*number != page.number, *number)) {
            page.number = number;
            pages.push(page);
        }
    }
    let built_in = |encoding: &str| PREFERRED.iter().any(|page| plain_encoding(page.name) == plain_encoding(encoding));
    for (encoding, numbers) in said.iter().filter(|(encoding, _)| !built_in(encoding)) {
        if let (Some(entry), Some(number)) = (encodings.get(*encoding), numbers.iter().min()) {
            pages.extend(own_page(encoding, *number, entry)?);
        }
    }
    Ok(pages)
}

/// A page whose characters stand in the file, in lines that together say the bytes 0x80 to 0xFF. A blank stands where a byte
/// says nothing.
fn own_page(encoding: &str, number: u8, entry: &RawValue) -> Result<Option<CodePage>, Fault> {
    let (place, entry) = opened("encodings", encoding, entry)?;
    let data = Place::new(place, &entry).at("data")?;
    let Some(lines) = data.lines()? else { return Ok(None) };
    let nothing = |character: char| character == ' ' || character.is_control();
    let table: String = lines
        .chars()
        .map(|character| if nothing(character) { char::REPLACEMENT_CHARACTER } else { character })
        .collect();
    let count = table.chars().count();
    match CodePage::with_table(Box::leak(encoding.into()), number, Box::leak(table.into())) {
        Some(page) => Ok(Some(page)),
        None => Err(data.is_wrong(&format!("{count} characters"), "128 characters, in lines")),
    }
}

/// `ISO_8859-15` and `ISO8859-15` are one, and so are `CP1252` and Epson's `WPC1252`.
fn plain_encoding(name: &str) -> String {
    let plain = name.replace([' ', '_', '-'], "").to_ascii_uppercase();
    match plain.strip_prefix("WPC") {
        Some(number) => format!("CP{number}"),
        None => plain,
    }
}

//! What is wrong with a file that people write, each with its line.

use serde::de::DeserializeOwned;
use std::fmt;
use toml::Spanned;

/// Mistakes that the message spells out; the rest are counted.
const SHOWN_MAX: usize = 50;
/// The longest file that is read.
const FILE_MAX_BYTES: usize = 1024 * 1024;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where, from 1.
    pub line: usize,
    /// What is wrong, and the remedy.
    pub message: String,
}

/// All mistakes of one file; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl std::error::Error for Mistakes {}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Mistake { line, message }) in self.0.iter().take(SHOWN_MAX).enumerate() {
            write!(f, "{}line {line}: {message}", if index == 0 { "" } else { "\n" })?;
        }
        let rest = self.0.len().saturating_sub(SHOWN_MAX);
        if rest > 0 { write!(f, "\nand {rest} more") } else { Ok(()) }
    }
}

/// A file that is looked through.
pub(super) struct Looking<'a> {
    text: &'a str,
    found: Vec<Mistake>,
}

impl<'a> Looking<'a> {
    /// The file's content as a `T`, and the list of what is wrong with that.
    pub(super) fn read<T: DeserializeOwned>(bytes: &'a [u8]) -> Result<(T, Looking<'a>), Mistakes> {
        let whole = |message: String| Mistakes(vec![Mistake { line: 1, message }]);
        if bytes.len() > FILE_MAX_BYTES {
            return Err(whole(format!("the file has {} bytes, at most {FILE_MAX_BYTES} are read", bytes.len())));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| whole("the file is no UTF-8 text".to_owned()))?;
        let looking = Looking { text, found: Vec::new() };
        match toml::from_str(text) {
            Ok(read) => Ok((read, looking)),
            Err(error) => {
                let line = looking.line_of(error.span().map_or(0, |span| span.start));
                let message = error.message().trim_end_matches('\n').replace('\n', " ");
                Err(Mistakes(vec![Mistake { line, message }]))
            }
        }
    }

    fn line_of(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
    }

    /// Something is wrong with what stands at `at`.
    pub(super) fn wrong<T>(&mut self, at: &Spanned<T>, message: String) {
        self.found.push(Mistake { line: self.line_of(at.span().start), message });
    }

    /// What was made of the file, if nothing was wrong.
    pub(super) fn done<T>(mut self, made: T) -> Result<T, Mistakes> {
        if self.found.is_empty() {
            return Ok(made);
        }
        self.found.sort_by_key(|mistake| mistake.line);
        Err(Mistakes(self.found))
    }
}

/// The one schema of these files that this version reads.
pub(super) const SCHEMA: u32 = 1;

/// What every file of these has: its schema and its serial.
pub(super) fn check_head(looking: &mut Looking<'_>, schema: &Spanned<u32>, serial: &Spanned<u64>) {
    if *schema.get_ref() != SCHEMA {
        let found = schema.get_ref();
        looking.wrong(schema, format!("schema is {found}, this version reads {SCHEMA}: update it first"));
    }
    // TOML has no larger number, and a till could never go beyond it.
    if *serial.get_ref() == 0 {
        looking.wrong(serial, "serial is 0: serials count from 1, and rise with every change".to_owned());
    }
}

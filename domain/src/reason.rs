//! Why somebody did what needs a reason: a few words that stand in the journal and on paper.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The longest reason, in characters: two lines of narrow paper.
pub const REASON_MAX_CHARS: usize = 80;

/// The reason is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reason has 1 to {REASON_MAX_CHARS} characters in one line: say in a few words why")]
pub struct ReasonError;

/// A reason, trimmed, in one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

impl Reason {
    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reason {
    type Err = ReasonError;

    fn from_str(text: &str) -> Result<Reason, ReasonError> {
        let text = text.trim();
        // To a printer, a control character is a command.
        let valid = !text.is_empty() && text.chars().count() <= REASON_MAX_CHARS && !text.contains(char::is_control);
        if valid { Ok(Reason(text.to_owned())) } else { Err(ReasonError) }
    }
}

impl TryFrom<String> for Reason {
    type Error = ReasonError;

    fn try_from(text: String) -> Result<Reason, ReasonError> {
        text.parse()
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> String {
        reason.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_in_one_line() {
        assert_eq!(" zu klein ".parse::<Reason>().unwrap().as_str(), "zu klein");
        for bad in ["", "  ", "a\nb", "\u{1b}p0", &"x".repeat(81)] {
            assert_eq!(bad.parse::<Reason>(), Err(ReasonError), "{bad:?}");
        }
        assert!(serde_json::from_str::<Reason>("\"\"").is_err());
    }
}

//! A file that is to be published, with its version: the one that it says, or the next.

use bytes::Bytes;
use evertill_domain::piloting::{Assignment, Endpoints};
use evertill_domain::publication::Subject;
use serde::Deserialize;

/// Why a file is not published.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// Everything that is wrong with it.
    #[error("the file is not published, its mistakes are:\n{0}")]
    Mistakes(String),
    /// Versions rise.
    #[error("{subject} {newest} is published and this is {version}: {}", remedy(*.subject, *.newest))]
    Version {
        /// The subject.
        subject: Subject,
        /// The version of the file.
        version: u64,
        /// The newest that any location has.
        newest: u64,
    },
}

fn remedy(subject: Subject, newest: u64) -> String {
    match subject {
        Subject::PriceBook | Subject::Cashiers => {
            format!("make \"version\" {} or higher, or leave it out to get the next", newest + 1)
        }
        Subject::Endpoints | Subject::Assignment => format!("make serial {} or higher", newest + 1),
    }
}

/// The file as it is signed.
pub(super) struct Draft {
    pub(super) version: u64,
    pub(super) bytes: Bytes,
}

/// What a JSON file says of its version.
#[derive(Deserialize)]
struct Head {
    version: Option<u64>,
}

impl Draft {
    /// Reads the version of `file`, where `newest` is the newest that is published. JSON without a version gets the next.
    pub(super) fn of(subject: Subject, file: Vec<u8>, newest: u64) -> Result<Draft, DraftError> {
        let version = match subject {
            Subject::PriceBook | Subject::Cashiers => {
                let head: Head = serde_json::from_slice(&file).map_err(|error| {
                    let (line, message) = (error.line(), error.to_string());
                    let message = message.split(" at line ").next().unwrap_or_default();
                    DraftError::Mistakes(format!("line {line}: {message}"))
                })?;
                match head.version {
                    Some(version) => version,
                    None => return Ok(numbered(&file, newest + 1)),
                }
            }
            // Their serial is part of what people write and read; which pools there are is looked at later.
            Subject::Endpoints => Endpoints::parse(&file).map_err(told)?.serial,
            Subject::Assignment => Assignment::parse(&file, None).map_err(told)?.serial,
        };
        Ok(Draft { version, bytes: Bytes::from(file) })
    }
}

fn told(mistakes: evertill_domain::piloting::Mistakes) -> DraftError {
    DraftError::Mistakes(mistakes.to_string())
}

/// The JSON object in `file` with a version as its first field. No line is added: mistakes are told by lines.
fn numbered(file: &[u8], version: u64) -> Draft {
    let begins = file.iter().position(|byte| *byte == b'{').map_or(0, |place| place + 1);
    let (head, rest) = file.split_at(begins);
    let is_empty = rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'}');
    let comma = if is_empty { "" } else { "," };
    let field = format!("\"version\":{version}{comma}");
    Draft { version, bytes: Bytes::from([head, field.as_bytes(), rest].concat()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(subject: Subject, file: &str, newest: u64) -> Result<(u64, String), String> {
        let draft = Draft::of(subject, file.as_bytes().to_vec(), newest).map_err(|error| error.to_string())?;
        Ok((draft.version, String::from_utf8(draft.bytes.to_vec()).unwrap()))
    }

    #[test]
    fn a_file_without_a_version_gets_the_next_on_the_same_line() {
        let next = draft(Subject::Cashiers, " {\n\"cashiers\":[]}", 7).unwrap();
        assert_eq!(next, (8, " {\"version\":8,\n\"cashiers\":[]}".to_owned()));
        assert_eq!(draft(Subject::Cashiers, "{ }", 0).unwrap(), (1, "{\"version\":1 }".to_owned()));
        let said = r#"{"version":12,"cashiers":[]}"#;
        assert_eq!(draft(Subject::Cashiers, said, 7).unwrap(), (12, said.to_owned()));
    }

    #[test]
    fn what_is_no_such_file_is_told_with_its_line() {
        assert!(draft(Subject::PriceBook, "{\n\"version\": x}", 0).unwrap_err().ends_with("line 2: expected value"));
        assert!(draft(Subject::PriceBook, "[]", 0).is_err() && draft(Subject::PriceBook, "", 0).is_err());
        assert!(draft(Subject::Endpoints, "schema = 1\nx", 0).unwrap_err().contains("line 2"));
        assert!(draft(Subject::Assignment, "\nschema = 2", 0).unwrap_err().contains("missing field `region`"));
    }
}

//! Who may look at head office's pages, and who may act on them.
//!
//! ```toml
//! session_key = "<64 hex digits, the same for every instance of the region>"
//! [operators.anna]
//! role = "operator"
//! password = "$argon2id$..."       # head-office operator anna --role operator < password.txt
//! ```
//!
//! The file is read again when it changes: a line that is removed, or whose password changes, ends its sessions.

pub mod password;
pub mod session;

use crate::config::{line_error, line_of};
use password::PasswordHash;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use toml::Spanned;

/// The longest name of an operator.
const NAME_MAX_CHARS: usize = 32;

/// What an operator may do. A later one may do all that an earlier one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Acts, too.
    Operator,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Viewer => "viewer",
            Role::Operator => "operator",
        })
    }
}

/// An operator's name: 1 to 32 lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OperatorName(String);

impl OperatorName {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OperatorName {
    type Err = String;

    fn from_str(text: &str) -> Result<OperatorName, String> {
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=NAME_MAX_CHARS).contains(&text.len()) && text.bytes().all(is_letter) {
            return Ok(OperatorName(text.to_owned()));
        }
        Err(format!("an operator's name is 1 to {NAME_MAX_CHARS} lower-case letters, digits and hyphens"))
    }
}

impl fmt::Display for OperatorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One operator.
#[derive(Debug, Clone)]
pub struct Operator {
    /// What they may do.
    pub role: Role,
    /// Their password's hash.
    pub password: PasswordHash,
}

/// Everybody who may sign on.
#[derive(Debug, Clone)]
pub struct Operators {
    path: PathBuf,
    /// What sessions are sealed with.
    session_key: [u8; 32],
    by_name: BTreeMap<OperatorName, Operator>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    session_key: Spanned<evertill_domain::entry::Hash>,
    #[serde(default)]
    operators: BTreeMap<String, Spanned<WrittenOperator>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOperator {
    role: Role,
    password: PasswordHash,
}

impl Operators {
    /// Nobody; the file is told of as `path`.
    pub fn nobody(path: &Path) -> Operators {
        Operators { path: path.to_owned(), session_key: [0; 32], by_name: BTreeMap::new() }
    }

    /// The operator of this name.
    pub fn get(&self, name: &OperatorName) -> Option<&Operator> {
        self.by_name.get(name)
    }
}

/// The file's bytes as [`crate::watched::Watched`] wants it.
pub(crate) fn parse(bytes: &[u8], current: &Operators) -> Result<Operators, String> {
    let path = &current.path;
    let text = String::from_utf8_lossy(bytes);
    let written: Written = toml::from_str(&text).map_err(|error| line_error(path, &text, &error).to_string())?;
    let said = |at: usize, what: &str| format!("{}:{}: {what}", path.display(), line_of(&text, at));
    let session_key = written.session_key.get_ref().0;
    if session_key == [0; 32] {
        return Err(said(
            written.session_key.span().start,
            "session_key is all zeros: `head-office operator` makes one",
        ));
    }
    let mut by_name = BTreeMap::new();
    for (name, operator) in written.operators {
        let at = operator.span().start;
        let WrittenOperator { role, password } = operator.into_inner();
        by_name.insert(name.parse().map_err(|error: String| said(at, &error))?, Operator { role, password });
    }
    Ok(Operators { path: path.clone(), session_key, by_name })
}

/// The lines that make `name` an operator, with a session key for a file that does not exist yet.
///
/// # Errors
/// What is wrong with the password, or that the system gives no random bytes.
pub fn lines(name: &OperatorName, role: Role, password: &str) -> Result<String, password::PasswordError> {
    let hash = password::hash(password)?;
    let key = password::random_key()?;
    Ok(format!(
        "# A new file needs a session key first; every instance of the region has the same one:\n\
         # session_key = \"{key}\"\n\n[operators.{name}]\nrole = \"{role}\"\npassword = \"{hash}\"\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Operators, String> {
        parse(text.as_bytes(), &Operators::nobody(Path::new("operators.toml")))
    }

    #[test]
    fn the_lines_that_are_printed_make_an_operator() {
        let lines = lines(&"anna".parse().unwrap(), Role::Operator, "a long password").unwrap();
        let file = lines.replace("# session_key", "session_key");
        let operators = read(&file).unwrap();
        let anna = operators.get(&"anna".parse().unwrap()).unwrap();
        assert!(anna.role == Role::Operator && anna.password.is("a long password") && !anna.password.is("another one"));
        assert!(operators.get(&"ben".parse().unwrap()).is_none());
    }

    #[test]
    fn a_mistake_is_told_with_file_and_line() {
        let key = "11".repeat(32);
        let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";
        let head = format!("session_key = \"{key}\"\n");
        let line = |name: &str, role: &str, password: &str| {
            format!("{head}[operators.{name}]\nrole = \"{role}\"\npassword = \"{password}\"\n")
        };
        for (text, said) in [
            ("[operators.anna]\n".to_owned(), "missing field `role`"),
            (line("anna", "king", hash), "operators.toml:3: unknown variant `king`"),
            (line("anna", "viewer", "secret"), "operators.toml:4: a password stands here as its argon2id hash only"),
            (line("Anna", "viewer", hash), "operators.toml:2: an operator's name is 1 to 32 lower-case letters"),
            (format!("session_key = \"{}\"\n", "0".repeat(64)), "operators.toml:1: session_key is all zeros"),
        ] {
            let message = read(&text).unwrap_err();
            assert!(message.contains(said), "{message}");
        }
    }
}

//! The register of tills: who may speak, and with which key. A line that is removed revokes its till.
//!
//! ```toml
//! [tills]
//! "eu/DE-0417/2" = "<64 hex digits of its Ed25519 public key>"
//! ```

use crate::config::{ConfigError, line_error, line_of};
use ed25519_dalek::VerifyingKey;
use evertill_domain::entry::Hash;
use evertill_domain::ids::{Region, StoreId, TillId};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// The tills that may speak.
#[derive(Debug, Clone)]
pub struct Register {
    path: PathBuf,
    region: Region,
    keys: BTreeMap<TillId, VerifyingKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    tills: BTreeMap<String, Spanned<String>>,
}

impl Register {
    /// A register of `region` that knows nobody; it is told of as `path`.
    pub fn empty(path: &Path, region: Region) -> Register {
        Register { path: path.to_owned(), region, keys: BTreeMap::new() }
    }

    /// Reads the register's text; names and keys are checked, tills of another region are refused.
    ///
    /// # Errors
    /// [`ConfigError::Line`] with the line and what is wrong with it.
    pub fn read(&self, bytes: &[u8]) -> Result<Register, ConfigError> {
        let text = String::from_utf8_lossy(bytes);
        let written: Written = toml::from_str(&text).map_err(|error| line_error(&self.path, &text, &error))?;
        let mut keys = BTreeMap::new();
        for (name, key) in written.tills {
            let (till, key) = self.line(&name, key.get_ref()).map_err(|message| ConfigError::Line {
                path: self.path.clone(),
                line: line_of(&text, key.span().start),
                message,
            })?;
            keys.insert(till, key);
        }
        Ok(Register { keys, ..self.clone() })
    }

    fn line(&self, name: &str, key: &str) -> Result<(TillId, VerifyingKey), String> {
        let till: TillId = name.parse().map_err(|error| format!("{error}"))?;
        if till.region != self.region {
            return Err(format!("{till} is of region {}, this is region {}", till.region, self.region));
        }
        // 64 hexadecimal digits: the same spelling as a hash, so the same reader.
        let bytes: Hash =
            key.parse().map_err(|_| format!("{till}: the key is not 64 lower-case hexadecimal digits"))?;
        // A weak key would let anybody's signature pass for the till's.
        let key = VerifyingKey::from_bytes(&bytes.0).ok().filter(|key| !key.is_weak());
        let key = key.ok_or_else(|| format!("{till}: this is not an Ed25519 public key: run `till identity` there"))?;
        Ok((till, key))
    }

    /// The key of `till`, if it may speak.
    pub fn key(&self, till: &TillId) -> Option<&VerifyingKey> {
        self.keys.get(till)
    }

    /// All tills, in order.
    pub fn all(&self) -> Vec<TillId> {
        self.keys.keys().cloned().collect()
    }

    /// The tills of a store, in order.
    pub fn of_store(&self, store: &StoreId) -> Vec<TillId> {
        self.keys.keys().filter(|till| till.store == *store).cloned().collect()
    }
}

/// [`Register::read`] as [`crate::watched::Watched`] wants it.
pub(crate) fn parse(bytes: &[u8], current: &Register) -> Result<Register, String> {
    current.read(bytes).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Register, String> {
        parse(text.as_bytes(), &Register::empty(Path::new("tills.toml"), "eu".parse().unwrap()))
    }

    #[test]
    fn a_store_knows_its_tills() {
        let key = Hash(ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes());
        let register = read(&format!("[tills]\n\"eu/DE-1/1\" = \"{key}\"\n\"eu/DE-2/1\" = \"{key}\"\n")).unwrap();
        assert_eq!(register.of_store(&"DE-1".parse().unwrap()), ["eu/DE-1/1".parse().unwrap()]);
        assert!(register.key(&"eu/DE-1/2".parse().unwrap()).is_none());
    }

    #[test]
    fn a_wrong_line_is_named() {
        for (text, said) in [
            ("[tills]\n\"na/US-1/1\" = \"00\"\n", "tills.toml:2: na/US-1/1 is of region na, this is region eu"),
            ("[tills]\n\n\"eu/DE-1/1\" = \"00\"\n", "tills.toml:3: eu/DE-1/1: the key is not 64"),
            ("[tills]\n\"eu/DE-1\" = \"00\"\n", "tills.toml:2: till 'eu/DE-1' is not valid"),
            ("tills = 1\n", "tills.toml:1: invalid type"),
        ] {
            let message = read(text).unwrap_err();
            assert!(message.contains(said), "{message}");
        }
    }
}

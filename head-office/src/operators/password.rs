//! Operators' passwords: head office keeps argon2id hashes (RFC 9106, as PHC strings) and never the words.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use argon2::{Argon2, Params};
use evertill_domain::entry::Hash;
use serde::Deserialize;
use std::fmt;

/// Shorter ones are guessed.
const MIN_CHARS: usize = 12;
/// Longer ones are no passwords.
pub const MAX_BYTES: usize = 256;
/// A hash that asks for more would let a line of the file stop the service.
const MEMORY_MAX_KIB: u32 = 256 * 1024;
const PASSES_MAX: u32 = 16;
const LANES_MAX: u32 = 8;

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has {MIN_CHARS} characters or more, and at most {MAX_BYTES} bytes: give one on standard input")]
    Length,
    /// The system gives no random bytes.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

/// A password's hash. It is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Whether `password` is the one. Takes tens of milliseconds and 19 MiB.
    pub fn is(&self, password: &str) -> bool {
        let Ok(hash) = phc::PasswordHash::new(&self.0) else { return false };
        password.len() <= MAX_BYTES && Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
    }

    /// As PHC string, to seal sessions with: they end when it changes.
    pub(super) fn as_phc(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

impl TryFrom<String> for PasswordHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<PasswordHash, &'static str> {
        let is_bounded = phc::PasswordHash::new(&text).is_ok_and(|hash| {
            text.starts_with("$argon2id$")
                && Params::try_from(&hash).is_ok_and(|params| {
                    params.m_cost() <= MEMORY_MAX_KIB && params.t_cost() <= PASSES_MAX && params.p_cost() <= LANES_MAX
                })
        });
        if is_bounded {
            return Ok(PasswordHash(text));
        }
        Err("a password stands here as its argon2id hash only: `head-office operator NAME` makes the line")
    }
}

/// The hash of `password`, without the line break behind it.
///
/// # Errors
/// A password that is too short or too long.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    let password = password.trim_end_matches(['\r', '\n']);
    if password.chars().count() < MIN_CHARS || password.len() > MAX_BYTES {
        return Err(PasswordError::Length);
    }
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string()))
}

/// A new key to seal sessions with.
pub(super) fn random_key() -> Result<Hash, PasswordError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Hash(bytes))
}

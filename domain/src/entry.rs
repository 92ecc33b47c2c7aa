//! One entry of a till's journal: what happened, its place in the chain, and the till's signature.
//!
//! ```text
//! hash = SHA-256( "evertill-entry-v1" || field(v) || field(till) || field(epoch) || field(seq) || field(at)
//!                 || field(business_day) || field(kind) || field(body) || prev )
//! field(x) = length of x in bytes as u64 big-endian || x       v: u16 BE, epoch: 16 bytes, seq: u64 BE, else UTF-8
//! sig  = Ed25519(till key, hash)
//! ```
//! The body is the exact JSON text that was written; it travels as a JSON string and is never re-serialised.

use crate::ids::{BusinessDay, Epoch, Kind, TillId, Timestamp};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// The format's version that this code writes.
pub const VERSION: u16 = 1;
/// The longest body that an entry may carry, in bytes. A sale of 500 lines is about 150 KB.
pub const BODY_MAX_BYTES: usize = 512 * 1024;

/// What is wrong with a line that claims to be an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// The line is not the JSON of an entry.
    #[error("the line is not an entry: {0}")]
    Malformed(String),
    /// The body is longer than [`BODY_MAX_BYTES`].
    #[error("the body has {0} bytes, the most is {BODY_MAX_BYTES}")]
    BodyTooLong(usize),
    /// Not 64 (hash) or 128 (signature) hexadecimal digits.
    #[error("'{0}' is not lower-case hexadecimal of the right length")]
    Hex(String),
}

/// A SHA-256 hash, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub [u8; 32]);

/// An Ed25519 signature, written as 128 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Signature(pub [u8; 64]);

impl Hash {
    /// What the first entry of an epoch names as its predecessor.
    pub const ZERO: Hash = Hash([0; 32]);
}

const HEX: &[u8; 16] = b"0123456789abcdef";

macro_rules! hex_text {
    ($type:ident, $bytes:literal) => {
        impl FromStr for $type {
            type Err = EntryError;

            fn from_str(text: &str) -> Result<$type, EntryError> {
                from_hex::<$bytes>(text).map($type).ok_or_else(|| EntryError::Hex(text.chars().take(140).collect()))
            }
        }

        impl TryFrom<String> for $type {
            type Error = EntryError;

            fn try_from(text: String) -> Result<$type, EntryError> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> String {
                value.to_string()
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut digits = [0; $bytes * 2];
                for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
                    pair.copy_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
                }
                f.pad(str::from_utf8(&digits).expect("hexadecimal digits are ASCII"))
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

hex_text!(Hash, 32);
hex_text!(Signature, 64);

fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    fn nibble(digit: u8) -> Option<u8> {
        match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        }
    }
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(bytes)
}

/// One entry of the journal. Field order is the order in which the hash takes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Version of the format.
    pub v: u16,
    /// The till that wrote it.
    pub till: TillId,
    /// The life of the journal it belongs to.
    pub epoch: Epoch,
    /// Its number in the epoch, consecutive from 1.
    pub seq: u64,
    /// When it was written, by the till's clock.
    pub at: Timestamp,
    /// The trading day it belongs to.
    pub business_day: BusinessDay,
    /// What it records.
    pub kind: Kind,
    /// The exact JSON text of what it records.
    pub body: String,
    /// Hash of the entry before it; [`Hash::ZERO`] for the first of an epoch.
    pub prev: Hash,
    /// Hash of this entry.
    pub hash: Hash,
    /// The till's signature of `hash`.
    pub sig: Signature,
}

/// What an entry says, before it has a place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The till that writes it.
    pub till: TillId,
    /// When it is written.
    pub at: Timestamp,
    /// The trading day it belongs to.
    pub business_day: BusinessDay,
    /// What it records.
    pub kind: Kind,
    /// The exact JSON text.
    pub body: String,
}

impl Entry {
    /// Puts `content` at number `seq` of `epoch`, behind the entry whose hash is `prev`, and signs it.
    pub fn seal(content: Content, epoch: Epoch, seq: u64, prev: Hash, key: &SigningKey) -> Entry {
        let Content { till, at, business_day, kind, body } = content;
        let sig = Signature([0; 64]);
        let mut entry =
            Entry { v: VERSION, till, epoch, seq, at, business_day, kind, body, prev, hash: Hash::ZERO, sig };
        entry.hash = entry.computed_hash();
        entry.sig = Signature(key.sign(&entry.hash.0).to_bytes());
        entry
    }

    /// The hash that the fields give, whatever `hash` claims.
    pub fn computed_hash(&self) -> Hash {
        let mut sha = Sha256::new();
        sha.update(b"evertill-entry-v1");
        let mut field = |bytes: &[u8]| {
            sha.update((bytes.len() as u64).to_be_bytes());
            sha.update(bytes);
        };
        field(&self.v.to_be_bytes());
        field(self.till.to_string().as_bytes());
        field(self.epoch.0.as_bytes());
        field(&self.seq.to_be_bytes());
        field(self.at.as_str().as_bytes());
        field(self.business_day.as_str().as_bytes());
        field(self.kind.as_str().as_bytes());
        field(self.body.as_bytes());
        sha.update(self.prev.0);
        Hash(sha.finalize().into())
    }

    /// Whether `sig` is `key`'s signature of `hash`.
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        key.verify_strict(&self.hash.0, &ed25519_dalek::Signature::from_bytes(&self.sig.0)).is_ok()
    }

    /// The entry as one line of JSON, without the line's end.
    pub fn to_line(&self) -> String {
        serde_json::to_string(self).expect("an entry has only strings and numbers, which always serialise")
    }

    /// Appends the entry as one line of JSON, with the line's end.
    pub fn write_line(&self, lines: &mut Vec<u8>) {
        serde_json::to_writer(&mut *lines, self)
            .expect("an entry has only strings and numbers, which always serialise");
        lines.push(b'\n');
    }

    /// Reads one line. Checks the form only; the chain is [`crate::chain`]'s.
    pub fn parse_line(line: &[u8]) -> Result<Entry, EntryError> {
        let entry: Entry = serde_json::from_slice(line).map_err(|error| EntryError::Malformed(error.to_string()))?;
        if entry.body.len() > BODY_MAX_BYTES {
            return Err(EntryError::BodyTooLong(entry.body.len()));
        }
        Ok(entry)
    }
}

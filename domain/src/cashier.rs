//! Who signs on: the list of cashiers that comes from head office with the price book and works offline.
//!
//! A PIN never comes here: the list holds argon2id hashes (RFC 9106, as PHC strings), which the agent compares.

use crate::role::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Most cashiers of a store.
pub const CASHIERS_MAX: usize = 2_000;
/// The highest number of a cashier: a barcode typed into the field is more.
pub const NUMBER_MAX: u32 = 999_999;
/// The longest name, in characters.
pub const NAME_MAX_CHARS: usize = 40;
/// The longest hash.
const HASH_MAX_CHARS: usize = 200;
/// Mistakes that the message spells out; the rest are counted.
const SHOWN_MAX: usize = 20;

/// A text that is no hash. It is not repeated: somebody may have put the PIN there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the PIN's hash must be an argon2id PHC string, as $argon2id$v=19$...: never the PIN itself")]
pub struct PinHashError;

/// A PIN's hash as argon2id PHC string. It is opaque here and never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PinHash(String);

impl PinHash {
    /// The PHC string, for the agent that compares.
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl FromStr for PinHash {
    type Err = PinHashError;

    fn from_str(text: &str) -> Result<PinHash, PinHashError> {
        let is_phc = text.starts_with("$argon2id$") && text.split('$').count() == 6 && !text.ends_with('$');
        let is_plain = text.len() <= HASH_MAX_CHARS && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_phc && is_plain { Ok(PinHash(text.to_owned())) } else { Err(PinHashError) }
    }
}

impl TryFrom<String> for PinHash {
    type Error = PinHashError;

    fn try_from(text: String) -> Result<PinHash, PinHashError> {
        text.parse()
    }
}

impl From<PinHash> for String {
    fn from(hash: PinHash) -> String {
        hash.0
    }
}

impl fmt::Debug for PinHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinHash(..)")
    }
}

/// Somebody who can sign on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cashier {
    /// What is typed to sign on, from 1.
    pub number: u32,
    /// For people.
    pub name: String,
    /// What they are trusted with.
    pub role: Role,
    /// Their PIN's hash.
    pub pin_hash: PinHash,
    /// Whether they may sign on.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

impl Cashier {
    /// As entries and receipts name them: `7 Anna`.
    pub fn signature(&self) -> String {
        format!("{} {}", self.number, self.name)
    }
}

/// One mistake of a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CashierError {
    /// None, or too many.
    #[error("there are {0} cashiers, there must be 1 to {CASHIERS_MAX}")]
    Count(usize),
    /// Not JSON, or not of a list's form.
    #[error("line {line}: {message}")]
    Json {
        /// Where, from 1.
        line: usize,
        /// What was wrong.
        message: String,
    },
    /// A version of 0.
    #[error("the version is 0: versions count from 1")]
    Version,
    /// A number out of bounds.
    #[error("cashier {0} ({1}): the number must be from 1 to {NUMBER_MAX}")]
    Number(u32, String),
    /// Two with one number.
    #[error("cashier {0} ({1}): the number is there twice")]
    Duplicate(u32, String),
    /// A name that no receipt can hold.
    #[error("cashier {0}: the name must have 1 to {NAME_MAX_CHARS} characters in one line")]
    Name(u32),
    /// Nobody could close the day.
    #[error("there is no active manager: nobody could close the day")]
    NoManager,
}

/// All mistakes of one list; at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct CashierErrors(pub Vec<CashierError>);

impl fmt::Display for CashierErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the list of cashiers has {} mistakes and is not taken:", self.0.len())?;
        self.0.iter().take(SHOWN_MAX).try_for_each(|error| write!(f, "\n- {error}"))
    }
}

#[derive(Deserialize)]
struct RawList {
    version: u64,
    cashiers: Vec<Cashier>,
}

/// The cashiers of a store, without mistakes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawList")]
pub struct CashierList {
    version: u64,
    cashiers: Vec<Cashier>,
}

impl CashierList {
    /// A list, or all that is wrong with it.
    pub fn new(version: u64, cashiers: Vec<Cashier>) -> Result<CashierList, CashierErrors> {
        let mut errors = Vec::new();
        if version == 0 {
            errors.push(CashierError::Version);
        }
        if !(1..=CASHIERS_MAX).contains(&cashiers.len()) {
            errors.push(CashierError::Count(cashiers.len()));
        }
        let mut numbers = BTreeSet::new();
        for Cashier { number, name, .. } in &cashiers {
            let short = || name.chars().take(NAME_MAX_CHARS).collect();
            if !(1..=NUMBER_MAX).contains(number) {
                errors.push(CashierError::Number(*number, short()));
            }
            if !numbers.insert(*number) {
                errors.push(CashierError::Duplicate(*number, short()));
            }
            let chars = name.chars().count();
            if name.trim().is_empty() || chars > NAME_MAX_CHARS || name.contains(char::is_control) {
                errors.push(CashierError::Name(*number));
            }
        }
        if !cashiers.iter().any(|cashier| cashier.active && cashier.role == Role::Manager) {
            errors.push(CashierError::NoManager);
        }
        if errors.is_empty() { Ok(CashierList { version, cashiers }) } else { Err(CashierErrors(errors)) }
    }

    /// Reads the JSON of a list, `{"version":3,"cashiers":[...]}`.
    pub fn parse(json: &[u8]) -> Result<CashierList, CashierErrors> {
        let raw: RawList = serde_json::from_slice(json).map_err(|error| {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            CashierErrors(vec![CashierError::Json { line: error.line(), message }])
        })?;
        CashierList::new(raw.version, raw.cashiers)
    }

    /// Counts up with every change, from 1.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Everybody, the inactive included.
    pub fn all(&self) -> &[Cashier] {
        &self.cashiers
    }

    /// The active cashier with this number.
    pub fn find(&self, number: u32) -> Option<&Cashier> {
        self.cashiers.iter().find(|cashier| cashier.number == number && cashier.active)
    }
}

impl TryFrom<RawList> for CashierList {
    type Error = CashierErrors;

    fn try_from(raw: RawList) -> Result<CashierList, CashierErrors> {
        CashierList::new(raw.version, raw.cashiers)
    }
}

/// A cashier signed on: the body of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOn {
    /// Who.
    pub cashier: String,
    /// With which role.
    pub role: Role,
}

/// Why a cashier is signed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignOffCause {
    /// They asked for it.
    Asked,
    /// Nothing happened for a while.
    Idle,
    /// Somebody else signed on.
    Replaced,
    /// The agent began anew.
    Restart,
}

/// A cashier signed off: the body of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// Who.
    pub cashier: String,
    /// Why.
    pub cause: SignOffCause,
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";

    fn json(cashiers: &str) -> String {
        format!(r#"{{"version":3,"cashiers":[{cashiers}]}}"#)
    }

    fn cashier(number: u32, name: &str, role: &str) -> String {
        format!(r#"{{"number":{number},"name":"{name}","role":"{role}","pin_hash":"{HASH}"}}"#)
    }

    #[test]
    fn a_list_is_read_and_an_inactive_cashier_is_not_found() {
        let gone = cashier(8, "Ben", "cashier").replace('}', r#","active":false}"#);
        let json = json(&[cashier(7, "Anna", "manager"), gone].join(","));
        let list: CashierList = serde_json::from_str(&json).unwrap();
        assert_eq!((list.version(), list.all().len()), (3, 2));
        assert_eq!(list.find(7).map(Cashier::signature).as_deref(), Some("7 Anna"));
        assert!(list.find(8).is_none() && list.find(9).is_none());
        let again: CashierList = serde_json::from_str(&serde_json::to_string(&list).unwrap()).unwrap();
        assert_eq!(again, list);
    }

    #[test]
    fn all_mistakes_are_named_at_once() {
        let list = [cashier(0, "Zoe", "cashier"), cashier(7, " ", "cashier"), cashier(7, "Twin", "supervisor")];
        let error = serde_json::from_str::<CashierList>(&json(&list.join(","))).unwrap_err().to_string();
        for part in [
            "4 mistakes",
            "cashier 0 (Zoe): the number must be from 1",
            "cashier 7: the name must have",
            "cashier 7 (Twin): the number is there twice",
            "no active manager",
        ] {
            assert!(error.contains(part), "{part}: {error}");
        }
        assert!(CashierList::new(0, Vec::new()).unwrap_err().to_string().contains("there are 0 cashiers"));
    }

    #[test]
    fn a_pin_is_neither_taken_for_a_hash_nor_printed() {
        for bad in ["", "1234", "$argon2id$", "$argon2i$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA", "$argon2id$v=19$m=1$x y$z"] {
            assert_eq!(bad.parse::<PinHash>(), Err(PinHashError), "{bad}");
            assert!(bad.is_empty() || !PinHashError.to_string().contains(bad) || bad.starts_with("$argon2id$"));
        }
        let hash: PinHash = HASH.parse().unwrap();
        assert_eq!(hash.as_phc(), HASH);
        assert!(!format!("{hash:?}").contains("aGFz"));
    }
}

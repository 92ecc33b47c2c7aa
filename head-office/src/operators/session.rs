//! Sessions of operators. A session is a sealed cookie and nothing on the server, so that any instance behind a balancer
//! takes it, and a restart ends none.
//!
//! It is sealed over the password's hash as well: who is removed from the file, or gets another password, is signed off.

use super::{OperatorName, Operators, Role};
use ed25519_dalek::{Signature, Signer, SigningKey};
use evertill_domain::entry;
use evertill_domain::lockout::{Locked, Lockout};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The cookie. Its prefix makes browsers refuse one that came without TLS or for another host.
pub const COOKIE: &str = "__Host-operator";
/// A working day, in seconds.
pub const LASTS_S: u64 = 10 * 60 * 60;
/// Names of nobody whose tries are remembered; who tries more of them at once is told to wait.
const NAMES_MAX: usize = 1_024;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOn {
    /// The operator.
    pub name: OperatorName,
    /// What they may do.
    pub role: Role,
}

impl Operators {
    /// The cookie's value for a session that begins at `now_s`, in seconds of Unix time; `None` for a stranger.
    pub fn seal(&self, name: &OperatorName, now_s: u64) -> Option<String> {
        let until_s = now_s.saturating_add(LASTS_S);
        let seal = self.key().sign(&self.sealed(name, until_s)?);
        Some(format!("{name}.{until_s}.{}", entry::Signature(seal.to_bytes())))
    }

    /// Whose session the cookie `value` is; `None` when it is nobody's, or over.
    pub fn open(&self, value: &str, now_s: u64) -> Option<SignedOn> {
        let mut parts = value.splitn(3, '.');
        let name: OperatorName = parts.next()?.parse().ok()?;
        let until_s: u64 = parts.next()?.parse().ok()?;
        let seal: entry::Signature = parts.next()?.parse().ok()?;
        let seal = Signature::from_bytes(&seal.0);
        self.key().verifying_key().verify_strict(&self.sealed(&name, until_s)?, &seal).ok()?;
        let role = self.get(&name)?.role;
        (now_s < until_s && until_s <= now_s.saturating_add(LASTS_S)).then_some(SignedOn { name, role })
    }

    fn key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.session_key)
    }

    fn sealed(&self, name: &OperatorName, until_s: u64) -> Option<Vec<u8>> {
        let password = &self.get(name)?.password;
        Some(format!("evertill operator\n{name}\n{until_s}\n{}", password.as_phc()).into_bytes())
    }
}

/// Who guesses passwords waits, longer each time; each instance counts for itself.
#[derive(Debug, Default)]
pub struct Tries {
    by_name: Mutex<BTreeMap<OperatorName, Lockout>>,
}

impl Tries {
    /// Asked before a password is compared: whether it may be, at `now_ms` of a clock that only runs. Whoever tries names that
    /// are nobody's (`is_known` false) cannot shut out those who are somebody.
    ///
    /// # Errors
    /// How long to wait.
    pub fn may_try(&self, name: &OperatorName, is_known: bool, now_ms: u64) -> Result<(), Locked> {
        let mut tries = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_known && tries.len() >= NAMES_MAX && !tries.contains_key(name) {
            tries.retain(|_, lockout| lockout.handle_attempt(now_ms).is_err());
            if tries.len() >= NAMES_MAX {
                return Err(Locked { remaining_ms: 60_000 });
            }
        }
        tries.entry(name.clone()).or_default().handle_attempt(now_ms)
    }

    /// Told after a password was compared.
    pub fn tried(&self, name: &OperatorName, right: bool, now_ms: u64) {
        let mut tries = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        if right {
            tries.remove(name);
        } else {
            tries.entry(name.clone()).or_default().handle_outcome(false, now_ms);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use std::path::Path;

    const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo";

    fn operators(key: &str, names: &[&str], hash: &str) -> Operators {
        let lines: String = names
            .iter()
            .map(|name| format!("[operators.{name}]\nrole = \"viewer\"\npassword = \"{hash}\"\n"))
            .collect();
        let text = format!("session_key = \"{}\"\n{lines}", key.repeat(32));
        parse(text.as_bytes(), &Operators::nobody(Path::new("operators.toml"))).unwrap()
    }

    #[test]
    fn a_session_is_whose_it_is_until_it_is_over() {
        let ours = operators("11", &["anna", "ben"], HASH);
        let anna: OperatorName = "anna".parse().unwrap();
        let cookie = ours.seal(&anna, 1_000).unwrap();
        let anna = Some(SignedOn { name: anna, role: Role::Viewer });
        assert_eq!(ours.open(&cookie, 1_000), anna);
        assert_eq!(ours.open(&cookie, 1_000 + LASTS_S - 1), anna);
        assert_eq!(ours.open(&cookie, 1_000 + LASTS_S), None);
        assert_eq!(ours.open(&cookie.replace("anna", "ben"), 1_000), None, "another's name");
        assert_eq!(ours.open(&cookie.replacen("37000", "99000", 1), 1_000), None, "another end");
        assert_eq!(operators("22", &["anna"], HASH).open(&cookie, 1_000), None, "another key");
        assert_eq!(operators("11", &["ben"], HASH).open(&cookie, 1_000), None, "removed");
        let changed = HASH.replace("aGFzaGhhc2hoYXNo", "aGFzaGhhc2hoYXNp");
        assert_eq!(operators("11", &["anna"], &changed).open(&cookie, 1_000), None, "another password");
        for junk in ["", "anna", "anna.1.2", "anna..", "\u{1F600}.1.00"] {
            assert_eq!(ours.open(junk, 1_000), None);
        }
        assert_eq!(ours.seal(&"eve".parse().unwrap(), 1_000), None);
    }

    #[test]
    fn who_guesses_waits_and_nobody_else_does() {
        let (tries, anna, ben) = (Tries::default(), "anna".parse().unwrap(), "ben".parse().unwrap());
        for _ in 0..5 {
            assert!(tries.may_try(&anna, true, 0).is_ok());
            tries.tried(&anna, false, 0);
        }
        assert!(tries.may_try(&anna, true, 1_000).is_err());
        assert!(tries.may_try(&ben, true, 1_000).is_ok());
        assert!(tries.may_try(&anna, true, 61_000).is_ok());
        tries.tried(&anna, true, 61_000);
        assert!(tries.may_try(&anna, true, 62_000).is_ok());
    }

    #[test]
    fn many_names_take_no_memory_without_end() {
        let tries = Tries::default();
        for number in 0..NAMES_MAX * 2 {
            let name: OperatorName = format!("n{number}").parse().unwrap();
            let _ = tries.may_try(&name, false, 0);
        }
        assert!(tries.by_name.lock().unwrap().len() <= NAMES_MAX);
        for number in 0..NAMES_MAX {
            for _ in 0..5 {
                tries.tried(&format!("n{number}").parse().unwrap(), false, 0);
            }
        }
        assert!(tries.may_try(&"eve".parse().unwrap(), false, 0).is_err());
        assert!(tries.may_try(&"anna".parse().unwrap(), true, 0).is_ok(), "an operator is never shut out by others");
    }
}

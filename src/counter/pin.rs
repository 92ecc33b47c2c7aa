//! PINs: what is typed, and how it is compared with the argon2id hash of head office's list (RFC 9106).

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params};
use evertill_domain::cashier::PinHash;
use std::fmt;

/// The longest PIN: who types more has scanned a barcode into the field.
const PIN_MAX_DIGITS: usize = 12;
/// Memory and passes that a hash may ask for: a list from head office must not stop the till.
const MEMORY_MAX_KIB: u32 = 64 * 1024;
const PASSES_MAX: u32 = 10;
const LANES_MAX: u32 = 4;

/// A cashier's number and PIN, as typed. The PIN is never printed.
#[derive(Clone)]
pub struct Credentials {
    /// The number.
    pub number: u32,
    /// The PIN.
    pub pin: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({}, ..)", self.number)
    }
}

/// Compares `pin` with `hash`. Takes tens of milliseconds and 19 MiB, on a thread that may block.
pub(super) async fn is_right(pin: String, hash: PinHash) -> bool {
    let compare = move || compare(&pin, hash.as_phc());
    tokio::task::spawn_blocking(compare).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a PIN could not be compared");
        false
    })
}

fn compare(pin: &str, phc: &str) -> bool {
    if pin.is_empty() || pin.len() > PIN_MAX_DIGITS {
        return false;
    }
    let Ok(hash) = PasswordHash::new(phc) else { return false };
    let is_bounded = Params::try_from(&hash).is_ok_and(|params| {
        params.m_cost() <= MEMORY_MAX_KIB && params.t_cost() <= PASSES_MAX && params.p_cost() <= LANES_MAX
    });
    if !is_bounded {
        tracing::error!("a cashier's PIN hash asks for more memory or passes than a till gives: make a new one");
        return false;
    }
    Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::PasswordHasher;

    #[test]
    fn only_the_right_pin_is_right() {
        let params = Params::new(32, 1, 1, None).unwrap();
        let phc = Argon2::from(params).hash_password(b"4711").unwrap().to_string();
        assert!(compare("4711", &phc));
        for wrong in ["", "4712", "04711", "4711 ", "4006381333931"] {
            assert!(!compare(wrong, &phc), "{wrong}");
        }
        assert!(!compare("4711", "$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"));
    }
}

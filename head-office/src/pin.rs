//! PINs of cashiers: head office keeps and hands out hashes only.

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;

/// The shortest PIN: fewer digits are guessed within the tries that a till allows in a week.
const PIN_MIN_DIGITS: usize = 4;
/// The longest PIN that a till takes.
const PIN_MAX_DIGITS: usize = 12;

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// Not a PIN.
    #[error("a PIN has {PIN_MIN_DIGITS} to {PIN_MAX_DIGITS} digits and nothing else: give one on standard input")]
    Form,
    /// The system gives no random bytes.
    #[error("the PIN could not be hashed: {0}")]
    Hash(String),
}

/// The argon2id hash (RFC 9106) of `pin` as PHC string, for `pin_hash` of the price book's list of cashiers.
///
/// # Errors
/// A text that is no PIN.
pub fn hash(pin: &str) -> Result<String, PinError> {
    let pin = pin.trim();
    let is_pin =
        (PIN_MIN_DIGITS..=PIN_MAX_DIGITS).contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_digit());
    if !is_pin {
        return Err(PinError::Form);
    }
    let hash = Argon2::default().hash_password(pin.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| PinError::Hash(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use evertill_domain::cashier::PinHash;

    #[test]
    fn a_hash_is_one_that_tills_take_and_no_two_are_alike() {
        let (one, other) = (hash("4711\n").unwrap(), hash("4711").unwrap());
        assert!(one.parse::<PinHash>().is_ok() && one != other && !one.contains("4711"));
        for bad in ["", "123", "12a4", "1234567890123", "-1234"] {
            assert!(matches!(hash(bad), Err(PinError::Form)), "{bad}");
        }
    }
}

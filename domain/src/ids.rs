//! Names of things: region, location, pool, store, till, epoch, business day, idempotency key.
//!
//! Each is parsed once at the edge and cannot be wrong afterwards. All are serialised as plain strings.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What was wrong with a name that came from outside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} '{value}' is not valid: {rule}")]
pub struct NameError {
    what: &'static str,
    value: String,
    rule: &'static str,
}

impl NameError {
    fn new(what: &'static str, value: &str, rule: &'static str) -> NameError {
        // A name from outside may be a megabyte long; an error message must not be.
        NameError { what, value: value.chars().take(60).collect(), rule }
    }
}

macro_rules! name {
    ($(#[$meta:meta])* $type:ident, $what:literal, $rule:literal, $valid:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = NameError;

            fn from_str(text: &str) -> Result<$type, NameError> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok($type(text.to_owned())) } else { Err(NameError::new($what, text, $rule)) }
            }
        }

        impl TryFrom<String> for $type {
            type Error = NameError;

            fn try_from(text: String) -> Result<$type, NameError> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> String {
                name.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn lower_word(text: &str, longest: usize) -> bool {
    !text.is_empty()
        && text.len() <= longest
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

name!(
    /// One of the retailer's regions, for example `eu`. Regions share nothing.
    Region, "region", "1 to 16 of a-z, 0-9, - and _", |t| lower_word(t, 16)
);
name!(
    /// A data centre of a region, for example `fra`.
    Location, "location", "1 to 16 of a-z, 0-9, - and _", |t| lower_word(t, 16)
);
name!(
    /// A set of app servers that run one version, for example `v41`.
    Pool, "pool", "1 to 32 of a-z, 0-9, - and _", |t| lower_word(t, 32)
);
name!(
    /// A shop, for example `DE-0417`.
    StoreId, "store", "1 to 24 of A-Z, 0-9 and -",
    |t| !t.is_empty() && t.len() <= 24 && t.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
);
name!(
    /// What an entry records, for example `sale`. A kind this version does not know is kept, chained and forwarded.
    Kind, "kind", "1 to 40 of a-z, 0-9, - and _", |t| lower_word(t, 40)
);
name!(
    /// Minted by a caller for one intended act; the same key always gets the first result again.
    IdempotencyKey, "idempotency key", "8 to 64 of A-Z, a-z, 0-9, - and _",
    |t| (8..=64).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
);
name!(
    /// The trading day a sale belongs to, `YYYY-MM-DD`; it may differ from the calendar's day.
    BusinessDay, "business day", "a date as YYYY-MM-DD", is_date
);
name!(
    /// When something happened: RFC 3339 with the offset from UTC, to the millisecond at most. The clock may lie;
    /// nothing is ever ordered by it.
    Timestamp, "time", "RFC 3339 with an offset, as 2026-05-03T18:04:05.123+02:00", is_rfc3339
);

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0u32, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
}

fn is_date(text: &str) -> bool {
    let b = text.as_bytes();
    if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
        return false;
    }
    let (Some(year), Some(month), Some(day)) = (digits(&b[..4]), digits(&b[5..7]), digits(&b[8..])) else {
        return false;
    };
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=last).contains(&day)
}

fn is_rfc3339(text: &str) -> bool {
    let b = text.as_bytes();
    if !text.is_ascii() || b.len() < 20 || b.len() > 29 || !is_date(&text[..10]) || b[10] != b'T' {
        return false;
    }
    let clock = |b: &[u8]| {
        b.len() == 5
            && b[2] == b':'
            && digits(&b[..2]).is_some_and(|h| h < 24)
            && digits(&b[3..]).is_some_and(|m| m < 60)
    };
    if !clock(&b[11..16]) || b[16] != b':' || digits(&b[17..19]).is_none_or(|s| s > 60) {
        return false;
    }
    let rest = &b[19..];
    let (fraction, offset) = rest.split_at(rest.iter().position(|c| matches!(c, b'Z' | b'+' | b'-')).unwrap_or(0));
    let fraction_fits = fraction.is_empty()
        || (fraction[0] == b'.' && (2..=4).contains(&fraction.len()) && digits(&fraction[1..]).is_some());
    fraction_fits && (offset == b"Z" || (matches!(offset.first(), Some(b'+' | b'-')) && clock(&offset[1..])))
}

impl Kind {
    /// A completed sale.
    pub const SALE: &'static str = "sale";
    /// Goods came back, money went out.
    pub const REFUND: &'static str = "refund";
    /// The last sale was taken back as a whole.
    pub const VOID_SALE: &'static str = "void_sale";
    /// The drawer was opened without a sale.
    pub const NO_SALE: &'static str = "no_sale";
    /// A shift began, with a float.
    pub const SHIFT_OPENED: &'static str = "shift_opened";
    /// A shift ended, with a count.
    pub const SHIFT_CLOSED: &'static str = "shift_closed";
    /// Cash was paid in, paid out or picked up.
    pub const CASH_MOVEMENT: &'static str = "cash_movement";
    /// The business day was closed, with a Z report.
    pub const DAY_CLOSED: &'static str = "day_closed";
    /// The totals of the day so far were read: an X report.
    pub const X_REPORT: &'static str = "x_report";
    /// A Z report was printed again.
    pub const Z_REPORT_COPY: &'static str = "z_report_copy";
    /// An open basket was given up.
    pub const BASKET_ABANDONED: &'static str = "basket_abandoned";
    /// A cashier signed on.
    pub const SIGN_ON: &'static str = "sign_on";
    /// A cashier signed off.
    pub const SIGN_OFF: &'static str = "sign_off";
    /// Somebody with the role let a cashier do what theirs does not allow.
    pub const OVERRIDE: &'static str = "override";
    /// The first entry of an epoch: why it began, and where the one before it stood.
    pub const EPOCH_BEGUN: &'static str = "epoch_begun";
    /// The agent came up; its body says which version.
    pub const AGENT_STARTED: &'static str = "agent_started";
    /// What a device answered to a print job or a drawer pulse.
    pub const DEVICE_OUTCOME: &'static str = "device_outcome";
    /// A receipt was printed again, marked COPY.
    pub const RECEIPT_COPY: &'static str = "receipt_copy";
    /// A slip or a report without a number was printed again, marked COPY.
    pub const PAPER_COPY: &'static str = "paper_copy";
    /// Another version of the price book is in force.
    pub const PRICE_BOOK_APPLIED: &'static str = "price_book_applied";
    /// The store moved to another pool; its body says from where, by which assignment and why.
    pub const POOL_CHANGED: &'static str = "pool_changed";
    /// Another version of the list of cashiers is in force.
    pub const CASHIERS_APPLIED: &'static str = "cashiers_applied";
}

/// A till: region, store and number, written `eu/DE-0417/2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TillId {
    /// The region that the till belongs to for ever.
    pub region: Region,
    /// Its shop.
    pub store: StoreId,
    /// Its number in the shop, from 1.
    pub number: u16,
}

impl FromStr for TillId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<TillId, NameError> {
        let bad = || NameError::new("till", text, "region/STORE/number, as eu/DE-0417/2");
        let mut parts = text.split('/');
        let (Some(region), Some(store), Some(number), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(bad());
        };
        // One spelling a till: `+2` and `02` parse as numbers but would be other bytes in the hash.
        let canonical = !number.starts_with(['0', '+']);
        let number = number.parse().ok().filter(|_| canonical).ok_or_else(bad)?;
        Ok(TillId { region: region.parse()?, store: store.parse()?, number })
    }
}

impl TryFrom<String> for TillId {
    type Error = NameError;

    fn try_from(text: String) -> Result<TillId, NameError> {
        text.parse()
    }
}

impl From<TillId> for String {
    fn from(till: TillId) -> String {
        till.to_string()
    }
}

impl fmt::Display for TillId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.region, self.store, self.number)
    }
}

/// One life of a till's journal, a UUIDv7. Numbers count from 1 in each; a restored or damaged journal begins a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub uuid::Uuid);

impl FromStr for Epoch {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Epoch, NameError> {
        uuid::Uuid::parse_str(text).map(Epoch).map_err(|_| NameError::new("epoch", text, "a UUID"))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_till_has_one_spelling() {
        for good in ["eu/DE-0417/2", "na/US-0001/65535"] {
            assert_eq!(good.parse::<TillId>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "eu",
            "eu/DE-0417",
            "eu/DE-0417/0",
            "eu/DE-0417/02",
            "eu/DE-0417/+2",
            "EU/DE/1",
            "eu/de/1",
            "eu/DE/65536",
            "eu/DE/1/x",
        ] {
            assert!(bad.parse::<TillId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for good in ["2026-05-03", "2024-02-29", "1970-01-01"] {
            assert!(good.parse::<BusinessDay>().is_ok(), "{good}");
        }
        for bad in ["2026-02-29", "2026-13-01", "2026-04-31", "2026-4-3", "26-04-03", "2026/04/03", "2026-00-10"] {
            assert!(bad.parse::<BusinessDay>().is_err(), "{bad}");
        }
    }

    #[test]
    fn times_carry_their_offset() {
        for good in ["2026-05-03T18:04:05Z", "2026-05-03T18:04:05.123+02:00", "1970-01-01T00:00:00-05:00"] {
            assert!(good.parse::<Timestamp>().is_ok(), "{good}");
        }
        for bad in [
            "2026-05-03T18:04:05",
            "2026-05-03 18:04:05Z",
            "2026-05-03T25:04:05Z",
            "2026-05-03T18:04:05.Z",
            "2026-05-03T18:04:05+0200",
            "2026-05-03T18:04:05.1234567890Z",
        ] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
    }
}

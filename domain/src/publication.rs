//! What head office publishes to the tills of a region, and how they know that it is the region's.
//!
//! Price books, lists of cashiers, endpoints and assignments are signed with the region's minisign key by whoever publishes
//! them, far from the servers that hand them out. A signature's trusted comment says what was signed, so that neither an
//! assignment can be passed off as endpoints, nor another store's price book as one's own:
//!
//! ```text
//! evertill price-book region=eu store=* version=8 since=0      the whole, for every store
//! evertill price-book region=eu store=DE-0417 version=8 since=7    what leads from version 7 to 8, for this one
//! ```
//! Versions of a subject rise, over all stores together: a till never goes back, whichever location it asks.

use crate::ids::{Region, StoreId};
use minisign_verify::{PublicKey, Signature};
use std::fmt;
use std::str::FromStr;

/// Header of an answer that holds a publication: its minisign signature, in base64.
pub const SIGNATURE_HEADER: &str = "evertill-signature";
/// Most keys of a region: one in use, and those that take turns with it.
pub const KEYS_MAX: usize = 8;
/// The longest signature, as text.
pub const SIGNATURE_MAX_BYTES: usize = 1_024;

/// What is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// What stores sell, JSON.
    PriceBook,
    /// Who signs on, JSON.
    Cashiers,
    /// The pools and their addresses, TOML.
    Endpoints,
    /// Which pool a store belongs to, TOML.
    Assignment,
}

impl Subject {
    /// All of them.
    pub const ALL: [Subject; 4] = [Subject::PriceBook, Subject::Cashiers, Subject::Endpoints, Subject::Assignment];

    /// As on the command line, in addresses and in claims.
    pub fn as_str(self) -> &'static str {
        match self {
            Subject::PriceBook => "price-book",
            Subject::Cashiers => "cashiers",
            Subject::Endpoints => "endpoints",
            Subject::Assignment => "assignment",
        }
    }

    /// Whether a store may have one of its own; of the others the region has one.
    pub fn may_be_a_stores(self) -> bool {
        matches!(self, Subject::PriceBook | Subject::Cashiers)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Subject {
    type Err = String;

    fn from_str(text: &str) -> Result<Subject, String> {
        let known = Subject::ALL.into_iter().find(|subject| subject.as_str() == text);
        known.ok_or_else(|| {
            let text: String = text.chars().take(40).collect();
            format!("'{text}' is not published: it is price-book, cashiers, endpoints or assignment")
        })
    }
}

/// What a signature says of the bytes that it signs: its trusted comment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// What they are.
    pub subject: Subject,
    /// Whose.
    pub region: Region,
    /// The store that they are for; `None` for every store.
    pub store: Option<StoreId>,
    /// Their version, from 1. Endpoints and assignments call it serial.
    pub version: u64,
    /// The version that they lead on from; 0 when they are the whole.
    pub since: u64,
}

impl Claim {
    /// Whether a till of `store` in `region` may take it.
    pub fn is_for(&self, region: &Region, store: &StoreId) -> bool {
        self.region == *region && self.store.as_ref().is_none_or(|own| own == store)
    }

    fn read(text: &str) -> Option<Claim> {
        let mut words = text.split(' ');
        if words.next()? != "evertill" {
            return None;
        }
        let subject: Subject = words.next()?.parse().ok()?;
        let region = words.next()?.strip_prefix("region=")?.parse().ok()?;
        let store = match words.next()?.strip_prefix("store=")? {
            "*" => None,
            store => Some(store.parse().ok()?),
        };
        let version: u64 = words.next()?.strip_prefix("version=")?.parse().ok()?;
        let since: u64 = words.next()?.strip_prefix("since=")?.parse().ok()?;
        let claim = Claim { subject, region, store, version, since };
        let fits = since < version && (claim.store.is_none() || subject.may_be_a_stores());
        // Only one way to write it, so that nothing stands between the lines.
        (words.next().is_none() && fits && claim.to_string() == text).then_some(claim)
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Claim { subject, region, store, version, since } = self;
        let store = store.as_ref().map_or("*", StoreId::as_str);
        write!(f, "evertill {subject} region={region} store={store} version={version} since={since}")
    }
}

impl FromStr for Claim {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Claim, SealError> {
        Claim::read(text).ok_or_else(|| SealError::Claim(text.chars().take(120).collect()))
    }
}

/// Why something published is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// No key to check it with.
    #[error("no key is known to check it with: put the region's public key into `publish_keys`")]
    NoKeys,
    /// Not a public key.
    #[error("publish_keys: '{0}' is no minisign public key: it is the line that begins with RW")]
    Key(String),
    /// More keys than a region has.
    #[error("publish_keys: there are {0}, at most {KEYS_MAX} may be")]
    TooManyKeys(usize),
    /// No signature came with it, or none that is one.
    #[error("it is not signed: publish it with `head-office publish`")]
    Unsigned,
    /// Another key, or other bytes.
    #[error("its signature is not the region's: no key of `publish_keys` made it, or the bytes were changed")]
    Wrong,
    /// Signed, but as something else.
    #[error("its signature says '{0}', which is no publication: publish it with `head-office publish`")]
    Claim(String),
}

/// The region's public keys: the one in use, and those before and after it while they change.
#[derive(Debug, Clone, Default)]
pub struct PublishKeys(Vec<PublicKey>);

impl PublishKeys {
    /// The keys, each as the line of a minisign public key.
    pub fn parse<S: AsRef<str>>(lines: &[S]) -> Result<PublishKeys, SealError> {
        if lines.len() > KEYS_MAX {
            return Err(SealError::TooManyKeys(lines.len()));
        }
        let key = |line: &S| {
            let line = line.as_ref().trim();
            PublicKey::from_base64(line).map_err(|_| SealError::Key(line.chars().take(60).collect()))
        };
        Ok(PublishKeys(lines.iter().map(key).collect::<Result<_, _>>()?))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What `bytes` are, if one of the keys signed them with `signature`, the text of a minisign signature.
    pub fn verify(&self, bytes: &[u8], signature: &str) -> Result<Claim, SealError> {
        if self.0.is_empty() {
            return Err(SealError::NoKeys);
        }
        if signature.len() > SIGNATURE_MAX_BYTES {
            return Err(SealError::Unsigned);
        }
        let signature = Signature::decode(signature).map_err(|_| SealError::Unsigned)?;
        if !self.0.iter().any(|key| key.verify(bytes, &signature, false).is_ok()) {
            return Err(SealError::Wrong);
        }
        signature.trusted_comment().parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_read_as_it_is_written_and_in_no_other_way() {
        for text in [
            "evertill price-book region=eu store=* version=8 since=0",
            "evertill price-book region=eu store=DE-0417 version=8 since=7",
            "evertill cashiers region=na store=US-1 version=1 since=0",
            "evertill endpoints region=eu store=* version=41 since=0",
            "evertill assignment region=eu store=* version=18446744073709551615 since=0",
        ] {
            assert_eq!(text.parse::<Claim>().map(|claim| claim.to_string()), Ok(text.to_owned()));
        }
        for text in [
            "",
            "timestamp:1700000000\tfile:price-book.json",
            "evertill price-book region=eu store=* version=8",
            "evertill price-book region=eu store=* version=8 since=8",
            "evertill price-book region=eu store=* version=0 since=0",
            "evertill price-book region=eu store=* version=08 since=0",
            "evertill price-book region=eu store=* version=8 since=0 ",
            "evertill price-book  region=eu store=* version=8 since=0",
            "evertill price-book region=EU store=* version=8 since=0",
            "evertill assignment region=eu store=DE-0417 version=8 since=0",
            "evertill sausages region=eu store=* version=8 since=0",
        ] {
            assert!(matches!(text.parse::<Claim>(), Err(SealError::Claim(_))), "{text}");
        }
    }

    #[test]
    fn what_is_for_one_store_is_for_no_other_and_no_other_region() {
        let (eu, na): (Region, Region) = ("eu".parse().unwrap(), "na".parse().unwrap());
        let (own, other): (StoreId, StoreId) = ("DE-0417".parse().unwrap(), "DE-0418".parse().unwrap());
        let everyone: Claim = "evertill price-book region=eu store=* version=8 since=0".parse().unwrap();
        let one: Claim = "evertill price-book region=eu store=DE-0417 version=8 since=0".parse().unwrap();
        assert!(everyone.is_for(&eu, &own) && everyone.is_for(&eu, &other) && !everyone.is_for(&na, &own));
        assert!(one.is_for(&eu, &own) && !one.is_for(&eu, &other) && !one.is_for(&na, &own));
    }

    #[test]
    fn keys_and_signatures_that_are_none_are_refused() {
        assert!(matches!(PublishKeys::parse(&["RWnonsense"]), Err(SealError::Key(_))));
        assert!(matches!(PublishKeys::parse(&["x"; KEYS_MAX + 1]), Err(SealError::TooManyKeys(_))));
        assert_eq!(PublishKeys::default().verify(b"", ""), Err(SealError::NoKeys));
        let keys = PublishKeys::parse(&["RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"]).unwrap();
        for junk in ["", "untrusted comment: x", &"y".repeat(10_000)] {
            assert_eq!(keys.verify(b"test", junk), Err(SealError::Unsigned));
        }
        // The example of minisign's own documentation: a good signature, of something that we never published.
        let foreign = "untrusted comment: signature from minisign secret key
RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=
trusted comment: timestamp:1633700835\tfile:test\tprehashed
wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==";
        assert!(matches!(keys.verify(b"test", foreign), Err(SealError::Claim(_))));
        assert_eq!(keys.verify(b"Test", foreign), Err(SealError::Wrong));
    }
}

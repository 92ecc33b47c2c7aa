//! The receipt number of an entry, for engines that keep it in a column.

use evertill_domain::entry::Entry;
use evertill_domain::ids::Kind;
use serde::Deserialize;

/// What a sale, refund or void says of its number.
#[derive(Debug, Deserialize)]
pub(super) struct Numbered {
    pub(super) receipt_number: u64,
    /// What it gives back.
    pub(super) original: Option<Original>,
}

/// A sale that is given back.
#[derive(Debug, Deserialize)]
pub(super) struct Original {
    pub(super) till: String,
    pub(super) receipt_number: u64,
}

impl Numbered {
    /// The numbers of `entry`; `None` for a kind without any, or a body that this version cannot read.
    pub(super) fn of(entry: &Entry) -> Option<Numbered> {
        let kinds = [Kind::SALE, Kind::REFUND, Kind::VOID_SALE];
        let numbered: Numbered =
            kinds.contains(&entry.kind.as_str()).then(|| serde_json::from_str(&entry.body).ok()).flatten()?;
        // Only a refund or void gives back. A name with a NUL is no till's, and no column of text takes it.
        let original =
            numbered.original.filter(|original| entry.kind.as_str() != Kind::SALE && !original.till.contains('\0'));
        Some(Numbered { original, ..numbered })
    }
}

//! The price book that the stores get: served as the bytes of the file, once they were read as a price book, or as what
//! changed since one of the versions before it.

use bytes::Bytes;
use evertill_domain::catalogue::{Delta, PriceBook};

/// So many versions before the one in force are known by what changed since. A till that lags further gets the whole book,
/// and so does everyone after this process began anew.
const VERSIONS_BEFORE_MAX: usize = 4;

/// The price book in force.
#[derive(Debug, Clone, Default)]
pub struct PriceBookFile {
    /// Its version, 0 when there is none yet.
    pub version: u64,
    /// The file's bytes.
    pub json: Bytes,
    /// Versions before it, the oldest first: their files' bytes, and what leads from each to the one in force.
    before: Vec<(u64, Bytes, Bytes)>,
}

impl PriceBookFile {
    /// What leads from version `since` to the one in force, where that is known and shorter than the whole.
    pub fn delta_from(&self, since: u64) -> Option<&Bytes> {
        let found = self.before.iter().find(|(version, ..)| *version == since);
        found.map(|(_, _, delta)| delta).filter(|delta| delta.len() < self.json.len())
    }
}

/// Reads a changed file. Its version must rise: tills never go back to an older one, so serving it would only split
/// the tills into those that saw the newer one and those that did not.
pub(crate) fn parse(bytes: &[u8], current: &PriceBookFile) -> Result<PriceBookFile, String> {
    if bytes.len() > evertill_domain::wire::PRICE_BOOK_MAX_BYTES {
        return Err(format!("it has {} bytes, more than a till takes", bytes.len()));
    }
    let book = PriceBook::parse(bytes).map_err(|errors| errors.to_string())?;
    let version = book.version;
    if version <= current.version {
        return Err(format!("its version is {version}, it must be above {}: raise \"version\"", current.version));
    }
    let known = current.before.iter().map(|(version, json, _)| (*version, json.clone()));
    let known: Vec<(u64, Bytes)> =
        known.chain((current.version > 0).then(|| (current.version, current.json.clone()))).collect();
    let newest = &known[known.len().saturating_sub(VERSIONS_BEFORE_MAX)..];
    let before = newest.iter().filter_map(|(version, json)| {
        // They were read before; one that cannot be read now is served as a whole book.
        let delta = Delta::between(&PriceBook::parse(json).ok()?, &book);
        Some((*version, json.clone(), Bytes::from(serde_json::to_vec(&delta).ok()?)))
    });
    Ok(PriceBookFile { version, json: Bytes::copy_from_slice(bytes), before: before.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(version: u64, price_minor: i64) -> Vec<u8> {
        let items: Vec<serde_json::Value> = (1..=50)
            .map(|plu| {
                let price_minor = if plu == 7 { price_minor } else { 100 };
                serde_json::json!({"plu": plu.to_string(), "name": format!("Item {plu}"), "price_minor": price_minor, "tax": "A"})
            })
            .collect();
        let taxes = serde_json::json!([{"code": "A", "label": "VAT", "rates": [{"label": "VAT", "rate": 20000}]}]);
        let store = serde_json::json!({"name": "Shop", "locale": "en-GB"});
        serde_json::to_vec(&serde_json::json!({"version": version, "store": store, "currency": "GBP",
            "tax_mode": "inclusive", "taxes": taxes, "items": items}))
        .unwrap()
    }

    #[test]
    fn a_till_that_is_a_few_versions_behind_gets_what_changed_and_no_other_does() {
        let mut served = PriceBookFile::default();
        for version in 1..=7 {
            served = parse(&file(version, 100 + version as i64), &served).unwrap();
        }
        let newest = PriceBook::parse(&served.json).unwrap();
        for since in 3..=6 {
            let delta = served.delta_from(since).expect("it is known");
            assert!(delta.len() * 5 < served.json.len(), "{} of {}", delta.len(), served.json.len());
            let old = PriceBook::parse(&file(since, 100 + since as i64)).unwrap();
            assert_eq!(PriceBook::update(Some(&old), delta).unwrap(), newest);
        }
        for unknown in [0, 1, 2, 7, 8] {
            assert!(served.delta_from(unknown).is_none(), "{unknown}");
        }
        assert!(parse(&file(7, 1), &served).unwrap_err().contains("must be above 7"));
    }
}

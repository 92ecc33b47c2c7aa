//! The price book that the stores get: served as the bytes of the file, once they were read as a price book.

use bytes::Bytes;
use evertill_domain::catalogue::PriceBook;

/// The price book in force.
#[derive(Debug, Clone, Default)]
pub struct PriceBookFile {
    /// Its version, 0 when there is none yet.
    pub version: u64,
    /// The file's bytes.
    pub json: Bytes,
}

/// Reads a changed file. Its version must rise: tills never go back to an older one, so serving it would only split
/// the tills into those that saw the newer one and those that did not.
pub(crate) fn parse(bytes: &[u8], current: &PriceBookFile) -> Result<PriceBookFile, String> {
    if bytes.len() > evertill_domain::wire::PRICE_BOOK_MAX_BYTES {
        return Err(format!("it has {} bytes, more than a till takes", bytes.len()));
    }
    let version = PriceBook::parse(bytes).map_err(|errors| errors.to_string())?.version;
    if version <= current.version {
        return Err(format!("its version is {version}, it must be above {}: raise \"version\"", current.version));
    }
    Ok(PriceBookFile { version, json: Bytes::copy_from_slice(bytes) })
}

//! The cache in this instance's memory: bounded by bytes; what was asked for longest ago goes first.

use bytes::Bytes;
use evertill_domain::entry::Hash;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

#[derive(Debug)]
pub(super) struct Memory {
    max_bytes: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    by_hash: BTreeMap<[u8; 32], (Bytes, u64)>,
    bytes: usize,
    /// Counts the questions, so that it is known what was asked for longest ago.
    asked: u64,
}

impl Memory {
    /// Keeps at most `max_bytes`; 0 keeps nothing.
    pub(super) fn new(max_bytes: usize) -> Memory {
        Memory { max_bytes, kept: Mutex::default() }
    }

    /// The bytes with this hash.
    pub(super) fn get(&self, sha256: &Hash) -> Option<Bytes> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.asked += 1;
        let asked = kept.asked;
        let (bytes, last) = kept.by_hash.get_mut(&sha256.0)?;
        *last = asked;
        Some(bytes.clone())
    }

    /// Keeps `bytes`, unless they alone are more than may be kept.
    pub(super) fn put(&self, sha256: Hash, bytes: Bytes) {
        if bytes.len() > self.max_bytes {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = kept.asked;
        kept.bytes += bytes.len();
        if let Some((same, _)) = kept.by_hash.insert(sha256.0, (bytes, asked)) {
            kept.bytes -= same.len();
        }
        while kept.bytes > self.max_bytes {
            let oldest = kept.by_hash.iter().min_by_key(|(_, (_, last))| *last).map(|(hash, _)| *hash);
            let Some((gone, _)) = oldest.and_then(|hash| kept.by_hash.remove(&hash)) else { return };
            kept.bytes -= gone.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_what_was_asked_for_last_and_no_more_than_it_may() {
        let memory = Memory::new(10);
        let (hash, bytes) = (|n: u8| Hash([n; 32]), |length: usize| Bytes::from(vec![0; length]));
        memory.put(hash(1), bytes(4));
        memory.put(hash(2), bytes(4));
        memory.put(hash(2), bytes(4));
        assert!(memory.get(&hash(1)).is_some());
        memory.put(hash(3), bytes(4));
        assert!(memory.get(&hash(2)).is_none() && memory.get(&hash(1)).is_some() && memory.get(&hash(3)).is_some());
        memory.put(hash(4), bytes(11));
        assert!(memory.get(&hash(4)).is_none() && memory.get(&hash(1)).is_some());
        memory.put(hash(5), bytes(10));
        assert_eq!(memory.get(&hash(5)).map(|bytes| bytes.len()), Some(10));
        assert!(memory.get(&hash(1)).is_none());
        assert!({
            Memory::new(0).put(hash(1), bytes(1));
            Memory::new(0).get(&hash(1)).is_none()
        });
    }
}

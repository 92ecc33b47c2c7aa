//! The tills of a simulation: their names, and their keys, which follow from the seed.
//!
//! Whoever knows the seed has the keys. Stores are named `SIM-0001` and so on, so that nobody takes them for real ones;
//! they never belong in the register of a service that has real tills.

use ed25519_dalek::SigningKey;
use evertill_domain::entry::Hash;
use evertill_domain::ids::{Region, TillId};
use evertill_domain::random::Seeded;
use std::fmt::Write;

/// Most tills of one process: two regions' worth.
pub const TILLS_MAX: u64 = 10_000;

/// Who takes part.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// The region of all.
    pub region: Region,
    /// How many stores.
    pub stores: u32,
    /// How many tills each has.
    pub tills_per_store: u16,
    /// What keys and chances follow from.
    pub seed: u64,
}

/// One of the tills.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its place in the fleet, from 0.
    pub index: usize,
    /// Its name.
    pub id: TillId,
    /// Its key.
    pub key: SigningKey,
    /// What its own chances follow from.
    pub seed: u64,
}

impl Fleet {
    /// How many tills there are.
    pub fn tills(&self) -> usize {
        self.stores as usize * usize::from(self.tills_per_store)
    }

    /// All tills, store by store; the same seed gives the same keys again, however many there are.
    pub fn members(&self) -> impl Iterator<Item = Member> {
        let mut random = Seeded::new(self.seed);
        (0..self.tills()).map(move |index| {
            let mut secret = [0; 32];
            for part in secret.chunks_exact_mut(8) {
                part.copy_from_slice(&random.up_to(u64::MAX).to_le_bytes());
            }
            let (store, number) =
                (index / usize::from(self.tills_per_store), index % usize::from(self.tills_per_store));
            let store = format!("SIM-{:04}", store + 1).parse().expect("capital letters, digits and a dash");
            let id = TillId { region: self.region.clone(), store, number: number as u16 + 1 };
            Member { index, id, key: SigningKey::from_bytes(&secret), seed: random.up_to(u64::MAX) }
        })
    }

    /// The register of all tills, as `tills` of head-office.toml names it.
    pub fn register(&self) -> String {
        let mut text = "# The tills of a simulation: never beside real ones.\n[tills]\n".to_owned();
        for Member { id, key, .. } in self.members() {
            // A `String` takes whatever is written to it.
            let _ = writeln!(text, "\"{id}\" = \"{}\"", Hash(key.verifying_key().to_bytes()));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tills::Register;
    use std::path::Path;

    #[test]
    fn the_register_is_one_that_the_service_reads_and_the_seed_replays() {
        let fleet = Fleet { region: "eu".parse().unwrap(), stores: 3, tills_per_store: 2, seed: 5 };
        let empty = Register::empty(Path::new("tills.toml"), fleet.region.clone());
        let register = empty.read(fleet.register().as_bytes()).unwrap();
        for member in fleet.members() {
            assert_eq!(register.key(&member.id), Some(&member.key.verifying_key()));
        }
        assert_eq!(register.of_store(&"SIM-0003".parse().unwrap()).len(), 2);
        assert_eq!(fleet.register(), fleet.clone().register());
        assert_ne!(fleet.register(), Fleet { seed: 6, ..fleet }.register());
    }
}

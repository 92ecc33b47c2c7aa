//! Whether bytes are what their signature says. The publisher asks before it signs, and every location before it takes.

use evertill_domain::cashier::CashierList;
use evertill_domain::catalogue::{Delta, PriceBook};
use evertill_domain::ids::Region;
use evertill_domain::piloting::{Assignment, Endpoints};
use evertill_domain::publication::{Claim, Subject};
use evertill_domain::wire::{ANSWER_MAX_BYTES, CASHIERS_MAX_BYTES, PRICE_BOOK_MAX_BYTES};

/// The most bytes of a `subject` that a till takes.
pub fn max_bytes(subject: Subject) -> usize {
    match subject {
        Subject::PriceBook => PRICE_BOOK_MAX_BYTES,
        Subject::Cashiers => CASHIERS_MAX_BYTES,
        Subject::Endpoints | Subject::Assignment => ANSWER_MAX_BYTES,
    }
}

/// Checks that `bytes` are what `claim` says, without mistakes. `endpoints` are those that an assignment speaks of.
///
/// # Errors
/// All mistakes, as text for people.
pub fn check(claim: &Claim, bytes: &[u8], endpoints: Option<&Endpoints>) -> Result<(), String> {
    let Claim { subject, region, version, since, .. } = claim;
    if bytes.len() > max_bytes(*subject) {
        return Err(format!("it has {} bytes, a till takes {} at most", bytes.len(), max_bytes(*subject)));
    }
    let mut whose: Option<Region> = None;
    let found = match subject {
        Subject::PriceBook if *since > 0 => {
            let delta: Delta = serde_json::from_slice(bytes).map_err(|error| format!("it is no delta: {error}"))?;
            if delta.from != *since {
                return Err(format!("it leads on from version {}, and is signed as from {since}", delta.from));
            }
            delta.to
        }
        Subject::PriceBook => PriceBook::parse(bytes).map_err(|errors| every(&errors.0))?.version,
        Subject::Cashiers => CashierList::parse(bytes).map_err(|errors| every(&errors.0))?.version(),
        Subject::Endpoints => {
            let endpoints = Endpoints::parse(bytes).map_err(|mistakes| mistakes.to_string())?;
            whose = Some(endpoints.region);
            endpoints.serial
        }
        Subject::Assignment => {
            let assignment = Assignment::parse(bytes, endpoints).map_err(|mistakes| mistakes.to_string())?;
            whose = Some(assignment.region);
            assignment.serial
        }
    };
    if let Some(theirs) = whose.filter(|theirs| theirs != region) {
        return Err(format!("it is of region {theirs}, and is published for {region}"));
    }
    if found == *version { Ok(()) } else { Err(format!("its version is {found}, and it is signed as {version}")) }
}

/// Every mistake on a line of its own.
fn every<T: ToString>(mistakes: &[T]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

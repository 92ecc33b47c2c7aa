//! What an assignment would do, before anything is published: which stores move at each percentage, and why.

use evertill_domain::ids::{Pool, StoreId};
use evertill_domain::piloting::{Assignment, Cohort, cutoff, decide};
use std::collections::BTreeMap;

/// The steps of a pilot.
const PERCENTS: [u8; 4] = [10, 25, 50, 100];

/// What an assignment does to a list of stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How many stores are in the pool on trial, at each step and at the percentage of the file.
    pub counts: Vec<(u8, usize)>,
    /// One line for each store.
    pub stores: Vec<Planned>,
    /// The percentage of the file.
    pub percent: u8,
    /// How many stores there are.
    pub total: usize,
}

/// One store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The store.
    pub store: StoreId,
    /// How ready it is.
    pub cohort: Cohort,
    /// Its pool by the assignment in force, if there is one.
    pub before: Option<Pool>,
    /// Its pool by this file.
    pub after: Pool,
    /// Why it is that one.
    pub why: String,
    /// The first step at which it is in the pool on trial; `None` when no percentage brings it there.
    pub moves_at: Option<u8>,
}

impl Planned {
    /// Whether this file moves it.
    pub fn moves(&self) -> bool {
        self.before.as_ref().is_some_and(|before| *before != self.after)
    }
}

/// The assignment with the cut-off that its percentage needs, where people did not write one.
pub(super) fn with_cutoff(assignment: Assignment, stores: &BTreeMap<StoreId, Cohort>) -> Assignment {
    if assignment.cutoff.is_some() || assignment.next.is_none() {
        return assignment;
    }
    let list: Vec<(StoreId, Cohort)> = stores.iter().map(|(store, cohort)| (store.clone(), *cohort)).collect();
    Assignment { cutoff: cutoff(&assignment, &list, assignment.percent), ..assignment }
}

/// What `file` does to `stores`, of which `in_force` is true now.
pub(super) fn plan(file: &Assignment, in_force: Option<&Assignment>, stores: &BTreeMap<StoreId, Cohort>) -> Plan {
    let list: Vec<(StoreId, Cohort)> = stores.iter().map(|(store, cohort)| (store.clone(), *cohort)).collect();
    let file = with_cutoff(file.clone(), stores);
    let at = |percent: u8| Assignment { cutoff: cutoff(&file, &list, percent), ..file.clone() };
    let steps: Vec<(u8, Assignment)> = PERCENTS.into_iter().map(|percent| (percent, at(percent))).collect();
    let in_next = |assignment: &Assignment, store: &StoreId, cohort: Cohort| {
        Some(decide(assignment, store, cohort, None).pool) == assignment.next
    };
    let count =
        |assignment: &Assignment| list.iter().filter(|(store, cohort)| in_next(assignment, store, *cohort)).count();
    let mut counts: Vec<(u8, usize)> =
        steps.iter().map(|(percent, assignment)| (*percent, count(assignment))).collect();
    if !PERCENTS.contains(&file.percent) {
        counts.push((file.percent, count(&file)));
        counts.sort_unstable();
    }
    let planned = |(store, cohort): &(StoreId, Cohort)| {
        let decision = decide(&file, store, *cohort, None);
        Planned {
            store: store.clone(),
            cohort: *cohort,
            before: in_force.map(|in_force| decide(in_force, store, *cohort, None).pool),
            after: decision.pool,
            why: decision.why.to_string(),
            moves_at: steps
                .iter()
                .find(|(_, assignment)| in_next(assignment, store, *cohort))
                .map(|(percent, _)| *percent),
        }
    };
    Plan { counts, stores: list.iter().map(planned).collect(), percent: file.percent, total: list.len() }
}

impl Plan {
    /// As lines of text: the counts, then the stores, those that move first.
    pub fn text(&self) -> Vec<String> {
        let counts = self.counts.iter().map(|(percent, count)| {
            let mark = if *percent == self.percent { "  <- this file" } else { "" };
            format!("at {percent:>3} %: {count} of {} stores in the pool on trial{mark}", self.total)
        });
        let mut stores: Vec<&Planned> = self.stores.iter().collect();
        stores.sort_by_key(|planned| (!planned.moves(), planned.moves_at.unwrap_or(u8::MAX)));
        let line = |planned: &&Planned| {
            let Planned { store, cohort, before, after, why, moves_at } = *planned;
            let from = before.as_ref().filter(|_| planned.moves()).map_or(String::new(), |pool| format!("{pool} -> "));
            let step = moves_at.map_or("never moves by itself".to_owned(), |percent| {
                format!("from {percent} % on in the pool on trial")
            });
            format!("{store} ({cohort}): {from}{after}, {why}; {step}")
        };
        counts.chain(stores.iter().map(line)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_says_how_many_move_which_and_why() {
        let assignment = |percent: u8, more: &str| {
            let text = format!(
                "schema = 1\nregion = \"eu\"\nserial = 1\nstable = \"v41\"\nnext = \"v42\"\npercent = {percent}\nsalt = \"p\"\n{more}"
            );
            Assignment::parse(text.as_bytes(), None).unwrap()
        };
        let mut stores: BTreeMap<StoreId, Cohort> =
            (1..=40).map(|number| (format!("DE-{number:04}").parse().unwrap(), Cohort::General)).collect();
        stores.insert("DE-0007".parse().unwrap(), Cohort::Held);
        let in_force = with_cutoff(assignment(10, ""), &stores);
        let plan = plan(&assignment(30, "exclude = [\"DE-0001\"]\n"), Some(&in_force), &stores);
        assert_eq!(plan.counts, [(10, 4), (25, 10), (30, 12), (50, 20), (100, 38)]);
        let moving = plan.stores.iter().filter(|planned| planned.moves()).count();
        assert!((7..=9).contains(&moving), "12 less those that moved before: {moving}");
        let text = plan.text();
        assert!(
            text.iter().any(|line| line.ends_with("<- this file") && line.starts_with("at  30 %: 12 of 40")),
            "{text:#?}"
        );
        assert!(
            text.iter().any(|line| line.starts_with("DE-0007 (held): v41, its cohort is held; never moves")),
            "{text:#?}"
        );
        let first = &text[plan.counts.len()];
        assert!(first.contains("v41 -> v42, its rank is up to the cut-off"), "{first}");
    }
}

//! `assignment.toml`: which of two pools a store belongs to, and since when. Tills and servers read the same file.

use super::endpoints::Endpoints;
use super::mistake::{Looking, Mistakes, check_head};
use crate::entry::Hash;
use crate::ids::{BusinessDay, Location, Pool, Region, StoreId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// The longest salt.
const SALT_MAX_CHARS: usize = 40;
/// Most stores that one list names.
const STORES_MAX: usize = 20_000;

/// How a pilot stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Stores move as the file says.
    #[default]
    Running,
    /// Whoever leads the pilot lets no further store move, by the percentage that this file has. Tills do as the file says: were
    /// they to stay where they are, one that was off would never come to where its store is.
    Paused,
    /// Every store goes back to `stable`.
    Aborted,
}

/// When stores move, each by its own clock. The date is head office's, written when it publishes: a till that gets the file later
/// moves at once, as its neighbours did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// The day; any, where nobody wrote one.
    pub date: Option<BusinessDay>,
    /// As `02:30`.
    pub time: String,
}

impl Effective {
    /// Whether it is over at this time of the store.
    pub fn is_due(&self, now: &Timestamp) -> bool {
        let Some(date) = &self.date else { return true };
        // Dates and times of one length compare as text.
        let (day, minute) = (now.as_str().get(..10), now.as_str().get(11..16));
        (day, minute) >= (Some(date.as_str()), Some(self.time.as_str()))
    }
}

/// A region's assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Whose.
    pub region: Region,
    /// Rises with every change.
    pub serial: u64,
    /// The pool of every store that nothing moves.
    pub stable: Pool,
    /// The pool on trial; none when there is no pilot.
    pub next: Option<Pool>,
    /// How many of the stores that may move by chance are to be in `next`, from 0 to 100.
    pub percent: u8,
    /// Makes the order in which stores move another one for each pilot.
    pub salt: String,
    /// When they move, by the store's own clock; at once where it is not said.
    pub effective: Option<Effective>,
    /// The rank of the last store that moves by chance; head office works it out from `percent` when it publishes.
    pub cutoff: Option<Hash>,
    /// Stores that are in `next` whatever the percentage.
    pub include: BTreeSet<StoreId>,
    /// Stores that stay in `stable` whatever else is said.
    pub exclude: BTreeSet<StoreId>,
    /// How the pilot stands.
    pub state: State,
    /// Whether a store can go back from `next` to `stable` without losing what `next` wrote.
    pub rollback_safe: bool,
    /// Stores whose home is another location than the one that they would have by their name.
    pub homes: BTreeMap<StoreId, Location>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: Spanned<u32>,
    region: Region,
    serial: Spanned<u64>,
    stable: Spanned<Pool>,
    next: Option<Spanned<Pool>>,
    percent: Option<Spanned<i64>>,
    #[serde(default)]
    salt: Option<Spanned<String>>,
    effective: Option<Spanned<String>>,
    date: Option<Spanned<BusinessDay>>,
    cutoff: Option<Spanned<String>>,
    #[serde(default)]
    include: Vec<Spanned<StoreId>>,
    #[serde(default)]
    exclude: Vec<Spanned<StoreId>>,
    #[serde(default)]
    state: State,
    #[serde(default)]
    rollback_safe: bool,
    #[serde(default)]
    homes: BTreeMap<StoreId, Spanned<Location>>,
}

impl Assignment {
    /// Reads the file. With `endpoints` its pools and locations must be there, too.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its line.
    pub fn parse(bytes: &[u8], endpoints: Option<&Endpoints>) -> Result<Assignment, Mistakes> {
        let (written, mut looking) = Looking::read::<Written>(bytes)?;
        check_head(&mut looking, &written.schema, &written.serial);
        let effective = effective(&mut looking, &written);
        let percent = percent(&mut looking, &written);
        let cutoff = written.cutoff.as_ref().and_then(|text| cutoff(&mut looking, text));
        stores(&mut looking, &written);
        if let Some(endpoints) = endpoints {
            known(&mut looking, &written, endpoints);
        }
        let Written { region, serial, stable, next, salt, include, exclude, state, rollback_safe, homes, .. } = written;
        let plain = |stores: Vec<Spanned<StoreId>>| stores.into_iter().map(Spanned::into_inner).collect();
        looking.done(Assignment {
            region,
            serial: serial.into_inner(),
            stable: stable.into_inner(),
            next: next.map(Spanned::into_inner),
            percent,
            salt: salt.map(Spanned::into_inner).unwrap_or_default(),
            effective,
            cutoff,
            include: plain(include),
            exclude: plain(exclude),
            state,
            rollback_safe,
            homes: homes.into_iter().map(|(store, location)| (store, location.into_inner())).collect(),
        })
    }
}

/// The time, and the date that head office put beside it.
fn effective(looking: &mut Looking<'_>, written: &Written) -> Option<Effective> {
    if let (None, Some(date)) = (&written.effective, &written.date) {
        looking.wrong(date, "date without effective: say at which time of that day".to_owned());
    }
    let at = written.effective.as_ref()?;
    let text = at.get_ref();
    let is_form = text.len() == 5 && text.is_char_boundary(2) && text.is_char_boundary(3) && &text[2..3] == ":";
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u16>().ok()).flatten();
    let parts = if is_form { number(&text[..2]).zip(number(&text[3..])) } else { None };
    if parts.is_none_or(|(hour, minute)| hour > 23 || minute > 59) {
        looking.wrong(at, "effective must be a time of the store's day, as \"02:30\"".to_owned());
        return None;
    }
    Some(Effective { date: written.date.as_ref().map(|date| date.get_ref().clone()), time: text.clone() })
}

/// 64 hexadecimal digits.
fn cutoff(looking: &mut Looking<'_>, written: &Spanned<String>) -> Option<Hash> {
    let parsed = written.get_ref().parse().ok();
    if parsed.is_none() {
        looking.wrong(
            written,
            "cutoff must have 64 hexadecimal digits: leave it out, and publishing works it out".to_owned(),
        );
    }
    parsed
}

/// The percentage, and what must stand beside it.
fn percent(looking: &mut Looking<'_>, written: &Written) -> u8 {
    let Written { stable, next, percent, salt, .. } = written;
    match next {
        Some(next) if next.get_ref() == stable.get_ref() => {
            looking.wrong(next, format!("next is {}, which is stable already", next.get_ref()));
        }
        Some(next) if percent.is_none() => {
            looking.wrong(next, "next without percent: say how many of the stores, from 0 to 100".to_owned());
        }
        _ => {}
    }
    match salt {
        Some(salt) if salt.get_ref().is_empty() || salt.get_ref().chars().count() > SALT_MAX_CHARS => {
            looking.wrong(salt, format!("salt must have 1 to {SALT_MAX_CHARS} characters"));
        }
        None if next.is_some() => {
            let message =
                "next without salt: name the pilot, as salt = \"pos42\", so that not always the same stores begin";
            looking.wrong(stable, message.to_owned());
        }
        _ => {}
    }
    let Some(percent) = percent else { return 0 };
    let number = *percent.get_ref();
    if next.is_none() && number != 0 {
        looking.wrong(percent, "percent without next: name the pool on trial".to_owned());
    }
    match u8::try_from(number) {
        Ok(number) if number <= 100 => number,
        _ => {
            looking.wrong(percent, format!("percent is {number}, it must be from 0 to 100"));
            0
        }
    }
}

/// What the lists of stores say of each other.
fn stores(looking: &mut Looking<'_>, written: &Written) {
    for (name, list) in [("include", &written.include), ("exclude", &written.exclude)] {
        let mut seen = BTreeSet::new();
        for store in list {
            if !seen.insert(store.get_ref()) {
                looking.wrong(store, format!("{name} names {} twice", store.get_ref()));
            }
        }
        if list.len() > STORES_MAX {
            looking.wrong(&written.serial, format!("{name} names {} stores, at most {STORES_MAX}", list.len()));
        }
    }
    let excluded: BTreeSet<&StoreId> = written.exclude.iter().map(Spanned::get_ref).collect();
    for store in written.include.iter().filter(|store| excluded.contains(store.get_ref())) {
        looking.wrong(store, format!("{} is both in include and in exclude: which is it?", store.get_ref()));
    }
}

/// Whether the endpoints know what the assignment names.
fn known(looking: &mut Looking<'_>, written: &Written, endpoints: &Endpoints) {
    for pool in [Some(&written.stable), written.next.as_ref()].into_iter().flatten() {
        if !endpoints.pools.contains_key(pool.get_ref()) {
            let message = format!(
                "pool {} is not in the endpoints with serial {}: publish endpoints with it first",
                pool.get_ref(),
                endpoints.serial
            );
            looking.wrong(pool, message);
        }
    }
    for (store, location) in &written.homes {
        if !endpoints.order.contains(location.get_ref()) {
            let place = location.get_ref();
            looking.wrong(location, format!("{store}'s home {place} is no location of the region"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"schema = 1
region = "eu"
serial = 812
stable = "v41"
next = "v42"
percent = 25
salt = "pos42"
effective = "02:30"
include = ["DE-0001"]
exclude = ["DE-0002"]
state = "running"
rollback_safe = true
[homes]
"DE-0417" = "fra"
"#;

    const ENDPOINTS: &str = "schema = 1\nregion = \"eu\"\nserial = 41\nmode = \"active-active\"\norder = [\"fra\", \"ams\"]\n\
        [pool.v41]\nversion = \"4.1\"\nclient = \">=3.8\"\nurls = { fra = [\"https://a\"], ams = [\"https://b\"] }\n";

    #[test]
    fn a_good_file_is_read() {
        let assignment = Assignment::parse(GOOD.as_bytes(), None).unwrap();
        assert_eq!((assignment.serial, assignment.percent), (812, 25));
        assert_eq!(assignment.effective, Some(Effective { date: None, time: "02:30".to_owned() }));
        let without = "schema = 1\nregion = \"eu\"\nserial = 1\nstable = \"v41\"\n";
        let assignment = Assignment::parse(without.as_bytes(), None).unwrap();
        assert_eq!((assignment.next, assignment.percent, assignment.state), (None, 0, State::Running));
    }

    #[test]
    fn a_store_moves_by_its_own_clock_and_late_comers_at_once() {
        let dated = GOOD.replace("effective", "date = \"2026-11-25\"\neffective");
        let effective = Assignment::parse(dated.as_bytes(), None).unwrap().effective.unwrap();
        for (now, due) in [
            ("2026-11-24T23:59:59.000+01:00", false),
            ("2026-11-25T02:29:59.999+01:00", false),
            ("2026-11-25T02:30:00-05:00", true),
            ("2026-11-25T14:00:00+01:00", true),
            ("2026-12-01T00:00:00+01:00", true),
        ] {
            assert_eq!(effective.is_due(&now.parse().unwrap()), due, "{now}");
        }
        assert!(Effective { date: None, ..effective }.is_due(&"2026-01-01T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let bad = GOOD
            .replace("percent = 25", "percent = 130")
            .replace("02:30", "24:00")
            .replace("DE-0002", "DE-0001")
            .replace("\"fra\"", "\"lon\"");
        let endpoints = Endpoints::parse(ENDPOINTS.as_bytes()).unwrap();
        let said = Assignment::parse(bad.as_bytes(), Some(&endpoints)).unwrap_err().to_string();
        let expected = [
            "line 5: pool v42 is not in the endpoints with serial 41",
            "line 6: percent is 130",
            "line 8: effective must be a time",
            "line 9: DE-0001 is both in include and in exclude",
            "line 14: DE-0417's home lon is no location",
        ];
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), expected.len(), "{said}");
        for (line, begins) in lines.iter().zip(expected) {
            assert!(line.starts_with(begins), "{said}");
        }
    }

    #[test]
    fn a_contradiction_is_refused() {
        for (from, to, said) in [
            ("next = \"v42\"", "next = \"v41\"", "line 5: next is v41, which is stable already"),
            ("percent = 25\n", "", "line 5: next without percent"),
            ("next = \"v42\"\n", "", "line 5: percent without next"),
            ("salt = \"pos42\"\n", "", "line 4: next without salt"),
            ("effective = \"02:30\"", "date = \"2026-11-25\"", "line 8: date without effective"),
            ("\"pos42\"", "\"\"", "line 7: salt must have"),
            ("[\"DE-0001\"]", "[\"DE-0001\", \"DE-0001\"]", "line 9: include names DE-0001 twice"),
            ("\"running\"", "\"walking\"", "line 11: unknown variant `walking`"),
            ("percent = 25", "percent = 25\ncutoff = \"7f\"", "line 7: cutoff must have 64"),
            ("02:30", "2:030", "line 8: effective"),
            ("02:30", "é2:3", "line 8: effective"),
            ("02:30", "+2:30", "line 8: effective"),
        ] {
            let refused = Assignment::parse(GOOD.replace(from, to).as_bytes(), None).unwrap_err().to_string();
            assert!(refused.starts_with(said), "{refused} is not {said}");
        }
    }
}

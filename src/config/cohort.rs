//! `cohort.toml` beside `till.toml`: how ready the store is for something new, written at installation.
//!
//! ```toml
//! schema = 1
//! region = "eu"
//! store  = "DE-0417"
//! till   = 2
//! cohort = "general"   # early | general | held
//! # pin  = "v41"       # support only
//! ```

use super::ConfigError;
use evertill_domain::ids::{Pool, Region, StoreId, TillId};
use evertill_domain::piloting::Cohort;
use serde::Deserialize;
use std::io::ErrorKind;
use std::path::Path;
use toml::Spanned;

/// The one schema that this version reads.
const SCHEMA: u32 = 1;

/// What the file says; without one the store is like most.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Membership {
    /// How ready the store is.
    pub cohort: Cohort,
    /// The pool that support pinned it to.
    pub pin: Option<Pool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: Spanned<u32>,
    region: Spanned<Region>,
    store: Spanned<StoreId>,
    till: Spanned<u16>,
    cohort: Cohort,
    pin: Option<Pool>,
}

/// Reads the file at `path`, which must be `till`'s.
pub(super) fn load(path: &Path, till: &TillId) -> Result<Membership, ConfigError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Membership::default()),
        Err(source) => return Err(ConfigError::Unreadable { path: path.to_owned(), source }),
    };
    let line_of = |start: usize| text[..start].matches('\n').count() + 1;
    let refusal = |line: usize, message: String| ConfigError::Line { path: path.to_owned(), line, message };
    let written: Written = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(span.start));
        refusal(line, error.message().trim_end_matches('\n').replace('\n', " "))
    })?;
    let Written { schema, region, store, till: number, cohort, pin } = written;
    let other = |what: &str, start: usize| {
        Err(refusal(line_of(start), format!("this is another till's file: its {what} is not {till}'s")))
    };
    if *schema.get_ref() != SCHEMA {
        let found = schema.get_ref();
        return Err(refusal(line_of(schema.span().start), format!("schema is {found}, this version reads {SCHEMA}")));
    }
    if *region.get_ref() != till.region {
        return other("region", region.span().start);
    }
    if *store.get_ref() != till.store {
        return other("store", store.span().start);
    }
    if *number.get_ref() != till.number {
        return other("till", number.span().start);
    }
    Ok(Membership { cohort, pin })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "schema = 1\nregion = \"eu\"\nstore = \"DE-0417\"\ntill = 2\ncohort = \"early\"\npin = \"v41\"\n";

    fn load_text(text: &str) -> Result<Membership, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cohort.toml");
        std::fs::write(&path, text).unwrap();
        load(&path, &"eu/DE-0417/2".parse().unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_says_how_ready_the_store_is_and_none_says_nothing() {
        let pin = Some("v41".parse().unwrap());
        assert_eq!(load_text(GOOD), Ok(Membership { cohort: Cohort::Early, pin }));
        let none = load(Path::new("/nowhere/cohort.toml"), &"eu/DE-0417/2".parse().unwrap()).unwrap();
        assert_eq!(none, Membership { cohort: Cohort::General, pin: None });
    }

    #[test]
    fn another_tills_file_and_one_with_mistakes_are_refused_with_the_line() {
        for (text, said) in [
            (GOOD.replace("schema = 1", "schema = 2"), "cohort.toml:1: schema is 2"),
            (GOOD.replace("\"eu\"", "\"na\""), "cohort.toml:2: this is another till's file: its region"),
            (GOOD.replace("DE-0417", "DE-0418"), "cohort.toml:3: this is another till's file: its store"),
            (GOOD.replace("till = 2", "till = 3"), "cohort.toml:4: this is another till's file: its till"),
            (GOOD.replace("early", "eager"), "cohort.toml:5: unknown variant `eager`"),
            (format!("{GOOD}colour = 1\n"), "cohort.toml:7: unknown field `colour`"),
        ] {
            let refused = load_text(&text).unwrap_err();
            assert!(refused.contains(said), "{refused}");
        }
    }
}

//! What can be wrong with a price book, each with the place where it stands.

use super::{AGE_MAX_YEARS, NAME_MAX_CHARS, PRICE_MAX_MINOR};
use crate::barcode::{BarcodeError, Gtin};
use crate::moment::Moment;
use std::fmt;

/// Mistakes that the message spells out; the rest are counted.
const SHOWN_MAX: usize = 20;

/// All mistakes of one price book; at least one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct CatalogueErrors(pub Vec<CatalogueError>);

impl fmt::Display for CatalogueErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "the price book has {count} {} and is not taken:", if count == 1 { "mistake" } else { "mistakes" })?;
        for error in self.0.iter().take(SHOWN_MAX) {
            write!(f, "\n- {error}")?;
        }
        if count > SHOWN_MAX { write!(f, "\n- and {} more", count - SHOWN_MAX) } else { Ok(()) }
    }
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Not JSON, or not of a price book's form.
    #[error("line {line}, column {column}: {message}")]
    Json {
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
        /// What was wrong.
        message: String,
    },
    /// A value of the book's head.
    #[error("{field}: {problem}")]
    Head {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// An item.
    #[error("{}item {number} ({name}): {problem}", place(*.line))]
    Item {
        /// Where it begins, from 1; `None` when the book came as a delta.
        line: Option<usize>,
        /// Its place in the list, from 1.
        number: usize,
        /// Its name, as far as it has one.
        name: String,
        /// What is wrong with it.
        problem: ItemProblem,
    },
}

fn place(line: Option<usize>) -> String {
    line.map(|line| format!("line {line}, ")).unwrap_or_default()
}

/// What can be wrong with an item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemProblem {
    /// A GTIN that is none.
    #[error("{0}")]
    Gtin(BarcodeError),
    /// Two items with one GTIN.
    #[error("GTIN {gtin} is item {first}'s already: an item number names one item")]
    DuplicateGtin {
        /// The number.
        gtin: Gtin,
        /// Place of the other one, from 1.
        first: usize,
    },
    /// Two items with one PLU.
    #[error("PLU {plu} is item {first}'s already: a PLU names one item")]
    DuplicatePlu {
        /// The number.
        plu: String,
        /// Place of the other one, from 1.
        first: usize,
    },
    /// A PLU that cannot be scanned or typed as such.
    #[error("PLU '{0}' is none: use 1 to 80 printable ASCII characters that are no GTIN")]
    Plu(String),
    /// Nothing to find it by.
    #[error("it has neither a GTIN nor a PLU: give it one")]
    NoCode,
    /// No name.
    #[error("the name is empty")]
    NoName,
    /// A name that no receipt can hold.
    #[error("the name is longer than {NAME_MAX_CHARS} characters or holds control characters")]
    Name,
    /// Below zero or beyond reason.
    #[error("the price is {0}, it must be from 0 to {PRICE_MAX_MINOR} minor units")]
    Price(i64),
    /// No such group.
    #[error("there is no tax group '{0}'")]
    TaxCode(String),
    /// A price change that cannot come into force, or not alone.
    #[error("the price change of {from} {problem}")]
    PriceChange {
        /// When it begins.
        from: Moment,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// An age that nobody must have.
    #[error("the age limit is {0} years, it must be from 1 to {AGE_MAX_YEARS}")]
    Age(u8),
}

//! The rows of the bench: printed for people, written as JSON for programs.

use anyhow::Context;
use serde::Serialize;

/// One measured promise.
#[derive(Debug, Serialize)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// Ours, in `unit`.
    pub ours: f64,
    /// The bare limit, in `unit`.
    pub bare: f64,
    /// Of both.
    pub unit: &'static str,
    /// What is compared with `reach`: a ratio, or ours itself.
    pub measured: f64,
    /// What it must reach.
    pub reach: Reach,
    /// Whether it does.
    pub is_met: bool,
    /// How it was measured.
    pub how: String,
}

/// A bound.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// At most so much.
    AtMost(f64),
    /// At least so much.
    AtLeast(f64),
}

impl Reach {
    fn holds(self, measured: f64) -> bool {
        match self {
            Reach::AtMost(bound) => measured <= bound,
            Reach::AtLeast(bound) => measured >= bound,
        }
    }

    fn text(self) -> String {
        match self {
            Reach::AtMost(bound) => format!("<= {bound}"),
            Reach::AtLeast(bound) => format!(">= {bound}"),
        }
    }
}

impl Row {
    /// A row whose measure is ours divided by the bare limit.
    pub fn ratio(what: &str, unit: &'static str, ours: f64, bare: f64, reach: Reach, how: String) -> Row {
        Row {
            measured: ours / bare,
            is_met: reach.holds(ours / bare),
            what: what.to_owned(),
            ours,
            bare,
            unit,
            reach,
            how,
        }
    }

    /// A row whose measure is ours itself; the bare limit is shown beside it.
    pub fn absolute(what: &str, unit: &'static str, ours: f64, bare: f64, reach: Reach, how: String) -> Row {
        Row { measured: ours, is_met: reach.holds(ours), what: what.to_owned(), ours, bare, unit, reach, how }
    }
}

/// Prints the rows as a table.
pub fn print(rows: &[Row]) {
    println!("\n{:<46} {:>12} {:>12} {:>9} {:>9}", "what", "ours", "bare", "measured", "reach");
    for row in rows {
        let (ours, bare) = (format!("{:.1} {}", row.ours, row.unit), format!("{:.1} {}", row.bare, row.unit));
        let verdict = if row.is_met { "met" } else { "NOT MET" };
        println!("{:<46} {ours:>12} {bare:>12} {:>9.2} {:>9}  {verdict}", row.what, row.measured, row.reach.text());
    }
    for row in rows {
        println!("\n{}: {}", row.what, row.how);
    }
}

/// Writes the rows to target/bench.json.
pub fn write(rows: &[Row]) -> anyhow::Result<()> {
    let path = crate::root().join("target/bench.json");
    std::fs::write(&path, serde_json::to_string_pretty(rows)? + "\n")
        .with_context(|| format!("{} cannot be written", path.display()))?;
    println!("\nwritten: {}", path.display());
    Ok(())
}

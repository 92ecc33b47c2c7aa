//! Migrations only go forward: a till that was updated and rolled back must still read its journal.

use crate::Finding;
use std::path::Path;

/// What takes away something that an older program still reads.
const BACKWARD: [&str; 3] = ["DROP TABLE", "DROP COLUMN", "RENAME"];

/// Checks the migrations in `folder`: numbered from 0001 without a hole, and none takes anything away.
pub fn check(root: &Path, folder: &str, findings: &mut Vec<Finding>) {
    let entries = std::fs::read_dir(root.join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned()).collect();
    names.retain(|name| name.ends_with(".sql"));
    names.sort();
    if names.is_empty() {
        findings.push(Finding::new(folder, 1, "holds no migration: the schema begins with 0001_*.sql"));
    }
    for (index, name) in names.iter().enumerate() {
        let file = format!("{folder}/{name}");
        let expected = format!("{:04}_", index + 1);
        if !name.starts_with(&expected) {
            findings.push(Finding::new(&file, 1, format!("out of order: the next migration begins with {expected}")));
        }
        let text = std::fs::read_to_string(root.join(&file)).unwrap();
        check_text(&file, &text, findings);
    }
}

fn check_text(file: &str, text: &str, findings: &mut Vec<Finding>) {
    for (index, line) in text.lines().enumerate() {
        let statement = line.split("--").next().unwrap_or("").to_uppercase();
        let words: Vec<&str> = statement.split_whitespace().collect();
        for backward in BACKWARD.iter().filter(|backward| words.join(" ").contains(**backward)) {
            let remedy =
                format!("`{backward}` takes away what an older program reads: expand now, contract in a later release");
            findings.push(Finding::new(file, index + 1, remedy));
        }
    }
}

#[test]
fn a_migration_that_takes_away_is_found() {
    let mut findings = Vec::new();
    check_text(
        "migrations/0002_x.sql",
        "-- drop table a\nALTER TABLE a\n  drop  column b;\nDROP INDEX c;\n",
        &mut findings,
    );
    assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [3]);
}

//! Tidy: what a machine can check of the house's style. Every finding names the file, the line and the remedy; all are
//! collected before the test fails, so that one run tells everything.

#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

#[path = "tidy/code.rs"]
mod code;
#[path = "tidy/crates.rs"]
mod crates;
#[path = "tidy/migrations.rs"]
mod migrations;
#[path = "tidy/rooms.rs"]
mod rooms;
#[path = "tidy/shape.rs"]
mod shape;
#[path = "tidy/source.rs"]
mod source;

use source::Source;
use std::fmt;
use std::path::{Path, PathBuf};

/// Something that is not as it must be.
pub struct Finding {
    file: String,
    line: usize,
    remedy: String,
}

impl Finding {
    /// A finding at `line` (from 1) of `file`.
    pub fn new(file: &str, line: usize, remedy: impl Into<String>) -> Finding {
        Finding { file: file.to_owned(), line, remedy: remedy.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.remedy)
    }
}

/// Folders that are not ours to tidy.
const SKIPPED: [&str; 4] = ["target", ".git", "demo-receipts", "node_modules"];
/// The repository has a few hundred files; a loop of links must not hang the test.
const FILES_MAX: usize = 20_000;

/// Every file of the repository with one of the endings, as paths relative to its root, in order.
fn files(root: &Path, endings: &[&str]) -> Vec<String> {
    let mut open = vec![PathBuf::new()];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(root.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let (name, kind) = (entry.file_name(), entry.file_type().unwrap());
            let path = folder.join(&name);
            if kind.is_dir() && !SKIPPED.contains(&name.to_str().unwrap()) {
                open.push(path);
            } else if kind.is_file() && endings.iter().any(|ending| name.to_str().unwrap().ends_with(ending)) {
                found.push(path.to_str().unwrap().replace('\\', "/"));
            }
        }
        assert!(found.len() + open.len() < FILES_MAX, "too many files to tidy");
    }
    found.sort();
    found
}

#[test]
fn the_house_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources: Vec<Source> = files(root, &[".rs"]).iter().map(|file| Source::read(root, file)).collect();
    assert!(sources.len() > 20, "only {} source files found", sources.len());
    let mut findings = Vec::new();
    for source in &sources {
        shape::check(source, &mut findings);
        code::check(source, &mut findings);
        rooms::check(source, &mut findings);
    }
    for file in files(root, &[".rs", ".toml", ".sql", ".service", ".sh", "run"]) {
        code::check_unfinished(root, &file, &mut findings);
    }
    crates::check(root, &files(root, &["Cargo.toml"]), &mut findings);
    for folder in ["migrations", "head-office/migrations/postgres", "head-office/migrations/sqlite"] {
        migrations::check(root, folder, &mut findings);
    }
    let list: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(list.is_empty(), "{} findings:\n{}\n", list.len(), list.join("\n"));
}

//! Words that must not stand in the code: floats and clocks in the domain, `unwrap` outside tests, unfinished work.

use crate::Finding;
use crate::source::Source;
use std::path::Path;

/// What the domain must not know, and why.
const IMPURE: [(&str, &str); 8] = [
    ("f32", "money and rates are integers: use minor units and 1/100,000"),
    ("f64", "money and rates are integers: use minor units and 1/100,000"),
    ("std::time::SystemTime", "the domain has no clock: take the time as an argument"),
    ("SystemTime", "the domain has no clock: take the time as an argument"),
    ("Instant::now", "the domain has no clock: take the time as an argument"),
    ("std::fs", "the domain has no files: take bytes as an argument"),
    ("std::net", "the domain has no sockets: return a command"),
    ("std::env", "the domain has no environment: take values as arguments"),
];

/// Marks of work that was left. Put together here, so that this file does not hold them.
const UNFINISHED: [&str; 4] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX:"), concat!("for ", "now")];

/// Checks the code of one file.
pub fn check(source: &Source, findings: &mut Vec<Finding>) {
    let is_domain = source.file.starts_with("domain/src/");
    for (line, code) in source.lines() {
        if is_domain {
            for (word, remedy) in IMPURE.iter().filter(|(word, _)| has_word(code, word)) {
                findings.push(Finding::new(&source.file, line, format!("`{word}`: {remedy}")));
            }
            if has_word(code, "std::time") && !code.contains("Duration") {
                findings.push(Finding::new(&source.file, line, "`std::time`: only Duration is pure"));
            }
        }
        if !source.is_test[line - 1] && code.contains(".unwrap()") {
            let remedy = "`.unwrap()`: answer with an error, or `expect` the invariant that makes failure impossible";
            findings.push(Finding::new(&source.file, line, remedy));
        }
    }
}

/// Looks for marks of unfinished work, in comments too.
pub fn check_unfinished(root: &Path, file: &str, findings: &mut Vec<Finding>) {
    let text = std::fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    for (index, line) in text.lines().enumerate() {
        for mark in UNFINISHED.iter().filter(|mark| has_word(line, mark)) {
            findings.push(Finding::new(
                file,
                index + 1,
                format!("`{mark}`: finish it, or file an issue and say how it is"),
            ));
        }
    }
}

/// Whether `word` stands in `text` as a word of its own.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(word)
        .any(|(start, _)| !text[..start].ends_with(is_part) && !text[start + word.len()..].starts_with(is_part))
}

#[test]
fn floats_clocks_and_unwraps_are_found_where_they_must_not_be() {
    let text = "//! Room.\nuse std::time::Instant;\nfn a(b: f64) { c().unwrap(); d_f64(); }\n#[cfg(test)]\nmod tests {\n    fn e() { f().unwrap(); }\n}\n";
    let lines = |file: &str| {
        let mut findings = Vec::new();
        check(&Source::of(file, text), &mut findings);
        findings.iter().map(|finding| finding.line).collect::<Vec<_>>()
    };
    assert_eq!(lines("domain/src/a.rs"), [2, 3, 3]);
    assert_eq!(lines("src/a.rs"), [3]);
    assert_eq!(lines("tests/a.rs"), [0; 0]);
}

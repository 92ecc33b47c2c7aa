//! Small rooms: the length of files and functions, and a module's own words at its top.

use crate::Finding;
use crate::source::{Source, item_end};

const FILE_MAX_LINES: usize = 400;
/// Tests may be tables.
const TEST_FILE_MAX_LINES: usize = 800;
const FUNCTION_MAX_LINES: usize = 70;

/// Checks one file.
pub fn check(source: &Source, findings: &mut Vec<Finding>) {
    let most = if source.is_test_file() { TEST_FILE_MAX_LINES } else { FILE_MAX_LINES };
    let lines = source.code.len();
    if lines > most {
        let remedy =
            format!("{lines} lines, the most is {most}: split it by noun or verb, or move its tests to tests.rs");
        findings.push(Finding::new(&source.file, most + 1, remedy));
    }
    let opens = source.text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let is_room = !source.file.ends_with("tests.rs");
    if is_room && !opens.starts_with("//!") {
        let remedy = "the first line must be `//!`: say what this room is for and how it does it";
        findings.push(Finding::new(&source.file, 1, remedy));
    }
    for (line, code) in source.lines().filter(|(_, code)| begins_function(code)) {
        let length = item_end(&source.code, line - 1) + 2 - line;
        if length > FUNCTION_MAX_LINES {
            let remedy = format!(
                "a function of {length} lines, the most is {FUNCTION_MAX_LINES}: name its parts: {}",
                code.trim()
            );
            findings.push(Finding::new(&source.file, line, remedy));
        }
    }
}

fn begins_function(code: &str) -> bool {
    let mut words = code.split_whitespace().take_while(|word| !word.contains('=')).peekable();
    while let Some(word) = words.next() {
        if word == "fn" {
            return words.peek().is_some_and(|name| name.starts_with(|c: char| c.is_alphabetic() || c == '_'));
        }
        let is_before_fn = word.starts_with("pub")
            || word.ends_with(')')
            || matches!(word, "async" | "const" | "unsafe" | "extern" | "in");
        if !is_before_fn {
            return false;
        }
    }
    false
}

#[test]
fn long_functions_and_files_without_words_are_found() {
    let long =
        format!("pub(crate) async fn a(b: fn(u8) -> u8) {{\n{}}}\nconst F: fn() = b;\n", "    c();\n".repeat(69));
    let mut findings = Vec::new();
    check(&Source::of("src/a.rs", &long), &mut findings);
    let said: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("`//!`") && said[1].contains("71 lines"), "{said:?}");
}

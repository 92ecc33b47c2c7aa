//! Who may import whom inside the agent. `agent.rs`, the command line and `main.rs` see all; the rooms below them see
//! only what their line here says, so that a sale never comes to wait for the network.

use crate::Finding;
use crate::source::Source;

/// The agent's rooms and what each may import of the others.
const MAY_IMPORT: [(&str, &[&str]); 13] = [
    ("journal", &[]),
    ("link", &["config"]),
    ("sync", &["journal", "link", "config"]),
    ("pilot", &["journal", "link", "sync", "config"]),
    ("peripherals", &["journal", "config"]),
    ("counter", &["journal"]),
    ("page", &[]),
    ("http", &["counter", "journal", "sync", "page"]),
    ("config", &[]),
    ("identity", &[]),
    ("clock", &[]),
    ("shutdown", &[]),
    ("lib", &[]),
];
/// Small rooms without any import of ours, which every room may use.
const FOR_ALL: [&str; 2] = ["clock", "shutdown"];
/// Rooms that see all.
const SEE_ALL: [&str; 3] = ["agent", "cli", "main"];
/// Who may speak to devices directly.
const MAY_USE_HAL: [&str; 2] = ["peripherals", "agent"];

/// Checks one file.
pub fn check(source: &Source, findings: &mut Vec<Finding>) {
    let Some(room) = room_of(&source.file) else { return };
    let sees_all = SEE_ALL.contains(&room);
    let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
    if allowed.is_none() && !sees_all {
        findings.push(Finding::new(
            &source.file,
            1,
            format!("a new room `{room}`: say in tests/tidy/rooms.rs whom it may import"),
        ));
        return;
    }
    for (line, code) in source.lines().filter(|(line, _)| !source.is_test[line - 1]) {
        for imported in imports(code) {
            let fine = sees_all
                || imported == room
                || FOR_ALL.contains(&imported)
                || allowed.is_some_and(|all| all.contains(&imported));
            if !fine {
                let remedy = format!("`{room}` must not import `{imported}`: hand over a value from agent.rs instead");
                findings.push(Finding::new(&source.file, line, remedy));
            }
        }
        if code.contains("evertill_hal") && !MAY_USE_HAL.contains(&room) {
            findings.push(Finding::new(
                &source.file,
                line,
                "only `peripherals` speaks to devices: ask it for a worker",
            ));
        }
    }
}

/// The room of a file of the agent: its folder or its own name.
fn room_of(file: &str) -> Option<&str> {
    let inside = file.strip_prefix("src/")?;
    let first = inside.split('/').next()?;
    Some(first.strip_suffix(".rs").unwrap_or(first).trim_end_matches("_tests"))
}

/// The rooms named behind `crate::` in a line of code.
fn imports(code: &str) -> Vec<&str> {
    let word = |rest: &'_ str| rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let mut found = Vec::new();
    for (start, _) in code.match_indices("crate::") {
        let rest = &code[start + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group.split('}').next().unwrap_or("").split(',').map(|item| {
                let item = item.trim();
                &item[..word(item)]
            })),
            None => found.push(&rest[..word(rest)]),
        }
    }
    // Types and functions of the crate's root are no rooms.
    found.retain(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    found
}

#[test]
fn a_room_that_reaches_too_far_is_found() {
    let lines = |file: &str, text: &str| {
        let mut findings = Vec::new();
        check(&Source::of(file, text), &mut findings);
        findings.iter().map(|finding| finding.line).collect::<Vec<_>>()
    };
    let text = "//! Room.\nuse crate::link::Link;\nuse crate::{journal::Journal, http};\nuse evertill_hal::Printer;\n";
    assert_eq!(lines("src/counter/scan.rs", text), [2, 3, 4]);
    assert_eq!(lines("src/sync/mod.rs", text), [3, 4]);
    assert_eq!(lines("src/agent.rs", text), [0; 0]);
    assert_eq!(lines("domain/src/a.rs", text), [0; 0]);
    assert_eq!(lines("src/unheard/mod.rs", "//! Room.\n"), [1]);
}

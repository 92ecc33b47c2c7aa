//! Dependencies: each has its reason, its version stands in one place, and our crates import only whom they may.

use crate::Finding;
use std::path::Path;

/// What each of our crates may have of ours, outside its tests. The root package is `evertill`.
const MAY_HAVE: [(&str, &[&str]); 7] = [
    ("domain/Cargo.toml", &[]),
    ("fuzz/Cargo.toml", &["evertill-domain", "evertill-hal"]),
    ("hal/Cargo.toml", &[]),
    ("head-office/Cargo.toml", &["evertill-domain"]),
    ("testbed/Cargo.toml", &[]),
    ("Cargo.toml", &["evertill-domain", "evertill-hal"]),
    ("xtask/Cargo.toml", &["evertill", "evertill-domain", "evertill-hal", "evertill-head-office", "evertill-testbed"]),
];

/// Checks every manifest.
pub fn check(root: &Path, manifests: &[String], findings: &mut Vec<Finding>) {
    for file in manifests {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        match MAY_HAVE.iter().find(|(manifest, _)| manifest == file) {
            Some((_, may_have)) => check_manifest(file, &text, may_have, findings),
            None => findings.push(Finding::new(file, 1, "a new crate: say in tests/tidy/crates.rs whom it may import")),
        }
    }
}

fn check_manifest(file: &str, text: &str, may_have: &[&str], findings: &mut Vec<Finding>) {
    let mut section = "";
    for (index, line) in text.lines().enumerate() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
            continue;
        }
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        let name = name.trim().trim_end_matches(".workspace");
        let mut find = |remedy: String| findings.push(Finding::new(file, index + 1, remedy));
        match section {
            "workspace.dependencies" if !has_reason(value) => {
                find(format!("{name}: say behind `#` what it is needed for"))
            }
            "dependencies" if name.starts_with("evertill") && !may_have.contains(&name) => {
                find(format!("this crate must not import {name} (DESIGN, who may import whom)"));
            }
            _ => {}
        }
        let inherits = line.contains(".workspace") || value.contains("workspace = true");
        if section.ends_with("dependencies") && section != "workspace.dependencies" && !inherits {
            find(format!("{name}: put version and reason in the root's [workspace.dependencies], and inherit them"));
        }
    }
}

fn has_reason(value: &str) -> bool {
    value.rsplit_once(" # ").is_some_and(|(_, reason)| reason.trim().len() > 3)
}

#[test]
fn a_dependency_without_reason_or_place_is_found() {
    let text = "[workspace.dependencies]\na = \"1\" # what for\nb = \"1\"\n[dependencies]\na.workspace = true\nevertill-hal = { workspace = true, features = [\"emulator\"] }\nc = \"2\"\n[dev-dependencies]\nevertill-hal.workspace = true\n";
    let mut findings = Vec::new();
    check_manifest("domain/Cargo.toml", text, &[], &mut findings);
    assert_eq!(findings.iter().map(|finding| finding.line).collect::<Vec<_>>(), [3, 6, 7]);
}

//! The domain crate compiles alone, and nothing that it brings can reach a file, a socket, a clock or randomness.

use super::STAGE_MAX;
use crate::process;
use anyhow::ensure;

/// Crates that would end the domain's purity, at any depth.
const IMPURE: [&str; 9] =
    ["tokio", "rusqlite", "reqwest", "hyper", "ureq", "getrandom", "rand", "jiff", "evertill-hal"];

/// Builds the domain by itself and looks through all that it depends on.
pub fn check() -> anyhow::Result<()> {
    process::run(&mut process::cargo(["build", "--quiet", "--package", "evertill-domain"]), STAGE_MAX)?;
    let tree = ["tree", "--quiet", "--package", "evertill-domain", "--edges", "normal", "--prefix", "none"];
    let tree = process::output(&mut process::cargo(tree), STAGE_MAX)?;
    let found: Vec<&str> =
        tree.lines().filter_map(|line| line.split(' ').next()).filter(|name| IMPURE.contains(name)).collect();
    ensure!(
        found.is_empty(),
        "evertill-domain depends on {}: turn off the feature that brings it (`cargo tree -p evertill-domain -i {}`)",
        found.join(", "),
        found.first().unwrap_or(&"")
    );
    println!("it builds alone, and none of {} is among its dependencies", IMPURE.join(", "));
    Ok(())
}

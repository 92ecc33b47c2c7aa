//! docs/openapi.json: the loopback API's document, as the code says it.

use crate::process;
use anyhow::{Context, ensure};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// A build from cold takes minutes on a small machine.
const BUILD_MAX: Duration = Duration::from_secs(20 * 60);

/// Where the document is kept.
fn path() -> PathBuf {
    crate::root().join("docs/openapi.json")
}

/// The document as the code says it now.
fn printed() -> anyhow::Result<String> {
    process::output(&mut process::cargo(["run", "--quiet", "--package", "evertill", "--", "openapi"]), BUILD_MAX)
}

/// `cargo xtask openapi`: writes the document anew.
pub fn refresh() -> anyhow::Result<ExitCode> {
    let path = path();
    std::fs::write(&path, printed()?).with_context(|| format!("{} cannot be written", path.display()))?;
    println!("{} is current.", path.display());
    Ok(ExitCode::SUCCESS)
}

/// Whether the kept document is what the code says.
///
/// # Errors
/// Says that it is not, and the command that makes it so.
pub fn check() -> anyhow::Result<()> {
    let kept = std::fs::read_to_string(path()).unwrap_or_default();
    ensure!(kept == printed()?, "docs/openapi.json is not what the code says: run `cargo xtask openapi` and commit it");
    Ok(())
}

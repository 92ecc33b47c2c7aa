//! `cargo xtask test`: every check of a merge, in stages with headings. All stages run, whatever one says, so that one
//! call tells everything; the summary at the end is what counts.
//!
//! | room | stage |
//! |---|---|
//! | [`debian`] | programs that the tests need |
//! | [`pure`] | the domain crate builds alone and stays pure |
//! | [`readme`] | the commands of README.md exist |

mod debian;
mod pure;
mod readme;

use crate::{openapi, process};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// A stage that takes longer hangs: building everything from cold takes a fifth of this on two cores.
pub const STAGE_MAX: Duration = Duration::from_secs(30 * 60);

type Check = fn() -> anyhow::Result<()>;

/// The stages in order: what is cheap and often wrong comes first.
const STAGES: [(&str, Check); 7] = [
    ("programs that the tests need", debian::check),
    ("format", || cargo(&["fmt", "--all", "--check"])),
    ("lints", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--quiet", "--", "--deny", "warnings"])
    }),
    ("tidy", || cargo(&["test", "--quiet", "--package", "evertill", "--test", "tidy"])),
    ("the domain, alone and pure", pure::check),
    ("every test", || cargo(&["test", "--workspace", "--no-fail-fast"])),
    ("README.md and docs/openapi.json are current", || readme::check().and_then(|()| openapi::check())),
];

/// Runs every stage, then tells how each went. Exit 1 when any failed.
pub fn test() -> anyhow::Result<ExitCode> {
    let mut results = Vec::new();
    for (number, (name, check)) in STAGES.iter().enumerate() {
        println!("\n=== {} of {}: {name}", number + 1, STAGES.len());
        let begun = Instant::now();
        let result = check();
        if let Err(error) = &result {
            println!("{error:#}");
        }
        results.push((name, result.is_ok(), begun.elapsed()));
    }
    println!("\n=== summary");
    for (name, passed, took) in &results {
        println!("{} {:>5} s  {name}", if *passed { "ok    " } else { "FAILED" }, took.as_secs());
    }
    let failed = results.iter().filter(|(_, passed, _)| !passed).count();
    println!("{} stages passed, {failed} failed", results.len() - failed);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    process::run(&mut process::cargo(arguments), STAGE_MAX)
}

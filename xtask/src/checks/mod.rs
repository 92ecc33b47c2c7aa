//! `cargo xtask test`: every check of a merge, in stages with headings. All stages run, whatever one says, so that one
//! call tells everything; the summary at the end is what counts.
//!
//! | room | stage |
//! |---|---|
//! | [`debian`] | programs that the tests need |
//! | [`fuzz`] | with `--fuzz`: every parser, fed with what nobody meant |
//! | [`pure`] | the domain crate builds alone and stays pure |
//! | [`readme`] | the commands of README.md exist |

pub mod debian;
pub mod fuzz;
mod pure;
mod readme;

use crate::{openapi, process};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// A stage that takes longer hangs: building everything from cold takes a fifth of this on two cores.
pub const STAGE_MAX: Duration = Duration::from_secs(30 * 60);

/// A stage's name, and what it does.
type Stage = (String, Box<dyn Fn() -> anyhow::Result<()>>);

/// The stages of a merge in order: what is cheap and often wrong comes first.
fn stages() -> Vec<Stage> {
    let clippy = ["clippy", "--workspace", "--all-targets", "--all-features", "--quiet", "--", "--deny", "warnings"];
    vec![
        ("programs that the tests need".to_owned(), Box::new(debian::check)),
        ("format".to_owned(), Box::new(|| cargo(&["fmt", "--all", "--check"]))),
        ("lints".to_owned(), Box::new(move || cargo(&clippy))),
        ("tidy".to_owned(), Box::new(|| cargo(&["test", "--quiet", "--package", "evertill", "--test", "tidy"]))),
        ("the domain, alone and pure".to_owned(), Box::new(pure::check)),
        ("every test".to_owned(), Box::new(|| cargo(&["test", "--workspace", "--no-fail-fast"]))),
        (
            "README.md and docs/openapi.json are current".to_owned(),
            Box::new(|| readme::check().and_then(|()| openapi::check())),
        ),
    ]
}

/// Runs every stage of a merge.
pub fn test() -> ExitCode {
    run_stages(stages())
}

/// Runs every stage, then tells how each went. Exit 1 when any failed.
fn run_stages(stages: Vec<Stage>) -> ExitCode {
    let mut results = Vec::new();
    let count = stages.len();
    for (number, (name, check)) in stages.into_iter().enumerate() {
        println!("\n=== {} of {count}: {name}", number + 1);
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
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    process::run(&mut process::cargo(arguments), STAGE_MAX)
}

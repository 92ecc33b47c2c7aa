//! `cargo xtask test --fuzz`: every target of `fuzz/` for its time, with libFuzzer, which finds inputs by the code that they
//! reach. A finding is kept, and the call that repeats it is said.
//!
//! The coverage comes from LLVM by flags that a stable compiler takes, so neither a nightly one nor clang is needed.

use super::{Stage, run_stages};
use crate::process;
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// How long each target runs when nothing else is said, in seconds.
pub const SECONDS: u64 = 60;
/// An optimised, instrumented build from cold takes four minutes on two cores.
const BUILD_MAX: Duration = Duration::from_secs(30 * 60);
/// A target ends by itself; it may finish its last inputs.
const GRACE: Duration = Duration::from_secs(60);
/// No device says more at once.
const INPUT_BYTES_MAX: u64 = 4_096;
/// An input that takes longer hangs.
const INPUT_MAX_S: u64 = 5;
/// A parser that holds more than this grows with its input.
const MEMORY_MAX_MB: u64 = 1_024;
/// Counters at every edge, and what is compared with what.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";
const PROFILE: &str = "fuzz";

/// Builds the targets and runs each for `seconds`. Exit 1 when any found something.
pub fn fuzz(seconds: u64) -> anyhow::Result<ExitCode> {
    let mut stages: Vec<Stage> = vec![("the fuzz targets, instrumented".to_owned(), Box::new(build))];
    for target in targets()? {
        let name = format!("{target}, {seconds} s");
        stages.push((name, Box::new(move || run(&target, seconds))));
    }
    Ok(run_stages(stages))
}

/// The programs that fuzz/Cargo.toml names.
fn targets() -> anyhow::Result<Vec<String>> {
    let folder = crate::root().join("fuzz/targets");
    let listed = std::fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut targets = Vec::new();
    for entry in listed {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).context("a target's name is no text")?;
        targets.push(format!("fuzz-{}", name.replace('_', "-")));
    }
    targets.sort();
    Ok(targets)
}

fn build() -> anyhow::Result<()> {
    let host = host()?;
    let arguments = ["build", "--package", "evertill-fuzz", "--features", "libfuzzer", "--profile", PROFILE];
    // With a target named, build scripts and macros are not instrumented.
    let mut cargo = process::cargo(arguments);
    cargo.args(["--target", &host, "--target-dir"]).arg(built_in()).env("RUSTFLAGS", COVERAGE);
    process::run(&mut cargo, BUILD_MAX)
        .context("libFuzzer is C++: `apt-get install g++` brings its compiler, if that is what is missing")
}

fn run(target: &str, seconds: u64) -> anyhow::Result<()> {
    let program = built_in().join(host()?).join(PROFILE).join(target);
    let corpus = built_in().join("corpus").join(target);
    let findings = built_in().join("findings");
    for folder in [&corpus, &findings] {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let mut command = Command::new(&program);
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={INPUT_BYTES_MAX}"))
        .arg(format!("-timeout={INPUT_MAX_S}"))
        .arg(format!("-rss_limit_mb={MEMORY_MAX_MB}"))
        .args(["-print_final_stats=1", "-verbosity=0"])
        .arg(format!("-artifact_prefix={}/{target}-", findings.display()))
        .arg(corpus);
    let seeds = crate::root().join("fuzz/seeds").join(target);
    if seeds.is_dir() {
        command.arg(seeds);
    }
    if process::run(&mut command, Duration::from_secs(seconds) + GRACE).is_err() {
        bail!("{target} found something: repeat it with `{} {}`", program.display(), newest(&findings, target));
    }
    Ok(())
}

/// The file of the newest finding of `target`.
fn newest(findings: &Path, target: &str) -> String {
    let files = std::fs::read_dir(findings).into_iter().flatten().flatten();
    let of_target = files.filter(|file| file.file_name().to_string_lossy().starts_with(target));
    let newest = of_target.max_by_key(|file| file.metadata().and_then(|data| data.modified()).ok());
    newest.map_or_else(|| "FILE (none was written; see above)".to_owned(), |file| file.path().display().to_string())
}

fn built_in() -> PathBuf {
    crate::root().join("target/fuzz")
}

/// What this machine is to the compiler.
fn host() -> anyhow::Result<String> {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let said = process::output(rustc.arg("-vV"), GRACE)?;
    said.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned).context("rustc names no host")
}

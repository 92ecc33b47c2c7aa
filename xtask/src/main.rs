//! `cargo xtask`: the project's own commands.
//!
//! | room | what it does |
//! |---|---|
//! | [`demo`] | `demo`: one till sells through an outage of both data centres |
//! | [`bench`] | `bench`: what it costs against the bare limit |
//! | [`checks`] | `test`: every check of a merge, stage by stage; `test --fuzz`: every parser, fuzzed |
//! | [`openapi`] | `openapi`: writes docs/openapi.json anew |
//! | [`process`] | runs another program, with a bound on its time |

mod bench;
mod checks;
#[cfg(unix)]
mod demo;
mod openapi;
mod process;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Watch one till sell through an outage of both data centres.
    #[cfg(unix)]
    Demo {
        /// End by itself; exit code 0 only when every check held.
        #[arg(long)]
        once: bool,
        /// A whole region instead: two locations with HAProxy, PostgreSQL and Redis, and a fleet of tills.
        #[arg(long)]
        region: bool,
    },
    /// Measure what the product costs against the bare limit of this machine.
    Bench,
    /// What `bench` runs, in an optimised build of its own.
    #[cfg(feature = "measure")]
    #[command(hide = true)]
    Measure,
    /// Every check of a merge: format, lints, tidy, the pure domain, all tests, current documents.
    Test {
        /// Only this: feed every parser with what nobody meant, and find what breaks it.
        #[arg(long)]
        fuzz: bool,
        /// How long each parser is fed, in seconds.
        #[arg(long, requires = "fuzz", default_value_t = checks::fuzz::SECONDS, value_parser = clap::value_parser!(u64).range(1..))]
        seconds: u64,
    },
    /// Write docs/openapi.json anew from the code.
    Openapi,
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().verb {
        #[cfg(unix)]
        Verb::Demo { once, region: false } => demo::demo(once),
        #[cfg(unix)]
        Verb::Demo { once, region: true } => demo::region::demo(once),
        Verb::Bench => bench::bench(),
        #[cfg(feature = "measure")]
        Verb::Measure => bench::measure(),
        Verb::Test { fuzz: false, .. } => Ok(checks::test()),
        Verb::Test { fuzz: true, seconds } => checks::fuzz::fuzz(seconds),
        Verb::Openapi => openapi::refresh(),
    }
}

/// The repository. Cargo names the package's folder when it runs us, so the caller may stand anywhere.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("xtask"), PathBuf::from);
    package.parent().map_or_else(|| PathBuf::from("."), PathBuf::from)
}

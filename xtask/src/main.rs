//! `cargo xtask`: the project's own commands.
//!
//! | room | what it does |
//! |---|---|
//! | [`checks`] | `test`: every check of a merge, stage by stage |
//! | [`openapi`] | `openapi`: writes docs/openapi.json anew |
//! | [`process`] | runs another program, with a bound on its time |

mod checks;
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
    /// Every check of a merge: format, lints, tidy, the pure domain, all tests, current documents.
    Test,
    /// Write docs/openapi.json anew from the code.
    Openapi,
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().verb {
        Verb::Test => checks::test(),
        Verb::Openapi => openapi::refresh(),
    }
}

/// The repository. Cargo names the package's folder when it runs us, so the caller may stand anywhere.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("xtask"), PathBuf::from);
    package.parent().map_or_else(|| PathBuf::from("."), PathBuf::from)
}

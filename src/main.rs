//! `till`: the command line of the agent.

use clap::{Parser, Subcommand};
use evertill::agent::AgentError;
use evertill::cli::{self, EXIT_CONFIG, EXIT_WRONG};
use evertill::config::ConfigError;
use evertill::peripherals::ConnectError;
use std::path::PathBuf;
use std::process::ExitCode;

/// The till agent that never stops selling.
#[derive(Parser)]
#[command(name = "till", version)]
struct Arguments {
    /// The till's configuration; else till.toml in the platform's configuration folder.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run the agent until it is asked to stop.
    Run,
    /// Ask the running agent how it is.
    Status {
        /// As JSON, for programs.
        #[arg(long)]
        json: bool,
    },
    /// Show each device, what it answers, and what is wrong.
    Devices {
        /// As JSON, for programs.
        #[arg(long)]
        json: bool,
    },
    /// Look at everything and name what is wrong, with the remedy.
    Doctor {
        /// As JSON, for programs.
        #[arg(long)]
        json: bool,
    },
    /// Print a test receipt.
    PrintTest {
        /// As JSON, for programs.
        #[arg(long)]
        json: bool,
    },
    /// Show the till's name and public key, as head office registers them.
    Identity,
    /// Tell why this till talks to its pool, and where its store belongs.
    Explain,
    /// Take endpoints or an assignment from a file, with its signature FILE.minisig beside it.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// Look into the journal.
    #[command(subcommand)]
    Journal(JournalVerb),
    /// Write the OpenAPI document of the loopback API.
    Openapi,
}

#[derive(Subcommand)]
enum JournalVerb {
    /// Check every entry, signature and projection.
    Verify,
    /// Write every entry as one JSON line.
    Export,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(arguments) {
        Ok(code) => code,
        Err(error) => {
            let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("till: {error:#}\n").as_bytes());
            let is_config = error.is::<ConfigError>()
                || error.is::<ConnectError>()
                || matches!(error.downcast_ref(), Some(AgentError::Devices(_)));
            ExitCode::from(if is_config { EXIT_CONFIG } else { EXIT_WRONG })
        }
    }
}

fn dispatch(arguments: Arguments) -> anyhow::Result<ExitCode> {
    if let Verb::Openapi = arguments.verb {
        println!("{}", evertill::http::openapi());
        return Ok(ExitCode::SUCCESS);
    }
    let config = cli::load_config(&arguments.config.unwrap_or_else(default_config))?;
    match arguments.verb {
        Verb::Run => cli::run::run(config),
        Verb::Status { json } => cli::status::status(&config, json),
        Verb::Devices { json } => cli::devices::devices(&config, json),
        Verb::Doctor { json } => cli::doctor::doctor(&config, json),
        Verb::PrintTest { json } => cli::print_test::print_test(&config, json),
        Verb::Identity => cli::identity(&config),
        Verb::Explain => cli::pilot::explain(&config),
        Verb::Import { file } => cli::pilot::import(&config, &file),
        Verb::Journal(JournalVerb::Verify) => cli::journal::verify(&config),
        Verb::Journal(JournalVerb::Export) => cli::journal::export(&config),
        Verb::Openapi => unreachable!("answered above, without a configuration"),
    }
}

/// `till.toml` where this platform keeps configuration.
fn default_config() -> PathBuf {
    let folders = directories::ProjectDirs::from("", "", "evertill");
    folders.map_or_else(PathBuf::new, |folders| folders.config_dir().to_owned()).join("till.toml")
}

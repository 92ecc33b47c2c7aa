//! The command line: one verb a file. Each answers with the exit code that its users can script against.

pub mod devices;
pub mod doctor;
pub mod journal;
pub mod pilot;
pub mod print_test;
pub mod run;
pub mod status;

use crate::config::{Config, ConfigError};
use crate::http::MachineToken;
use crate::http::client::{Client, ClientError};
use crate::http::views::Status;
use crate::identity::{self, IdentityError};
use ed25519_dalek::SigningKey;
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;

/// Everything was well.
pub const EXIT_WELL: u8 = 0;
/// Something is wrong with what was looked at: a broken chain, a device that fails, an agent that does not answer.
pub const EXIT_WRONG: u8 = 1;
/// The command or the configuration is wrong.
pub const EXIT_CONFIG: u8 = 2;

/// Reads the configuration and makes sure that the data folder is there.
pub fn load_config(path: &Path) -> Result<Config, ConfigError> {
    let config = Config::load(path)?;
    std::fs::create_dir_all(&config.data_dir).map_err(|error| ConfigError::Whole {
        path: path.to_owned(),
        message: format!("data_dir {} cannot be made ({error}): choose a folder you own", config.data_dir.display()),
    })?;
    Ok(config)
}

/// What the running agent says of itself; `None` when none runs.
fn running(config: &Config) -> anyhow::Result<Option<Status>> {
    let Ok(token) = MachineToken::read(&config.data_dir) else { return Ok(None) };
    let client = Client::new(config.api, token)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(client.status()) {
        Ok(status) => Ok(Some(status)),
        Err(ClientError::Connect { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// The till's key.
pub fn load_key(config: &Config) -> Result<SigningKey, IdentityError> {
    identity::load_or_make(&config.data_dir)
}

/// `till identity`: the till's name and public key, as head office's `tills.toml` takes them.
pub fn identity(config: &Config) -> anyhow::Result<ExitCode> {
    let key = evertill_domain::entry::Hash(load_key(config)?.verifying_key().to_bytes());
    println!("\"{}\" = \"{key}\"", config.till);
    Ok(ExitCode::from(EXIT_WELL))
}

//! `till run`: the agent, until it is asked to stop.

use super::EXIT_WELL;
use crate::agent;
use crate::config::Config;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Runs the agent. Logs go to standard error, `RUST_LOG` chooses how much.
pub fn run(config: Config) -> anyhow::Result<ExitCode> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(agent::run(config))?;
    Ok(ExitCode::from(EXIT_WELL))
}

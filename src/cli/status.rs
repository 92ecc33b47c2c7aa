//! `till status`: asks the running agent how it is.

use super::{EXIT_WELL, EXIT_WRONG, print_json};
use crate::config::Config;
use crate::http::MachineToken;
use crate::http::client::Client;
use std::process::ExitCode;

/// Prints the strip of truth, the locations and the alarms; exit 1 when there is an alarm.
pub fn status(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let client = Client::new(config.api, MachineToken::read(&config.data_dir)?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let status = runtime.block_on(client.status())?;
    if json {
        print_json(&status)?;
    } else {
        println!("{} · version {} · entry {}", status.till, status.version, status.head);
        println!("{}", status.strip());
        for alarm in &status.alarms {
            println!("ALARM {alarm}");
        }
    }
    Ok(ExitCode::from(if status.alarms.is_empty() { EXIT_WELL } else { EXIT_WRONG }))
}

//! `till print-test`: a test page, and what the printer said to it.

use super::{EXIT_WELL, EXIT_WRONG, print_json};
use crate::config::Config;
use crate::peripherals::{self, is_done, state_of, test_page};
use serde_json::json;
use std::process::ExitCode;

/// Prints the test page. Exit 1 unless the printer confirmed it.
pub fn print_test(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let devices = peripherals::connect(config)?;
    let Some(outcome) = test_page::print(&devices, &config.till.to_string()) else {
        match json {
            true => print_json(&json!({ "connection": null, "state": "absent", "detail": "none configured" }))?,
            false => println!("There is no printer in the configuration: add [printer] to till.toml."),
        }
        return Ok(ExitCode::from(EXIT_WRONG));
    };
    let connection = devices.described.printer;
    if json {
        let (state, detail) = state_of(&outcome);
        print_json(&json!({ "connection": connection, "state": state, "detail": detail }))?;
    } else {
        println!("{connection}: {outcome}");
    }
    Ok(ExitCode::from(if is_done(&outcome) { EXIT_WELL } else { EXIT_WRONG }))
}

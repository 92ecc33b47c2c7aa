//! `till print-test`: a test page, and what the printer said to it.

use super::{EXIT_WELL, EXIT_WRONG};
use crate::config::Config;
use crate::peripherals::{self, is_done, test_page};
use std::process::ExitCode;

/// Prints the test page. Exit 1 unless the printer confirmed it.
pub fn print_test(config: &Config) -> anyhow::Result<ExitCode> {
    let devices = peripherals::connect(config)?;
    let Some(outcome) = test_page::print(&devices, &config.till.to_string()) else {
        println!("There is no printer in the configuration: add [printer] to till.toml.");
        return Ok(ExitCode::from(EXIT_WRONG));
    };
    println!("{}: {outcome}", devices.described.printer);
    Ok(ExitCode::from(if is_done(&outcome) { EXIT_WELL } else { EXIT_WRONG }))
}

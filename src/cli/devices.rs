//! `till devices`: what each device answers, and what is wrong.

use super::{EXIT_WELL, EXIT_WRONG};
use crate::config::Config;
use crate::peripherals::{self, STATUS_DEADLINE};
use std::process::ExitCode;

/// Shows each configured device. Exit 1 when one is not well.
pub fn devices(config: &Config) -> anyhow::Result<ExitCode> {
    let devices = peripherals::connect(config)?;
    let mut well = true;
    match devices.printer {
        None => println!("printer  none configured"),
        Some(printer) => {
            let said = peripherals::print_queue::lock(&printer).status(STATUS_DEADLINE);
            let sentence = match said {
                Ok(status) => match status.blocker() {
                    None => "ready".to_owned(),
                    Some(kind) => {
                        well = false;
                        kind.sentence().to_owned()
                    }
                },
                Err(failure) => {
                    well = false;
                    failure.to_string()
                }
            };
            println!("printer  {}: {sentence}", devices.described.printer);
        }
    }
    println!("drawer   {}", devices.described.drawer);
    match devices.scanner {
        None => println!("scanner  none configured"),
        Some(mut scanner) => {
            let sentence = match scanner.next_scan(STATUS_DEADLINE) {
                Ok(_) => "ready".to_owned(),
                Err(failure) => {
                    well = false;
                    failure.to_string()
                }
            };
            println!("scanner  {}: {sentence}", devices.described.scanner);
        }
    }
    Ok(ExitCode::from(if well { EXIT_WELL } else { EXIT_WRONG }))
}

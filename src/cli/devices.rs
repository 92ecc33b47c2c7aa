//! `till devices`: what each device answers, and what is wrong.

use super::{EXIT_WELL, EXIT_WRONG, print_json, running};
use crate::config::Config;
use crate::http::{DeviceState, DeviceStates};
use crate::peripherals::{self, Described, Look};
use std::process::ExitCode;

/// Shows each configured device. Exit 1 when one is not well.
pub fn devices(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let looks = look(config)?;
    if json {
        print_json(&looks)?;
    } else {
        for Look { device, connection, state, detail } in &looks {
            let said = if detail.is_empty() { state.replace('_', " ") } else { detail.clone() };
            println!("{device:<8} {connection}: {said}");
        }
    }
    Ok(ExitCode::from(if looks.iter().all(Look::is_well) { EXIT_WELL } else { EXIT_WRONG }))
}

/// Asks each device. A running till has them in its hands, so it is asked instead: two that read one scanner would each
/// get half of what it reads.
pub fn look(config: &Config) -> anyhow::Result<Vec<Look>> {
    let devices = peripherals::connect(config)?;
    match running(config)? {
        Some(status) => Ok(told(devices.described, status.devices)),
        None => Ok(peripherals::look(devices)),
    }
}

fn told(text: Described, states: DeviceStates) -> Vec<Look> {
    let look = |device, connection, told: DeviceState| {
        // What was not used since the start has said nothing yet, which is nothing wrong.
        let is_unused = told.state == "unknown" && told.detail.is_empty();
        let (state, detail) = match is_unused {
            true => ("ready".to_owned(), "not used since the till was started".to_owned()),
            false => (told.state, told.detail),
        };
        Look { device, connection, state, detail }
    };
    vec![
        look("printer", text.printer, states.printer),
        look("drawer", text.drawer, states.drawer),
        look("scanner", text.scanner, states.scanner),
        look("display", text.display, states.display),
        look("scale", text.scale, states.scale),
    ]
}

//! `till devices`: what each device answers, what is wrong, and what else is plugged in.

use super::{EXIT_WELL, EXIT_WRONG, print_json, running};
use crate::config::Config;
use crate::http::{DeviceState, DeviceStates};
use crate::peripherals::{self, Described, Look, PluggedIn};
use serde::Serialize;
use std::process::ExitCode;

/// What `till devices --json` prints.
#[derive(Serialize)]
struct Report {
    devices: Vec<Look>,
    plugged_in: Vec<PluggedIn>,
}

/// Shows each configured device, and what is plugged in. Exit 1 when a configured one is not well.
pub fn devices(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let report = Report { devices: look(config)?, plugged_in: peripherals::plugged_in() };
    if json {
        print_json(&report)?;
    } else {
        print_plain(&report);
    }
    Ok(ExitCode::from(if report.devices.iter().all(Look::is_well) { EXIT_WELL } else { EXIT_WRONG }))
}

fn print_plain(report: &Report) {
    for Look { device, connection, state, detail } in &report.devices {
        let said = if detail.is_empty() { state.replace('_', " ") } else { detail.clone() };
        println!("{device:<8} {connection}: {said}");
    }
    if report.plugged_in.is_empty() {
        println!("\nno USB serial line, USB printer or HID scanner is plugged in");
        return;
    }
    println!("\nplugged in; till.toml may name a device by its path, or as usb:..., which is found again in any port:");
    for PluggedIn { class, path, identity, name, refusal } in &report.plugged_in {
        let refusal = if refusal.is_empty() { String::new() } else { format!("; {refusal}") };
        println!("  {path}  {identity}  {class} {name}{refusal}");
    }
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

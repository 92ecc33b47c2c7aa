//! `till devices`: what each device answers, and what is wrong.

use super::{EXIT_WELL, EXIT_WRONG, print_json, running};
use crate::config::Config;
use crate::http::{DeviceState, DeviceStates};
use crate::peripherals::print_queue::lock;
use crate::peripherals::{self, DRAWER_DEADLINE, Devices, SCALE_DEADLINE, STATUS_DEADLINE, state_of};
use evertill_hal::{Failure, Outcome};
use serde::Serialize;
use std::process::ExitCode;

/// One device, as a person or a program sees it.
#[derive(Debug, Serialize)]
pub struct Look {
    /// Which of the till's devices.
    pub device: &'static str,
    /// How it is connected, for people.
    pub connection: String,
    /// `ready`, `absent`, `paper_out` ...: a word that programs compare.
    pub state: String,
    /// What is wrong and the remedy; empty when nothing is.
    pub detail: String,
}

impl Look {
    /// Whether nothing is wrong with it.
    pub fn is_well(&self) -> bool {
        matches!(self.state.as_str(), "ready" | "absent" | "closed" | "open" | "paper_near_end")
    }

    fn of(device: &'static str, connection: String, said: Option<Result<(), Failure>>) -> Look {
        let (state, detail) = match said {
            None => ("absent", String::new()),
            Some(said) => state_of(&said.map_or_else(Outcome::Failed, |()| Outcome::Done)),
        };
        Look { device, connection, state: state.to_owned(), detail }
    }

    fn told(device: &'static str, connection: String, told: DeviceState) -> Look {
        Look { device, connection, state: told.state, detail: told.detail }
    }
}

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
        Some(status) => Ok(told(devices, status.devices)),
        None => Ok(asked(devices)),
    }
}

fn told(devices: Devices, states: DeviceStates) -> Vec<Look> {
    let text = devices.described;
    let mut looks = vec![
        Look::told("printer", text.printer, states.printer),
        Look::told("drawer", text.drawer, states.drawer),
        Look::told("scanner", text.scanner, states.scanner),
        Look::told("display", text.display, states.display),
        Look::told("scale", text.scale, states.scale),
    ];
    // What was not used since the start has said nothing yet, which is nothing wrong.
    for look in looks.iter_mut().filter(|look| look.state == "unknown" && look.detail.is_empty()) {
        look.state = "ready".to_owned();
        look.detail = "not used since the till was started".to_owned();
    }
    looks
}

fn asked(devices: Devices) -> Vec<Look> {
    let text = devices.described;
    let printer = devices.printer.map(|printer| {
        let status = lock(&printer).status(STATUS_DEADLINE)?;
        status.blocker().map_or(Ok(()), |kind| Err(Failure::new(kind, "the printer says so")))
    });
    let drawer = devices.drawer.map(|drawer| lock(&drawer).is_open(DRAWER_DEADLINE).map(drop));
    let scanner = devices.scanner.map(|mut scanner| scanner.next_scan(STATUS_DEADLINE).map(drop));
    let display = devices.display.map(|display| match lock(&display).show("", "", STATUS_DEADLINE) {
        Outcome::Done => Ok(()),
        Outcome::Failed(failure) => Err(failure),
        Outcome::Unknown(reason) => Err(Failure::new(evertill_hal::FailureKind::NoAnswer, reason)),
    });
    let scale = devices.scale.map(|scale| lock(&scale).weigh(SCALE_DEADLINE).map(drop));
    vec![
        Look::of("printer", text.printer, printer),
        Look::of("drawer", text.drawer, drawer),
        Look::of("scanner", text.scanner, scanner),
        Look::of("display", text.display, display),
        Look::of("scale", text.scale, scale),
    ]
}

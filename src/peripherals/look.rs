//! Asks each device how it is, for `till devices` and `till doctor` while no till runs.

use super::print_queue::lock;
use super::{DRAWER_DEADLINE, Devices, SCALE_DEADLINE, STATUS_DEADLINE, state_of};
use evertill_hal::plugged::{self, Plugged};
use evertill_hal::{Failure, FailureKind, Outcome};
use serde::Serialize;

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
}

/// Asks each. A display is asked by showing nothing on it.
pub fn look(devices: Devices) -> Vec<Look> {
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
        Outcome::Unknown(reason) => Err(Failure::new(FailureKind::NoAnswer, reason)),
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

/// A device that is plugged in, configured or not.
#[derive(Debug, Serialize)]
pub struct PluggedIn {
    /// What the system takes it for.
    pub class: String,
    /// Where it is now.
    pub path: String,
    /// What till.toml may name it, so that it is found again in any port.
    pub identity: String,
    /// What it calls itself.
    pub name: String,
    /// Why the till may not use it, and the remedy; empty when it may.
    pub refusal: String,
}

/// What is plugged in that a till may use.
pub fn plugged_in() -> Vec<PluggedIn> {
    let view = |one: Plugged| PluggedIn {
        class: one.class.to_string(),
        path: one.path.display().to_string(),
        identity: one.identity.to_string(),
        refusal: one.refusal().unwrap_or_default(),
        name: one.name,
    };
    plugged::list().into_iter().map(view).collect()
}

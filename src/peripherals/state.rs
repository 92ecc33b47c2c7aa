//! What is known of each device, for the strip, the status and the events.

use evertill_hal::{FailureKind, Outcome};
use std::collections::BTreeMap;
use tokio::sync::watch;

/// What is known of one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceState {
    /// How it is connected, as in till.toml.
    pub kind: &'static str,
    /// A word that programs compare.
    pub state: &'static str,
    /// The same for people, with the remedy; empty when there is nothing to add.
    pub detail: String,
}

impl DeviceState {
    /// A device of which nothing is known yet.
    pub fn unknown(kind: &'static str) -> DeviceState {
        let state = if kind == "none" { "absent" } else { "unknown" };
        DeviceState { kind, state, detail: String::new() }
    }
}

/// What is known of all devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct States {
    /// The receipt printer.
    pub printer: DeviceState,
    /// The cash drawer.
    pub drawer: DeviceState,
    /// The barcode scanner.
    pub scanner: DeviceState,
    /// The customer's line display.
    pub display: DeviceState,
    /// The scale.
    pub scale: DeviceState,
    /// The last paper, when nobody knows whether it came out, or when it did not.
    pub paper_in_doubt: Option<PaperInDoubt>,
}

impl States {
    /// Every device that is there, by what it is, and its state in a word.
    pub fn words(&self) -> BTreeMap<String, String> {
        let States { printer, drawer, scanner, display, scale, paper_in_doubt: _ } = self;
        let all =
            [("printer", printer), ("drawer", drawer), ("scanner", scanner), ("display", display), ("scale", scale)];
        let there = all.into_iter().filter(|(_, device)| device.state != "absent");
        there.map(|(name, device)| (name.to_owned(), device.state.to_owned())).collect()
    }
}

impl States {
    /// Devices of these kinds, of which nothing is known yet.
    pub fn unknown(kinds: Kinds) -> States {
        let Kinds { printer, drawer, scanner, display, scale } = kinds;
        States {
            printer: DeviceState::unknown(printer),
            drawer: DeviceState::unknown(drawer),
            scanner: DeviceState::unknown(scanner),
            display: DeviceState::unknown(display),
            scale: DeviceState::unknown(scale),
            paper_in_doubt: None,
        }
    }
}

/// How each device is connected, as in till.toml.
#[derive(Debug, Clone, Copy)]
pub struct Kinds {
    /// The receipt printer.
    pub printer: &'static str,
    /// The cash drawer.
    pub drawer: &'static str,
    /// The barcode scanner.
    pub scanner: &'static str,
    /// The customer's line display.
    pub display: &'static str,
    /// The scale.
    pub scale: &'static str,
}

/// A paper that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperInDoubt {
    /// Its print job.
    pub job: i64,
    /// What happened and what to do.
    pub sentence: String,
}

/// Where the workers write what they know.
#[derive(Clone)]
pub struct Board(watch::Sender<States>);

impl Board {
    /// A board of which nothing is known yet, and its reader.
    pub fn new(states: States) -> (Board, watch::Receiver<States>) {
        let (sender, receiver) = watch::channel(states);
        (Board(sender), receiver)
    }

    /// Whether something is known to be wrong with a device.
    pub(super) fn is_unwell(&self, device: fn(&States) -> &DeviceState) -> bool {
        !matches!(device(&self.0.borrow()).state, "ready" | "unknown" | "paper_near_end")
    }

    /// Writes what is known now; whoever watches is told only of real changes.
    pub(super) fn set(&self, device: fn(&mut States) -> &mut DeviceState, state: &'static str, detail: String) {
        self.0.send_if_modified(|states| {
            let device = device(states);
            let changed = device.state != state || device.detail != detail;
            (device.state, device.detail) = (state, detail);
            changed
        });
    }

    /// Writes what the cashier has to know of the last paper.
    pub(super) fn set_paper_in_doubt(&self, paper: Option<PaperInDoubt>) {
        self.0.send_if_modified(|states| {
            let changed = states.paper_in_doubt != paper;
            states.paper_in_doubt = paper;
            changed
        });
    }

    /// Writes what the outcome of an operation says of its device.
    pub(super) fn set_outcome(&self, device: fn(&mut States) -> &mut DeviceState, outcome: &Outcome) {
        let (state, detail) = state_of(outcome);
        self.set(device, state, detail);
    }
}

/// What the outcome of an operation says of its device: a word that programs compare, and a sentence for people.
pub fn state_of(outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Done => ("ready", String::new()),
        Outcome::Failed(failure) => (word(failure.kind), failure.to_string()),
        Outcome::Unknown(reason) => ("unknown", reason.clone()),
    }
}

/// The kind of failure as a word that programs compare.
pub fn word(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Offline => "offline",
        FailureKind::Busy => "busy",
        FailureKind::PaperOut => "paper_out",
        FailureKind::CoverOpen => "cover_open",
        FailureKind::NoAnswer => "no_answer",
        FailureKind::Cutter => "cutter",
        FailureKind::Device => "error",
        FailureKind::Unsupported => "unsupported",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heartbeat_tells_the_devices_that_are_there() {
        let of = |kind| DeviceState::unknown(kind);
        let states = States {
            printer: DeviceState { state: "paper_out", ..of("tcp") },
            drawer: of("printer"),
            scanner: of("none"),
            display: of("none"),
            scale: of("none"),
            paper_in_doubt: None,
        };
        let expected = [("drawer", "unknown"), ("printer", "paper_out")];
        assert_eq!(states.words(), expected.map(|(device, state)| (device.to_owned(), state.to_owned())).into());
    }
}

//! What is known of each device, for the strip, the status and the events.

use evertill_hal::{FailureKind, Outcome};
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
    /// What the cashier has to know of the last receipt, in one sentence; `None` when it came out.
    pub last_receipt: Option<String>,
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

    /// Writes what is known now; whoever watches is told only of real changes.
    pub(super) fn set(&self, device: fn(&mut States) -> &mut DeviceState, state: &'static str, detail: String) {
        self.0.send_if_modified(|states| {
            let device = device(states);
            let changed = device.state != state || device.detail != detail;
            (device.state, device.detail) = (state, detail);
            changed
        });
    }

    /// Writes what the cashier has to know of the last receipt.
    pub(super) fn set_last_receipt(&self, sentence: Option<String>) {
        self.0.send_if_modified(|states| {
            let changed = states.last_receipt != sentence;
            states.last_receipt = sentence;
            changed
        });
    }

    /// Writes what the outcome of an operation says of its device.
    pub(super) fn set_outcome(&self, device: fn(&mut States) -> &mut DeviceState, outcome: &Outcome) {
        match outcome {
            Outcome::Done => self.set(device, "ready", String::new()),
            Outcome::Failed(failure) => self.set(device, word(failure.kind), failure.to_string()),
            Outcome::Unknown(reason) => self.set(device, "unknown", reason.clone()),
        }
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

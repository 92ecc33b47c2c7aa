//! The strip of truth and the alarms, from what the till knows of itself.

use super::writing::Manner;
use crate::http::state::Context;
use crate::http::views::{DeviceState, DeviceStates, SyncView};
use crate::journal::{JobState, PrintOutcome};
use crate::page::alarm::Alarm;
use crate::page::screen::{DrawerState, Link, PrinterState, ScannerState, Strip};

/// The strip.
pub(super) fn strip(context: &Context, manner: Option<&Manner>, cashier: Option<String>) -> Strip {
    let head = context.api.journal.heads().borrow().head.seq;
    let sync = context.api.sync.borrow().clone().at_head(head);
    let devices = context.api.devices.borrow().clone();
    let till = &context.api.till;
    Strip {
        till: format!("{}/{}", till.store, till.number),
        pool: (context.api.pool)(),
        link: link(&sync, manner),
        // What at least one location has is not lost with the till.
        unsent: sync.locations.iter().map(|location| location.unsent).min().unwrap_or(0),
        printer: printer(&devices.printer),
        drawer: drawer(&devices),
        scanner: scanner(&devices.scanner),
        cashier,
        training: false,
    }
}

fn link(sync: &SyncView, manner: Option<&Manner>) -> Link {
    if sync.online {
        return Link::Online;
    }
    let since = sync.since.as_str();
    Link::Offline { since: manner.map_or_else(|| since.get(11..16).unwrap_or_default().to_owned(), |m| m.clock(since)) }
}

fn printer(device: &DeviceState) -> PrinterState {
    match device.state.as_str() {
        _ if device.kind == "none" => PrinterState::None,
        "ready" => PrinterState::Ready,
        "paper_near_end" => PrinterState::PaperLow,
        "paper_out" => PrinterState::PaperOut,
        "cover_open" => PrinterState::CoverOpen,
        "error" | "cutter" | "unsupported" => PrinterState::Fault,
        "offline" | "no_answer" | "busy" => PrinterState::Offline,
        _ => PrinterState::Unknown,
    }
}

/// Whether it is known to print.
pub(super) fn prints(device: &DeviceState) -> bool {
    matches!(printer(device), PrinterState::Ready | PrinterState::PaperLow)
}

/// A drawer without a sensor is never known to be shut.
fn drawer(devices: &DeviceStates) -> DrawerState {
    match devices.drawer.state.as_str() {
        _ if devices.drawer.kind == "none" => DrawerState::None,
        "closed" => DrawerState::Closed,
        "open" | "left_open" => DrawerState::Open,
        _ => DrawerState::Unknown,
    }
}

/// Without a scanner of its own the page takes one that types.
fn scanner(device: &DeviceState) -> ScannerState {
    match device.state.as_str() {
        _ if device.kind == "none" => ScannerState::Keyboard,
        "ready" => ScannerState::Ready,
        _ => ScannerState::Offline,
    }
}

/// What must be seen to.
pub(super) async fn alarms(context: &Context) -> Vec<Alarm> {
    let mut alarms: Vec<Alarm> =
        context.api.alarms.borrow().iter().map(|text| Alarm::Other { text: text.clone() }).collect();
    alarms.extend(context.api.outlet.alarm().map(|text| Alarm::Other { text }));
    let devices = context.api.devices.borrow().clone();
    if devices.drawer.state == "left_open" {
        alarms.push(Alarm::DrawerLeftOpen);
    }
    let waiting = context.api.journal.receipts_waiting().await.unwrap_or(0);
    // A receipt on its way is no alarm; one that waits for a printer that is out of order is.
    if waiting > 0 && devices.printer.kind != "none" && !prints(&devices.printer) {
        alarms.push(Alarm::ReceiptsWaiting { count: u32::try_from(waiting).unwrap_or(u32::MAX) });
    }
    alarms.extend(context.api.journal.last_print_outcome().await.ok().flatten().and_then(|paper| in_doubt(&paper)));
    alarms
}

fn in_doubt(paper: &PrintOutcome) -> Option<Alarm> {
    let is_unknown = match paper.state {
        JobState::Unknown => true,
        JobState::Failed => false,
        JobState::Pending | JobState::Printing | JobState::Printed => return None,
    };
    let receipt = paper.receipt_number.map(|number| number.to_string());
    Some(Alarm::PaperInDoubt { job: paper.job, receipt, is_unknown })
}

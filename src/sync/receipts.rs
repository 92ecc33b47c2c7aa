//! What head office knows of a receipt, asked while a cashier waits: the locations one after the other, and never for long.

use super::chooser::{Gates, Report};
use super::questions::note_fault;
use super::{Shared, requests};
use crate::link::Transport;
use evertill_domain::entry::Entry;
use evertill_domain::ids::Location;
use evertill_domain::refund::Original;
use evertill_domain::wire::RECEIPT_MAX_ENTRIES;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::Duration;

/// One location's time to answer.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(2_500);
/// One question's time in all; then the till answers from what it knows itself.
const INTERACTIVE_TIMEOUT: Duration = Duration::from_secs(6);

/// Asks for a sale and what came back of it at any till, as entries; `None` when no location answers.
pub type AskReceipt = Arc<dyn Fn(Original) -> BoxFuture<'static, Option<Vec<Entry>>> + Send + Sync>;

pub(super) fn asking<T: Transport>(shared: &Arc<Shared<T>>) -> AskReceipt {
    let shared = shared.clone();
    Arc::new(move |of| {
        let shared = shared.clone();
        Box::pin(async move {
            let asked = tokio::time::timeout(INTERACTIVE_TIMEOUT, ask(&shared, &of)).await;
            asked.unwrap_or_default()
        })
    })
}

/// Asks the active location, then the others whose breakers let requests through.
async fn ask<T: Transport>(shared: &Shared<T>, of: &Original) -> Option<Vec<Entry>> {
    let Gates { active, open } = shared.gates.borrow().clone();
    let others = open.keys().filter(|location| **location != active);
    for location in std::iter::once(&active).chain(others) {
        if open.get(location) != Some(&true) {
            continue;
        }
        match tokio::time::timeout(ATTEMPT_TIMEOUT, ask_at(shared, location, of)).await {
            Ok(Some(known)) => return Some(known),
            Ok(None) => {}
            Err(_) => note_fault(shared, location).await,
        }
    }
    None
}

async fn ask_at<T: Transport>(shared: &Shared<T>, location: &Location, of: &Original) -> Option<Vec<Entry>> {
    match shared.options.transport.call(requests::receipt(location, of)).await {
        Ok(reply) if reply.status == 200 => {
            // An error means that the chooser has stopped, and so do we.
            let _ = shared.reports.send(Report::Success(location.clone())).await;
            read(&reply.body).inspect_err(|error| tracing::warn!(%location, error, "what it says of a receipt")).ok()
        }
        Ok(reply) => {
            tracing::debug!(%location, status = reply.status, "no word of a receipt");
            None
        }
        Err(failure) => {
            tracing::debug!(%location, %failure, "no word of a receipt");
            if failure.is_locations_fault() {
                note_fault(shared, location).await;
            }
            None
        }
    }
}

/// The entries of an answer. One that cannot be read makes the answer worth nothing: it may be what came back.
fn read(lines: &[u8]) -> Result<Vec<Entry>, String> {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let read = |line: &[u8]| Entry::parse_line(line).map_err(|error| error.to_string());
    lines.take(RECEIPT_MAX_ENTRIES).map(read).collect()
}

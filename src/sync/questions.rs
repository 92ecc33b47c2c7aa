//! What the till tells the active location, and what it asks when it learns of something newer.

use super::Shared;
use super::chooser::Report;
use super::published::{bring, fetch_cashiers, fetch_price_book};
use super::requests::{self, Answer};
use crate::link::Transport;
use evertill_domain::cashier::CashierList;
use evertill_domain::failover::Fault;
use evertill_domain::ids::Location;
use evertill_domain::publication::Subject;
use evertill_domain::wire::{Heartbeat, HeartbeatAck};
use std::sync::Arc;
use std::time::Duration;

/// Pause before the next try while the till has no price book at all: it cannot sell without one.
const WITHOUT_BOOK: Duration = Duration::from_secs(1);

pub(super) async fn run<T: Transport>(shared: Arc<Shared<T>>) {
    let mut gates = shared.gates.clone();
    let mut cashiers = shared.options.cashiers.clone();
    loop {
        let active = gates.borrow_and_update().active.clone();
        let newest = beat(&shared, &active).await;
        let version = shared.options.price_books.borrow().as_ref().map_or(0, |book| book.version);
        // First who may sign on: a book that came without its cashiers would let everybody do everything for a moment.
        let staffed = cashiers.as_ref().map_or(0, CashierList::version);
        if newest.as_ref().is_some_and(|newest| newest.cashiers > staffed) {
            fetch_cashiers(&shared, &active, &mut cashiers).await;
        }
        if newest.as_ref().is_some_and(|newest| newest.price_book > version) {
            fetch_price_book(&shared, &active, version, cashiers.as_ref()).await;
        }
        if let Some(newest) = &newest {
            // Endpoints first: an assignment speaks of them.
            let has = *shared.options.pilot.serials.borrow();
            if newest.endpoints > has.endpoints {
                bring(&shared, &active, Subject::Endpoints, has.endpoints).await;
            }
            if newest.serial > has.assignment {
                bring(&shared, &active, Subject::Assignment, has.assignment).await;
            }
        }
        let has_book = shared.options.price_books.borrow().is_some();
        let heartbeat = Duration::from_millis(shared.options.failover.heartbeat_ms);
        let pause = if has_book { heartbeat } else { WITHOUT_BOOK };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            changed = gates.changed() => if changed.is_err() { return },
        }
    }
}

/// Tells how the till is; answers with the newest versions of what is published.
async fn beat<T: Transport>(shared: &Shared<T>, active: &Location) -> Option<HeartbeatAck> {
    let head = *shared.options.journal.heads().borrow();
    let heartbeat = Heartbeat {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        epoch: head.epoch,
        head: head.head.seq,
        unsent: shared.board.unsent(active),
        price_book: shared.options.price_books.borrow().as_ref().map_or(0, |book| book.version),
        clock: shared.options.clock.now().at.to_string(),
        alarms: shared.board.alarms(),
        pool: Some(shared.options.routes.borrow().pool.clone()),
        cohort: Some(shared.options.cohort),
        devices: (shared.options.devices)(),
    };
    let call = requests::heartbeat(active, &shared.options.till, &heartbeat).ok()?;
    let reply = shared.options.transport.call(call).await;
    let is_clocks_fault = reply.as_ref().is_err_and(|failure| !failure.is_locations_fault());
    match requests::understand::<HeartbeatAck>(reply) {
        Answer::Good(ack) => {
            shared.options.transport.acknowledged(&ack.server_time);
            // An error means that the chooser has stopped, and so do we.
            let _ = shared.reports.send(Report::Success(active.clone())).await;
            Some(ack)
        }
        Answer::Fault(sentence) if !is_clocks_fault => {
            tracing::debug!(%active, sentence, "no heartbeat");
            note_fault(shared, active).await;
            None
        }
        other => {
            tracing::debug!(%active, ?other, "no heartbeat");
            None
        }
    }
}

/// A location that takes journals and answers no question is left for the other one, too.
pub(super) async fn note_fault<T: Transport>(shared: &Shared<T>, active: &Location) {
    let _ = shared.reports.send(Report::Fault(active.clone(), Fault::Location)).await;
}

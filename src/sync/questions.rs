//! What the till asks and tells the active location: its heartbeat, and the price book.

use super::Shared;
use super::chooser::Report;
use super::requests::{self, Answer};
use crate::clock::Moment;
use crate::link::Transport;
use bytes::Bytes;
use evertill_domain::catalogue::{DeltaError, PriceBook};
use evertill_domain::failover::Fault;
use evertill_domain::ids::Location;
use evertill_domain::wire::{Heartbeat, HeartbeatAck};
use std::sync::Arc;
use std::time::Duration;

/// Pause before the next try while the till has no price book at all: it cannot sell without one.
const WITHOUT_BOOK: Duration = Duration::from_secs(1);

pub(super) async fn run<T: Transport>(shared: Arc<Shared<T>>) {
    let mut gates = shared.gates.clone();
    loop {
        let active = gates.borrow_and_update().active.clone();
        let newest = beat(&shared, &active).await;
        let version = shared.options.price_books.borrow().as_ref().map_or(0, |book| book.version);
        if version == 0 || newest.is_some_and(|newest| newest > version) {
            fetch(&shared, &active, version).await;
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

/// Tells how the till is; answers with the newest version of the price book.
async fn beat<T: Transport>(shared: &Shared<T>, active: &Location) -> Option<u64> {
    let head = *shared.options.journal.heads().borrow();
    let heartbeat = Heartbeat {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        epoch: head.epoch,
        head: head.head.seq,
        unsent: shared.board.unsent(active),
        price_book: shared.options.price_books.borrow().as_ref().map_or(0, |book| book.version),
        clock: shared.options.clock.now().at.to_string(),
        alarms: shared.board.alarms(),
        pool: Some(shared.options.pool.clone()),
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
            Some(ack.price_book)
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

/// Fetches a newer price book. One that is broken or older is refused; the one in force stays. What cannot be made of a
/// delta is fetched whole.
async fn fetch<T: Transport>(shared: &Shared<T>, active: &Location, since: u64) {
    let current = shared.options.price_books.borrow().clone();
    let Some(delta) = ask(shared, active, since, current.is_some()).await else { return };
    let book = match read(current, delta).await {
        Err(DeltaError::Base { .. } | DeltaError::NoItem(_) | DeltaError::Malformed(_)) => {
            let Some(whole) = ask(shared, active, since, false).await else { return };
            read(None, whole).await
        }
        read => read,
    };
    let Moment { at, business_day } = shared.options.clock.now();
    let refuse = |why: String| {
        let sentence = format!("the price book of {active} is refused, the one in force stays: {why}");
        shared.board.alarm(at.as_str(), "price-book", Some(sentence));
    };
    let (book, json) = match book {
        Ok((book, json)) if book.version > since => (book, json),
        Ok((book, _)) => return refuse(format!("version {} is not newer than {since}", book.version)),
        Err(error) => return refuse(error.to_string()),
    };
    let saved = shared.options.journal.save_price_book(book.version, json, at.clone(), business_day).await;
    if let Err(error) = saved {
        return tracing::error!(%error, "the price book could not be stored");
    }
    shared.board.alarm(at.as_str(), "price-book", None);
    tracing::info!(version = book.version, "a price book is in force from the next basket on");
    shared.options.price_books.send_replace(Some(Arc::new(book)));
}

/// What head office has beyond `since`; `None` when it has nothing, or does not answer.
async fn ask<T: Transport>(shared: &Shared<T>, active: &Location, since: u64, delta: bool) -> Option<Bytes> {
    let call = requests::price_book(active, &shared.options.till, since, delta);
    match shared.options.transport.call(call).await {
        Ok(reply) if reply.status == 200 => Some(reply.body),
        Ok(reply) => {
            tracing::debug!(%active, status = reply.status, "no newer price book");
            None
        }
        Err(failure) => {
            tracing::debug!(%active, %failure, "the price book was not fetched");
            if failure.is_locations_fault() {
                note_fault(shared, active).await;
            }
            None
        }
    }
}

/// The book that `json` makes, and the JSON of the whole of it. Reading 50,000 items takes a while: not on a thread that
/// serves the counter.
async fn read(current: Option<Arc<PriceBook>>, json: Bytes) -> Result<(PriceBook, String), DeltaError> {
    let read = move || {
        let book = PriceBook::update(current.as_deref(), &json)?;
        let json = serde_json::to_string(&book).map_err(|error| DeltaError::Malformed(error.to_string()))?;
        Ok((book, json))
    };
    tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(DeltaError::Malformed(error.to_string())))
}

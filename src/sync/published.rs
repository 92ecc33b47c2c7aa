//! What head office published, fetched from the active location: believed by the region's signature alone, on the disk before
//! it is in force, and never older than what is in force.

use super::questions::note_fault;
use super::requests;
use super::{Brought, Shared};
use crate::clock::Moment;
use crate::link::{Reply, Transport};
use bytes::Bytes;
use evertill_domain::cashier::{CashierErrors, CashierList};
use evertill_domain::catalogue::{DeltaError, PriceBook};
use evertill_domain::ids::Location;
use evertill_domain::publication::{Claim, SealError, Subject};
use std::sync::Arc;

/// Why something published is not taken.
#[derive(Debug, thiserror::Error)]
enum PublishedError {
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("it is signed as '{0}', which is not what this till asked for")]
    Other(Claim),
    #[error(transparent)]
    Book(#[from] DeltaError),
    #[error(transparent)]
    Cashiers(#[from] CashierErrors),
    #[error("it says version {found}, and is signed as {signed}")]
    Version { found: u64, signed: u64 },
}

/// Fetches a newer price book. One that is broken, older or not the region's is refused; the one in force stays. What cannot
/// be made of a delta is fetched whole.
pub(super) async fn fetch_price_book<T: Transport>(
    shared: &Shared<T>,
    active: &Location,
    since: u64,
    cashiers: Option<&CashierList>,
) {
    let current = shared.options.price_books.borrow().clone();
    let delta = match ask(shared, active, Subject::PriceBook, since, current.is_some()).await {
        Some(Ok(delta)) => delta,
        Some(Err(error)) => return refuse(shared, active, Subject::PriceBook, &error),
        None => return,
    };
    let book = match read(current, delta).await {
        Err(DeltaError::Base { .. } | DeltaError::NoItem(_) | DeltaError::Malformed(_)) => {
            match ask(shared, active, Subject::PriceBook, since, false).await {
                Some(Ok(whole)) => read(None, whole).await.map_err(PublishedError::from),
                Some(Err(error)) => Err(error),
                None => return,
            }
        }
        read => read.map_err(PublishedError::from),
    };
    let (book, json) = match book {
        Ok(read) => read,
        Err(error) => return refuse(shared, active, Subject::PriceBook, &error),
    };
    let Moment { at, business_day } = shared.options.clock.now();
    let saved = shared.options.journal.save_price_book(book.version, json, at.clone(), business_day).await;
    if let Err(error) = saved {
        return tracing::error!(%error, "the price book could not be stored");
    }
    shared.board.alarm(at.as_str(), Subject::PriceBook.as_str(), None);
    tracing::info!(version = book.version, "a price book is in force from the next basket on");
    let book = match cashiers {
        Some(list) => book.with_cashiers(list),
        None => book,
    };
    shared.options.price_books.send_replace(Some(Arc::new(book)));
}

/// Fetches a newer list of cashiers, for the price book in force and those after it.
pub(super) async fn fetch_cashiers<T: Transport>(
    shared: &Shared<T>,
    active: &Location,
    cashiers: &mut Option<CashierList>,
) {
    let since = cashiers.as_ref().map_or(0, CashierList::version);
    let Some(answer) = ask(shared, active, Subject::Cashiers, since, false).await else { return };
    let read = answer.and_then(|(claim, bytes)| {
        let list = CashierList::parse(&bytes)?;
        let (found, signed) = (list.version(), claim.version);
        if found == signed { Ok((list, bytes)) } else { Err(PublishedError::Version { found, signed }) }
    });
    let (list, bytes) = match read {
        Ok(read) => read,
        Err(error) => return refuse(shared, active, Subject::Cashiers, &error),
    };
    let Moment { at, business_day } = shared.options.clock.now();
    let json = String::from_utf8_lossy(&bytes).into_owned();
    let saved = shared.options.journal.save_cashiers(list.version(), json, at.clone(), business_day).await;
    if let Err(error) = saved {
        return tracing::error!(%error, "the list of cashiers could not be stored");
    }
    shared.board.alarm(at.as_str(), Subject::Cashiers.as_str(), None);
    tracing::info!(version = list.version(), "a list of cashiers is in force");
    shared.options.price_books.send_if_modified(|book| {
        let Some(staffed) = book.as_ref().map(|book| PriceBook::clone(book).with_cashiers(&list)) else { return false };
        *book = Some(Arc::new(staffed));
        true
    });
    *cashiers = Some(list);
}

/// Brings a newer file of the pilot to whoever leads it. That one looks again whether it is good, and says when not.
pub(super) async fn bring<T: Transport>(shared: &Shared<T>, active: &Location, subject: Subject, since: u64) {
    let call = requests::published(active, &shared.options.till, subject, since, false);
    match shared.options.transport.call(call).await {
        Ok(Reply { status: 200, signature, body, .. }) => {
            let brought = Brought { subject, bytes: body, signature: signature.unwrap_or_default() };
            // An error means that the agent stops, and so do we.
            let _ = shared.options.pilot.brought.send(brought).await;
        }
        Ok(reply) => tracing::debug!(%active, %subject, status = reply.status, "nothing newer"),
        Err(failure) => {
            tracing::debug!(%active, %subject, %failure, "what is published was not fetched");
            if failure.is_locations_fault() {
                note_fault(shared, active).await;
            }
        }
    }
}

/// The one in force stays, and a person is told why.
fn refuse<T>(shared: &Shared<T>, active: &Location, subject: Subject, error: &PublishedError) {
    let what = match subject {
        Subject::PriceBook => "price book",
        Subject::Cashiers => "list of cashiers",
        Subject::Endpoints | Subject::Assignment => subject.as_str(),
    };
    let at = shared.options.clock.now().at;
    let sentence = format!("the {what} of {active} is refused, the one in force stays: {error}");
    shared.board.alarm(at.as_str(), subject.as_str(), Some(sentence));
}

/// What head office has beyond `since`, believed; `None` when it has nothing, or does not answer.
async fn ask<T: Transport>(
    shared: &Shared<T>,
    active: &Location,
    subject: Subject,
    since: u64,
    delta: bool,
) -> Option<Result<(Claim, Bytes), PublishedError>> {
    let call = requests::published(active, &shared.options.till, subject, since, delta);
    match shared.options.transport.call(call).await {
        Ok(reply) if reply.status == 200 => Some(believe(shared, subject, since, delta, reply).await),
        Ok(reply) => {
            tracing::debug!(%active, %subject, status = reply.status, "nothing newer");
            None
        }
        Err(failure) => {
            tracing::debug!(%active, %subject, %failure, "what is published was not fetched");
            if failure.is_locations_fault() {
                note_fault(shared, active).await;
            }
            None
        }
    }
}

/// Checks whose `reply` is, and that it is what was asked for: of this region, for this store, newer than `since`, and leading on
/// from there only where a `delta` was asked for.
async fn believe<T>(
    shared: &Shared<T>,
    subject: Subject,
    since: u64,
    delta: bool,
    reply: Reply,
) -> Result<(Claim, Bytes), PublishedError> {
    let keys = shared.options.publish_keys.clone();
    let Reply { signature, body, .. } = reply;
    // Hashing a book of 50,000 items takes a while: not on a thread that serves the counter.
    let check = move || {
        let claim = keys.verify(&body, &signature.ok_or(SealError::Unsigned)?)?;
        Ok::<_, SealError>((claim, body))
    };
    let checked = tokio::task::spawn_blocking(check).await;
    let (claim, body) = checked.unwrap_or(Err(SealError::Unsigned))?;
    let till = &shared.options.till;
    let leads_here = claim.since == 0 || (delta && claim.since == since);
    let fits = claim.subject == subject && claim.is_for(&till.region, &till.store) && claim.version > since;
    if fits && leads_here { Ok((claim, body)) } else { Err(PublishedError::Other(claim)) }
}

/// The book that was published, and the JSON of the whole of it. Reading 50,000 items takes a while: not on a thread that
/// serves the counter.
async fn read(current: Option<Arc<PriceBook>>, published: (Claim, Bytes)) -> Result<(PriceBook, String), DeltaError> {
    let read = move || {
        let (claim, json) = published;
        let book = PriceBook::update(current.as_deref(), &json)?;
        if book.version != claim.version {
            return Err(DeltaError::Malformed(format!("it says version {}, not {}", book.version, claim.version)));
        }
        let json = serde_json::to_string(&book).map_err(|error| DeltaError::Malformed(error.to_string()))?;
        Ok((book, json))
    };
    tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(DeltaError::Malformed(error.to_string())))
}

//! Server-sent events: what a screen needs to hear without asking.
//!
//! The channel is bounded. A listener that falls behind loses events and is told so by `resync`: it then asks for basket
//! and status again. Device and sync states are sent on connecting and at each change; of two quick changes only the last
//! is sent.

use super::state::Context;
use super::views::{BasketView, DeviceStates, SaleView, SyncView};
use axum::response::sse;
use futures_util::Stream;
use serde::Serialize;
use std::convert::Infallible;
use tokio::sync::{OwnedSemaphorePermit, broadcast, watch};

/// Room of the events' channel. A busy till makes five a second, so a listener may be half a minute late.
pub const EVENTS_MAX: usize = 256;

/// Something that a screen shows.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// The hardware scanner read something, and what came of it.
    Scan {
        /// What was read.
        code: String,
        /// Why nothing was added; none when it was.
        refusal: Option<String>,
    },
    /// The open basket changed.
    Basket(BasketView),
    /// A sale is recorded.
    Sale(SaleView),
    /// A device changed its state.
    Device(DeviceStates),
    /// The delivery changed its state.
    Sync(SyncView),
    /// Events were lost: ask for basket and status again.
    Resync {
        /// How many.
        lost: u64,
    },
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Event::Scan { .. } => "scan",
            Event::Basket(_) => "basket",
            Event::Sale(_) => "sale",
            Event::Device(_) => "device",
            Event::Sync(_) => "sync",
            Event::Resync { .. } => "resync",
        }
    }

    fn to_sse(&self) -> sse::Event {
        let json = serde_json::to_string(self).expect("views hold only text and numbers");
        sse::Event::default().event(self.name()).data(json)
    }
}

/// One `changed` for everything that a page shows, from now on: the page asks for itself what there is. `hear` is told of
/// each event, for what is not found again by looking.
pub(super) fn changes<H: Fn(&Event)>(
    context: &Context,
    place: OwnedSemaphorePermit,
    hear: H,
) -> impl Stream<Item = Result<sse::Event, Infallible>> + use<H> {
    let events = context.api.outlet.listen();
    let (devices, sync) = (context.api.devices.clone(), context.api.sync.clone());
    let feed = Feed { events, devices, sync, closing: context.closing.clone(), _place: place };
    let customer = context.api.customer.clone();
    futures_util::stream::unfold((feed, customer, hear), async |(mut feed, mut customer, hear)| {
        tokio::select! {
            event = feed.next() => hear(&event?),
            // Known a moment after the act that changed it.
            Ok(()) = customer.changed() => {}
        }
        // What has gathered meanwhile is one change: a busy till does not make a page blink.
        loop {
            match feed.events.try_recv() {
                Ok(event) => hear(&event),
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => break,
            }
        }
        // A browser drops an event without data.
        Some((Ok(sse::Event::default().event("changed").data("look")), (feed, customer, hear)))
    })
}

struct Feed {
    events: broadcast::Receiver<Event>,
    devices: watch::Receiver<DeviceStates>,
    sync: watch::Receiver<SyncView>,
    closing: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

/// The events from now on, until the listener goes or the server closes. Holds `place` as long.
pub(super) fn stream(
    context: &Context,
    place: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<sse::Event, Infallible>> + use<> {
    let (mut devices, mut sync) = (context.api.devices.clone(), context.api.sync.clone());
    devices.mark_changed();
    sync.mark_changed();
    let events = context.api.outlet.listen();
    let feed = Feed { events, devices, sync, closing: context.closing.clone(), _place: place };
    futures_util::stream::unfold(feed, async |mut feed| Some((Ok(feed.next().await?.to_sse()), feed)))
}

impl Feed {
    async fn next(&mut self) -> Option<Event> {
        tokio::select! {
            // In this order: a closing server ends a stream that has always something to say.
            biased;
            () = async { drop(self.closing.wait_for(|closing| *closing).await) } => None,
            Ok(()) = self.devices.changed() => Some(Event::Device(self.devices.borrow_and_update().clone())),
            Ok(()) = self.sync.changed() => Some(Event::Sync(self.sync.borrow_and_update().clone())),
            event = self.events.recv() => match event {
                Ok(event) => Some(event),
                Err(broadcast::error::RecvError::Lagged(lost)) => Some(Event::Resync { lost }),
                Err(broadcast::error::RecvError::Closed) => None,
            },
        }
    }
}

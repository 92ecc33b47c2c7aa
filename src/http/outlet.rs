//! What an act sets off once it is durable: commands to the devices, events to the screens. Selling never waits for either.

use super::events::Event;
use crate::counter::{CounterReply, DeviceCommand};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{broadcast, mpsc};

/// The way from the counter to devices and screens. Both queues are bounded and neither is waited for.
pub struct Outlet {
    commands: mpsc::Sender<DeviceCommand>,
    events: broadcast::Sender<Event>,
    /// Device commands that found no room since the start.
    refused: AtomicU64,
}

impl Outlet {
    /// An outlet into the devices' queue and the screens' channel, which holds [`super::EVENTS_MAX`] events.
    pub fn new(commands: mpsc::Sender<DeviceCommand>, events: broadcast::Sender<Event>) -> Outlet {
        Outlet { commands, events, refused: AtomicU64::new(0) }
    }

    /// Passes on what an act set off. A device command that finds no room is dropped and counted: a print job is a row
    /// in the journal and is not lost by it; a drawer that stays shut is seen and opened by a person.
    pub fn deliver(&self, reply: &CounterReply) {
        for command in &reply.commands {
            if let Err(error) = self.commands.try_send(command.clone()) {
                self.refused.fetch_add(1, Ordering::Relaxed);
                tracing::error!(%error, "a device command found no room; selling goes on");
            }
        }
        // The sale before the empty basket that it leaves: no screen blinks.
        if let Some(sale) = &reply.sale {
            self.announce(Event::Sale(sale.into()));
        }
        self.announce(Event::Basket((&reply.basket).into()));
    }

    /// Tells all screens. Without a screen nobody hears it, which is no fault.
    pub fn announce(&self, event: Event) {
        let _ = self.events.send(event);
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// What is wrong with the devices' queue, for the status.
    pub(super) fn alarm(&self) -> Option<String> {
        match self.refused.load(Ordering::Relaxed) {
            0 => None,
            refused => Some(format!(
                "{refused} device commands found no room since the start: check printer and drawer, then reprint what is missing"
            )),
        }
    }
}

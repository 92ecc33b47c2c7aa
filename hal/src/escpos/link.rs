//! The one way to a printer, shared by the printer and the drawer that hangs on it.
//!
//! Whoever uses it takes it out and puts it back. Waiting for it ends at the deadline, which a plain mutex cannot promise:
//! a drawer must answer in time even while a long receipt prints.

use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind};
use crate::transport::Transport;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// The way to a printer. Clones share it.
#[derive(Clone)]
pub struct PrinterLink {
    shared: Arc<Shared>,
}

struct Shared {
    /// Empty while somebody uses it.
    way: Mutex<Option<Way>>,
    returned: Condvar,
}

struct Way {
    transport: Box<dyn Transport>,
    /// Nobody knows what the printer holds or still has to answer: it is new to us, or an operation broke off.
    unsettled: bool,
}

impl PrinterLink {
    /// The way over `transport`.
    pub fn new(transport: impl Transport + 'static) -> PrinterLink {
        let way = Way { transport: Box::new(transport), unsettled: true };
        PrinterLink { shared: Arc::new(Shared { way: Mutex::new(Some(way)), returned: Condvar::new() }) }
    }

    /// Takes the way, opened, for one operation.
    pub(super) fn take(&self, deadline: Deadline) -> Result<Session<'_>, Failure> {
        let busy = || Failure::new(FailureKind::Busy, "printer or drawer is in use by another operation");
        let mut slot = self.shared.way.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(way) = slot.take() {
                drop(slot);
                let mut session = Session { link: self, way: Some(way) };
                session.transport().open(deadline)?;
                return Ok(session);
            }
            let left = deadline.left().ok_or_else(busy)?;
            slot = self.shared.returned.wait_timeout(slot, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// The way to the printer, open, in one hand. It is closed and given back when this is dropped.
pub(super) struct Session<'a> {
    link: &'a PrinterLink,
    way: Option<Way>,
}

impl Session<'_> {
    fn way(&mut self) -> &mut Way {
        self.way.as_mut().expect("it is only taken out when the session is dropped")
    }

    pub(super) fn transport(&mut self) -> &mut dyn Transport {
        &mut *self.way().transport
    }

    /// Whether nobody knows what the printer holds. It outlives the session.
    pub(super) fn unsettled(&mut self) -> &mut bool {
        &mut self.way().unsettled
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        if let Some(mut way) = self.way.take() {
            way.transport.close();
            *self.link.shared.way.lock().unwrap_or_else(PoisonError::into_inner) = Some(way);
            self.link.shared.returned.notify_one();
        }
    }
}

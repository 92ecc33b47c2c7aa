//! One act that is one entry: permitted, decided, recorded once for its key, and only then paper and drawer.

use super::desk::Desk;
use super::permit::{Permission, Permit};
use super::{Counter, CounterError, CounterReply, DeviceCommand, RecordedView};
use crate::clock::Moment;
use crate::journal::{Appended, Draft, JournalError, Record};
use evertill_domain::entry::Entry;
use evertill_domain::event::Event;
use evertill_domain::ids::IdempotencyKey;
use evertill_domain::role::Act;

/// An act that leaves an entry.
pub(super) struct Recorded {
    /// Its key.
    pub(super) key: IdempotencyKey,
    /// What it is, for the roles.
    pub(super) act: Act,
    /// The kind of its entry.
    pub(super) kind: &'static str,
    /// A second person's permission.
    pub(super) permission: Option<Permission>,
    /// Whether cash moves, so that the drawer opens.
    pub(super) opens_drawer: bool,
}

impl Counter {
    /// Does `act` once for its key: the same key again gets the first result, and nothing is set off twice. `decide` gets
    /// the name of whoever does it, and the desk with the totals caught up.
    pub(super) async fn record<E: Into<CounterError>>(
        &self,
        desk: &mut Desk,
        act: Recorded,
        decide: impl FnOnce(&Desk, Option<String>) -> Result<Record, E>,
    ) -> Result<CounterReply, CounterError> {
        let Recorded { key, act, kind, permission, opens_drawer } = act;
        if let Some(first) = self.journal.find(&key).await? {
            if first.entry.kind.as_str() != kind {
                return Err(JournalError::KeyReused { key }.into());
            }
            return self.recorded(desk, &first, false);
        }
        let Permit { cashier, allowed } = self.permit(desk, act, act.needs(), permission).await?;
        desk.ledger(&self.journal).await?;
        let record = decide(desk, cashier).map_err(Into::into)?;
        let Moment { at, business_day } = self.clock.now();
        let appended = self.journal.append(key, Draft { at, business_day, allowed, record }).await?;
        self.recorded(desk, &appended, opens_drawer)
    }

    fn recorded(&self, desk: &Desk, appended: &Appended, opens_drawer: bool) -> Result<CounterReply, CounterError> {
        let print = appended.print_job.map(|job| DeviceCommand::Print { job });
        let drawer = opens_drawer.then_some(DeviceCommand::OpenDrawer { for_entry: appended.entry.seq });
        let commands = if appended.repeated { Vec::new() } else { drawer.into_iter().chain(print).collect() };
        let recorded = RecordedView {
            kind: appended.entry.kind.to_string(),
            entry: appended.entry.seq,
            receipt_number: appended.receipt_number,
            given_back_minor: given_back_minor(&appended.entry),
        };
        Ok(CounterReply { recorded: Some(recorded), commands, ..self.reply(desk) })
    }
}

/// What went out of the till with this entry, cash rounding included.
fn given_back_minor(entry: &Entry) -> Option<i64> {
    let (total_minor, rounding_minor) = match Event::of(entry).ok()? {
        Event::Refund(refund) => (refund.total_minor, refund.cash_rounding_minor),
        Event::VoidSale(void) => (void.total_minor, void.cash_rounding_minor),
        _ => return None,
    };
    total_minor.checked_add(rounding_minor)
}

//! Who may do what: the cashier who is signed on, or a second person whose PIN is entered beside the act.

use super::desk::Desk;
use super::pin::{self, Credentials};
use super::{Counter, CounterError, Refusal};
use evertill_domain::cashier::Cashier;
use evertill_domain::lockout::Lockout;
use evertill_domain::reason::Reason;
use evertill_domain::role::{self, Act, Override, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Under this name the journal keeps who guessed PINs.
const LOCKOUTS: &str = "lockouts";
/// All numbers that no cashier has share this one's tries.
const NOBODY: u32 = 0;

/// A second person lets the cashier do what their role does not allow.
#[derive(Debug, Clone)]
pub struct Permission {
    /// Who.
    pub by: Credentials,
    /// Why.
    pub reason: Reason,
}

/// What an act is done with.
#[derive(Debug, Default)]
pub(super) struct Permit {
    /// Who does it; none in a store without a list of cashiers.
    pub(super) cashier: Option<String>,
    /// Who allowed it, to be recorded with it.
    pub(super) allowed: Option<Override>,
}

/// Who guessed how often, by number.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Lockouts(BTreeMap<u32, Lockout>);

impl Counter {
    /// Whether `act` may be done now, which needs `needs`.
    pub(super) async fn permit(
        &self,
        desk: &mut Desk,
        act: Act,
        needs: Role,
        permission: Option<Permission>,
    ) -> Result<Permit, CounterError> {
        if !self.must_sign_on() {
            return Ok(Permit::default());
        }
        let cashier = self.signed_on_cashier(desk)?;
        let (by, reason) = match permission {
            // Who may do it anyway is not asked to prove that somebody else may.
            Some(Permission { by, reason }) if cashier.role < needs => {
                (Some(self.identify(desk, by).await?), Some(reason))
            }
            _ => (None, None),
        };
        let allowed = role::permit(act, needs, &cashier, by.as_ref(), reason).map_err(Refusal::from)?;
        Ok(Permit { cashier: Some(cashier.signature()), allowed })
    }

    /// Whether the store has a list of cashiers, so that somebody must sign on.
    pub fn must_sign_on(&self) -> bool {
        self.books.borrow().as_ref().is_some_and(|book| book.rules.staff.must_sign_on())
    }

    /// Who is signed on, as the newest list has them.
    pub(super) fn signed_on_cashier(&self, desk: &Desk) -> Result<Cashier, Refusal> {
        let number = desk.signed_on.ok_or(Refusal::NobodySignedOn)?;
        self.cashier(number).ok_or(Refusal::NobodySignedOn)
    }

    fn cashier(&self, number: u32) -> Option<Cashier> {
        self.books.borrow().as_ref().and_then(|book| book.rules.staff.find(number).cloned())
    }

    /// The cashier with these credentials. A wrong PIN is counted, and after too many of them nobody is looked at for a
    /// while; a number that nobody has is answered like a wrong PIN, in the same time.
    pub(super) async fn identify(&self, desk: &mut Desk, credentials: Credentials) -> Result<Cashier, CounterError> {
        let found = self.cashier(credentials.number);
        let slot = found.as_ref().map_or(NOBODY, |cashier| cashier.number);
        let mut lockout = self.lockouts(desk).await?.0.get(&slot).copied().unwrap_or_default();
        lockout.handle_attempt(self.uptime_ms()).map_err(Refusal::from)?;
        let hash = match &found {
            Some(cashier) => Some(cashier.pin_hash.clone()),
            None => {
                self.books.borrow().as_ref().and_then(|book| Some(book.rules.staff.cashiers.first()?.pin_hash.clone()))
            }
        };
        let matches = match hash {
            Some(hash) => pin::is_right(credentials.pin, hash).await,
            None => false,
        };
        let right = matches && found.is_some();
        lockout.handle_outcome(right, self.uptime_ms());
        self.keep_lockout(desk, slot, lockout).await?;
        match found {
            Some(cashier) if right => Ok(cashier),
            _ => match lockout.handle_attempt(self.uptime_ms()) {
                Ok(()) => Err(Refusal::WrongPin { tries_left: lockout.tries_left() }.into()),
                Err(locked) => Err(Refusal::from(locked).into()),
            },
        }
    }

    /// Lets cashier `number` try again.
    pub(super) async fn forgive(&self, desk: &mut Desk, number: u32) -> Result<(), CounterError> {
        let mut lockout = self.lockouts(desk).await?.0.get(&number).copied().unwrap_or_default();
        lockout.handle_unlock(self.uptime_ms());
        self.keep_lockout(desk, number, lockout).await
    }

    async fn lockouts<'a>(&self, desk: &'a mut Desk) -> Result<&'a mut Lockouts, CounterError> {
        if desk.lockouts.is_none() {
            let json = self.journal.kept(LOCKOUTS).await?;
            let read = json.and_then(|json| serde_json::from_str(&json).ok());
            return Ok(desk.lockouts.insert(read.unwrap_or_default()));
        }
        Ok(desk.lockouts.get_or_insert_default())
    }

    async fn keep_lockout(&self, desk: &mut Desk, slot: u32, lockout: Lockout) -> Result<(), CounterError> {
        let lockouts = self.lockouts(desk).await?;
        lockouts.0.insert(slot, lockout);
        let json = serde_json::to_string(lockouts).expect("lock-outs hold only numbers");
        Ok(self.journal.keep(LOCKOUTS, Some(json)).await?)
    }

    fn uptime_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

//! Sign on and off: whose sales these are.

use super::permit::Permission;
use super::pin::Credentials;
use super::{CashierView, Counter, CounterError, CounterReply, Refusal};
use crate::clock::Moment;
use crate::journal::{Draft, Record};
use evertill_domain::cashier::{Cashier, SignOff, SignOffCause, SignOn};
use evertill_domain::ids::{IdempotencyKey, Kind};
use evertill_domain::role::Act;

/// Under this name the journal keeps who is signed on, so that a restart can say that they no longer are.
const SIGNED_ON: &str = "signed_on";

impl Counter {
    /// Signs a cashier on; whoever was signed on before is signed off. An open basket stays as it is.
    pub async fn sign_on(&self, key: IdempotencyKey, credentials: Credentials) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        if self.journal.find(&key).await?.is_some() {
            return Ok(self.reply(&desk));
        }
        let cashier = self.identify(&mut desk, credentials).await?;
        if let Some(before) = desk.signed_on {
            self.record_sign_off(before, SignOffCause::Replaced, super::new_key()).await?;
        }
        let body = SignOn { cashier: cashier.signature(), role: cashier.role };
        let body = serde_json::to_string(&body).expect("a name and a role are text");
        let Moment { at, business_day } = self.clock.now();
        self.journal.append(key, Draft::new(at, business_day, Record::plain(Kind::SIGN_ON, body))).await?;
        desk.signed_on = Some(cashier.number);
        self.journal.keep(SIGNED_ON, Some(cashier.number.to_string())).await?;
        Ok(self.reply(&desk))
    }

    /// Signs off whoever is signed on; without anybody nothing happens.
    pub async fn sign_off(&self, key: IdempotencyKey) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        if let Some(number) = desk.signed_on.take() {
            self.record_sign_off(number, SignOffCause::Asked, key).await?;
            self.journal.keep(SIGNED_ON, None).await?;
        }
        Ok(self.reply(&desk))
    }

    /// Lets a cashier who guessed too often try again.
    pub async fn unlock(
        &self,
        key: IdempotencyKey,
        number: u32,
        permission: Option<Permission>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let permit = self.permit(&mut desk, Act::Unlock, Act::Unlock.needs(), permission).await?;
        if let Some(allowed) = permit.allowed {
            let body = serde_json::to_string(&allowed).expect("an override holds only text");
            let Moment { at, business_day } = self.clock.now();
            self.journal.append(key, Draft::new(at, business_day, Record::plain(Kind::OVERRIDE, body))).await?;
        }
        self.forgive(&mut desk, number).await?;
        Ok(self.reply(&desk))
    }

    /// Who is signed on.
    pub async fn cashier_view(&self) -> Option<CashierView> {
        let desk = self.desk().await.ok()?;
        self.signed_on_cashier(&desk).ok().map(|cashier| CashierView::from(&cashier))
    }

    /// After a restart nobody is signed on: the entry that says so.
    pub(super) async fn end_sign_on_of_before(&self) -> Result<(), CounterError> {
        let Some(number) = self.journal.kept(SIGNED_ON).await? else { return Ok(()) };
        if let Ok(number) = number.parse() {
            self.record_sign_off(number, SignOffCause::Restart, super::new_key()).await?;
        }
        Ok(self.journal.keep(SIGNED_ON, None).await?)
    }

    async fn record_sign_off(&self, number: u32, cause: SignOffCause, key: IdempotencyKey) -> Result<(), CounterError> {
        let known = self.books.borrow().as_ref().and_then(|book| book.rules.staff.find(number).map(Cashier::signature));
        let body = SignOff { cashier: known.unwrap_or_else(|| number.to_string()), cause };
        let body = serde_json::to_string(&body).expect("a name and a cause are text");
        let Moment { at, business_day } = self.clock.now();
        self.journal.append(key, Draft::new(at, business_day, Record::plain(Kind::SIGN_OFF, body))).await?;
        Ok(())
    }
}

impl From<evertill_domain::lockout::Locked> for CounterError {
    fn from(locked: evertill_domain::lockout::Locked) -> CounterError {
        CounterError::Refused(Refusal::Locked(locked))
    }
}

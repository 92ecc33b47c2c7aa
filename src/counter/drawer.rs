//! What moves cash without goods: float, paid-in, paid-out, pick-up, no-sale, and the blind count at a shift's end.

use super::permit::Permission;
use super::record::Recorded;
use super::{Counter, CounterError, CounterReply, Refusal};
use crate::journal::Record;
use evertill_domain::ids::{IdempotencyKey, Kind};
use evertill_domain::reason::Reason;
use evertill_domain::role::Act;
use evertill_domain::shift::{Counted, Direction, NoSale};

impl Counter {
    /// Opens a shift with `float_minor` in the drawer.
    pub async fn open_shift(
        &self,
        key: IdempotencyKey,
        float_minor: i64,
        permission: Option<Permission>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let currency = self.currency()?;
        let kind = Kind::SHIFT_OPENED;
        let act = Recorded { key, act: Act::OpenShift, kind, permission, opens_drawer: true };
        self.record(&mut desk, act, |desk, cashier| {
            let opened = desk.shift().open(currency, float_minor, cashier).map_err(Refusal::from)?;
            Ok::<_, Refusal>(Record::plain(kind, json(&opened)))
        })
        .await
    }

    /// Cash comes or goes without goods.
    pub async fn move_cash(
        &self,
        key: IdempotencyKey,
        direction: Direction,
        amount_minor: i64,
        reason: Reason,
        permission: Option<Permission>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let act = match direction {
            Direction::PaidIn => Act::PaidIn,
            Direction::PaidOut => Act::PaidOut,
            Direction::PickUp => Act::PickUp,
        };
        let kind = Kind::CASH_MOVEMENT;
        self.record(&mut desk, Recorded { key, act, kind, permission, opens_drawer: true }, |desk, cashier| {
            let movement = desk.shift().movement(direction, amount_minor, reason, cashier).map_err(Refusal::from)?;
            Ok::<_, Refusal>(Record::printed(kind, json(&movement)))
        })
        .await
    }

    /// Opens the drawer without a sale.
    pub async fn no_sale(
        &self,
        key: IdempotencyKey,
        reason: Reason,
        permission: Option<Permission>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let kind = Kind::NO_SALE;
        let act = Recorded { key, act: Act::NoSale, kind, permission, opens_drawer: true };
        self.record(&mut desk, act, |_, cashier| {
            Ok::<_, Refusal>(Record::plain(kind, json(&NoSale { reason, cashier })))
        })
        .await
    }

    /// Closes the shift with what was counted. Nobody is told what was expected before the count is recorded.
    pub async fn close_shift(
        &self,
        key: IdempotencyKey,
        count: Vec<Counted>,
        permission: Option<Permission>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        let kind = Kind::SHIFT_CLOSED;
        let act = Recorded { key, act: Act::CloseShift, kind, permission, opens_drawer: false };
        let is_basket_open = desk.kept.basket.as_ref().is_some_and(|basket| !basket.is_untouched());
        let reply = self
            .record(&mut desk, act, |desk, cashier| {
                if is_basket_open {
                    return Err(Refusal::BasketOpen);
                }
                let closed = desk.shift().close(&count, cashier)?;
                Ok(Record::printed(kind, json(&closed)))
            })
            .await?;
        Ok(reply)
    }

    fn currency(&self) -> Result<evertill_domain::money::Currency, Refusal> {
        self.books.borrow().as_ref().map(|book| book.terms.currency).ok_or(Refusal::NoPriceBook)
    }
}

pub(super) fn json(body: &impl serde::Serialize) -> String {
    serde_json::to_string(body).expect("bodies hold only text and numbers")
}

//! Tender: take a payment. The one that covers what is due records the sale, in one commit that ends the basket; only then
//! the drawer and the printer are told.

use super::desk::Desk;
use super::{Counter, CounterError, CounterReply, DeviceCommand, Refusal, SaleView};
use crate::clock::Moment;
use crate::journal::{Appended, Draft, JournalError, Record};
use evertill_domain::basket::{Basket, BasketError};
use evertill_domain::ids::{IdempotencyKey, Kind};
use evertill_domain::role::Act;
use evertill_domain::sale::{Sale, UnnumberedSale};
use evertill_domain::tender::Tender;

impl Counter {
    /// Takes `tender`. The same key again gets the first result and no device command: a double click is one sale.
    pub async fn tender(&self, key: IdempotencyKey, tender: Tender) -> Result<CounterReply, CounterError> {
        let what = format!("tender {tender:?}");
        self.take(key, &what, |_, _| Ok(tender)).await
    }

    /// Takes the payment that `tender` makes of the desk and its basket.
    pub(super) async fn take(
        &self,
        key: IdempotencyKey,
        what: &str,
        tender: impl FnOnce(&Desk, &Basket) -> Result<Tender, Refusal>,
    ) -> Result<CounterReply, CounterError> {
        let mut desk = self.desk().await?;
        if let Some(first) = self.journal.find(&key).await? {
            let sale = Some(SaleView::from(&sale_of(&first, &key)?));
            return Ok(CounterReply { sale, ..self.reply(&desk) });
        }
        if desk.kept.did(&key, what)? {
            return Ok(self.reply(&desk));
        }
        let cashier = self.may_sell(&mut desk).await?;
        self.check_discounts(&desk)?;
        let mut next = desk.kept.clone();
        let basket = next.basket.as_mut().ok_or(Refusal::Basket(BasketError::Empty))?;
        let tender = tender(&desk, basket)?;
        basket.tender(tender)?;
        if basket.settlement().is_some() {
            let paid = basket.clone();
            return self.complete(&mut desk, key, &paid, cashier).await;
        }
        next.remember(key, what);
        self.keep(&mut desk, next).await?;
        Ok(self.reply(&desk))
    }

    /// Whether somebody is there who may sell and answers for the drawer; their name.
    pub(super) async fn may_sell(&self, desk: &mut Desk) -> Result<Option<String>, CounterError> {
        let permit = self.permit(desk, Act::Sell, Act::Sell.needs(), None).await?;
        desk.ledger(&self.journal).await?;
        self.check_shift(desk)?;
        Ok(permit.cashier)
    }

    /// Records the sale of a paid basket.
    async fn complete(
        &self,
        desk: &mut Desk,
        key: IdempotencyKey,
        paid: &Basket,
        cashier: Option<String>,
    ) -> Result<CounterReply, CounterError> {
        let sale = UnnumberedSale::of(paid, cashier).map_err(Refusal::from)?;
        let Moment { at, business_day } = self.clock.now();
        let draft = Draft::new(at, business_day, Record::Sale(Box::new(sale)));
        desk.begin_write();
        let appended = self.journal.append(key.clone(), draft).await?;
        self.put(desk, desk.kept.without_basket());
        let sale = sale_of(&appended, &key)?;
        let opens_drawer = self.drawer_policy().opens_for(&sale.tenders);
        let commands = commands(&appended, opens_drawer);
        Ok(CounterReply { sale: Some(SaleView::from(&sale)), commands, ..self.reply(desk) })
    }
}

/// The sale that was recorded with `key`.
fn sale_of(appended: &Appended, key: &IdempotencyKey) -> Result<Sale, JournalError> {
    if appended.entry.kind.as_str() != Kind::SALE {
        return Err(JournalError::KeyReused { key: key.clone() });
    }
    serde_json::from_str(&appended.entry.body).map_err(|error| JournalError::Damaged {
        detail: format!("the sale of entry {} cannot be read: {error}", appended.entry.seq),
    })
}

/// The drawer first: the customer waits for the change, not for the paper.
fn commands(appended: &Appended, opens_drawer: bool) -> Vec<DeviceCommand> {
    if appended.repeated {
        return Vec::new();
    }
    let drawer = opens_drawer.then_some(DeviceCommand::OpenDrawer { for_entry: appended.entry.seq });
    let print = appended.print_job.map(|job| DeviceCommand::Print { job });
    drawer.into_iter().chain(print).collect()
}

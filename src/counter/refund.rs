//! Refund: goods come back and money goes out. With a receipt of this store, exactly what was paid and never more than was
//! sold; without one, at today's price, for a reason.

use super::desk::Desk;
use super::permit::Permission;
use super::record::Recorded;
use super::{Counter, CounterError, CounterReply, Refusal};
use crate::clock::Moment as Now;
use crate::journal::{JournalError, Record};
use evertill_domain::catalogue::{PriceBook, ScanError};
use evertill_domain::drawer::{DrawerPolicy, TenderKind};
use evertill_domain::entry::Entry;
use evertill_domain::event::Event;
use evertill_domain::ids::{BusinessDay, IdempotencyKey, Kind, Timestamp};
use evertill_domain::moment::Moment;
use evertill_domain::quantity::Quantity;
use evertill_domain::reason::Reason;
use evertill_domain::refund::{GivenBack, Original, RefundDraft, Refunded, Returned, UnnumberedRefund, UnnumberedVoid};
use evertill_domain::role::Act;
use evertill_domain::sale::Sale;
use evertill_domain::tender::AuthorisationReference;
use evertill_domain::voucher::VoucherNumber;
use std::sync::Arc;

/// What comes back.
#[derive(Debug, Clone)]
pub enum Goods {
    /// Lines of a receipt of this store.
    OfReceipt {
        /// The receipt.
        receipt: Original,
        /// What of it.
        lines: Vec<Returned>,
    },
    /// Goods without a receipt, by their codes.
    WithoutReceipt(Vec<(String, Quantity)>),
}

/// How the money is given back, all of it in one way.
#[derive(Debug, Clone)]
pub enum Back {
    /// Notes and coins, rounded to coins.
    Cash,
    /// To the card, by its terminal.
    Card(AuthorisationReference),
    /// As a new gift voucher, printed with the refund.
    Voucher,
}

impl Back {
    fn kind(&self) -> TenderKind {
        match self {
            Back::Cash => TenderKind::Cash,
            Back::Card(_) => TenderKind::Card,
            Back::Voucher => TenderKind::Voucher,
        }
    }
}

/// A sale of this store, and what can still come back of it.
#[derive(Debug, Clone)]
pub struct Refundable {
    /// The sale.
    pub sale: Sale,
    /// When it was.
    pub at: Timestamp,
    /// What came back.
    pub refunded: Refunded,
    /// Whether head office did not say what came back at other tills.
    pub only_known_here: bool,
}

impl Counter {
    /// The sale on this receipt, and what came back of it, as far as this till and head office know.
    pub async fn refundable(&self, receipt: &Original) -> Result<Refundable, CounterError> {
        let elsewhere = self.ask_elsewhere(receipt).await;
        self.refundable_knowing(receipt, elsewhere).await
    }

    /// The same, with what head office said before.
    async fn refundable_knowing(
        &self,
        receipt: &Original,
        elsewhere: Option<Vec<Entry>>,
    ) -> Result<Refundable, CounterError> {
        let only_known_here = elsewhere.is_none();
        let elsewhere = elsewhere.unwrap_or_default();
        let (sale, at) = self.sale_of(receipt, &elsewhere, only_known_here).await?;
        let mut returns = self.journal.returns_of(receipt.clone()).await?;
        for entry in elsewhere.into_iter().filter(|entry| entry.kind.as_str() != Kind::SALE) {
            if returns.iter().all(|known| known.hash != entry.hash) {
                returns.push(entry);
            }
        }
        let mut refunded = Refunded::none(receipt.clone());
        for entry in returns {
            match Event::of(&entry) {
                Ok(Event::Refund(refund)) => refunded.add(&refund),
                Ok(Event::VoidSale(void)) => refunded.add_void(&void),
                // What cannot be read may have come back: nobody gives it back twice.
                _ => return Err(JournalError::Damaged { detail: format!("entry {} cannot be read", entry.seq) }.into()),
            }
        }
        Ok(Refundable { sale, at, refunded, only_known_here })
    }

    /// The sale on `receipt`: this till's own, else as head office has it.
    async fn sale_of(
        &self,
        receipt: &Original,
        elsewhere: &[Entry],
        only_known_here: bool,
    ) -> Result<(Sale, Timestamp), CounterError> {
        let Original { till, receipt_number } = receipt;
        let own = match self.is_own(receipt) {
            true => self.journal.receipt(*receipt_number).await?,
            false => None,
        };
        let is_it = |entry: &&Entry| entry.till == *till && entry.kind.as_str() == Kind::SALE;
        let Some(entry) = own.as_ref().or_else(|| elsewhere.iter().find(is_it)) else {
            let away = only_known_here && !self.is_own(receipt);
            let barcode = receipt.barcode();
            return Err(if away { Refusal::ReceiptAway(barcode) } else { Refusal::NoReceipt(barcode) }.into());
        };
        match Event::of(entry).map_err(|error| JournalError::Damaged { detail: error.to_string() })? {
            Event::Sale(sale) if sale.receipt_number == *receipt_number => Ok((*sale, entry.at.clone())),
            _ => Err(Refusal::NotASale(*receipt_number).into()),
        }
    }

    /// Takes goods back.
    pub async fn refund(
        &self,
        key: IdempotencyKey,
        goods: Goods,
        back: Back,
        reason: Option<Reason>,
        permission: Option<Permission>,
    ) -> Result<CounterReply, CounterError> {
        let elsewhere = match &goods {
            Goods::OfReceipt { receipt, .. } => self.ask_elsewhere(receipt).await,
            Goods::WithoutReceipt(_) => None,
        };
        let mut desk = self.desk().await?;
        let book = self.book()?;
        // Why a receipt is not known matters only when this is no repeat of what was recorded.
        let (act, original) = match &goods {
            Goods::OfReceipt { receipt, .. } => {
                (Act::Refund, self.refundable_knowing(receipt, elsewhere).await.map(Some))
            }
            Goods::WithoutReceipt(_) => (Act::RefundWithoutReceipt, Ok(None)),
        };
        let opens_drawer = self.drawer_policy().opens_for.contains(&back.kind());
        let Now { at, business_day: today } = self.clock.now();
        let act = Recorded { key, act, kind: Kind::REFUND, permission, opens_drawer };
        self.record(&mut desk, act, |desk, cashier| {
            self.check_shift(desk)?;
            let draft = draft(&goods, original?.as_ref(), &book, &Moment::of(&at))?;
            let refund = settle(draft, &book, &today, back, reason, cashier)?;
            Ok::<_, CounterError>(Record::Refund(Box::new(refund)))
        })
        .await
    }

    /// Takes the last sale back as a whole. `references` are what the terminal printed for each card payment of it.
    pub async fn void_sale(
        &self,
        key: IdempotencyKey,
        receipt_number: u64,
        references: Vec<AuthorisationReference>,
        reason: Reason,
        permission: Option<Permission>,
    ) -> Result<CounterReply, CounterError> {
        let receipt = self.receipt_of(None, receipt_number);
        let elsewhere = self.ask_elsewhere(&receipt).await;
        let mut desk = self.desk().await?;
        let Refundable { sale, refunded, .. } = self.refundable_knowing(&receipt, elsewhere).await?;
        let last = self.journal.last_receipt_number().await?;
        let opens_drawer = self.drawer_policy().opens_for(&sale.tenders);
        let act = Recorded { key, act: Act::VoidSale, kind: Kind::VOID_SALE, permission, opens_drawer };
        self.record(&mut desk, act, |desk, cashier| {
            self.check_shift(desk)?;
            let void = UnnumberedVoid::of(&sale, &refunded, last, &references, reason, cashier)?;
            Ok::<_, Refusal>(Record::VoidSale(Box::new(void)))
        })
        .await
    }

    /// With a list of cashiers, money moves within a shift, so that somebody answers for the drawer.
    pub(super) fn check_shift(&self, desk: &Desk) -> Result<(), Refusal> {
        if self.must_sign_on() {
            desk.shift().open_shift()?;
        }
        Ok(())
    }

    /// What opens the drawer, as the newest price book says it.
    pub fn drawer_policy(&self) -> DrawerPolicy {
        self.books.borrow().as_ref().map_or_else(DrawerPolicy::default, |book| book.rules.drawer.clone())
    }

    /// The newest price book.
    pub fn book(&self) -> Result<Arc<PriceBook>, Refusal> {
        self.books.borrow().clone().ok_or(Refusal::NoPriceBook)
    }
}

fn draft(goods: &Goods, original: Option<&Refundable>, book: &PriceBook, at: &Moment) -> Result<RefundDraft, Refusal> {
    match (goods, original) {
        (Goods::OfReceipt { lines, .. }, Some(Refundable { sale, refunded, .. })) => {
            Ok(RefundDraft::with_receipt(sale, refunded, lines)?)
        }
        (Goods::OfReceipt { receipt, .. }, None) => Err(Refusal::NoReceipt(receipt.barcode())),
        (Goods::WithoutReceipt(goods), _) => {
            let mut items = Vec::with_capacity(goods.len());
            for (code, quantity) in goods {
                let item = book.by_code(code).ok_or_else(|| ScanError::UnknownItem(code.clone()))?;
                items.push((item, *quantity));
            }
            Ok(RefundDraft::without_receipt(&book.terms, &items, at)?)
        }
    }
}

fn settle(
    draft: RefundDraft,
    book: &PriceBook,
    today: &BusinessDay,
    back: Back,
    reason: Option<Reason>,
    cashier: Option<String>,
) -> Result<UnnumberedRefund, Refusal> {
    let terms = &book.terms;
    let given = match back {
        Back::Cash => GivenBack::Cash { amount_minor: draft.cash_due_minor(terms, 0)? },
        Back::Card(reference) => GivenBack::Card { amount_minor: draft.total_minor(), reference },
        Back::Voucher => {
            let validity = book.rules.staff.voucher_validity.ok_or(Refusal::NoVouchers)?;
            let number = VoucherNumber::mint(super::voucher::random()?);
            GivenBack::Voucher { amount_minor: draft.total_minor(), number, last_day: validity.last_day(today) }
        }
    };
    Ok(draft.settle(terms, vec![given], reason, cashier)?)
}

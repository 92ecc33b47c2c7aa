//! Refund: goods come back and money goes out. With a receipt of this till, exactly what was paid and never more than was
//! sold; without one, at today's price, for a reason.

use super::desk::Desk;
use super::permit::Permission;
use super::record::Recorded;
use super::{Counter, CounterError, CounterReply, Refusal};
use crate::clock::Moment as Now;
use crate::journal::{JournalError, Record};
use evertill_domain::catalogue::{PriceBook, ScanError};
use evertill_domain::event::Event;
use evertill_domain::ids::{BusinessDay, IdempotencyKey, Kind};
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
    /// Lines of a receipt of this till.
    OfReceipt {
        /// The receipt's number.
        receipt_number: u64,
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

/// A sale of this till, and what can still come back of it.
#[derive(Debug, Clone)]
pub struct Refundable {
    /// The sale.
    pub sale: Sale,
    /// What came back.
    pub refunded: Refunded,
}

impl Counter {
    /// The sale with this receipt number, and what came back of it.
    pub async fn refundable(&self, receipt_number: u64) -> Result<Refundable, CounterError> {
        let entry = self.journal.receipt(receipt_number).await?;
        let missing = || JournalError::Missing { what: format!("receipt {receipt_number} of this till") };
        let entry = entry.ok_or_else(missing)?;
        let event = Event::of(&entry).map_err(|error| JournalError::Damaged { detail: error.to_string() })?;
        let Event::Sale(sale) = event else { return Err(Refusal::NotASale(receipt_number).into()) };
        let original = Original { till: entry.till.clone(), receipt_number };
        let mut refunded = Refunded::none(original.clone());
        for entry in self.journal.returns_of(original).await? {
            match Event::of(&entry) {
                Ok(Event::Refund(refund)) => refunded.add(&refund),
                Ok(Event::VoidSale(void)) => refunded.add_void(&void),
                // What cannot be read may have come back: nobody gives it back twice.
                _ => return Err(JournalError::Damaged { detail: format!("entry {} cannot be read", entry.seq) }.into()),
            }
        }
        Ok(Refundable { sale: *sale, refunded })
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
        let mut desk = self.desk().await?;
        let book = self.book()?;
        let (act, original) = match &goods {
            Goods::OfReceipt { receipt_number, .. } => (Act::Refund, Some(self.refundable(*receipt_number).await?)),
            Goods::WithoutReceipt(_) => (Act::RefundWithoutReceipt, None),
        };
        let opens_drawer = matches!(back, Back::Cash);
        let Now { at, business_day: today } = self.clock.now();
        let act = Recorded { key, act, kind: Kind::REFUND, permission, opens_drawer };
        self.record(&mut desk, act, |desk, cashier| {
            self.check_shift(desk)?;
            let draft = draft(&goods, original.as_ref(), &book, &Moment::of(&at))?;
            let refund = settle(draft, &book, &today, back, reason, cashier)?;
            Ok::<_, Refusal>(Record::Refund(Box::new(refund)))
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
        let mut desk = self.desk().await?;
        if let Some(first) = self.journal.find(&key).await?.filter(|first| first.entry.kind.as_str() != Kind::VOID_SALE)
        {
            tracing::debug!(kind = %first.entry.kind, "a key was used twice");
            return Err(JournalError::KeyReused { key }.into());
        }
        let Refundable { sale, refunded } = self.refundable(receipt_number).await?;
        let last = self.journal.last_receipt_number().await?;
        let opens_drawer = sale.tenders.iter().any(evertill_domain::tender::Tender::is_cash);
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

    /// The newest price book.
    pub fn book(&self) -> Result<Arc<PriceBook>, Refusal> {
        self.books.borrow().clone().ok_or(Refusal::NoPriceBook)
    }
}

fn draft(goods: &Goods, original: Option<&Refundable>, book: &PriceBook, at: &Moment) -> Result<RefundDraft, Refusal> {
    match (goods, original) {
        (Goods::OfReceipt { lines, .. }, Some(Refundable { sale, refunded })) => {
            Ok(RefundDraft::with_receipt(sale, refunded, lines)?)
        }
        (Goods::OfReceipt { receipt_number, .. }, None) => Err(Refusal::NotASale(*receipt_number)),
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

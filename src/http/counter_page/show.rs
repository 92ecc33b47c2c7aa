//! What is the case, as a screen. Everything is read afresh: no rendering trusts another one.

use super::act::Act;
use super::panels::{Ask, Desk};
use super::past::shown_report;
use super::perform::Said;
use super::session::Session;
use super::strip;
use super::writing::Manner;
use crate::counter::{BasketView, CashierView, LineView};
use crate::http::state::Context;
use crate::journal::JournalError;
use crate::page::alarm::Reason;
use crate::page::notice::Notice;
use crate::page::screen::{AgeQuestion, DateOrder, Dialog, OpenShift, Override, PinStanding, Screen, SignOn, View};
use crate::page::selling::{Basket, Line, Selling, Sum};
use crate::page::shift::{CloseShift, Counted, Difference, ShiftClosed};
use evertill_domain::catalogue::PriceBook;
use evertill_domain::event::Event;
use evertill_domain::locale::Locale;
use evertill_domain::role::Role;
use evertill_domain::shift::{Shift, denominations};

/// What a screen is made of.
pub(super) struct Showing<'a> {
    pub(super) context: &'a Context,
    pub(super) book: &'a PriceBook,
    pub(super) manner: Manner,
    /// The browser's session, while its cashier is the one who is signed on.
    pub(super) session: Option<Session>,
    pub(super) cashier: Option<CashierView>,
}

impl Showing<'_> {
    /// The screen after `said`.
    pub(super) async fn screen(&self, said: Said) -> Result<Screen, JournalError> {
        let cashier = self.session.as_ref().and(self.cashier.as_ref());
        let strip = strip::strip(self.context, Some(&self.manner), cashier.map(|cashier| cashier.name.clone()));
        let view = self.view(&said).await?;
        Ok(Screen {
            key: uuid::Uuid::now_v7().to_string(),
            here: said.ask.here(),
            decimal_mark: self.manner.decimal_mark().to_owned(),
            scanner_prefix: self.context.api.scanner_prefix,
            strip,
            alarms: strip::alarms(self.context).await,
            dialog: self.dialog(&said, &view).await,
            notices: said.notices,
            view,
        })
    }

    async fn view(&self, said: &Said) -> Result<View, JournalError> {
        let Some(session) = &self.session else {
            return Ok(View::SignOn(SignOn {
                cashier: said.number.clone(),
                standing: said.standing.clone().unwrap_or(PinStanding::Fresh),
                shift_of: self.shift_of().await,
            }));
        };
        match (&said.ask, self.shift().await) {
            (Ask::ShiftClosed, _) => Ok(self.shift_closed(false).await?.unwrap_or_else(|| self.open_shift())),
            (Ask::DayClosed, _) => Ok(self.shift_closed(true).await?.unwrap_or_else(|| self.open_shift())),
            (_, Some(Shift::Open(_))) if said.ask == Ask::CloseShift => self.close_shift().await,
            (Ask::ZCopies | Ask::Copies | Ask::XReport | Ask::Menu, _) => self.selling(session, said).await,
            (_, Some(Shift::Closed { .. })) => Ok(self.open_shift()),
            _ => self.selling(session, said).await,
        }
    }

    async fn shift(&self) -> Option<Shift> {
        self.context.api.counter.report().await.ok().map(|report| report.shift)
    }

    async fn shift_of(&self) -> Option<String> {
        match self.shift().await {
            Some(Shift::Open(open)) => open.cashier,
            _ => None,
        }
    }

    fn open_shift(&self) -> View {
        let (_, business_day) = self.context.api.counter.now();
        View::OpenShift(OpenShift {
            business_day: self.manner.locale.date(business_day.as_str()),
            float: String::new(),
            currency: self.manner.mark().to_owned(),
            pieces: Vec::new(),
            minor_digits: u32::from(self.manner.currency.exponent()),
        })
    }

    async fn close_shift(&self) -> Result<View, JournalError> {
        let piece = |worth_minor: &i64| Counted {
            id: worth_minor.to_string(),
            name: self.manner.money(*worth_minor),
            worth_minor: *worth_minor,
            count: String::new(),
        };
        Ok(View::CloseShift(CloseShift {
            pieces: denominations(self.manner.currency).iter().map(piece).collect(),
            others: Vec::new(),
            currency: self.manner.mark().to_owned(),
            suspended: u32::try_from(self.context.api.journal.suspended().await?.len()).unwrap_or(u32::MAX),
            minor_digits: u32::from(self.manner.currency.exponent()),
        }))
    }

    /// The last count, and the day's report: before the day is closed the running one, afterwards that of the Z.
    async fn shift_closed(&self, is_day_closed: bool) -> Result<Option<View>, JournalError> {
        let counter = &self.context.api.counter;
        let (at, business_day) = counter.now();
        let closed = match is_day_closed {
            true => self.context.api.journal.closed_days(1).await?.pop().and_then(|entry| match Event::of(&entry) {
                Ok(Event::DayClosed(closed)) => Some(closed.report),
                _ => None,
            }),
            false => counter.report().await.ok(),
        };
        let Some(report) = closed else { return Ok(None) };
        let Some(last) = report.shifts.last() else { return Ok(None) };
        let difference = match last.over_short_minor {
            0 => Difference::Exact,
            over if over > 0 => Difference::Over(self.manner.money(over)),
            short => Difference::Short(self.manner.money(short.saturating_abs())),
        };
        let till = &self.context.api.till;
        let Some(shown) = shown_report(&report, self.book, till, &at, &business_day, is_day_closed) else {
            return Ok(None);
        };
        let number = report.z_number.to_string();
        Ok(Some(View::ShiftClosed(ShiftClosed { number, report: shown, difference, is_day_closed })))
    }

    async fn selling(&self, session: &Session, said: &Said) -> Result<View, JournalError> {
        let (basket, due_minor) = match &session.goods {
            Some(goods) => self.goods(goods),
            None => {
                let view = self.context.api.counter.view().await;
                (self.basket(&view, &said.ask), (view.due_minor, view.cash_due_minor))
            }
        };
        let desk = Desk {
            context: self.context,
            session,
            book: self.book,
            manner: &self.manner,
            lines: &basket.lines,
            due_minor,
        };
        let panel = desk.panel(&said.ask).await?;
        Ok(View::Selling(Selling {
            entry: said.entry.clone(),
            panel,
            basket,
            suspended: u32::try_from(self.context.api.journal.suspended().await?.len()).unwrap_or(u32::MAX),
            currency: self.manner.mark().to_owned(),
            sells_vouchers: self.book.rules.staff.voucher_validity.is_some(),
        }))
    }

    fn basket(&self, view: &BasketView, ask: &Ask) -> Basket {
        let selected = match ask {
            Ask::Line { line: Some(line) } | Ask::Discount { line: Some(line) } => Some(*line),
            Ask::Line { line: None } => view.lines.iter().rev().find(|line| !line.void).map(|line| line.line),
            _ => None,
        };
        let words = self.manner.locale.words();
        let mut sums = Vec::new();
        if view.taken_off_minor > 0 {
            sums.push(Sum { name: words.you_save.to_owned(), amount: self.manner.money(view.taken_off_minor) });
        }
        if !view.lines.is_empty() {
            sums.push(Sum { name: words.total.to_owned(), amount: self.manner.money(view.total_minor) });
        }
        let mut tendered = Vec::new();
        if view.tendered_minor > 0 {
            let name = format!("{} / {}", words.cash, words.card);
            tendered.push(Sum { name, amount: self.manner.money(view.tendered_minor) });
        }
        Basket {
            lines: view.lines.iter().map(|line| self.line(line, selected == Some(line.line))).collect(),
            pieces: pieces(&view.lines).to_string(),
            sums,
            tendered,
            due: self.manner.money(view.due_minor),
            is_refund: false,
        }
    }

    fn line(&self, line: &LineView, selected: bool) -> Line {
        let quantity = self.manner.quantity_text(line.quantity_milli);
        let mut notes: Vec<Sum> = line
            .savings
            .iter()
            .map(|(name, minor)| Sum { name: name.clone(), amount: self.manner.money(-minor) })
            .collect();
        if line.discount_minor > 0 {
            let name = self.manner.locale.words().discount.to_owned();
            notes.push(Sum { name, amount: self.manner.money(-line.discount_minor) });
        }
        Line {
            id: line.line.to_string(),
            quantity: if line.weighed { format!("{quantity} {}", self.unit()) } else { quantity },
            name: line.name.clone(),
            unit_price: self.manner.money(line.unit_price_minor),
            amount: self.manner.money(line.amount_minor),
            notes,
            void: line.void,
            selected,
            can_change_quantity: !line.fixed_quantity && !line.void,
            can_weigh: line.weighed && self.context.api.counter.has_scale(),
        }
    }

    fn unit(&self) -> &'static str {
        use evertill_domain::barcode::gs1::WeightUnit;
        match self.book.rules.weight_unit {
            WeightUnit::Kg => "kg",
            WeightUnit::Lb => "lb",
        }
    }

    /// Goods that come back without a receipt, at today's prices.
    fn goods(&self, goods: &[(String, evertill_domain::quantity::Quantity)]) -> (Basket, (i64, i64)) {
        let terms = &self.book.terms;
        let at = evertill_domain::moment::Moment::of(&self.context.api.counter.now().0);
        let items: Vec<_> =
            goods.iter().filter_map(|(code, quantity)| Some((self.book.by_code(code)?, *quantity))).collect();
        let draft = evertill_domain::refund::RefundDraft::without_receipt(terms, &items, &at).ok();
        let line = |(index, (item, quantity)): (
            usize,
            &(&evertill_domain::catalogue::Item, evertill_domain::quantity::Quantity),
        )| {
            let unit = item.price_minor_at(&at);
            let amount = quantity.price_minor(unit, terms.rounding).unwrap_or(0);
            Line {
                id: (index + 1).to_string(),
                quantity: self.manner.quantity_text(quantity.milli()),
                name: item.name.clone(),
                unit_price: self.manner.money(unit),
                amount: self.manner.money(amount),
                ..Line::default()
            }
        };
        let lines: Vec<Line> = items.iter().enumerate().map(line).collect();
        let total = draft.as_ref().map_or(0, |draft| draft.total_minor());
        let cash = draft.and_then(|draft| draft.cash_due_minor(terms, 0).ok()).unwrap_or(total);
        let (pieces, due) = (lines.len().to_string(), self.manner.money(total));
        (Basket { lines, pieces, due, is_refund: true, ..Basket::default() }, (total, cash))
    }

    async fn dialog(&self, said: &Said, view: &View) -> Option<Dialog> {
        let session = self.session.as_ref()?;
        if let (Some(needs), Some(act)) = (said.needs, self.context.pages.pending()) {
            return Some(Dialog::Override(Override {
                pending: "1".to_owned(),
                reason: self.reason(&act).await,
                needs_manager: needs == Role::Manager,
                supervisor: said.number.clone(),
                standing: said.standing.clone().unwrap_or(PinStanding::Fresh),
            }));
        }
        if !view.has_entry() || session.goods.is_some() {
            return None;
        }
        let basket = self.context.api.counter.view().await;
        let age = basket.age_to_confirm?;
        let item = basket.lines.iter().rev().find(|line| !line.void && line.age_years == Some(age));
        let (at, _) = self.context.api.counter.now();
        Some(Dialog::Age(AgeQuestion {
            pending: "age".to_owned(),
            item: item.map(|line| line.name.clone()).unwrap_or_default(),
            age: u32::from(age),
            born_by: self.manner.locale.date(&born_by(at.as_str(), age)),
            order: order(self.manner.locale),
        }))
    }

    /// What a second person's PIN is for.
    async fn reason(&self, act: &Act) -> Reason {
        let money = |minor: i64| self.manner.money(minor);
        match act {
            Act::Discount { line, off, .. } => {
                let view = self.context.api.counter.view().await;
                let of_line = |line: &LineView| line.amount_minor;
                let from = match line {
                    Some(number) => view.lines.iter().find(|line| line.line == *number).map_or(0, of_line),
                    None => view.lines.iter().filter(|line| !line.void).map(of_line).sum(),
                };
                let minor = off.minor(from, self.book.terms.rounding).unwrap_or(0);
                Reason::Discount { discount: money(minor) }
            }
            Act::Refund { receipt, .. } => Reason::Refund { amount: format!("# {receipt}") },
            Act::Cash { .. } | Act::Card { .. } | Act::Voucher { .. } => {
                let goods = self.session.as_ref().and_then(|session| session.goods.clone()).unwrap_or_default();
                Reason::Refund { amount: money(self.goods(&goods).1.0) }
            }
            Act::VoidSale { receipt_number, .. } => Reason::VoidSale { receipt: receipt_number.to_string() },
            Act::MoveCash { amount_minor, .. } => Reason::PaidOut { amount: money(*amount_minor) },
            Act::AgeByOther => Reason::Age { item: String::new() },
            Act::CloseShift { .. } | Act::CloseDay => Reason::CloseShift,
            Act::XReport | Act::ZCopy { .. } => Reason::Report,
            _ => Reason::NoSale,
        }
    }
}

/// Before the first price book: nothing can be done yet, and the strip says why.
pub(super) fn without_price_book(context: &Context) -> Screen {
    let view = View::SignOn(SignOn { cashier: String::new(), standing: PinStanding::Fresh, shift_of: None });
    Screen {
        key: uuid::Uuid::now_v7().to_string(),
        here: Ask::Usual.here(),
        decimal_mark: ".".to_owned(),
        scanner_prefix: context.api.scanner_prefix,
        strip: strip::strip(context, None, None),
        alarms: Vec::new(),
        notices: vec![Notice::NoPriceBook],
        view,
        dialog: None,
    }
}

/// Pieces as a customer counts them: a weighed line is one.
fn pieces(lines: &[LineView]) -> i64 {
    let of = |line: &LineView| if line.weighed { 1 } else { line.quantity_milli / 1_000 };
    lines.iter().filter(|line| !line.void).map(of).sum()
}

/// The last birth date, `YYYY-MM-DD`, that makes somebody `age` years old on the day of `at`.
fn born_by(at: &str, age: u8) -> String {
    let (year, rest) = at.get(..10).unwrap_or("0000-00-00").split_at(4);
    let year = year.parse::<i32>().unwrap_or(0) - i32::from(age);
    format!("{year:04}{rest}")
}

fn order(locale: Locale) -> DateOrder {
    match locale {
        Locale::EnUs | Locale::EsUs => DateOrder::MonthFirst,
        Locale::EnCa | Locale::FrCa => DateOrder::YearFirst,
        _ => DateOrder::DayFirst,
    }
}

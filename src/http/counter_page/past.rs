//! What was: past sales, closed days, reports.

use super::panels::Desk;
use crate::journal::JournalError;
use crate::page::selling::{PastSale, PastShift, Sum};
use crate::page::shift::{Report as ShownReport, ReportPart};
use evertill_domain::catalogue::PriceBook;
use evertill_domain::entry::Entry;
use evertill_domain::event::Event;
use evertill_domain::ids::{BusinessDay, TillId, Timestamp};
use evertill_domain::receipt::{Element, Receipt, Style};
use evertill_domain::report::{self, Report, ReportContext};
use evertill_domain::tender::Tender as Paid;

/// Most past sales and reports that are listed.
pub(super) const PAST_MAX: usize = 20;

impl Desk<'_> {
    pub(super) async fn past_sales(&self, most: usize) -> Result<Vec<PastSale>, JournalError> {
        let entries = self.context.api.journal.last_receipts(most).await?;
        Ok(entries.iter().filter_map(|entry| self.past_sale(entry)).collect())
    }

    fn past_sale(&self, entry: &Entry) -> Option<PastSale> {
        let (number, items, total_minor, cards) = match Event::of(entry).ok()? {
            Event::Sale(sale) => {
                let first = sale.lines.first().map(|line| line.name.clone()).unwrap_or_default();
                let cards = sale.tenders.iter().filter(|tender| matches!(tender, Paid::Card { .. })).count();
                (sale.receipt_number, more(&first, sale.lines.len()), sale.total_minor, cards)
            }
            Event::Refund(refund) => {
                let first = refund.lines.first().map(|line| line.name.clone()).unwrap_or_default();
                (refund.receipt_number, more(&first, refund.lines.len()), -refund.total_minor, 0)
            }
            Event::VoidSale(void) => (void.receipt_number, String::new(), -void.total_minor, 0),
            _ => return None,
        };
        Some(PastSale {
            receipt: number.to_string(),
            at: self.manner.moment(entry.at.as_str()),
            items,
            total: self.manner.money(total_minor),
            cards,
        })
    }

    pub(super) async fn past_days(&self) -> Result<Vec<PastShift>, JournalError> {
        let entries = self.context.api.journal.closed_days(PAST_MAX).await?;
        let day = |entry: &Entry| {
            let Ok(Event::DayClosed(closed)) = Event::of(entry) else { return None };
            Some(PastShift {
                number: closed.report.z_number.to_string(),
                business_day: self.manner.locale.date(closed.business_day.as_str()),
                cashier: closed.cashier.clone().unwrap_or_default(),
                total: self.manner.money(closed.report.turnover_minor().ok()?),
            })
        };
        Ok(entries.iter().filter_map(day).collect())
    }
}

/// `first` and how many more there are.
pub(super) fn more(first: &str, lines: usize) -> String {
    if lines > 1 { format!("{first} + {}", lines - 1) } else { first.to_owned() }
}

/// A report as its paper says it, in parts.
pub(super) fn shown_report(
    totals: &Report,
    book: &PriceBook,
    till: &TillId,
    at: &Timestamp,
    business_day: &BusinessDay,
    closes: bool,
) -> Option<ShownReport> {
    let context = ReportContext { till, at, business_day, closes, copy: false, cashier: None, hash: None };
    let Receipt { elements } = report::document(totals, &book.store, &context).ok()?;
    let mut shown = ShownReport { title: String::new(), subtitle: String::new(), parts: Vec::new() };
    let mut large = Vec::new();
    for element in elements {
        match element {
            Element::Text { text, style: Style::Large, .. } => large.push(text),
            Element::Rule => shown.parts.push(ReportPart { title: String::new(), rows: Vec::new() }),
            Element::Text { text, style: Style::Bold, .. } => {
                if let Some(part) = shown.parts.last_mut() {
                    part.title = text;
                }
            }
            Element::Text { text, .. } => {
                if let Some(part) = shown.parts.last_mut() {
                    part.rows.push(Sum { name: text, amount: String::new() });
                }
            }
            Element::Columns { left, right, .. } => {
                if let Some(part) = shown.parts.last_mut() {
                    part.rows.push(Sum { name: left, amount: right });
                }
            }
            _ => {}
        }
    }
    shown.parts.retain(|part| !part.rows.is_empty());
    shown.title = large.pop().unwrap_or_default();
    shown.subtitle = format!("{} {}", book.store.locale.date(business_day.as_str()), at.as_str().get(11..16)?);
    Some(shown)
}

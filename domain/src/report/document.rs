//! A report on paper, in the store's language. A Z report that is printed again says so.

use super::words::{ReportWords, words};
use super::{Report, Tally, TenderKind};
use crate::catalogue::StoreInfo;
use crate::entry::Hash;
use crate::ids::{BusinessDay, TillId, Timestamp};
use crate::locale::Locale;
use crate::money::{Money, MoneyError};
use crate::receipt::{Align, Element, Receipt, Style};
use crate::shift::Shift;

/// What a report says beside its totals.
#[derive(Debug, Clone)]
pub struct ReportContext<'a> {
    /// The till.
    pub till: &'a TillId,
    /// When it was printed or closed.
    pub at: &'a Timestamp,
    /// The trading day.
    pub business_day: &'a BusinessDay,
    /// Whether it closes the day (Z) or only reads it (X).
    pub closes: bool,
    /// Whether it is printed again.
    pub copy: bool,
    /// Who closed it, where that is known.
    pub cashier: Option<&'a str>,
    /// Hash of the Z report's entry.
    pub hash: Option<Hash>,
}

/// `report` as it is printed.
pub fn document(report: &Report, store: &StoreInfo, context: &ReportContext<'_>) -> Result<Receipt, MoneyError> {
    let mut paper = Paper { report, locale: store.locale, words: words(store.locale), elements: Vec::new() };
    paper.head(store, context);
    paper.turnover()?;
    paper.taxes();
    paper.tenders();
    paper.drawer(context.closes)?;
    paper.people();
    paper.end(context)?;
    Ok(Receipt { elements: paper.elements })
}

struct Paper<'a> {
    report: &'a Report,
    locale: Locale,
    words: &'static ReportWords,
    elements: Vec<Element>,
}

impl Paper<'_> {
    fn amount(&self, minor: i64) -> String {
        let mark = self.locale.decimal_mark();
        // A period without any amount has no currency; its zeros need none.
        self.report.currency.map_or_else(|| minor.to_string(), |currency| Money::new(minor, currency).text(mark))
    }

    fn text(&mut self, text: impl Into<String>, style: Style, align: Align) {
        self.elements.push(Element::Text { text: text.into(), style, align });
    }

    fn columns(&mut self, left: impl Into<String>, right: impl Into<String>, bold: bool) {
        self.elements.push(Element::Columns { left: left.into(), right: right.into(), bold });
    }

    fn row(&mut self, left: impl Into<String>, minor: i64) {
        let right = self.amount(minor);
        self.columns(left, right, false);
    }

    fn tally(&mut self, name: &str, tally: Tally) {
        if tally.count > 0 {
            self.row(format!("{name} ({})", tally.count), tally.amount_minor);
        }
    }

    fn count(&mut self, name: &str, count: u64) {
        if count > 0 {
            self.columns(name, count.to_string(), false);
        }
    }

    fn title(&mut self, title: &str) {
        self.elements.push(Element::Rule);
        self.text(title, Style::Bold, Align::Left);
    }

    fn copy_mark(&mut self, context: &ReportContext<'_>) {
        if context.copy {
            self.text(format!("*** {} ***", self.locale.words().copy), Style::Bold, Align::Center);
        }
    }

    fn head(&mut self, store: &StoreInfo, context: &ReportContext<'_>) {
        self.text(&store.name, Style::Large, Align::Center);
        for line in store.address.iter().chain(&store.tax_id) {
            self.text(line, Style::Normal, Align::Center);
        }
        self.elements.push(Element::Feed { lines: 1 });
        let (z_number, words) = (self.report.z_number, self.words);
        match context.closes {
            true => self.text(format!("{} {z_number}", words.z_report), Style::Large, Align::Center),
            false => self.text(words.x_report, Style::Large, Align::Center),
        }
        self.copy_mark(context);
        self.elements.push(Element::Rule);
        // A timestamp is RFC 3339: the date is its first 10 bytes, hours and minutes are bytes 11 to 16.
        let (date, time) = (&context.at.as_str()[..10], &context.at.as_str()[11..16]);
        let TillId { store: shop, number, .. } = context.till;
        self.columns(format!("{} {number}", words.till), shop.to_string(), false);
        self.columns(words.business_day, self.locale.date(context.business_day.as_str()), false);
        self.columns("", format!("{} {time}", self.locale.date(date)), false);
        if !context.closes {
            self.columns(words.period, z_number.to_string(), false);
        }
        if let Some(receipts) = self.report.receipts {
            self.columns(words.receipts, format!("{} - {}", receipts.first, receipts.last), false);
        }
    }

    fn turnover(&mut self) -> Result<(), MoneyError> {
        let (report, words) = (self.report, self.words);
        self.elements.push(Element::Rule);
        self.row(format!("{} ({})", words.sales, report.sales.count), report.sales.amount_minor);
        self.tally(words.refunds, negative(report.refunds)?);
        self.tally(words.voids, negative(report.voids)?);
        let currency = report.currency.map_or_else(String::new, |currency| format!(" {currency}"));
        let turnover = self.amount(report.turnover_minor()?);
        self.columns(format!("{}{currency}", words.turnover), turnover, true);
        if report.cash_rounding_minor != 0 {
            self.row(words.cash_rounding, report.cash_rounding_minor);
        }
        self.tally(words.discounts, report.discounts);
        Ok(())
    }

    fn taxes(&mut self) {
        if self.report.groups.is_empty() {
            return;
        }
        self.title(self.words.taxes);
        for group in &self.report.groups {
            let rate = group.rate.text(self.locale.decimal_mark());
            self.text(format!("{} {} {rate}", group.code, group.label), Style::Normal, Align::Left);
            self.row(format!("  {}", self.words.net), group.net_minor);
            self.row(format!("  {}", self.words.tax), group.tax_minor);
            self.row(format!("  {}", self.words.gross), group.gross_minor);
        }
    }

    fn tenders(&mut self) {
        if self.report.tenders.is_empty() {
            return;
        }
        let words = self.words;
        self.title(words.tenders);
        for tender in &self.report.tenders {
            let name = match tender.kind {
                TenderKind::Cash => words.cash,
                TenderKind::Card => words.card,
                TenderKind::Voucher => words.voucher,
            };
            self.row(format!("{name} ({})", tender.taken.count), tender.taken.amount_minor);
            if tender.given_back.count > 0 {
                let given = tender.given_back;
                self.row(format!("  {} ({})", words.given_back, given.count), given.amount_minor.saturating_neg());
            }
        }
    }

    /// What is expected of an open shift is not on an X report: the count is blind.
    fn drawer(&mut self, closes: bool) -> Result<(), MoneyError> {
        let (report, words) = (self.report, self.words);
        self.title(words.drawer);
        self.tally(words.paid_in, report.paid_in);
        self.tally(words.paid_out, negative(report.paid_out)?);
        self.tally(words.picked_up, negative(report.picked_up)?);
        self.count(words.no_sales, report.no_sales);
        if report.outside_shifts_minor != 0 {
            self.row(words.outside_shifts, report.outside_shifts_minor);
        }
        for shift in &report.shifts {
            let who = shift.cashier.as_deref().unwrap_or_default();
            self.columns(format!("{} {}", words.shift, shift.shift), who, false);
            self.row(format!("  {}", words.float), shift.float_minor);
            self.row(format!("  {}", words.expected), shift.expected_minor);
            self.row(format!("  {}", words.counted), shift.counted_minor);
            self.over_short(shift.over_short_minor, "  ");
        }
        match &report.shift {
            Shift::Open(open) => {
                self.row(format!("{} {}: {}", words.shift, open.number, words.float), open.float_minor);
            }
            Shift::Closed { .. } if closes && report.shifts.len() > 1 => {
                self.over_short(report.over_short_minor()?, "");
            }
            Shift::Closed { .. } => {}
        }
        Ok(())
    }

    fn over_short(&mut self, minor: i64, indent: &str) {
        let name = if minor < 0 { self.words.short } else { self.words.over };
        let amount = self.amount(minor);
        self.columns(format!("{indent}{name}"), amount, minor != 0);
    }

    fn people(&mut self) {
        let words = self.words;
        if !self.report.cashiers.is_empty() {
            self.title(words.cashiers);
        }
        for cashier in &self.report.cashiers {
            let name = cashier.cashier.as_deref().unwrap_or(words.without_name);
            self.row(format!("{name} ({})", cashier.sales.count), cashier.sales.amount_minor);
            for (kind, tally) in [(words.refunds, cashier.refunds), (words.voids, cashier.voids)] {
                let back = Tally { amount_minor: tally.amount_minor.saturating_neg(), ..tally };
                self.tally(&format!("  {kind}"), back);
            }
        }
    }

    fn end(&mut self, context: &ReportContext<'_>) -> Result<(), MoneyError> {
        let (report, words) = (self.report, self.words);
        self.elements.push(Element::Rule);
        self.count(words.copies, report.copies);
        self.count(words.overrides, report.overrides);
        if report.uncounted > 0 {
            self.columns(words.uncounted, report.uncounted.to_string(), true);
        }
        self.row(words.grand_total, report.grand_total_minor()?);
        if let Some(cashier) = context.cashier {
            self.columns(words.closed_by, cashier, false);
        }
        if let Some(hash) = context.hash {
            let hash: String = hash.to_string().chars().take(16).collect();
            self.text(format!("{} {hash}", self.locale.words().journal), Style::Normal, Align::Center);
        }
        self.copy_mark(context);
        self.elements.push(Element::Feed { lines: 3 });
        self.elements.push(Element::Cut);
        Ok(())
    }
}

fn negative(tally: Tally) -> Result<Tally, MoneyError> {
    let amount_minor = tally.amount_minor.checked_neg().ok_or(MoneyError::Overflow)?;
    Ok(Tally { amount_minor, ..tally })
}

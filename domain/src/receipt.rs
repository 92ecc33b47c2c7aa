//! The receipt as a document: what stands on the paper, not how a printer says it.
//!
//! It is built from the recorded sale alone (and from who the store is), so that the paper, the picture, the text and a
//! copy years later say the same.

mod text;

#[cfg(test)]
mod tests;

pub use text::WIDTH_80_MM;

use crate::barcode::Code128;
use crate::catalogue::StoreInfo;
use crate::discount::{Discount, Off};
use crate::entry::{Hash, Signature};
use crate::ids::{BusinessDay, TillId, Timestamp};
use crate::locale::{Locale, Words};
use crate::money::{Money, Rate};
use crate::quantity::Quantity;
use crate::refund::Original;
use crate::sale::{Sale, SaleLine};
use crate::tax::TaxMode;
use crate::tender::Tender;
use serde::{Deserialize, Serialize};

/// How a text is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// As the printer prints by itself.
    Normal,
    /// Bold.
    Bold,
    /// Twice as wide and as high: half as many characters a line.
    Large,
}

/// Where a text stands in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// At the left edge.
    Left,
    /// In the middle.
    Center,
}

/// One thing on the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "element", rename_all = "snake_case")]
pub enum Element {
    /// A paragraph; what is too long goes on in the next line.
    Text {
        /// The text, one line.
        text: String,
        /// How it is printed.
        style: Style,
        /// Where it stands.
        align: Align,
    },
    /// A text at the left edge and one at the right, which is never cut: blanks at its end keep amounts in one column.
    Columns {
        /// At the left.
        left: String,
        /// At the right.
        right: String,
        /// Whether both are bold.
        bold: bool,
    },
    /// A line across the paper.
    Rule,
    /// A Code 128 with its text below.
    Barcode {
        /// What it says.
        payload: Code128,
    },
    /// A picture in the middle.
    Picture {
        /// A PNG in base64 (RFC 4648), black on white, one dot a pixel.
        png: String,
    },
    /// A QR code.
    Qr {
        /// What it says.
        payload: String,
    },
    /// Empty lines.
    Feed {
        /// How many.
        lines: u8,
    },
    /// The paper is cut here.
    Cut,
}

/// What a receipt says beside the sale.
#[derive(Debug, Clone)]
pub struct ReceiptContext<'a> {
    /// The till that sold.
    pub till: &'a TillId,
    /// When.
    pub at: &'a Timestamp,
    /// The trading day; printed when it is not the calendar's.
    pub business_day: &'a BusinessDay,
    /// Whether it is a reprint, which says COPY.
    pub copy: bool,
    /// Hash of the journal entry: lets anyone prove that the paper and the journal say the same.
    pub hash: Option<Hash>,
    /// The till's signature of that hash: lets anyone prove whose it is.
    pub sig: Option<Signature>,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// From top to bottom.
    pub elements: Vec<Element>,
}

/// The receipt of `sale`.
pub fn of_sale(sale: &Sale, store: &StoreInfo, context: &ReceiptContext<'_>) -> Receipt {
    let mut paper = Paper::new(sale, store.locale);
    paper.header(store, context);
    paper.lines();
    paper.totals();
    paper.tenders();
    if sale.tax_mode == TaxMode::Inclusive {
        paper.tax_table();
    }
    paper.place_and_time(context);
    paper.end(store, context);
    Receipt { elements: paper.elements }
}

/// A receipt while it is written.
struct Paper<'a> {
    sale: &'a Sale,
    locale: Locale,
    words: &'static Words,
    /// Blanks behind every amount that no tax code follows, so that all stand in one column.
    margin: String,
    elements: Vec<Element>,
}

impl<'a> Paper<'a> {
    fn new(sale: &'a Sale, locale: Locale) -> Paper<'a> {
        let code_chars = sale.taxes.iter().map(|row| row.code.chars().count()).max().unwrap_or(0);
        Paper { sale, locale, words: locale.words(), margin: " ".repeat(code_chars + 1), elements: Vec::new() }
    }

    fn amount(&self, minor: i64) -> String {
        Money::new(minor, self.sale.currency).text(self.locale.decimal_mark())
    }

    fn rate(&self, rate: Rate) -> String {
        rate.text(self.locale.decimal_mark())
    }

    fn text(&mut self, text: impl Into<String>, style: Style, align: Align) {
        self.elements.push(Element::Text { text: text.into(), style, align });
    }

    fn row(&mut self, left: impl Into<String>, minor: i64, bold: bool) {
        let right = format!("{}{}", self.amount(minor), self.margin);
        self.elements.push(Element::Columns { left: left.into(), right, bold });
    }

    fn copy_mark(&mut self) {
        self.text(format!("*** {} ***", self.words.copy), Style::Bold, Align::Center);
    }

    fn header(&mut self, store: &StoreInfo, context: &ReceiptContext<'_>) {
        self.elements.extend(store.logo_png.iter().map(|png| Element::Picture { png: png.clone() }));
        self.text(&store.name, Style::Large, Align::Center);
        for line in &store.address {
            self.text(line, Style::Normal, Align::Center);
        }
        if let Some(tax_id) = &store.tax_id {
            self.text(format!("{} {tax_id}", self.words.tax_id), Style::Normal, Align::Center);
        }
        if context.copy {
            self.elements.push(Element::Feed { lines: 1 });
            self.copy_mark();
        }
        self.elements.push(Element::Rule);
    }

    fn lines(&mut self) {
        let sale = self.sale;
        for line in &sale.lines {
            let SaleLine { name, quantity_milli, unit_price_minor, amount_minor, tax, .. } = line;
            // Shorter codes than the longest get a blank more, so that the amounts stay in one column.
            let right = format!("{} {tax:<width$}", self.amount(*amount_minor), width = self.margin.len() - 1);
            self.elements.push(Element::Columns { left: name.clone(), right, bold: false });
            if *quantity_milli != Quantity::ONE {
                let quantity = quantity_milli.text(self.locale.decimal_mark());
                self.text(format!("  {quantity} x {}", self.amount(*unit_price_minor)), Style::Normal, Align::Left);
            }
            for saving in &line.savings {
                self.row(format!("  {}", saving.name), saving.saving_minor.saturating_neg(), false);
            }
            if let Some(discount) = &line.discount {
                self.discount("  ", discount);
            }
        }
        if let Some(discount) = &sale.discount {
            self.elements.push(Element::Rule);
            self.discount("", discount);
        }
        self.elements.push(Element::Rule);
    }

    fn discount(&mut self, indent: &str, discount: &Discount) {
        let Discount { off, reason, discount_minor } = discount;
        let rate = if let Off::Percent(rate) = off { format!(" {}", self.rate(*rate)) } else { String::new() };
        let left = format!("{indent}{}{rate} ({reason})", self.words.discount);
        self.row(left, discount_minor.saturating_neg(), false);
    }

    fn totals(&mut self) {
        let sale = self.sale;
        if sale.tax_mode == TaxMode::Exclusive {
            // The nets were summed when the sale was checked; a sum that does not fit cannot have become a sale.
            let net = sale.taxes.iter().fold(0i64, |sum, row| sum.saturating_add(row.net_minor));
            self.row(self.words.subtotal, net, false);
            for row in sale.taxes.iter().filter(|row| row.rate.0 != 0) {
                match row.parts.is_empty() {
                    true => {
                        self.row(format!("{} {} {}", row.code, row.label, self.rate(row.rate)), row.tax_minor, false)
                    }
                    false => row.parts.iter().for_each(|part| {
                        self.row(
                            format!("{} {} {}", row.code, part.label, self.rate(part.rate)),
                            part.tax_minor,
                            false,
                        );
                    }),
                }
            }
        }
        self.row(format!("{} {}", self.words.total, sale.currency), sale.total_minor, true);
        if sale.cash_rounding_minor != 0 {
            self.row(self.words.cash_rounding, sale.cash_rounding_minor, false);
        }
    }

    fn tenders(&mut self) {
        let sale = self.sale;
        for tender in &sale.tenders {
            match tender {
                Tender::Cash { amount_minor } => self.row(self.words.cash, *amount_minor, false),
                Tender::Card { amount_minor, reference } => {
                    self.row(self.words.card, *amount_minor, false);
                    self.text(format!("  {} {reference}", self.words.reference), Style::Normal, Align::Left);
                }
                Tender::Voucher { amount_minor, number } => {
                    self.row(self.words.voucher, *amount_minor, false);
                    self.text(format!("  {number}"), Style::Normal, Align::Left);
                }
            }
        }
        if sale.change_minor != 0 {
            self.row(self.words.change, sale.change_minor, true);
        }
        // It was summed when the sale was checked.
        let saved = sale.taken_off_minor().unwrap_or(0);
        if saved != 0 {
            self.row(self.words.you_save, saved, true);
        }
        self.elements.push(Element::Rule);
    }

    /// What tax the prices held, group by group.
    fn tax_table(&mut self) {
        let sale = self.sale;
        self.text(self.words.tax_included, Style::Normal, Align::Left);
        for row in &sale.taxes {
            self.row(format!("{} {} {}", row.code, row.label, self.rate(row.rate)), row.tax_minor, false);
            let (net, gross) = (self.amount(row.net_minor), self.amount(row.gross_minor));
            let amounts = format!("  {} {net}, {} {gross}", self.words.net, self.words.gross);
            self.text(amounts, Style::Normal, Align::Left);
        }
        self.elements.push(Element::Rule);
    }

    fn place_and_time(&mut self, context: &ReceiptContext<'_>) {
        // A timestamp is RFC 3339: the date is its first 10 bytes, hours and minutes are bytes 11 to 16.
        let (date, time) = (&context.at.as_str()[..10], &context.at.as_str()[11..16]);
        let TillId { store, number, .. } = context.till;
        let left = format!("{} {}", self.words.receipt, self.sale.receipt_number);
        let right = format!("{} {time}", self.locale.date(date));
        self.elements.push(Element::Columns { left, right, bold: false });
        let left = format!("{} {number}", self.words.till);
        self.elements.push(Element::Columns { left, right: store.to_string(), bold: false });
        if context.business_day.as_str() != date {
            let day = self.locale.date(context.business_day.as_str());
            self.text(format!("{} {day}", self.words.business_day), Style::Normal, Align::Left);
        }
        if let Some(cashier) = &self.sale.cashier {
            self.text(format!("{} {cashier}", self.words.cashier), Style::Normal, Align::Left);
        }
    }

    fn end(&mut self, store: &StoreInfo, context: &ReceiptContext<'_>) {
        let number = self.sale.receipt_number;
        self.elements.push(Element::Feed { lines: 1 });
        let receipt = Original { till: context.till.clone(), receipt_number: number };
        let payload = receipt.barcode().parse().expect("letters, digits and a dash make a Code 128");
        self.elements.push(Element::Barcode { payload });
        if let Some(hash) = context.hash {
            self.elements.push(Element::Feed { lines: 1 });
            let sig = context.sig.map_or_else(String::new, |sig| format!(":{}", String::from(sig)));
            self.elements.push(Element::Qr { payload: format!("evertill:{}:{number}:{hash}{sig}", context.till) });
            let hash: String = hash.to_string().chars().take(16).collect();
            self.text(format!("{} {hash}", self.words.journal), Style::Normal, Align::Center);
        }
        if !store.footer.is_empty() {
            self.elements.push(Element::Feed { lines: 1 });
        }
        for line in &store.footer {
            self.text(line, Style::Normal, Align::Center);
        }
        if context.copy {
            self.copy_mark();
        }
        self.elements.push(Element::Feed { lines: 3 });
        self.elements.push(Element::Cut);
    }
}

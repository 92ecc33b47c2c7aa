//! A refund and a void on paper, with the gift vouchers that were printed for them.
//!
//! What goes out stands with a minus, so that nobody takes the paper for that of a sale. Lines are with tax in both tax
//! modes; the tax table says what they held.

use super::{GivenBack, Original, Refund, RefundLine, VoidedSale};
use crate::barcode::Code128;
use crate::catalogue::StoreInfo;
use crate::ids::TillId;
use crate::locale::{Locale, Words};
use crate::money::{Currency, Money};
use crate::quantity::Quantity;
use crate::reason::Reason;
use crate::receipt::{Align, Element, Receipt, ReceiptContext, Style};
use crate::tax::TaxRow;
use crate::voucher;

/// The words that only these papers need.
struct RefundWords {
    refund: &'static str,
    voided_sale: &'static str,
    for_receipt: &'static str,
    reason: &'static str,
    signature: &'static str,
}

const ENGLISH: RefundWords = RefundWords {
    refund: "REFUND",
    voided_sale: "VOIDED SALE",
    for_receipt: "For receipt",
    reason: "Reason",
    signature: "Signature",
};

const GERMAN: RefundWords = RefundWords {
    refund: "RÜCKGABE",
    voided_sale: "STORNO",
    for_receipt: "Zu Bon",
    reason: "Grund",
    signature: "Unterschrift",
};

const FRENCH: RefundWords = RefundWords {
    refund: "REMBOURSEMENT",
    voided_sale: "VENTE ANNULÉE",
    for_receipt: "Pour le ticket",
    reason: "Motif",
    signature: "Signature",
};

const FRENCH_CANADA: RefundWords = RefundWords { for_receipt: "Pour le reçu", ..FRENCH };

const SPANISH: RefundWords = RefundWords {
    refund: "DEVOLUCIÓN",
    voided_sale: "VENTA ANULADA",
    for_receipt: "Del tique",
    reason: "Motivo",
    signature: "Firma",
};

/// The words of `locale`'s language.
fn words(locale: Locale) -> &'static RefundWords {
    match locale.language() {
        _ if locale == Locale::FrCa => &FRENCH_CANADA,
        "de" => &GERMAN,
        "fr" => &FRENCH,
        "es" => &SPANISH,
        _ => &ENGLISH,
    }
}

impl Refund {
    /// The refund as it is printed.
    pub fn document(&self, store: &StoreInfo, context: &ReceiptContext<'_>) -> Receipt {
        let title = words(store.locale).refund;
        let slip = Slip {
            receipt_number: self.receipt_number,
            original: self.original.as_ref(),
            currency: self.currency,
            lines: &self.lines,
            taxes: &self.taxes,
            total_minor: self.total_minor,
            cash_rounding_minor: self.cash_rounding_minor,
            given_back: &self.given_back,
            reason: self.reason.as_ref(),
            cashier: self.cashier.as_deref(),
        };
        slip.print(title, store, context)
    }
}

impl VoidedSale {
    /// The void as it is printed.
    pub fn document(&self, store: &StoreInfo, context: &ReceiptContext<'_>) -> Receipt {
        let title = words(store.locale).voided_sale;
        let slip = Slip {
            receipt_number: self.receipt_number,
            original: Some(&self.original),
            currency: self.currency,
            lines: &[],
            taxes: &self.taxes,
            total_minor: self.total_minor,
            cash_rounding_minor: self.cash_rounding_minor,
            given_back: &self.given_back,
            reason: Some(&self.reason),
            cashier: self.cashier.as_deref(),
        };
        slip.print(title, store, context)
    }
}

/// What both papers say.
struct Slip<'a> {
    receipt_number: u64,
    original: Option<&'a Original>,
    currency: Currency,
    lines: &'a [RefundLine],
    taxes: &'a [TaxRow],
    total_minor: i64,
    cash_rounding_minor: i64,
    given_back: &'a [GivenBack],
    reason: Option<&'a Reason>,
    cashier: Option<&'a str>,
}

impl Slip<'_> {
    fn print(&self, title: &str, store: &StoreInfo, context: &ReceiptContext<'_>) -> Receipt {
        let (locale, currency) = (store.locale, self.currency);
        let (common, own) = (locale.words(), words(locale));
        let mut paper = Paper { locale, common, own, currency, elements: Vec::new() };
        paper.head(title, store, context);
        if let Some(original) = self.original {
            let TillId { store, number, .. } = &original.till;
            paper.columns(format!("{} {}", own.for_receipt, original.receipt_number), format!("{store} / {number}"));
        }
        self.lines(&mut paper);
        self.given_back(&mut paper);
        self.tax_table(&mut paper);
        self.end(&mut paper, context);
        for back in self.given_back {
            if let GivenBack::Voucher { amount_minor, number, last_day } = back {
                let value = Money::new(*amount_minor, currency);
                paper.elements.extend(voucher::slip(value, number, last_day, store, context.copy));
            }
        }
        Receipt { elements: paper.elements }
    }

    fn lines(&self, paper: &mut Paper) {
        for RefundLine { name, quantity_milli, gross_minor, tax, .. } in self.lines {
            let amount = paper.amount(gross_minor.saturating_neg());
            paper.columns(name.clone(), format!("{amount} {tax}"));
            if *quantity_milli != Quantity::ONE {
                let quantity = quantity_milli.text(paper.locale.decimal_mark());
                paper.text(format!("  {quantity} x"), Style::Normal, Align::Left);
            }
        }
        paper.elements.push(Element::Rule);
        let left = format!("{} {}", paper.common.total, self.currency);
        let right = paper.amount(self.total_minor.saturating_neg());
        paper.elements.push(Element::Columns { left, right, bold: true });
        if self.cash_rounding_minor != 0 {
            paper.row(paper.common.cash_rounding, self.cash_rounding_minor.saturating_neg());
        }
    }

    fn given_back(&self, paper: &mut Paper) {
        for back in self.given_back {
            let minor = back.amount_minor().saturating_neg();
            match back {
                GivenBack::Cash { .. } => paper.row(paper.common.cash, minor),
                GivenBack::Card { reference, .. } => {
                    paper.row(paper.common.card, minor);
                    paper.text(format!("  {} {reference}", paper.common.reference), Style::Normal, Align::Left);
                }
                GivenBack::Voucher { number, .. } | GivenBack::Restored { number, .. } => {
                    paper.row(paper.common.voucher, minor);
                    paper.text(format!("  {number}"), Style::Normal, Align::Left);
                }
            }
        }
        paper.elements.push(Element::Rule);
    }

    fn tax_table(&self, paper: &mut Paper) {
        for row in self.taxes {
            let rate = row.rate.text(paper.locale.decimal_mark());
            paper.row(&format!("{} {} {rate}", row.code, row.label), row.tax_minor.saturating_neg());
            let amount = |minor: i64| paper.amount(minor.saturating_neg());
            let (net, gross) = (amount(row.net_minor), amount(row.gross_minor));
            let amounts = format!("  {} {net}, {} {gross}", paper.common.net, paper.common.gross);
            paper.text(amounts, Style::Normal, Align::Left);
        }
        paper.elements.push(Element::Rule);
    }

    fn end(&self, paper: &mut Paper, context: &ReceiptContext<'_>) {
        let (common, own) = (paper.common, paper.own);
        // A timestamp is RFC 3339: the date is its first 10 bytes, hours and minutes are bytes 11 to 16.
        let (date, time) = (&context.at.as_str()[..10], &context.at.as_str()[11..16]);
        let TillId { store, number, .. } = context.till;
        let date_and_time = format!("{} {time}", paper.locale.date(date));
        paper.columns(format!("{} {}", common.receipt, self.receipt_number), date_and_time);
        paper.columns(format!("{} {number}", common.till), store.to_string());
        if context.business_day.as_str() != date {
            let day = paper.locale.date(context.business_day.as_str());
            paper.text(format!("{} {day}", common.business_day), Style::Normal, Align::Left);
        }
        for (name, text) in [(common.cashier, self.cashier), (own.reason, self.reason.map(Reason::as_str))] {
            if let Some(text) = text {
                paper.text(format!("{name} {text}"), Style::Normal, Align::Left);
            }
        }
        paper.elements.push(Element::Feed { lines: 2 });
        paper.text(format!("{} ________________", own.signature), Style::Normal, Align::Left);
        paper.elements.push(Element::Feed { lines: 1 });
        let payload = format!("R{number}-{:08}", self.receipt_number);
        paper.barcode(payload.parse().expect("letters, digits and a dash make a Code 128"));
        if let Some(hash) = context.hash {
            let hash: String = hash.to_string().chars().take(16).collect();
            paper.text(format!("{} {hash}", common.journal), Style::Normal, Align::Center);
        }
        paper.copy_mark(context);
        paper.cut();
    }
}

struct Paper {
    locale: Locale,
    common: &'static Words,
    own: &'static RefundWords,
    currency: Currency,
    elements: Vec<Element>,
}

impl Paper {
    fn amount(&self, minor: i64) -> String {
        Money::new(minor, self.currency).text(self.locale.decimal_mark())
    }

    fn text(&mut self, text: impl Into<String>, style: Style, align: Align) {
        self.elements.push(Element::Text { text: text.into(), style, align });
    }

    fn columns(&mut self, left: String, right: String) {
        self.elements.push(Element::Columns { left, right, bold: false });
    }

    fn row(&mut self, left: &str, minor: i64) {
        let right = self.amount(minor);
        self.columns(left.to_owned(), right);
    }

    fn barcode(&mut self, payload: Code128) {
        self.elements.push(Element::Barcode { payload });
    }

    fn copy_mark(&mut self, context: &ReceiptContext<'_>) {
        if context.copy {
            self.text(format!("*** {} ***", self.common.copy), Style::Bold, Align::Center);
        }
    }

    fn cut(&mut self) {
        self.elements.push(Element::Feed { lines: 3 });
        self.elements.push(Element::Cut);
    }

    fn head(&mut self, title: &str, store: &StoreInfo, context: &ReceiptContext<'_>) {
        self.elements.extend(store.logo_png.iter().map(|png| Element::Picture { png: png.clone() }));
        self.text(&store.name, Style::Large, Align::Center);
        for line in &store.address {
            self.text(line, Style::Normal, Align::Center);
        }
        if let Some(tax_id) = &store.tax_id {
            self.text(format!("{} {tax_id}", self.common.tax_id), Style::Normal, Align::Center);
        }
        self.elements.push(Element::Feed { lines: 1 });
        self.text(title, Style::Large, Align::Center);
        self.copy_mark(context);
        self.elements.push(Element::Rule);
    }
}

//! The papers of a shift: a slip to be signed for cash that came or went, and the count at its end.

use super::{CashMovement, Direction, ShiftClosed};
use crate::catalogue::StoreInfo;
use crate::ids::TillId;
use crate::locale::Locale;
use crate::money::{Currency, Money};
use crate::receipt::{Align, Element, Receipt, ReceiptContext, Style};

struct SlipWords {
    paid_in: &'static str,
    paid_out: &'static str,
    pick_up: &'static str,
    shift: &'static str,
    counted: &'static str,
    expected: &'static str,
    over: &'static str,
    short: &'static str,
    reason: &'static str,
    signature: &'static str,
}

const ENGLISH: SlipWords = SlipWords {
    paid_in: "PAID IN",
    paid_out: "PAID OUT",
    pick_up: "PICK-UP",
    shift: "SHIFT",
    counted: "Counted",
    expected: "Expected",
    over: "Over",
    short: "Short",
    reason: "Reason",
    signature: "Signature",
};

const GERMAN: SlipWords = SlipWords {
    paid_in: "EINZAHLUNG",
    paid_out: "AUSZAHLUNG",
    pick_up: "ABSCHÖPFUNG",
    shift: "SCHICHT",
    counted: "Gezählt",
    expected: "Soll",
    over: "Überschuss",
    short: "Fehlbetrag",
    reason: "Grund",
    signature: "Unterschrift",
};

const FRENCH: SlipWords = SlipWords {
    paid_in: "ENTRÉE D'ESPÈCES",
    paid_out: "SORTIE D'ESPÈCES",
    pick_up: "PRÉLÈVEMENT",
    shift: "SERVICE",
    counted: "Compté",
    expected: "Attendu",
    over: "Excédent",
    short: "Manque",
    reason: "Motif",
    signature: "Signature",
};

const SPANISH: SlipWords = SlipWords {
    paid_in: "ENTRADA DE EFECTIVO",
    paid_out: "SALIDA DE EFECTIVO",
    pick_up: "RETIRADA",
    shift: "TURNO",
    counted: "Contado",
    expected: "Esperado",
    over: "Sobrante",
    short: "Faltante",
    reason: "Motivo",
    signature: "Firma",
};

fn words(locale: Locale) -> &'static SlipWords {
    match locale.language() {
        "de" => &GERMAN,
        "fr" => &FRENCH,
        "es" => &SPANISH,
        _ => &ENGLISH,
    }
}

impl CashMovement {
    /// The slip that whoever took or brought the cash signs.
    pub fn slip(&self, store: &StoreInfo, context: &ReceiptContext<'_>) -> Receipt {
        let words = words(store.locale);
        let title = match self.direction {
            Direction::PaidIn => words.paid_in,
            Direction::PaidOut => words.paid_out,
            Direction::PickUp => words.pick_up,
        };
        let mut paper = Paper::new(title, store, context);
        let amount = paper.amount(self.amount_minor, self.currency);
        paper.columns(self.currency.to_string(), amount, true);
        paper.text(format!("{}: {}", words.reason, self.reason.as_str()));
        paper.end(self.cashier.as_deref(), words.signature)
    }
}

impl ShiftClosed {
    /// The count of the drawer. Who counted reads here for the first time what was expected.
    pub fn slip(&self, store: &StoreInfo, context: &ReceiptContext<'_>) -> Receipt {
        let words = words(store.locale);
        let mut paper = Paper::new(&format!("{} {}", words.shift, self.shift), store, context);
        for counted in &self.count {
            let value = paper.amount(counted.value_minor, self.currency);
            let sum = counted.value_minor.saturating_mul(i64::from(counted.pieces));
            let sum = paper.amount(sum, self.currency);
            paper.columns(format!("{} x {value}", counted.pieces), sum, false);
        }
        paper.elements.push(Element::Rule);
        let over_short = if self.over_short_minor < 0 { words.short } else { words.over };
        for (name, minor, bold) in [
            (words.counted, self.counted_minor, true),
            (words.expected, self.expected_minor, false),
            (over_short, self.over_short_minor, self.over_short_minor != 0),
        ] {
            let amount = paper.amount(minor, self.currency);
            paper.columns(format!("{name} {}", self.currency), amount, bold);
        }
        paper.end(self.cashier.as_deref(), words.signature)
    }
}

struct Paper {
    locale: Locale,
    copy: bool,
    elements: Vec<Element>,
}

impl Paper {
    fn new(title: &str, store: &StoreInfo, context: &ReceiptContext<'_>) -> Paper {
        let locale = store.locale;
        let centred = |text: String, style| Element::Text { text, style, align: Align::Center };
        let elements = vec![
            centred(store.name.clone(), Style::Large),
            Element::Feed { lines: 1 },
            centred(title.to_owned(), Style::Large),
        ];
        let mut paper = Paper { locale, copy: context.copy, elements };
        paper.copy_mark();
        // A timestamp is RFC 3339: the date is its first 10 bytes, hours and minutes are bytes 11 to 16.
        let (date, time) = (&context.at.as_str()[..10], &context.at.as_str()[11..16]);
        let TillId { store: shop, number, .. } = context.till;
        paper.columns(format!("{} {number}", locale.words().till), shop.to_string(), false);
        paper.columns(String::new(), format!("{} {time}", locale.date(date)), false);
        paper.elements.push(Element::Rule);
        paper
    }

    fn amount(&self, minor: i64, currency: Currency) -> String {
        Money::new(minor, currency).text(self.locale.decimal_mark())
    }

    fn text(&mut self, text: String) {
        self.elements.push(Element::Text { text, style: Style::Normal, align: Align::Left });
    }

    fn columns(&mut self, left: String, right: String, bold: bool) {
        self.elements.push(Element::Columns { left, right, bold });
    }

    fn copy_mark(&mut self) {
        if self.copy {
            let text = format!("*** {} ***", self.locale.words().copy);
            self.elements.push(Element::Text { text, style: Style::Bold, align: Align::Center });
        }
    }

    fn end(mut self, cashier: Option<&str>, signature: &str) -> Receipt {
        if let Some(cashier) = cashier {
            self.text(format!("{} {cashier}", self.locale.words().cashier));
        }
        self.elements.push(Element::Feed { lines: 2 });
        self.text(format!("{signature} ________________"));
        self.copy_mark();
        self.elements.extend([Element::Feed { lines: 3 }, Element::Cut]);
        Receipt { elements: self.elements }
    }
}

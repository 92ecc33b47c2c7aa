//! A gift voucher on paper: printed after the receipt that it was sold or given back with.

use super::VoucherNumber;
use crate::catalogue::StoreInfo;
use crate::ids::BusinessDay;
use crate::money::Money;
use crate::receipt::{Align, Element, Style};

/// Title, and what stands before the last day, by language.
fn words(language: &str) -> (&'static str, &'static str) {
    match language {
        "de" => ("GUTSCHEIN", "Gültig bis"),
        "fr" => ("BON D'ACHAT", "Valable jusqu'au"),
        "es" => ("TARJETA REGALO", "Válida hasta"),
        _ => ("GIFT VOUCHER", "Valid until"),
    }
}

/// The slip of a voucher, to be put behind a receipt's cut. A copy says so: two slips are still one value.
pub fn slip(
    value: Money,
    number: &VoucherNumber,
    last_day: &BusinessDay,
    store: &StoreInfo,
    copy: bool,
) -> Vec<Element> {
    let locale = store.locale;
    let (title, valid_until) = words(locale.language());
    let text = |text: String, style| Element::Text { text, style, align: Align::Center };
    let copy_mark = copy.then(|| text(format!("*** {} ***", locale.words().copy), Style::Bold));
    let amount = format!("{} {}", value.text(locale.decimal_mark()), value.currency);
    let payload = number.as_str().parse().expect("a letter and digits make a Code 128");
    let mut elements = vec![text(store.name.clone(), Style::Large), text(title.to_owned(), Style::Large)];
    elements.extend(copy_mark);
    elements.extend([
        text(amount, Style::Large),
        text(format!("{valid_until} {}", locale.date(last_day.as_str())), Style::Normal),
        Element::Feed { lines: 1 },
        Element::Barcode { payload },
        Element::Feed { lines: 3 },
        Element::Cut,
    ]);
    elements
}

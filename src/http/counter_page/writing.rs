//! Amounts, quantities, days and reasons in the manner of the store.

use super::act::Unreadable;
use crate::page::Language;
use crate::page::notice::Notice;
use crate::page::selling::Choice;
use evertill_domain::basket::AMOUNT_MAX_MINOR;
use evertill_domain::catalogue::PriceBook;
use evertill_domain::locale::Locale;
use evertill_domain::money::{Currency, DecimalMark, Money, Rate};
use evertill_domain::quantity::Quantity;
use evertill_domain::reason::Reason;

/// Why prices are cut and goods come back, in the words that the journal and the paper have: English, German, French,
/// Spanish.
const REASONS: [(&str, [&str; 4]); 6] = [
    ("damaged", ["damaged", "beschädigt", "abîmé", "dañado"]),
    ("unwanted", ["not wanted", "gefällt nicht", "ne convient pas", "no deseado"]),
    ("wrong-price", ["wrong price", "falscher Preis", "prix erroné", "precio incorrecto"]),
    ("goodwill", ["goodwill", "Kulanz", "geste commercial", "cortesía"]),
    ("staff", ["staff", "Personal", "personnel", "personal"]),
    ("last-day", ["last day of sale", "kurzes Datum", "date courte", "fecha próxima"]),
];
/// What stands in the journal when a second person allowed something that has no reason of its own.
const ALLOWED: [&str; 4] =
    ["allowed at the till", "an der Kasse erlaubt", "autorisé à la caisse", "autorizado en caja"];

/// How the store writes.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Manner {
    pub(in crate::http) locale: Locale,
    pub(super) currency: Currency,
}

impl Manner {
    pub(in crate::http) fn of(book: &PriceBook) -> Manner {
        Manner { locale: book.store.locale, currency: book.terms.currency }
    }

    /// The page's language.
    pub(in crate::http) fn language(&self) -> Language {
        let tag = match self.locale {
            Locale::FrCa => "fr-CA",
            other => other.language(),
        };
        Language::from_tag(tag).unwrap_or_default()
    }

    fn place(&self) -> usize {
        ["en", "de", "fr", "es"].iter().position(|language| *language == self.locale.language()).unwrap_or(0)
    }

    /// `12.62`, without the currency.
    pub(super) fn plain(&self, minor: i64) -> String {
        Money::new(minor, self.currency).text(self.locale.decimal_mark())
    }

    /// `€12.62`, `12,62 €`, `CHF 12.62`: as prices are written there.
    pub(in crate::http) fn money(&self, minor: i64) -> String {
        let (sign, plain) = (if minor < 0 { "-" } else { "" }, self.plain(minor.saturating_abs()));
        let mark = self.mark();
        match (self.locale.language(), mark.chars().count()) {
            ("en", 1) => format!("{sign}{mark}{plain}"),
            (_, 1) => format!("{sign}{plain}\u{a0}{mark}"),
            _ => format!("{mark}\u{a0}{sign}{plain}"),
        }
    }

    /// The currency's mark: `€`, `$`, `£`, or its code.
    pub(super) fn mark(&self) -> &'static str {
        match self.currency.code() {
            "EUR" => "€",
            "USD" | "CAD" => "$",
            "GBP" => "£",
            code => code,
        }
    }

    pub(super) fn decimal_mark(&self) -> &'static str {
        match self.locale.decimal_mark() {
            DecimalMark::Comma => ",",
            DecimalMark::Point => ".",
        }
    }

    /// A quantity as short as it can be: `3`, `0,532`.
    pub(in crate::http) fn quantity_text(&self, milli: i64) -> String {
        let text = Quantity::from_milli(milli).map(|quantity| quantity.text(self.locale.decimal_mark()));
        text.unwrap_or_else(|_| "0".to_owned())
    }

    /// Reads an amount: `12`, `12.5`, `12,50`. More decimals than the currency has, signs and codes are none.
    pub(super) fn amount(&self, text: &str) -> Result<i64, Unreadable> {
        let bad = || Unreadable::Field(Notice::BadAmount { amount: text.trim().chars().take(20).collect() });
        let minor = decimal(text, usize::from(self.currency.exponent())).ok_or_else(bad)?;
        if minor > AMOUNT_MAX_MINOR { Err(Unreadable::Field(Notice::TooLarge)) } else { Ok(minor) }
    }

    /// Reads a percentage of up to three decimals.
    pub(super) fn percent(&self, text: &str) -> Result<Rate, Unreadable> {
        let text = text.trim().trim_end_matches('%');
        let bad = || Unreadable::Field(Notice::BadAmount { amount: text.chars().take(20).collect() });
        decimal(text, 3).filter(|rate| *rate <= Rate::WHOLE).map(Rate).ok_or_else(bad)
    }

    /// Reads a quantity.
    pub(super) fn quantity(&self, text: &str) -> Result<Quantity, Unreadable> {
        let most = self.quantity_text(Quantity::MAX.milli());
        let quantity = text.trim().chars().take(20).collect();
        Quantity::parse(text.trim()).map_err(|_| Unreadable::Field(Notice::BadQuantity { quantity, most }))
    }

    /// The reason of this id, or the words themselves.
    pub(super) fn reason(&self, id: &str) -> Option<Reason> {
        let words = REASONS.iter().find(|(known, _)| *known == id).map_or(id, |(_, words)| words[self.place()]);
        words.parse().ok()
    }

    /// The reasons that a cashier chooses from.
    pub(super) fn reasons(&self) -> Vec<Choice> {
        let choice =
            |(id, words): &(&str, [&str; 4])| Choice { id: (*id).to_owned(), name: words[self.place()].to_owned() };
        REASONS.iter().map(choice).collect()
    }

    /// What is recorded when a second person allows something that has no reason of its own.
    pub(super) fn allowed(&self) -> Reason {
        ALLOWED[self.place()].parse().expect("these words are a reason")
    }

    /// `18:04`, of an RFC 3339 time.
    pub(super) fn clock(&self, at: &str) -> String {
        at.get(11..16).unwrap_or_default().to_owned()
    }

    /// `03.05.2026 18:04`.
    pub(super) fn moment(&self, at: &str) -> String {
        format!("{} {}", self.locale.date(at.get(..10).unwrap_or_default()), self.clock(at))
    }
}

/// A decimal number in units of its last of `places` decimals.
fn decimal(text: &str, places: usize) -> Option<i64> {
    let text = text.trim();
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && part.is_empty() || part.len() > places || !are_digits(whole) || !are_digits(part) {
        return None;
    }
    format!("{whole}{part:0<places$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manner(locale: &str, currency: &str) -> Manner {
        let locale = serde_json::from_value(serde_json::json!(locale)).unwrap();
        Manner { locale, currency: currency.parse().unwrap() }
    }

    #[test]
    fn amounts_are_read_with_either_mark_and_nothing_else_is_one() {
        let euro = manner("de-DE", "EUR");
        let table = [
            ("12", Some(1_200)),
            ("12,5", Some(1_250)),
            (" 12.50 ", Some(1_250)),
            (",99", Some(99)),
            ("0", Some(0)),
            ("12,505", None),
            ("-1", None),
            ("1.000,00", None),
            ("", None),
            (".", None),
            ("4006381333931", None),
        ];
        for (text, minor) in table {
            assert_eq!(euro.amount(text).ok(), minor, "{text}");
        }
        assert_eq!(euro.percent("10 %").ok(), Some(Rate(10_000)));
        assert_eq!(euro.percent("12,5%").ok(), Some(Rate(12_500)));
        assert!(euro.percent("101").is_err());
    }

    #[test]
    fn amounts_are_written_as_the_country_reads_them() {
        let table = [
            ("de-DE", "EUR", "12,62\u{a0}€"),
            ("en-IE", "EUR", "€12.62"),
            ("en-US", "USD", "$12.62"),
            ("fr-CA", "CAD", "12,62\u{a0}$"),
            ("de-CH", "CHF", "CHF\u{a0}12.62"),
        ];
        for (locale, currency, expected) in table {
            assert_eq!(manner(locale, currency).money(1_262), expected);
        }
        assert_eq!(manner("en-GB", "GBP").money(-50), "-£0.50");
    }
}

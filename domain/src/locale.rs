//! How a store writes: words, decimal mark and dates of its receipts, by locale.

use crate::money::DecimalMark;
use serde::{Deserialize, Serialize};

/// A store's language and country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Locale {
    /// English, United States.
    #[serde(rename = "en-US")]
    EnUs,
    /// English, Canada.
    #[serde(rename = "en-CA")]
    EnCa,
    /// English, United Kingdom.
    #[serde(rename = "en-GB")]
    EnGb,
    /// English, Ireland.
    #[serde(rename = "en-IE")]
    EnIe,
    /// German, Germany.
    #[serde(rename = "de-DE")]
    DeDe,
    /// German, Austria.
    #[serde(rename = "de-AT")]
    DeAt,
    /// German, Switzerland.
    #[serde(rename = "de-CH")]
    DeCh,
}

/// The words of a receipt in one language.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// Sum before tax.
    pub subtotal: &'static str,
    /// What is to pay.
    pub total: &'static str,
    /// Difference to the smallest coin.
    pub cash_rounding: &'static str,
    /// Notes and coins.
    pub cash: &'static str,
    /// A card.
    pub card: &'static str,
    /// A gift voucher.
    pub voucher: &'static str,
    /// Before the authorisation reference.
    pub reference: &'static str,
    /// What the customer gets back.
    pub change: &'static str,
    /// Head of the tax table when prices hold the tax.
    pub tax_included: &'static str,
    /// Before a net amount in the tax table.
    pub net: &'static str,
    /// Before a gross amount in the tax table.
    pub gross: &'static str,
    /// Before the receipt's number.
    pub receipt: &'static str,
    /// Before the till's number.
    pub till: &'static str,
    /// Before the cashier's name.
    pub cashier: &'static str,
    /// Before the business day, when it is not the calendar's.
    pub business_day: &'static str,
    /// Before the store's tax number.
    pub tax_id: &'static str,
    /// Marks a reprint.
    pub copy: &'static str,
    /// Before the beginning of the journal entry's hash.
    pub journal: &'static str,
}

const ENGLISH: Words = Words {
    subtotal: "Subtotal",
    total: "TOTAL",
    cash_rounding: "Cash rounding",
    cash: "Cash",
    card: "Card",
    voucher: "Gift voucher",
    reference: "Ref.",
    change: "Change",
    tax_included: "Tax included",
    net: "net",
    gross: "gross",
    receipt: "Receipt",
    till: "Till",
    cashier: "Cashier",
    business_day: "Business day",
    tax_id: "Tax ID",
    copy: "COPY",
    journal: "Journal",
};

const GERMAN: Words = Words {
    subtotal: "Zwischensumme",
    total: "SUMME",
    cash_rounding: "Rundung",
    cash: "Bar",
    card: "Karte",
    voucher: "Gutschein",
    reference: "Ref.",
    change: "Rückgeld",
    tax_included: "Enthaltene Steuer",
    net: "netto",
    gross: "brutto",
    receipt: "Bon",
    till: "Kasse",
    cashier: "Bedient von",
    business_day: "Geschäftstag",
    tax_id: "USt-IdNr.",
    // The mark of a reprint is the same everywhere, so that an auditor of any region finds it.
    copy: "COPY / KOPIE",
    journal: "Journal",
};

impl Locale {
    /// The words of its language.
    pub fn words(self) -> &'static Words {
        match self {
            Locale::EnUs | Locale::EnCa | Locale::EnGb | Locale::EnIe => &ENGLISH,
            Locale::DeDe | Locale::DeAt | Locale::DeCh => &GERMAN,
        }
    }

    /// Its language, as in its tag: `de` of `de-CH`.
    pub fn language(self) -> &'static str {
        match self {
            Locale::EnUs | Locale::EnCa | Locale::EnGb | Locale::EnIe => "en",
            Locale::DeDe | Locale::DeAt | Locale::DeCh => "de",
        }
    }

    /// How it sets off decimals.
    pub fn decimal_mark(self) -> DecimalMark {
        match self {
            Locale::EnUs | Locale::EnCa | Locale::EnGb | Locale::EnIe | Locale::DeCh => DecimalMark::Point,
            Locale::DeDe | Locale::DeAt => DecimalMark::Comma,
        }
    }

    /// A date of `YYYY-MM-DD` as it is written there.
    pub fn date(self, date: &str) -> String {
        let mut parts = date.splitn(3, '-');
        let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
            return date.to_owned();
        };
        match self {
            Locale::EnUs => format!("{month}/{day}/{year}"),
            Locale::EnCa => date.to_owned(),
            Locale::EnGb | Locale::EnIe => format!("{day}/{month}/{year}"),
            Locale::DeDe | Locale::DeAt | Locale::DeCh => format!("{day}.{month}.{year}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_the_country_reads_them() {
        let table = [
            (Locale::EnUs, "05/03/2026"),
            (Locale::EnGb, "03/05/2026"),
            (Locale::EnCa, "2026-05-03"),
            (Locale::DeCh, "03.05.2026"),
        ];
        for (locale, expected) in table {
            assert_eq!(locale.date("2026-05-03"), expected);
        }
    }

    #[test]
    fn a_locale_is_named_by_its_tag() {
        assert_eq!(serde_json::from_str::<Locale>("\"de-DE\"").unwrap(), Locale::DeDe);
        let error = serde_json::from_str::<Locale>("\"fr-FR\"").unwrap_err().to_string();
        assert!(error.contains("en-US") && error.contains("fr-FR"), "{error}");
    }
}

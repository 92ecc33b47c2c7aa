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
    /// French, France.
    #[serde(rename = "fr-FR")]
    FrFr,
    /// French, Belgium.
    #[serde(rename = "fr-BE")]
    FrBe,
    /// French, Switzerland.
    #[serde(rename = "fr-CH")]
    FrCh,
    /// French, Canada.
    #[serde(rename = "fr-CA")]
    FrCa,
    /// Spanish, Spain.
    #[serde(rename = "es-ES")]
    EsEs,
    /// Spanish, United States.
    #[serde(rename = "es-US")]
    EsUs,
}

/// The words of a receipt in one language.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// Sum before tax.
    pub subtotal: &'static str,
    /// What was taken off by hand.
    pub discount: &'static str,
    /// Before the sum of all that was taken off.
    pub you_save: &'static str,
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
    discount: "Discount",
    you_save: "You save",
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
    discount: "Rabatt",
    you_save: "Sie sparen",
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

const FRENCH: Words = Words {
    subtotal: "Sous-total",
    discount: "Remise",
    you_save: "Vous économisez",
    total: "TOTAL",
    cash_rounding: "Arrondi",
    cash: "Espèces",
    card: "Carte",
    voucher: "Bon d'achat",
    reference: "Réf.",
    change: "Rendu",
    tax_included: "Taxes comprises",
    net: "HT",
    gross: "TTC",
    receipt: "Ticket",
    till: "Caisse",
    cashier: "Servi par",
    business_day: "Journée du",
    tax_id: "N° TVA",
    copy: "COPY / COPIE",
    journal: "Journal",
};

/// Canada has no value added tax (TVA); its stores print their registration numbers with TPS and TVQ themselves.
const FRENCH_CANADA: Words = Words { receipt: "Reçu", change: "Monnaie rendue", tax_id: "N° de taxe", ..FRENCH };

const SPANISH: Words = Words {
    subtotal: "Subtotal",
    discount: "Descuento",
    you_save: "Usted ahorra",
    total: "TOTAL",
    cash_rounding: "Redondeo",
    cash: "Efectivo",
    card: "Tarjeta",
    voucher: "Tarjeta regalo",
    reference: "Ref.",
    change: "Cambio",
    tax_included: "Impuestos incluidos",
    net: "base",
    gross: "total",
    receipt: "Tique",
    till: "Caja",
    cashier: "Le atendió",
    business_day: "Jornada del",
    tax_id: "NIF",
    copy: "COPY / COPIA",
    journal: "Diario",
};

impl Locale {
    /// The words of its language.
    pub fn words(self) -> &'static Words {
        match self {
            Locale::EnUs | Locale::EnCa | Locale::EnGb | Locale::EnIe => &ENGLISH,
            Locale::DeDe | Locale::DeAt | Locale::DeCh => &GERMAN,
            Locale::FrFr | Locale::FrBe | Locale::FrCh => &FRENCH,
            Locale::FrCa => &FRENCH_CANADA,
            Locale::EsEs | Locale::EsUs => &SPANISH,
        }
    }

    /// Its language, as in its tag: `de` of `de-CH`.
    pub fn language(self) -> &'static str {
        match self {
            Locale::EnUs | Locale::EnCa | Locale::EnGb | Locale::EnIe => "en",
            Locale::DeDe | Locale::DeAt | Locale::DeCh => "de",
            Locale::FrFr | Locale::FrBe | Locale::FrCh | Locale::FrCa => "fr",
            Locale::EsEs | Locale::EsUs => "es",
        }
    }

    /// How it sets off decimals.
    pub fn decimal_mark(self) -> DecimalMark {
        match self {
            Locale::EnUs | Locale::EnCa | Locale::EnGb | Locale::EnIe => DecimalMark::Point,
            Locale::DeCh | Locale::FrCh | Locale::EsUs => DecimalMark::Point,
            Locale::DeDe | Locale::DeAt | Locale::FrFr | Locale::FrBe | Locale::FrCa | Locale::EsEs => {
                DecimalMark::Comma
            }
        }
    }

    /// A date of `YYYY-MM-DD` as it is written there.
    pub fn date(self, date: &str) -> String {
        let mut parts = date.splitn(3, '-');
        let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
            return date.to_owned();
        };
        match self {
            Locale::EnUs | Locale::EsUs => format!("{month}/{day}/{year}"),
            Locale::EnCa | Locale::FrCa => date.to_owned(),
            Locale::EnGb | Locale::EnIe | Locale::FrFr | Locale::FrBe | Locale::EsEs => {
                format!("{day}/{month}/{year}")
            }
            Locale::DeDe | Locale::DeAt | Locale::DeCh | Locale::FrCh => format!("{day}.{month}.{year}"),
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
            (Locale::FrFr, "03/05/2026"),
            (Locale::FrCa, "2026-05-03"),
            (Locale::EsUs, "05/03/2026"),
        ];
        for (locale, expected) in table {
            assert_eq!(locale.date("2026-05-03"), expected);
        }
    }

    #[test]
    fn a_locale_is_named_by_its_tag() {
        assert_eq!(serde_json::from_str::<Locale>("\"de-DE\"").unwrap(), Locale::DeDe);
        let error = serde_json::from_str::<Locale>("\"xx-XX\"").unwrap_err().to_string();
        assert!(error.contains("en-US") && error.contains("xx-XX"), "{error}");
    }
}

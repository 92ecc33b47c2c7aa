//! The languages that the page speaks.

/// A language of the page: the cashier's, not the receipt's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// French as in France.
    FrFr,
    /// French as in Canada.
    FrCa,
    /// Spanish.
    Es,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 5] = [Language::En, Language::De, Language::FrFr, Language::FrCa, Language::Es];

    /// Its tag (BCP 47), as the page's `lang` says it.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::De => "de",
            Language::FrFr => "fr-FR",
            Language::FrCa => "fr-CA",
            Language::Es => "es",
        }
    }

    /// The language that fits a tag such as `de-CH` or `fr-CA`; `None` when the page does not speak it.
    pub fn from_tag(tag: &str) -> Option<Language> {
        let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
        match tag.split('-').next()? {
            "en" => Some(Language::En),
            "de" => Some(Language::De),
            "fr" if tag.ends_with("-ca") => Some(Language::FrCa),
            "fr" => Some(Language::FrFr),
            "es" => Some(Language::Es),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_finds_its_language() {
        let table = [
            ("de-CH", Some(Language::De)),
            ("fr_CA", Some(Language::FrCa)),
            ("fr-BE", Some(Language::FrFr)),
            ("nl-NL", None),
        ];
        for (tag, language) in table {
            assert_eq!(Language::from_tag(tag), language, "{tag}");
        }
        assert!(Language::ALL.iter().all(|language| Language::from_tag(language.tag()) == Some(*language)));
    }
}

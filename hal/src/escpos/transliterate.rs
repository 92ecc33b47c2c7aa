//! Characters that a printer lacks, written in characters that it has.
//!
//! A name that reads "Lodz" is better than one that reads "????", and raw UTF-8 would print two wrong characters for one.

/// Each row: characters, and what stands for any of them.
const ROWS: &[(&str, &str)] = &[
    (
        "\u{a0}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{202f}\t\n\r",
        " ",
    ),
    ("\u{ad}\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}", ""),
    ("‐‑‒–—―−", "-"),
    ("‘’‚‛′ʼ`´", "'"),
    ("“”„‟″«»", "\""),
    ("…", "..."),
    ("•·●▪", "*"),
    ("×✕", "x"),
    ("÷", "/"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₺", "TRY"),
    ("₴", "UAH"),
    ("©", "(c)"),
    ("®", "(R)"),
    ("™", "TM"),
    ("№", "No."),
    ("°º", "o"),
    ("ª", "a"),
    ("½", "1/2"),
    ("¼", "1/4"),
    ("¾", "3/4"),
    ("¹", "1"),
    ("²", "2"),
    ("³", "3"),
    ("µμ", "u"),
    ("ß", "ss"),
    ("ẞ", "SS"),
    ("Æ", "AE"),
    ("æ", "ae"),
    ("Œ", "OE"),
    ("œ", "oe"),
    ("ﬁ", "fi"),
    ("ﬂ", "fl"),
    ("ĳ", "ij"),
    ("Ĳ", "IJ"),
    ("Þ", "Th"),
    ("þ", "th"),
    ("ÀÁÂÃÄÅĀĂĄǍȀȂẠẢẤẦẨẪẬ", "A"),
    ("àáâãäåāăąǎȁȃạảấầẩẫậ", "a"),
    ("ÇĆĈĊČ", "C"),
    ("çćĉċč", "c"),
    ("ÐĎĐ", "D"),
    ("ðďđ", "d"),
    ("ÈÉÊËĒĔĖĘĚẸẺẼẾỀỂỄỆ", "E"),
    ("èéêëēĕėęěẹẻẽếềểễệ", "e"),
    ("ĜĞĠĢ", "G"),
    ("ĝğġģ", "g"),
    ("ĤĦ", "H"),
    ("ĥħ", "h"),
    ("ÌÍÎÏĨĪĬĮİ", "I"),
    ("ìíîïĩīĭįı", "i"),
    ("Ĵ", "J"),
    ("ĵ", "j"),
    ("Ķ", "K"),
    ("ķĸ", "k"),
    ("ĹĻĽĿŁ", "L"),
    ("ĺļľŀł", "l"),
    ("ÑŃŅŇŊ", "N"),
    ("ñńņňŉŋ", "n"),
    ("ÒÓÔÕÖØŌŎŐƠỌỎỐỒỔỖỘ", "O"),
    ("òóôõöøōŏőơọỏốồổỗộ", "o"),
    ("ŔŖŘ", "R"),
    ("ŕŗř", "r"),
    ("ŚŜŞŠȘ", "S"),
    ("śŝşšșſ", "s"),
    ("ŢŤŦȚ", "T"),
    ("ţťŧț", "t"),
    ("ÙÚÛÜŨŪŬŮŰŲƯỤỦ", "U"),
    ("ùúûüũūŭůűųưụủ", "u"),
    ("Ŵ", "W"),
    ("ŵ", "w"),
    ("ÝŶŸ", "Y"),
    ("ýÿŷ", "y"),
    ("ŹŻŽ", "Z"),
    ("źżž", "z"),
];

/// Appends `character`, or what stands for it in characters that `has` knows.
pub fn push(out: &mut String, character: char, has: impl Fn(char) -> bool) {
    let fallback = ROWS.iter().find(|(from, _)| from.contains(character)).map(|(_, to)| *to);
    if matches!(character, '\u{a0}' | '\u{ad}') {
        // Printers draw these two as they like, so they are always replaced, although pages have them.
        out.push_str(fallback.unwrap_or(" "));
    } else if has(character) {
        out.push(character);
    } else if let Some(text) = fallback {
        out.push_str(text);
    } else if !matches!(character, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}') {
        // Combining marks and variation selectors vanish: the letter before them stays.
        out.push('?');
    }
}

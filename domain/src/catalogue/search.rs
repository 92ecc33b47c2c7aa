//! Look-up by words, for goods whose barcode is missing: every word typed must begin a word of the item.
//!
//! Case and accents do not count, so `kase` finds `Bergkäse` no more than `käse` does, but `bergkase` does. The index is
//! built once a price book: its words sorted in one text, each with the items that have it. Items are numbered in the
//! order of their names there, which is the order of what is found.

use super::{Item, PriceBook};
use crate::barcode::Gtin;
use std::collections::BTreeMap;

/// Most words of a query that count.
const WORDS_MAX: usize = 8;
/// Digits of a GTIN without the zeros before it.
const GTIN_DIGITS_MAX: u32 = 14;

/// The words of a price book.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct WordIndex {
    /// All words, sorted, one behind the other.
    text: String,
    /// Where each word begins in `text`, and its items in `postings`.
    words: Vec<(u32, u32)>,
    /// Ranks of items, sorted within each word.
    postings: Vec<u32>,
    /// Places of the items in the order of their names.
    by_name: Vec<u32>,
    /// The ranks of the items, by place.
    ranks: Vec<u32>,
}

impl WordIndex {
    pub(super) fn of(items: &[Item]) -> WordIndex {
        let names: Vec<String> = items.iter().map(|item| fold(&item.name)).collect();
        let mut by_name: Vec<u32> = (0..items.len() as u32).collect();
        by_name.sort_by(|one, other| names[*one as usize].cmp(&names[*other as usize]).then(one.cmp(other)));
        let mut ranks = vec![0; items.len()];
        let mut sorted: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        let plus: Vec<String> = items.iter().map(|item| item.plu.as_deref().map(fold).unwrap_or_default()).collect();
        for (rank, place) in by_name.iter().enumerate() {
            let (rank, place) = (rank as u32, *place as usize);
            ranks[place] = rank;
            for word in words(&names[place]).chain(words(&plus[place])) {
                let of_word = sorted.entry(word).or_default();
                if of_word.last() != Some(&rank) {
                    of_word.push(rank);
                }
            }
        }
        let mut index = WordIndex { by_name, ranks, ..WordIndex::default() };
        for (word, of_word) in sorted {
            index.words.push((index.text.len() as u32, index.postings.len() as u32));
            index.text.push_str(word);
            index.postings.extend(of_word);
        }
        index
    }

    fn word(&self, place: usize) -> &str {
        let end = self.words.get(place + 1).map_or(self.text.len(), |next| next.0 as usize);
        &self.text[self.words[place].0 as usize..end]
    }

    /// Ranks of the items with a word that begins with `prefix`; unsorted.
    fn begin_with(&self, prefix: &str) -> &[u32] {
        // `partition_point` needs the place of a word, which a slice does not tell: a binary search over the places.
        let first_not = |is_before: &dyn Fn(&str) -> bool| {
            let (mut low, mut high) = (0, self.words.len());
            while low < high {
                let middle = low + (high - low) / 2;
                if is_before(self.word(middle)) { low = middle + 1 } else { high = middle }
            }
            low
        };
        let from = first_not(&|word| word < prefix);
        let to = first_not(&|word| word < prefix || word.starts_with(prefix));
        let posting = |place: usize| self.words.get(place).map_or(self.postings.len(), |word| word.1 as usize);
        &self.postings[posting(from)..posting(to)]
    }
}

impl PriceBook {
    /// At most `max` items, in the order of their names, for which every word of `query` begins a word of the name, the
    /// PLU or a GTIN (zeros before it do not count).
    pub fn search(&self, query: &str, max: usize) -> Vec<&Item> {
        let query = fold(query);
        let mut found: Option<Vec<u32>> = None;
        for word in words(&query).take(WORDS_MAX) {
            let mut ranks = self.index.begin_with(word).to_vec();
            ranks.extend(self.gtins_that_begin_with(word).map(|place| self.index.ranks[place as usize]));
            ranks.sort_unstable();
            ranks.dedup();
            found = Some(match found {
                None => ranks,
                Some(before) => before.into_iter().filter(|rank| ranks.binary_search(rank).is_ok()).collect(),
            });
        }
        let ranks = found.unwrap_or_default().into_iter().take(max);
        ranks.map(|rank| &self.items[self.index.by_name[rank as usize] as usize]).collect()
    }

    fn gtins_that_begin_with<'a>(&'a self, word: &str) -> impl Iterator<Item = u32> + use<'a> {
        let digits = word.trim_start_matches('0');
        let is_number = !digits.is_empty() && digits.len() <= GTIN_DIGITS_MAX as usize;
        let number = is_number.then(|| digits.parse::<u64>().ok()).flatten();
        let shorter = GTIN_DIGITS_MAX.saturating_sub(digits.len() as u32);
        // A number of n digits begins with `digits` when it lies between two multiples of a power of ten.
        let ranges = number.into_iter().flat_map(move |number| {
            (0..=shorter).map(move |behind| (number * 10_u64.pow(behind), (number + 1) * 10_u64.pow(behind)))
        });
        ranges.flat_map(|(from, below)| {
            let place = |limit: u64| self.by_gtin.partition_point(|(gtin, _)| Gtin::number(*gtin) < limit);
            self.by_gtin[place(from)..place(below)].iter().map(|(_, place)| *place)
        })
    }
}

fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// `text` in small letters without accents: letters of Latin-1 and Latin Extended-A, which all our languages are written in.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'à'..='å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'æ' => folded.push_str("ae"),
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => folded.push('c'),
            'ď' | 'đ' | 'ð' => folded.push('d'),
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => folded.push('e'),
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => folded.push('g'),
            'ĥ' | 'ħ' => folded.push('h'),
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => folded.push('i'),
            'ĵ' => folded.push('j'),
            'ķ' => folded.push('k'),
            'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => folded.push('l'),
            'ñ' | 'ń' | 'ņ' | 'ň' => folded.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => folded.push('o'),
            'œ' => folded.push_str("oe"),
            'ŕ' | 'ŗ' | 'ř' => folded.push('r'),
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => folded.push('s'),
            'ß' => folded.push_str("ss"),
            'ţ' | 'ť' | 'ŧ' | 'ț' => folded.push('t'),
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => folded.push('u'),
            'ŵ' => folded.push('w'),
            'ý' | 'ÿ' | 'ŷ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            // Accents that stand by themselves behind their letter.
            '\u{300}'..='\u{36f}' => {}
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;

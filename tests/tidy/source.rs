//! A Rust file as tidy reads it: its code without comments and texts, and which lines are for tests only.
//!
//! A lexer of a hundred lines, not a parser: it knows comments, texts and characters, so that braces and words inside
//! them do not count. Lines stay where they are.

use std::path::Path;

/// One Rust file.
pub struct Source {
    /// Its path in the repository, with forward slashes.
    pub file: String,
    /// The file as it is written.
    pub text: String,
    /// Its lines of code: comments and the insides of texts are blanks.
    pub code: Vec<String>,
    /// For each line, whether only tests are compiled from it.
    pub is_test: Vec<bool>,
}

impl Source {
    /// Reads `file`, a path in the repository.
    pub fn read(root: &Path, file: &str) -> Source {
        let text = std::fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        Source::of(file, &text)
    }

    /// The source of a file that says `text`.
    pub fn of(file: &str, text: &str) -> Source {
        let code: Vec<String> = blanked(text).lines().map(str::to_owned).collect();
        let is_test = test_lines(file, &code);
        Source { file: file.to_owned(), text: text.to_owned(), code, is_test }
    }

    /// Whether the whole file is for tests.
    pub fn is_test_file(&self) -> bool {
        is_test_file(&self.file)
    }

    /// The lines of code with their numbers, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.iter().enumerate().map(|(index, line)| (index + 1, line.as_str()))
    }
}

fn is_test_file(file: &str) -> bool {
    file.starts_with("tests/") || file.contains("/tests/") || file.ends_with("tests.rs")
}

/// Marks what stands inside `#[cfg(test)]` items.
fn test_lines(file: &str, code: &[String]) -> Vec<bool> {
    let mut marks = vec![is_test_file(file); code.len()];
    for start in (0..code.len()).filter(|index| code[*index].trim_start().starts_with("#[cfg(test)]")) {
        let end = item_end(code, start);
        marks[start..=end].fill(true);
    }
    marks
}

/// The last line of the item that begins at `start`: where its braces close, or its semicolon.
pub fn item_end(code: &[String], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut opened = false;
    for (index, line) in code.iter().enumerate().skip(start) {
        for character in line.chars() {
            match character {
                '{' => (depth, opened) = (depth + 1, true),
                '}' => depth = depth.saturating_sub(1),
                '[' | '(' => depth += 1,
                ']' | ')' => depth = depth.saturating_sub(1),
                ';' if depth == 0 => return index,
                _ => {}
            }
            if opened && depth == 0 {
                return index;
            }
        }
    }
    code.len().saturating_sub(1)
}

/// `text` with comments, texts and characters blanked, line breaks kept.
fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let token = token_length(rest);
        let (length, blank) = token.map_or_else(|| (plain_length(rest), false), |length| (length, true));
        let (piece, after) = rest.split_at(length.min(rest.len()));
        if blank {
            out.extend(piece.chars().map(|character| if character == '\n' { '\n' } else { ' ' }));
        } else {
            out.push_str(piece);
        }
        rest = after;
    }
    out
}

/// The length of the comment, text or character that `rest` begins with.
fn token_length(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    let unprefixed = rest.strip_prefix('b').unwrap_or(rest);
    let prefix = rest.len() - unprefixed.len();
    if let Some(raw) = unprefixed.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let body = &raw[hashes + 1..];
            let end = body.find(&close).map_or(body.len(), |end| end + close.len());
            return Some(prefix + 1 + hashes + 1 + end);
        }
    }
    if unprefixed.starts_with('"') {
        return Some(prefix + quoted_length(unprefixed, '"'));
    }
    is_character(unprefixed).then(|| prefix + quoted_length(unprefixed, '\''))
}

/// Whether `rest` begins with a character such as `'{'`, and not with a lifetime.
fn is_character(rest: &str) -> bool {
    let mut characters = rest.chars();
    characters.next() == Some('\'')
        && match characters.next() {
            Some('\\') => true,
            Some(_) => characters.next() == Some('\''),
            None => false,
        }
}

/// The length of a text with both quotes; a backslash hides the character behind it.
fn quoted_length(rest: &str, quote: char) -> usize {
    let mut hidden = false;
    for (offset, character) in rest.char_indices().skip(1) {
        match character {
            _ if hidden => hidden = false,
            '\\' => hidden = true,
            _ if character == quote => return offset + character.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// The length of a word, so that the `b` or `r` at its end begins no text, or of one other character.
fn plain_length(rest: &str) -> usize {
    let word = rest.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(rest.len());
    if word > 0 { word } else { rest.chars().next().map_or(1, char::len_utf8) }
}

#[test]
fn words_in_comments_and_texts_do_not_count() {
    let text = "let a = \"{ f64 \\\" }\"; // f64 {\nlet b = r#\"f64 \" {\"#; let c = '{'; let d: &'static str = b\"f64\";\n/* f64\n{ */ fn e() {}\n";
    let source = Source::of("src/a.rs", text);
    assert_eq!(source.code.len(), 4);
    assert!(!source.code.join("\n").contains("f64"), "{:?}", source.code);
    let braces = source.code.join("").matches(['{', '}']).count();
    assert_eq!(braces, 2, "{:?}", source.code);
    assert!(source.code[1].contains("'static"));
}

#[test]
fn test_modules_are_known() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n#[cfg(test)]\n#[path = \"x.rs\"]\nmod x;\nfn d() {}\n";
    let source = Source::of("src/a.rs", text);
    let marks: Vec<usize> =
        source.is_test.iter().enumerate().filter(|(_, test)| **test).map(|(line, _)| line + 1).collect();
    assert_eq!(marks, [2, 3, 4, 5, 7, 8, 9]);
}

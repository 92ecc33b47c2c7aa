//! Every language says everything, with the same placeholders, and nothing is said in vain.

use crate::page::Language;
use crate::page::words::Words;
use std::path::Path;

/// The placeholders of a text, sorted.
fn placeholders(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[test]
fn every_language_has_every_message_with_the_same_placeholders() {
    let english = Words::of(Language::En).all();
    for language in Language::ALL {
        for ((name, message), (_, english)) in Words::of(language).all().into_iter().zip(&english) {
            let tag = language.tag();
            assert!(!message.as_str().trim().is_empty(), "{tag} {name} is empty");
            assert_eq!(placeholders(message.as_str()), placeholders(english.as_str()), "{tag} {name}");
        }
    }
}

/// All text of the room that could use a message, tests excepted.
fn sources() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = String::new();
    for folder in ["assets/page/templates", "src/page"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}

/// What follows each place where the message is named.
fn mentions<'a>(sources: &'a str, name: &str) -> Vec<&'a str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    ["w.", "self."]
        .iter()
        .flat_map(|owner| {
            sources
                .match_indices(&format!("{owner}{name}"))
                .map(|(start, found)| (start, found.len()))
                .collect::<Vec<_>>()
        })
        .filter(|(start, length)| {
            !sources[..*start].ends_with(is_word) && !sources[start + length..].starts_with(is_word)
        })
        .map(|(start, length)| sources[start + length..].trim_start())
        .collect()
}

#[test]
fn no_message_is_unused() {
    let sources = sources();
    let names = Words::of(Language::En).all().into_iter().map(|(name, _)| name);
    let unused: Vec<_> = names.filter(|name| mentions(&sources, name).is_empty()).collect();
    assert!(unused.is_empty(), "take these out of locales/ and words.rs: {unused:?}");
}

/// The names in a chain of `.with("name", value)` that begins `rest`.
fn filled_by(mut rest: &str) -> Vec<&str> {
    let mut names = Vec::new();
    while let Some((name, behind)) = rest.strip_prefix(".with(\"").and_then(|rest| rest.split_once('"')) {
        names.push(name);
        rest = behind.split_once(')').unwrap().1.trim_start();
    }
    names.sort_unstable();
    names
}

#[test]
fn every_placeholder_is_filled_where_its_message_is_said() {
    let sources = sources();
    for (name, message) in Words::of(Language::En).all() {
        // The script fills the status itself.
        if name == "silence_refused" {
            continue;
        }
        for rest in mentions(&sources, name) {
            assert_eq!(filled_by(rest), placeholders(message.as_str()), "{name}");
        }
    }
}

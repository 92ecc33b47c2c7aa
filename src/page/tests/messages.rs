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

#[test]
fn no_message_is_unused() {
    let sources = sources();
    let used = |name: &str| {
        ["w.", "self."].iter().any(|owner| {
            sources.match_indices(&format!("{owner}{name}")).any(|(start, found)| {
                let next = sources[start + found.len()..].chars().next();
                !next.is_some_and(|c| c.is_alphanumeric() || c == '_')
            })
        })
    };
    let unused: Vec<_> =
        Words::of(Language::En).all().into_iter().map(|(name, _)| name).filter(|name| !used(name)).collect();
    assert!(unused.is_empty(), "take these out of locales/ and words.rs: {unused:?}");
}

#[test]
fn every_placeholder_is_filled_where_its_message_is_said() {
    let sources = sources();
    for (name, message) in Words::of(Language::En).all() {
        for placeholder in placeholders(message.as_str()) {
            // The script fills the status itself.
            let filled = sources.contains(&format!(".with(\"{placeholder}\"")) || name == "silence_refused";
            assert!(filled, "{name}: nothing fills {{{placeholder}}}");
        }
    }
}

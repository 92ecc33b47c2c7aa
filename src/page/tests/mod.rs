//! What the page promises: it renders in every state and language, keeps its contract, and runs nothing it did not bring.

mod contract;
mod fixtures;
mod messages;

use super::{Language, asset, render, render_main};
use std::path::Path;

/// Renders all states for a person to look at: serve the folder and open it. The assets stand where the page asks for them.
#[test]
fn every_state_renders_in_every_language() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/page-fixtures");
    let assets = folder.join("counter/assets");
    std::fs::create_dir_all(&assets).unwrap();
    for name in ["till.css", "till.js", "till.svg", "htmx.min.js"] {
        std::fs::write(assets.join(name), asset(name).unwrap().1).unwrap();
    }
    for (name, screen) in fixtures::all() {
        for language in Language::ALL {
            let html = render(&screen, language);
            let tag = language.tag();
            assert!(html.contains(&render_main(&screen, language)), "{name} {tag}: the page holds another <main>");
            assert!(!html.contains("{{") && !html.contains("{%"), "{name} {tag}");
            let words = html.split("<main ").nth(1).unwrap();
            assert!(!words.contains('{'), "{name} {tag}: a placeholder was not filled: {words}");
            std::fs::write(folder.join(format!("{name}.{tag}.html")), html).unwrap();
        }
    }
}

#[test]
fn nothing_in_the_page_needs_more_than_the_content_policy_allows() {
    for (name, screen) in fixtures::all() {
        let html = render(&screen, Language::En);
        for forbidden in [" style=", "<style", "javascript:", " onclick=\"", " hx-on", "http://", "https://"] {
            assert!(!html.contains(forbidden), "{name} has {forbidden}");
        }
        let scripts = html.matches("<script").count();
        assert_eq!(scripts, html.matches("<script src=\"/counter/assets/").count(), "{name}");
    }
    let script = String::from_utf8_lossy(asset("till.js").unwrap().1).into_owned();
    assert!(!script.contains("eval(") && !script.contains("new Function"), "{script}");
}

#[test]
fn what_a_device_or_a_price_book_says_is_never_markup() {
    let (_, hostile) = fixtures::all().into_iter().find(|(name, _)| *name == "hostile").unwrap();
    let html = render(&hostile, Language::En);
    assert!(!html.contains("<script>") && !html.contains("<b onclick"), "{html}");
    assert!(html.contains("&#60;b onclick=&#39;x&#39;&#62;Jam &#38; &#34;bread&#34;"), "{html}");
}

#[test]
fn an_asset_that_is_not_there_is_not_guessed() {
    assert!(asset("../Cargo.toml").is_none());
    assert!(asset("").is_none());
}

//! The cashier's page: what is shown, as plain values in and HTML out.
//!
//! Problem: one page must serve a fast cashier at a keyboard, a finger, a scanner that types, and a screen reader, in five
//! languages, and never show more than the till knows. Method: [`screen::Screen`] says what is the case, templates say
//! how it looks, message files say it in words; nothing here knows the counter, the journal or HTTP. The page is HTML that
//! works without a script; htmx swaps its `<main>`, and `till.js` adds the scanner, the keys and the focus.
//!
//! | room | what |
//! |---|---|
//! | [`screen`] | one rendering: the strip, notices, view, dialog |
//! | [`selling`] | basket and panels |
//! | [`shift`] | count, reports, movements of cash |
//! | [`notice`], [`alarm`] | what is said after an act; alarms, reasons for a PIN |
//! | [`customer`] | the customer's screen |
//! | [`forms`] | the contract: paths and fields |
//! | [`words`], [`language`] | message files |
//! | [`asset`] | stylesheet, script, htmx |

pub mod alarm;
pub mod customer;
pub mod forms;
pub mod language;
pub mod notice;
pub mod screen;
pub mod selling;
pub mod shift;
pub mod words;

mod assets;
#[cfg(test)]
mod tests;

pub use assets::asset;
pub use language::Language;
pub use screen::Screen;

use askama::Template;
use screen::{DatePart, Dialog, DrawerState, Link, PinStanding, PrinterState, ScannerState, View};
use selling::{Panel, Paper};
use shift::Difference;
use words::Words;

#[derive(Template)]
#[template(path = "page.html", config = "assets/page/askama.toml")]
struct WholePage<'a> {
    s: &'a Screen,
    w: &'static Words,
    language: Language,
}

#[derive(Template)]
#[template(path = "main.html", config = "assets/page/askama.toml")]
struct MainOnly<'a> {
    s: &'a Screen,
    w: &'static Words,
}

/// The whole page.
pub fn render(screen: &Screen, language: Language) -> String {
    written(WholePage { s: screen, w: Words::of(language), language }.render())
}

/// The part that htmx swaps: `<main id="main">`.
pub fn render_main(screen: &Screen, language: Language) -> String {
    written(MainOnly { s: screen, w: Words::of(language) }.render())
}

fn written(html: askama::Result<String>) -> String {
    html.expect("writing values that cannot fail into a String cannot fail")
}

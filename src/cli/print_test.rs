//! `till print-test`: a test page that shows width, styles, characters and codes.

use super::{EXIT_WELL, EXIT_WRONG};
use crate::config::Config;
use crate::peripherals::{self, PRINT_DEADLINE};
use evertill_hal::{Align, Barcode, Document, Element, Outcome, QrPayload, Style};
use std::process::ExitCode;

/// Prints the test page. Exit 1 unless the printer confirmed it.
pub fn print_test(config: &Config) -> anyhow::Result<ExitCode> {
    let devices = peripherals::connect(&config.printer, &config.drawer, &config.scanner);
    let Some(printer) = devices.printer else {
        println!("There is no printer in the configuration: add [printer] to till.toml.");
        return Ok(ExitCode::from(EXIT_WRONG));
    };
    let page = test_page(&config.till.to_string(), devices.profile.columns())?;
    let outcome = peripherals::print_queue::lock(&printer).print(&page, PRINT_DEADLINE);
    println!("{}: {outcome}", devices.described.printer);
    Ok(ExitCode::from(if outcome == Outcome::Done { EXIT_WELL } else { EXIT_WRONG }))
}

fn test_page(till: &str, columns: usize) -> anyhow::Result<Document> {
    let ruler: String = (1..=columns).map(|column| char::from(b'0' + (column % 10) as u8)).collect();
    let mut page = Document::new();
    page.text("PRINTER TEST", Style::LARGE, Align::Center)
        .text(till, Style::BOLD, Align::Center)
        .push(Element::Rule)
        .text(ruler, Style::NORMAL, Align::Left)
        .columns("left, which is normal", "right", Style::NORMAL)
        .columns("left, which is bold", "right", Style::BOLD)
        .text("EUR € £ $  ÄÖÜ äöü ß  éèêç ñ å ø", Style::NORMAL, Align::Left)
        .push(Element::Rule)
        .push(Element::Barcode(Barcode::ean13("4006381333931")?))
        .push(Element::Qr(QrPayload::new(till)?))
        .push(Element::Cut);
    Ok(page)
}

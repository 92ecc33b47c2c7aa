//! A page that shows an engineer what a printer can do: width, styles, characters and codes.

use super::{Devices, PRINT_DEADLINE, print_queue};
use evertill_hal::{Align, Barcode, Document, Element, Failure, FailureKind, Outcome, QrPayload, Style};

/// Prints the page; `None` when the configuration has no printer.
pub fn print(devices: &Devices, till: &str) -> Option<Outcome> {
    let printer = devices.printer.as_ref()?;
    Some(match page(till, devices.profile.columns()) {
        Ok(page) => print_queue::lock(printer).print(&page, PRINT_DEADLINE),
        Err(detail) => Outcome::Failed(Failure::new(FailureKind::Unsupported, detail)),
    })
}

fn page(till: &str, columns: usize) -> Result<Document, String> {
    let ruler: String = (1..=columns).map(|column| char::from(b'0' + (column % 10) as u8)).collect();
    let barcode = Barcode::ean13("4006381333931").map_err(|error| error.to_string())?;
    let qr = QrPayload::new(till).map_err(|error| error.to_string())?;
    let mut page = Document::new();
    page.text("PRINTER TEST", Style::LARGE, Align::Center)
        .text(till, Style::BOLD, Align::Center)
        .push(Element::Rule)
        .text(ruler, Style::NORMAL, Align::Left)
        .columns("left, which is normal", "right", Style::NORMAL)
        .columns("left, which is bold", "right", Style::BOLD)
        .text("EUR € £ $  ÄÖÜ äöü ß  éèêç ñ å ø", Style::NORMAL, Align::Left)
        .push(Element::Rule)
        .push(Element::Barcode(barcode))
        .push(Element::Qr(qr))
        .push(Element::Cut);
    Ok(page)
}

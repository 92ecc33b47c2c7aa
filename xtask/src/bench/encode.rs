//! A receipt of 40 lines with a logo and a QR code, from the logo's PNG to the printer's bytes, against putting the same bytes
//! together.

use super::table::{Reach, Row};
use anyhow::Context;
use evertill_hal::escpos::{self, Profile};
use evertill_hal::{Align, Document, Element, Picture, QrPayload, Style};
use std::hint::black_box;
use std::time::{Duration, Instant};

const LINES: usize = 40;
const ROUNDS: usize = 500;
/// Issue 4: encodes in under 2 ms.
const ENCODE_MAX_US: f64 = 2_000.0;
/// As wide as a logo usually is, with greys.
const LOGO: &[u8] = include_bytes!("logo.png");

/// Measures the row.
pub fn row() -> anyhow::Result<Row> {
    println!("receipt: {LINES} lines, a logo and a QR code, {ROUNDS} times ...");
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    let profile = Profile::MM_80;
    let mut bytes = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        bytes = encoded(&profile)?;
        ours.push(begun.elapsed());
        let begun = Instant::now();
        let mut copy = Vec::new();
        bytes.chunks(profile.columns()).for_each(|line| copy.extend_from_slice(line));
        black_box(copy);
        bare.push(begun.elapsed());
    }
    let micros = |times: &mut Vec<Duration>| super::commit::percentile(times, 50).as_secs_f64() * 1e6;
    let how = format!("p50 of {ROUNDS}, {} bytes, against putting the same bytes together line by line", bytes.len());
    let (ours, bare) = (micros(&mut ours), micros(&mut bare));
    Ok(Row::absolute("receipt with logo and QR code, encoded", "us", ours, bare, Reach::AtMost(ENCODE_MAX_US), how))
}

fn encoded(profile: &Profile) -> anyhow::Result<Vec<u8>> {
    let mut document = Document::new();
    document.push(Element::Picture(Picture::from_png(LOGO, profile.dots_wide)?));
    document.text("Evertill Markt", Style::LARGE, Align::Center).push(Element::Rule);
    for line in 0..LINES {
        let left = format!("Bergkäse würzig Nr. {line}, geräuchert");
        document.push(Element::Columns { left, right: "12,34 €".to_owned(), style: Style::NORMAL });
    }
    let signature = "eu/DE-0417/2;17;2026-05-03T18:04:05+02:00;1779;".repeat(4);
    document.push(Element::Qr(QrPayload::new(&signature)?)).push(Element::Cut);
    escpos::encode(&document, profile).context("the bench's receipt cannot be encoded")
}

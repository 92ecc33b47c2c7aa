//! Any text in any style on any model: it is encoded, and what comes out is printed as one sheet at most a cut, with no pulse
//! and no question in it. A name in the price book must not open a drawer.
#![no_main]

use evertill_hal::escpos::{Event, Interpreter, Profile, encode};
use evertill_hal::{Align, Barcode, Document, Element, QrPayload, Style};
use libfuzzer_sys::fuzz_target;

const STYLES: [Style; 3] = [Style::NORMAL, Style::BOLD, Style::LARGE];
const ALIGNS: [Align; 3] = [Align::Left, Align::Center, Align::Right];

fuzz_target!(|input: (u8, Vec<(u8, String, String)>)| {
    let (model, parts) = input;
    let names = Profile::names();
    let Some(profile) = Profile::named(names[usize::from(model) % names.len()]) else { return };
    let mut document = Document::new();
    for (kind, left, right) in parts {
        let (style, align) = (STYLES[usize::from(kind / 8) % 3], ALIGNS[usize::from(kind / 24) % 3]);
        let element = match kind % 8 {
            0 | 1 => Element::Text { text: left, style, align },
            2 | 3 => Element::Columns { left, right, style },
            4 => Element::Rule,
            5 => match Barcode::code128(left.as_str()).or_else(|_| Barcode::ean13(&right)) {
                Ok(code) => Element::Barcode(code),
                Err(_) => continue,
            },
            6 => match QrPayload::new(&left) {
                Ok(payload) => Element::Qr(payload),
                Err(_) => continue,
            },
            _ => Element::Feed { lines: kind / 8 },
        };
        document.push(element);
    }
    let Ok(bytes) = encode(&document, &profile) else { return };
    let mut events = Vec::new();
    Interpreter::new(&profile).feed(&bytes, &mut |event| events.push(event));
    assert!(events.iter().all(|event| matches!(event, Event::Sheet(_))), "{events:?}");
});

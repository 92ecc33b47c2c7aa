//! What anybody may scan or type: codes, GS1 element strings and Digital Links, labels with a price or a weight in them.
#![no_main]

use evertill_domain::barcode::embedded::{LabelRule, Pattern};
use evertill_domain::barcode::{Code, gs1};
use evertill_domain::ids::BusinessDay;
use libfuzzer_sys::fuzz_target;

/// A label of a shop in Europe and one in North America.
const PATTERNS: [&str; 2] = ["28IIIIIPPPPPC", "02IIIIIKPPPPC"];

fuzz_target!(|text: &str| {
    let Ok(today) = "2026-05-03".parse::<BusinessDay>() else { return };
    if let Ok(Some(label)) = gs1::read(text, &today) {
        assert_eq!(Code::parse(&label.gtin.to_string()).map(|code| code.to_string()), Ok(label.gtin.to_string()));
    }
    match Code::parse(text) {
        Ok(Code::Gtin { gtin, .. }) => {
            assert_eq!(Code::parse(&gtin.to_string()), Ok(Code::Gtin { gtin, or: None }));
            for pattern in PATTERNS {
                let Ok(pattern) = pattern.parse::<Pattern>() else { continue };
                let rule = LabelRule { pattern, decimals: None };
                let _ = rule.read(gtin);
            }
        }
        Ok(Code::Text(payload)) => assert_eq!(payload.as_str(), text.trim()),
        Err(_) => {}
    }
    if let Ok(pattern) = text.parse::<Pattern>() {
        assert_eq!(pattern.to_string(), text);
    }
});

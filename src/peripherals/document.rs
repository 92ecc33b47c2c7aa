//! A receipt of the domain as a document of the hal. The two crates know nothing of each other; here they meet.

use base64::Engine;
use evertill_domain::receipt::{self, Receipt};
use evertill_hal::document::DocumentError;
use evertill_hal::{Align, Barcode, Document, Element, Picture, QrPayload, Style};

/// What is to be printed for `receipt` on paper that is `dots_wide`.
pub fn of(receipt: &Receipt, dots_wide: usize) -> Result<Document, DocumentError> {
    let elements = receipt.elements.iter().filter_map(|one| element(one, dots_wide).transpose());
    Ok(Document { elements: elements.collect::<Result<_, _>>()? })
}

/// A logo that cannot be drawn is left out: the customer waits for the receipt, not for the logo.
fn picture(png: &str, dots_wide: usize) -> Option<Element> {
    let decoded = base64::prelude::BASE64_STANDARD.decode(png).map_err(|error| error.to_string());
    let picture = decoded.and_then(|png| Picture::from_png(&png, dots_wide).map_err(|error| error.to_string()));
    picture.map(Element::Picture).inspect_err(|error| tracing::warn!(error, "the store's logo is not printed")).ok()
}

fn element(element: &receipt::Element, dots_wide: usize) -> Result<Option<Element>, DocumentError> {
    Ok(Some(match element {
        receipt::Element::Picture { png } => return Ok(picture(png, dots_wide)),
        receipt::Element::Text { text, style: said, align } => Element::Text {
            text: text.clone(),
            style: style(*said),
            align: match align {
                receipt::Align::Left => Align::Left,
                receipt::Align::Center => Align::Center,
            },
        },
        receipt::Element::Columns { left, right, bold } => Element::Columns {
            left: left.clone(),
            right: right.clone(),
            style: if *bold { Style::BOLD } else { Style::NORMAL },
        },
        receipt::Element::Rule => Element::Rule,
        receipt::Element::Barcode { payload } => Element::Barcode(Barcode::code128(payload.as_str())?),
        receipt::Element::Qr { payload } => Element::Qr(QrPayload::new(payload.as_str())?),
        receipt::Element::Feed { lines } => Element::Feed { lines: *lines },
        receipt::Element::Cut => Element::Cut,
    }))
}

fn style(style: receipt::Style) -> Style {
    match style {
        receipt::Style::Normal => Style::NORMAL,
        receipt::Style::Bold => Style::BOLD,
        receipt::Style::Large => Style::LARGE,
    }
}

//! Barcodes and QR codes as pictures, for printers that do not draw them themselves.

use super::command;
use super::encoder::{BARCODE_DOTS_HIGH, BARCODE_MODULE_DOTS, QUIET_MODULES};
use crate::document::{Barcode, BarcodeKind, Picture};
use crate::render;
use qrcode::{Color, QrCode};

/// The bars with their blank margins; `None` where they are wider than the paper.
pub fn barcode(code: &Barcode, dots_wide: usize) -> Option<Picture> {
    let bars = match code.kind() {
        BarcodeKind::Ean13 => render::ean13_bars(code.text().as_bytes())?,
        BarcodeKind::Code128 => render::code128_bars(command::code128(code.text()).get(4..)?)?.0,
    };
    let modules = bars.len() + QUIET_MODULES;
    let wide = modules * usize::from(BARCODE_MODULE_DOTS);
    if wide > dots_wide {
        return None;
    }
    let black = |x: u32, _| {
        let module = x as usize / usize::from(BARCODE_MODULE_DOTS);
        module.checked_sub(QUIET_MODULES / 2).and_then(|module| bars.get(module)).is_some_and(|black| *black)
    };
    Picture::draw(u32::try_from(wide).ok()?, BARCODE_DOTS_HIGH.into(), black).ok()
}

/// The modules, `module_dots` wide and high each.
pub fn qr(code: &QrCode, module_dots: usize) -> Option<Picture> {
    let (modules, colors) = (code.width(), code.to_colors());
    let dots = u32::try_from(modules * module_dots).ok()?;
    let black = |x: u32, y: u32| {
        let place = (y as usize / module_dots) * modules + x as usize / module_dots;
        colors.get(place) == Some(&Color::Dark)
    };
    Picture::draw(dots, dots, black).ok()
}

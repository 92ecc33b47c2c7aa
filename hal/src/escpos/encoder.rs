//! A document in the bytes of a printer.
//!
//! Crate `escpos` writes what it writes right: initialisation, emphasis, size, justification, feeds, EAN-13 and QR. Its
//! text, cut, drawer and status commands are never used: text outside the code page would go out as raw UTF-8, a partial
//! cut would be a full one, and the drawer's command would swallow the two bytes behind it.

use super::code_page::CodePage;
use super::profile::{Cutter, Profile, Sizes};
use super::{codes, command};
use crate::document::{Align, Barcode, BarcodeKind, Document, Element, Picture, QrPayload, Size, Style};
use crate::layout::{self, Line};
use escpos::driver::Driver;
use escpos::printer::Printer;
use escpos::utils::{
    BarcodeFont, BarcodeHeight, BarcodeOption, BarcodePosition, BarcodeWidth, JustifyMode, Protocol,
    QRCodeCorrectionLevel, QRCodeModel, QRCodeOption,
};
use qrcode::bits::encode_auto;
use qrcode::{EcLevel, QrCode};
use std::cell::RefCell;
use std::rc::Rc;

pub(super) const BARCODE_DOTS_HIGH: u8 = 80;
pub(super) const BARCODE_MODULE_DOTS: u8 = 2;
/// Blank modules that a reader needs on both sides of a Code 128, together.
pub(super) const QUIET_MODULES: usize = 20;
/// Blank modules above and below a code: a QR code needs four.
const QUIET_MODULES_ABOVE: usize = 4;
/// Pictures go out in bands: printers with small buffers take a band at a time.
const BAND_ROWS: usize = 128;
/// A QR code is drawn in modules of this many dots, fewer where it would not fit.
const QR_MODULE_DOTS_MAX: usize = 6;

/// Why a document cannot be encoded.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The QR code does not fit on the paper.
    #[error("the QR code of {0} bytes does not fit on this paper: shorten its text")]
    QrTooLarge(usize),
    /// The encoder refused.
    #[error("the document cannot be said in ESC/POS: {0}")]
    Encoder(#[from] escpos::errors::PrinterError),
}

/// The whole job: from initialisation to the last element. It holds no request for an answer.
pub fn encode(document: &Document, profile: &Profile) -> Result<Vec<u8>, EncodeError> {
    let sink = Sink::default();
    let mut encoder = Encoder {
        printer: Printer::new(sink.clone(), Protocol::default(), None),
        profile,
        page: None,
        style: Style::NORMAL,
        align: Align::Left,
    };
    encoder.printer.init()?.custom(&command::ASCII)?;
    for element in &document.elements {
        encoder.element(element)?;
    }
    encoder.printer.print()?;
    drop(encoder);
    Ok(sink.bytes.take())
}

/// Where crate `escpos` writes to: memory, so that deadlines and retries stay ours.
#[derive(Clone, Default)]
struct Sink {
    bytes: Rc<RefCell<Vec<u8>>>,
}

impl Driver for Sink {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, data: &[u8]) -> escpos::errors::Result<()> {
        self.bytes.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _buffer: &mut [u8]) -> escpos::errors::Result<usize> {
        Ok(0)
    }

    fn flush(&self) -> escpos::errors::Result<()> {
        Ok(())
    }
}

struct Encoder<'a> {
    printer: Printer<Sink>,
    profile: &'a Profile,
    page: Option<CodePage>,
    style: Style,
    align: Align,
}

impl Encoder<'_> {
    fn element(&mut self, element: &Element) -> Result<(), EncodeError> {
        let columns = self.profile.columns();
        match element {
            Element::Text { text, style, align } => {
                self.lines(layout::paragraph(&self.profile.printable(text), *style, *align, columns))
            }
            Element::Columns { left, right, style } => {
                let (left, right) = (self.profile.printable(left), self.profile.printable(right));
                self.lines(layout::columns(&left, &right, *style, columns))
            }
            Element::Rule => self.lines(vec![layout::rule(columns)]),
            Element::Barcode(code) => {
                self.quiet(1)?;
                if self.profile.barcodes {
                    self.barcode(code)
                } else {
                    self.code_picture(code.text(), codes::barcode(code, self.profile.dots_wide))
                }
            }
            Element::Qr(payload) if self.profile.qr || self.profile.pictures => self.qr(payload),
            // Signatures in brackets would be longer than the receipt: a printer that draws nothing leaves them out.
            Element::Qr(_) => Ok(()),
            Element::Picture(picture) if self.profile.pictures => self.picture(picture),
            Element::Picture(_) => Ok(()),
            Element::Feed { lines: 0 } => Ok(()),
            Element::Feed { lines } => {
                self.set_style(Style::NORMAL)?;
                self.printer.feeds(*lines)?;
                Ok(())
            }
            Element::Cut => self.cut(),
        }
    }

    fn lines(&mut self, lines: Vec<Line>) -> Result<(), EncodeError> {
        for line in lines {
            self.set_align(line.align)?;
            self.set_style(line.style)?;
            let mut bytes = self.text(&line.text);
            bytes.push(command::LF);
            self.printer.custom(&bytes)?;
        }
        Ok(())
    }

    /// The text's bytes; the code page changes only where the present one lacks a character.
    fn text(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len());
        for (place, character) in text.char_indices() {
            let here = self.page.and_then(|page| page.byte(character));
            let byte = here.or_else(|| {
                let page = self.page_for(&text[place..])?;
                bytes.extend(command::code_page(page.number));
                self.page = Some(page);
                page.byte(character)
            });
            bytes.push(byte.unwrap_or(b'?'));
        }
        bytes
    }

    /// The page that says the most of `text` from its first character on; the preferred one of several.
    fn page_for(&self, text: &str) -> Option<CodePage> {
        let says = |page: &CodePage| text.chars().take_while(|character| page.byte(*character).is_some()).count();
        let pages = self.profile.code_pages.iter().rev().filter(|page| says(page) > 0);
        pages.max_by_key(|page| says(page)).copied()
    }

    fn set_align(&mut self, align: Align) -> Result<(), EncodeError> {
        if self.align != align {
            self.align = align;
            self.printer.justify(match align {
                Align::Left => JustifyMode::LEFT,
                Align::Center => JustifyMode::CENTER,
                Align::Right => JustifyMode::RIGHT,
            })?;
        }
        Ok(())
    }

    fn set_style(&mut self, style: Style) -> Result<(), EncodeError> {
        if self.style.bold != style.bold {
            self.printer.bold(style.bold)?;
        }
        if self.style.size != style.size {
            let (width, height) = match style.size {
                Size::Normal => (1, 1),
                Size::Tall => (1, 2),
                Size::Large => (2, 2),
            };
            match self.profile.sizes {
                Sizes::GsBang => self.printer.size(width, height)?,
                Sizes::EscBang => self.printer.custom(&command::print_mode(width == 2, height == 2, style.bold))?,
            };
        }
        self.style = style;
        Ok(())
    }

    /// A code that the printer cannot draw by itself: drawn for it, or written in brackets where it draws nothing.
    fn code_picture(&mut self, text: &str, picture: Option<Picture>) -> Result<(), EncodeError> {
        let columns = self.profile.columns();
        let written = |text: &str| layout::paragraph(text, Style::NORMAL, Align::Center, columns);
        match picture.filter(|_| self.profile.pictures) {
            Some(picture) => {
                self.set_style(Style::NORMAL)?;
                self.picture(&picture)
            }
            None => self.lines(written(&format!("[{text}]"))),
        }
    }

    fn barcode(&mut self, code: &Barcode) -> Result<(), EncodeError> {
        self.set_style(Style::NORMAL)?;
        self.set_align(Align::Center)?;
        match code.kind() {
            BarcodeKind::Ean13 => {
                let option =
                    BarcodeOption::new(BarcodeWidth::M, BarcodeHeight::M, BarcodeFont::A, BarcodePosition::Below);
                self.printer.ean13_option(code.text(), option)?;
            }
            BarcodeKind::Code128 => {
                let modules = command::code128_modules(code.text()) + QUIET_MODULES;
                if modules * usize::from(BARCODE_MODULE_DOTS) > self.profile.dots_wide {
                    // A printer prints nothing for a code that is too wide; its text can be typed in.
                    let text = format!("[{}]", code.text());
                    let columns = self.profile.columns();
                    return self.lines(layout::paragraph(&text, Style::NORMAL, Align::Center, columns));
                }
                self.printer.custom(&command::barcode_settings(BARCODE_DOTS_HIGH, BARCODE_MODULE_DOTS))?;
                self.printer.custom(&command::code128(code.text()))?;
            }
        }
        Ok(())
    }

    /// How many dots wide a code's modules are. It only tells how large the code is: drawing it is the printer's, and is
    /// most of the work.
    fn module_dots(&self, text: &str) -> Result<usize, EncodeError> {
        let too_large = || EncodeError::QrTooLarge(text.len());
        let bits = encode_auto(text.as_bytes(), EcLevel::M).map_err(|_| too_large())?;
        let modules = usize::try_from(bits.version().width()).map_err(|_| too_large())?;
        // Half the paper is enough for a phone, and a QR code needs four blank modules on each side.
        let fitting = (self.profile.dots_wide / 2) / (modules + 8);
        let module_dots = fitting.clamp(3, QR_MODULE_DOTS_MAX);
        if module_dots * (modules + 8) > self.profile.dots_wide {
            return Err(too_large());
        }
        Ok(module_dots)
    }

    fn qr(&mut self, payload: &QrPayload) -> Result<(), EncodeError> {
        let text = payload.text();
        let module_dots = self.module_dots(text)?;
        self.quiet(module_dots)?;
        self.set_style(Style::NORMAL)?;
        self.set_align(Align::Center)?;
        if self.profile.qr {
            let size = u8::try_from(module_dots).expect("at most QR_MODULE_DOTS_MAX");
            self.printer.qrcode_option(text, QRCodeOption::new(QRCodeModel::Model2, size, QRCodeCorrectionLevel::M))?;
        } else {
            let code = QrCode::with_error_correction_level(text, EcLevel::M);
            let code = code.map_err(|_| EncodeError::QrTooLarge(text.len()))?;
            self.code_picture(text, codes::qr(&code, module_dots))?;
        }
        self.quiet(module_dots)
    }

    /// Blank paper between a code and its neighbours: four modules of a QR code (ISO/IEC 18004), and a little above the bars.
    fn quiet(&mut self, module_dots: usize) -> Result<(), EncodeError> {
        let dots = u8::try_from(QUIET_MODULES_ABOVE * module_dots).unwrap_or(u8::MAX);
        self.printer.custom(&command::feed_dots(dots))?;
        Ok(())
    }

    /// What is wider than the paper is cut at its right edge.
    fn picture(&mut self, picture: &Picture) -> Result<(), EncodeError> {
        self.set_align(Align::Center)?;
        let bytes_per_row = picture.dots_wide().min(self.profile.dots_wide).div_ceil(8);
        let rows: Vec<&[u8]> = picture.rows().map(|row| &row[..bytes_per_row]).collect();
        for band in rows.chunks(BAND_ROWS) {
            let counted = |count: usize| u16::try_from(count).expect("pictures and bands are far smaller");
            let mut data = band.concat();
            command::defuse(&mut data);
            let mut bytes = command::raster_head(counted(bytes_per_row), counted(band.len())).to_vec();
            bytes.extend(data);
            self.printer.custom(&bytes)?;
        }
        Ok(())
    }

    fn cut(&mut self) -> Result<(), EncodeError> {
        match self.profile.cutter {
            Cutter::Partial { margin_dots } => self.printer.custom(&command::partial_cut(margin_dots))?,
            Cutter::None { feed_lines } => self.printer.feeds(feed_lines)?,
        };
        Ok(())
    }
}

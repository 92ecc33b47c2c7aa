//! What stands on the paper, not how a printer says it.
//!
//! Codes and pictures are checked when they are made, so that a document that exists can be printed.

mod picture;

use picture::PIXELS_MAX;
pub use picture::Picture;

/// A QR code on 58 mm paper that phones still read: version 18 in dots of half a millimetre.
const QR_BYTES_MAX: usize = 512;
/// Longer ones do not fit on any receipt.
const CODE_128_CHARS_MAX: usize = 48;
/// Why something cannot stand on paper.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// An EAN-13 needs 13 digits of which the last checks the others.
    #[error("`{0}` is no EAN-13: it needs 12 digits and the right check digit behind them")]
    Ean13(String),
    /// A Code 128 takes 1 to 48 printable ASCII characters.
    #[error("`{0}` cannot be a Code 128: it takes 1 to {CODE_128_CHARS_MAX} printable ASCII characters")]
    Code128(String),
    /// A QR code of a receipt takes 1 to 512 bytes without control characters.
    #[error("a text of {0} bytes cannot be a QR code: it takes 1 to {QR_BYTES_MAX} without control characters")]
    Qr(usize),
    /// The picture cannot be read, or is too large.
    #[error("the picture cannot be printed: {0}; use a PNG of at most {PIXELS_MAX} x {PIXELS_MAX} dots")]
    Picture(String),
}

/// How large characters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Size {
    /// As the printer prints by itself.
    #[default]
    Normal,
    /// Twice as high.
    Tall,
    /// Twice as wide and as high: half as many characters a line.
    Large,
}

impl Size {
    /// How many columns a character takes.
    pub fn columns(self) -> usize {
        match self {
            Size::Normal | Size::Tall => 1,
            Size::Large => 2,
        }
    }

    /// How many times as high a character is.
    pub fn height(self) -> usize {
        match self {
            Size::Normal => 1,
            Size::Tall | Size::Large => 2,
        }
    }
}

/// How a text is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// Stronger.
    pub bold: bool,
    /// Larger.
    pub size: Size,
}

impl Style {
    /// As the printer prints by itself.
    pub const NORMAL: Style = Style { bold: false, size: Size::Normal };
    /// Stronger.
    pub const BOLD: Style = Style { bold: true, size: Size::Normal };
    /// Twice as wide and as high.
    pub const LARGE: Style = Style { bold: false, size: Size::Large };
}

/// Where a text stands in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

/// One thing on the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// A paragraph; what is too long goes on in the next line.
    Text {
        /// The text.
        text: String,
        /// How it is printed.
        style: Style,
        /// Where it stands.
        align: Align,
    },
    /// A text at the left edge, which wraps, and one at the right, which is never cut.
    Columns {
        /// At the left.
        left: String,
        /// At the right.
        right: String,
        /// How both are printed.
        style: Style,
    },
    /// A line across the paper.
    Rule,
    /// A barcode in the middle, its text below.
    Barcode(Barcode),
    /// A QR code in the middle.
    Qr(QrPayload),
    /// A picture in the middle.
    Picture(Picture),
    /// Empty lines.
    Feed {
        /// How many.
        lines: u8,
    },
    /// The paper is cut here.
    Cut,
}

/// What is printed, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// From top to bottom.
    pub elements: Vec<Element>,
}

impl Document {
    /// An empty document.
    pub fn new() -> Document {
        Document::default()
    }

    /// Adds one thing at the foot.
    pub fn push(&mut self, element: Element) -> &mut Document {
        self.elements.push(element);
        self
    }

    /// Adds a paragraph at the foot.
    pub fn text(&mut self, text: impl Into<String>, style: Style, align: Align) -> &mut Document {
        self.push(Element::Text { text: text.into(), style, align })
    }

    /// Adds a line with a text at either edge.
    pub fn columns(&mut self, left: impl Into<String>, right: impl Into<String>, style: Style) -> &mut Document {
        self.push(Element::Columns { left: left.into(), right: right.into(), style })
    }
}

/// A barcode that can be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barcode {
    kind: BarcodeKind,
    text: String,
}

/// The kinds of barcodes on receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarcodeKind {
    /// 13 digits.
    Ean13,
    /// Printable ASCII.
    Code128,
}

impl Barcode {
    /// An EAN-13 of 13 digits; the last one is checked.
    pub fn ean13(digits: &str) -> Result<Barcode, DocumentError> {
        let values: Option<Vec<u32>> = digits.chars().map(|c| c.to_digit(10)).collect();
        match values.as_deref() {
            Some([body @ .., check]) if body.len() == 12 => {
                let sum: u32 = body.iter().zip([1, 3].iter().cycle()).map(|(digit, weight)| digit * weight).sum();
                if (10 - sum % 10) % 10 == *check {
                    return Ok(Barcode { kind: BarcodeKind::Ean13, text: digits.to_owned() });
                }
                Err(DocumentError::Ean13(digits.to_owned()))
            }
            _ => Err(DocumentError::Ean13(digits.to_owned())),
        }
    }

    /// A Code 128 that says `text`.
    pub fn code128(text: &str) -> Result<Barcode, DocumentError> {
        let printable = text.bytes().all(|byte| (0x20..=0x7E).contains(&byte));
        match printable && (1..=CODE_128_CHARS_MAX).contains(&text.len()) {
            true => Ok(Barcode { kind: BarcodeKind::Code128, text: text.to_owned() }),
            false => Err(DocumentError::Code128(text.to_owned())),
        }
    }

    /// Which kind it is.
    pub fn kind(&self) -> BarcodeKind {
        self.kind
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// What a QR code says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrPayload(String);

impl QrPayload {
    /// Checks that `text` can be a QR code of a receipt.
    pub fn new(text: &str) -> Result<QrPayload, DocumentError> {
        let fits = (1..=QR_BYTES_MAX).contains(&text.len()) && !text.chars().any(char::is_control);
        if fits { Ok(QrPayload(text.to_owned())) } else { Err(DocumentError::Qr(text.len())) }
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.0
    }
}

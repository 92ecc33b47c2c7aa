//! What a printer does with commands: it draws paper, kicks drawers and answers.

use super::code_page::{CP437, CodePage};
use super::parser::{Command, Parser};
use super::profile::{CHAR_DOTS_HIGH, CHAR_DOTS_WIDE, Profile};
use crate::document::Align;
use crate::layout;
use crate::render::{self, Bars, Look, Paper};
use qrcode::{Color, EcLevel, QrCode};

/// The standard line spacing of font A, in dots.
const LINE_DOTS: usize = 30;
const BARCODE_DOTS_HIGH: u8 = 162;
const BARCODE_MODULE_DOTS: u8 = 3;
const QR_MODULE_DOTS: u8 = 3;

/// What comes out of a printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A sheet was cut off.
    Sheet(Paper),
    /// A pulse went to the drawer at connector 0 (pin 2) or 1 (pin 5), for so many milliseconds.
    Pulse(u8, u16),
    /// `DLE EOT n` wants an answer.
    RealTimeStatus(u8),
    /// `GS r n` wants an answer.
    OrderedStatus(u8),
    /// `GS a n` switches automatic status back on or off.
    AutomaticStatus(bool),
    /// `DLE DC4 8` cleared what it held, which wants an answer.
    Cleared,
}

/// A printer without its mechanics.
#[derive(Debug, Clone)]
pub struct Interpreter {
    parser: Parser,
    printer: Printer,
}

impl Interpreter {
    /// A printer that has just been switched on.
    pub fn new(profile: &Profile) -> Interpreter {
        Interpreter { parser: Parser::default(), printer: Printer::new(profile) }
    }

    /// Takes `bytes`, and hands out what comes of them.
    pub fn feed(&mut self, bytes: &[u8], out: &mut dyn FnMut(Event)) {
        let printer = &mut self.printer;
        self.parser.feed(bytes, &mut |command| printer.run(command, out));
    }

    /// Forgets an unfinished command, as printers do when a connection ends.
    pub fn disconnect(&mut self) {
        self.parser.reset();
    }

    /// Forgets what it holds, as `DLE DC4 8` makes it: an unfinished command, and the line that is being filled. What is on
    /// the paper stays there, and so do the settings.
    pub fn clear_buffer(&mut self) {
        self.parser.reset();
        self.printer.line.clear();
    }

    /// The paper that has come out and was not cut off, if any.
    pub fn tear(&mut self) -> Option<Paper> {
        self.printer.print_line();
        let paper = std::mem::replace(&mut self.printer.paper, Paper::new(self.printer.dots_wide));
        (paper.dots_high() > 0).then_some(paper)
    }
}

#[derive(Debug, Clone, Copy)]
struct Settings {
    page: CodePage,
    align: Align,
    look: Look,
    underline: bool,
    size: (usize, usize),
    line_dots: usize,
    barcode_dots_high: u8,
    barcode_module_dots: u8,
    barcode_text: u8,
}

const SWITCHED_ON: Settings = Settings {
    page: CP437,
    align: Align::Left,
    look: Look { bold: false, reverse: false },
    underline: false,
    size: (1, 1),
    line_dots: LINE_DOTS,
    barcode_dots_high: BARCODE_DOTS_HIGH,
    barcode_module_dots: BARCODE_MODULE_DOTS,
    barcode_text: 0,
};

/// A character of the line that is being filled.
#[derive(Debug, Clone, Copy)]
struct Cell {
    character: char,
    size: (usize, usize),
    look: Look,
    underline: bool,
}

#[derive(Debug, Clone)]
struct Printer {
    dots_wide: usize,
    /// The model's own pages: other makers number them otherwise than Epson.
    pages: &'static [CodePage],
    settings: Settings,
    line: Vec<Cell>,
    qr_module_dots: u8,
    qr_level: EcLevel,
    qr_data: Vec<u8>,
    paper: Paper,
}

impl Printer {
    fn new(profile: &Profile) -> Printer {
        Printer {
            dots_wide: profile.dots_wide,
            pages: profile.code_pages,
            settings: SWITCHED_ON,
            line: Vec::new(),
            qr_module_dots: QR_MODULE_DOTS,
            qr_level: EcLevel::L,
            qr_data: Vec::new(),
            paper: Paper::new(profile.dots_wide),
        }
    }

    fn run(&mut self, command: Command, out: &mut dyn FnMut(Event)) {
        let settings = &mut self.settings;
        match command {
            Command::Initialize => {
                self.settings = SWITCHED_ON;
                self.line.clear();
            }
            Command::Text(byte) => self.character(byte),
            Command::LineFeed => self.line_feed(),
            Command::FeedLines(lines) => self.feed_lines(lines),
            Command::FeedDots(dots) => {
                self.print_line();
                self.paper.feed(usize::from(dots));
            }
            Command::Align(align) => {
                settings.align = match align {
                    1 => Align::Center,
                    2 => Align::Right,
                    _ => Align::Left,
                }
            }
            Command::Bold(bold) => settings.look.bold = bold,
            Command::Underline(underline) => settings.underline = underline,
            Command::Reverse(reverse) => settings.look.reverse = reverse,
            Command::Size(wide, high) => settings.size = (usize::from(wide), usize::from(high)),
            Command::CodePage(number) => {
                let own = self.pages.iter().find(|page| page.number == number).copied();
                settings.page = own.or_else(|| CodePage::numbered(number)).unwrap_or(CP437);
            }
            Command::LineSpacing(dots) => settings.line_dots = dots.map_or(LINE_DOTS, usize::from),
            Command::BarcodeHeight(dots) => settings.barcode_dots_high = dots.max(1),
            Command::BarcodeModule(dots) => settings.barcode_module_dots = dots.clamp(1, 6),
            Command::BarcodeText(place) => settings.barcode_text = place,
            Command::Barcode(system, data) => self.barcode(system, &data),
            Command::Qr(function, parameters) => self.qr(function, &parameters),
            Command::RasterRow(wide, high, dots) => self.raster_row((usize::from(wide), usize::from(high)), &dots),
            Command::Cut(margin_dots) => {
                self.print_line();
                self.paper.feed(usize::from(margin_dots));
                if let Some(paper) = self.cut() {
                    out(Event::Sheet(paper));
                }
            }
            Command::Pulse(connector, on_ms) => out(Event::Pulse(connector, on_ms)),
            Command::RealTimeStatus(n) => out(Event::RealTimeStatus(n)),
            Command::OrderedStatus(n) => out(Event::OrderedStatus(n)),
            Command::AutomaticStatus(on) => out(Event::AutomaticStatus(on)),
            Command::ClearBuffer => {
                self.line.clear();
                out(Event::Cleared);
            }
        }
    }

    /// A cut with no paper out makes no sheet.
    fn cut(&mut self) -> Option<Paper> {
        let paper = std::mem::replace(&mut self.paper, Paper::new(self.dots_wide));
        (paper.dots_high() > 0).then_some(paper)
    }

    fn character(&mut self, byte: u8) {
        let Settings { page, size, look, underline, .. } = self.settings;
        let cell = Cell { character: page.character(byte).unwrap_or(' '), size, look, underline };
        if line_dots(&self.line) + size.0 * CHAR_DOTS_WIDE > self.dots_wide {
            self.print_line();
        }
        self.line.push(cell);
    }

    fn line_feed(&mut self) {
        if self.line.is_empty() {
            self.paper.feed(self.settings.line_dots);
            self.paper.say("");
        } else {
            self.print_line();
        }
    }

    fn feed_lines(&mut self, lines: u8) {
        self.print_line();
        for _ in 0..lines {
            self.line_feed();
        }
    }

    /// Draws the line, if there is one, its characters standing on one ground.
    fn print_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let Some(tallest) = line.iter().map(|cell| cell.size.1 * CHAR_DOTS_HIGH).max() else { return };
        let start = self.paper.feed(tallest.max(self.settings.line_dots));
        let mut x = self.indent(line_dots(&line));
        for cell in &line {
            let y = start + tallest - cell.size.1 * CHAR_DOTS_HIGH;
            if let Some(glyph) = render::font().glyph(cell.character) {
                self.paper.stamp(glyph, (x, y), cell.size, cell.look);
            }
            if cell.underline {
                self.paper.fill(x, start + tallest, cell.size.0 * CHAR_DOTS_WIDE, 1);
            }
            x += cell.size.0 * CHAR_DOTS_WIDE;
        }
        let text: String = line.iter().map(|cell| cell.character).collect();
        let indent = " ".repeat(self.indent(line_dots(&line)) / CHAR_DOTS_WIDE);
        self.paper.say(&format!("{indent}{text}"));
    }

    fn indent(&self, dots: usize) -> usize {
        let free = self.dots_wide.saturating_sub(dots);
        match self.settings.align {
            Align::Left => 0,
            Align::Center => free / 2,
            Align::Right => free,
        }
    }

    /// Notes what a code says, where it stands.
    fn say_code(&mut self, text: &str) {
        for line in layout::code(text, self.settings.align, self.dots_wide / CHAR_DOTS_WIDE) {
            self.paper.say(&line);
        }
    }

    /// EAN-13 and Code 128; other systems, and data that these do not take, print nothing.
    fn barcode(&mut self, system: u8, data: &[u8]) {
        self.print_line();
        let drawn: Option<(Bars, String)> = match system {
            2 | 67 => render::ean13_bars(data).map(|bars| (bars, String::from_utf8_lossy(data).into_owned())),
            73 => render::code128_bars(data),
            _ => None,
        };
        let Some((bars, text)) = drawn else { return };
        let module_dots = usize::from(self.settings.barcode_module_dots);
        let (wide, high) = (bars.len() * module_dots, usize::from(self.settings.barcode_dots_high));
        if wide > self.dots_wide {
            return;
        }
        if self.settings.barcode_text & 1 != 0 {
            self.barcode_text(&text);
        }
        let (x, y) = (self.indent(wide), self.paper.feed(high));
        for (place, _) in bars.iter().enumerate().filter(|(_, black)| **black) {
            self.paper.fill(x + place * module_dots, y, module_dots, high);
        }
        if self.settings.barcode_text & 2 != 0 {
            self.barcode_text(&text);
        }
        self.say_code(&text);
    }

    fn barcode_text(&mut self, text: &str) {
        let y = self.paper.feed(LINE_DOTS) + (LINE_DOTS - CHAR_DOTS_HIGH) / 2;
        let x = self.indent(text.len() * CHAR_DOTS_WIDE);
        for (place, character) in text.chars().enumerate() {
            if let Some(glyph) = render::font().glyph(character) {
                self.paper.stamp(glyph, (x + place * CHAR_DOTS_WIDE, y), (1, 1), Look::default());
            }
        }
    }

    /// Functions 67 (size), 69 (error correction), 80 (store) and 81 (print).
    fn qr(&mut self, function: u8, parameters: &[u8]) {
        match (function, parameters) {
            (67, [dots, ..]) => self.qr_module_dots = (*dots).clamp(1, 16),
            (69, [level, ..]) => {
                self.qr_level = match level {
                    49 => EcLevel::M,
                    50 => EcLevel::Q,
                    51 => EcLevel::H,
                    _ => EcLevel::L,
                }
            }
            (80, [48, data @ ..]) => self.qr_data = data.to_vec(),
            (81, _) => self.draw_qr(),
            _ => {}
        }
    }

    fn draw_qr(&mut self) {
        self.print_line();
        let Ok(code) = QrCode::with_error_correction_level(&self.qr_data, self.qr_level) else { return };
        let (modules, module_dots) = (code.width(), usize::from(self.qr_module_dots));
        if self.qr_data.is_empty() || modules * module_dots > self.dots_wide {
            return;
        }
        let (x, y) = (self.indent(modules * module_dots), self.paper.feed(modules * module_dots));
        for (place, _) in code.to_colors().iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
            let (column, row) = (place % modules, place / modules);
            self.paper.fill(x + column * module_dots, y + row * module_dots, module_dots, module_dots);
        }
        let text = String::from_utf8_lossy(&self.qr_data).into_owned();
        self.say_code(&text);
    }

    fn raster_row(&mut self, (wide, high): (usize, usize), dots: &[u8]) {
        self.print_line();
        let x = self.indent((dots.len() * 8 * wide).min(self.dots_wide));
        let y = self.paper.feed(high);
        let columns = (self.dots_wide / wide).min(dots.len() * 8);
        for column in (0..columns).filter(|column| dots[column / 8] & (0x80 >> (column % 8)) != 0) {
            self.paper.fill(x + column * wide, y, wide, high);
        }
    }
}

fn line_dots(line: &[Cell]) -> usize {
    line.iter().map(|cell| cell.size.0 * CHAR_DOTS_WIDE).sum()
}

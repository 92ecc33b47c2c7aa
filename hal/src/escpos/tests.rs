//! The language of printers: bytes as Epson's ESC/POS reference has them, and what is printed is what was meant.

use super::code_page::{CP437, CP858, WPC1252};
use super::*;
use crate::device::{PaperLevel, PrinterStatus};
use crate::document::{Align, Barcode, Document, Element, Picture, QrPayload, Size, Style};
use crate::{layout, render};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,70}",
        "[A-Za-z ÄÖÜäöüßéèçñ€£°]{0,70}",
        // What no printer has, and what must never reach one.
        "[\\PCĀ-ſ日本🙂\u{0}-\u{1f}\u{7f}]{0,20}",
    ]
}

fn style() -> impl Strategy<Value = Style> {
    let size = prop_oneof![Just(Size::Normal), Just(Size::Tall), Just(Size::Large)];
    (any::<bool>(), size).prop_map(|(bold, size)| Style { bold, size })
}

fn align() -> impl Strategy<Value = Align> {
    prop_oneof![Just(Align::Left), Just(Align::Center), Just(Align::Right)]
}

fn element() -> impl Strategy<Value = Element> {
    let picture = (1..200_u32, 1..20_u32, any::<u64>()).prop_map(|(wide, high, seed)| {
        let black = |x: u32, y: u32| seed.rotate_left(x.wrapping_mul(7).wrapping_add(y)) & 1 == 1;
        Element::Picture(Picture::draw(wide, high, black).unwrap())
    });
    prop_oneof![
        (text(), style(), align()).prop_map(|(text, style, align)| Element::Text { text, style, align }),
        (text(), "[0-9., €A]{0,14}", style()).prop_map(|(left, right, style)| Element::Columns { left, right, style }),
        Just(Element::Rule),
        "[ -~]{1,48}".prop_map(|text| Element::Barcode(Barcode::code128(&text).unwrap())),
        "[0-9]{4,20}".prop_map(|text| Element::Barcode(Barcode::code128(&text).unwrap())),
        Just(Element::Barcode(Barcode::ean13("4006381333931").unwrap())),
        "[ -~]{1,200}".prop_map(|text| Element::Qr(QrPayload::new(&text).unwrap())),
        picture,
        (0..4_u8).prop_map(|lines| Element::Feed { lines }),
        Just(Element::Cut),
    ]
}

fn document() -> impl Strategy<Value = Document> {
    prop::collection::vec(element(), 0..12).prop_map(|elements| Document { elements })
}

/// Without the blanks that only place a text, and the empty lines that only feed.
fn words(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_printed_is_what_was_meant(document in document(), narrow in any::<bool>()) {
        let profile = if narrow { Profile::MM_58 } else { Profile::MM_80 };
        let printed: String = render::sheets(&document, &profile).unwrap().iter().map(|sheet| sheet.text()).collect();
        prop_assert_eq!(words(&printed), words(&layout::text(&document, &profile)));
    }

    #[test]
    fn no_document_makes_a_printer_do_anything_but_print(document in document(), narrow in any::<bool>()) {
        let profile = if narrow { Profile::MM_58 } else { Profile::MM_80 };
        let bytes = encode(&document, &profile).unwrap();
        prop_assert!(!command::contains_real_time(&bytes), "a printer obeys this wherever it stands");
        let mut interpreter = Interpreter::new(&profile);
        interpreter.feed(&bytes, &mut |event| assert!(matches!(event, Event::Sheet(_)), "{event:?}"));
    }

    #[test]
    fn any_bytes_are_read_alike_in_any_pieces(bytes in prop::collection::vec(any::<u8>(), 0..600), piece in 1..50_usize) {
        let read = |pieces: std::slice::Chunks<'_, u8>| {
            let (mut parser, mut commands) = (Parser::default(), Vec::new());
            for piece in pieces {
                parser.feed(piece, &mut |command| commands.push(command));
            }
            commands
        };
        prop_assert_eq!(read(bytes.chunks(piece)), read(bytes.chunks(600)));
        // And no bytes make the paper longer than its roll, or draw outside of it.
        Interpreter::new(&Profile::MM_58).feed(&bytes, &mut |_| {});
    }

    #[test]
    fn a_code_128_says_its_text_in_as_many_modules_as_were_counted(text in "[ -~]{1,48}|[0-9]{1,48}|[A-Z]{2}[0-9]{4,20}[{}]") {
        let bytes = command::code128(&text);
        let (bars, said) = render::code128_bars(&bytes[4..]).expect("it is drawn");
        prop_assert_eq!(said, &*text);
        prop_assert_eq!(bars.len(), command::code128_modules(&text));
        prop_assert!(!command::contains_real_time(&bytes));
    }
}

#[test]
fn commands_are_as_the_reference_has_them() {
    let pulse = Pulse { on_ms: 100, off_ms: 400, real_time: true };
    assert_eq!(command::pulse(DrawerPin::Two, pulse), [0x1B, 0x70, 0, 50, 200]);
    assert_eq!(command::pulse(DrawerPin::Five, Pulse { on_ms: 600, ..pulse }), [0x1B, 0x70, 1, 255, 200]);
    assert_eq!(command::real_time_pulse(DrawerPin::Two, pulse), [0x10, 0x14, 1, 0, 1]);
    assert_eq!(command::real_time_pulse(DrawerPin::Five, Pulse { on_ms: 2_000, ..pulse }), [0x10, 0x14, 1, 1, 8]);
    assert_eq!(command::code_page(19), [0x1B, 0x74, 19]);
    assert_eq!(command::partial_cut(24), [0x1D, 0x56, 66, 24]);
    assert_eq!(command::CLEAR_BUFFER, [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08]);
    assert_eq!(command::real_time_status(4), [0x10, 0x04, 4]);
    assert_eq!(command::ORDERED_STATUS, [0x1D, 0x72, 1]);
    assert_eq!(command::raster_head(72, 300), [0x1D, 0x76, 0x30, 0, 72, 0, 44, 1]);
    // Code set C packs pairs; `1604` in it would be DLE EOT, so that stays in set B.
    assert_eq!(command::code128("A1234"), [0x1D, 0x6B, 73, 7, b'{', b'B', b'A', b'{', b'C', 12, 34]);
    assert_eq!(command::code128("1604"), [0x1D, 0x6B, 73, 6, b'{', b'B', b'1', b'6', b'0', b'4']);
}

#[test]
fn a_job_begins_as_after_switching_on_and_changes_the_code_page_only_where_it_must() {
    let mut document = Document::new();
    document.text("Brot 1 € ½", Style::NORMAL, Align::Left).text("Œuf 2 €", Style::NORMAL, Align::Left);
    let bytes = encode(&document, &Profile::MM_80).unwrap();
    assert!(bytes.starts_with(&[0x1B, 0x40]), "{bytes:?}");
    let pages: Vec<u8> = bytes.windows(3).filter(|three| three[..2] == [0x1B, 0x74]).map(|three| three[2]).collect();
    assert_eq!(pages, [CP858.number, WPC1252.number], "CP858 has the euro and ½, only WPC1252 has Œ and the euro");
}

#[test]
fn what_a_printer_lacks_is_written_in_what_it_has() {
    let old = Profile { code_pages: &[CP437], ..Profile::MM_80 };
    for (text, printed) in [
        ("Łódź 3 €", "Lódz 3 EUR"),
        ("“Crème brûlée” – 250 g", "\"Crème brûlée\" - 250 g"),
        ("a\u{a0}b\u{ad}c", "a\u{a0}bc"),
        ("e\u{301}", "e"),
        ("日本", "??"),
        ("tab\tnew\nline", "tab new line"),
    ] {
        assert_eq!(old.printable(text), printed);
    }
}

#[test]
fn a_status_comes_back_as_it_was_said() {
    for paper in [PaperLevel::Enough, PaperLevel::NearEnd, PaperLevel::Out] {
        for bits in 0..64_u8 {
            let [cover_open, feed_button, cutter, passing, lasting, pin] =
                [1, 2, 4, 8, 16, 32].map(|bit| Some(bits & bit != 0));
            let mut said = PrinterStatus {
                offline: None,
                paper: Some(paper),
                cover_open,
                feed_button,
                error: Some(bits & 0b1_1100 != 0),
                cutter_error: cutter,
                recoverable_error: passing,
                unrecoverable_error: lasting,
                drawer_pin_high: pin,
            };
            said.offline = Some(said.blocker().is_some());
            let mut heard = PrinterStatus::default();
            for n in status::REAL_TIME_REQUESTS {
                let answer = status::real_time_answer(&said, n);
                assert!(status::is_real_time(answer) && !status::is_ordered(answer), "{answer:#b}");
                status::note(&mut heard, n, answer);
            }
            assert_eq!(heard, said);
            assert_eq!(status::automatic(status::automatic_answer(&said)), said);
            let ordered = status::ordered_answer(&said, 1);
            assert!(status::is_ordered(ordered) && !status::is_real_time(ordered), "{ordered:#b}");
            assert_eq!(status::ordered_paper_out(ordered), paper == PaperLevel::Out);
        }
    }
}

fn sort(bytes: &[u8]) -> Vec<Answer> {
    let mut answers = Answers::default();
    bytes.iter().filter_map(|byte| answers.take(*byte)).collect()
}

#[test]
fn a_status_that_nobody_asked_for_is_never_an_answer() {
    let frame = [0x14, 0x00, 0x00, 0x0F];
    assert_eq!(sort(&frame), [Answer::Automatic(frame)]);
    // XOFF may stand anywhere; the answers around it are found.
    assert_eq!(
        sort(&[0x12, 0x14, 0x00, 0x13, 0x00, 0x0F, 0x03]),
        [Answer::RealTime(0x12), Answer::Automatic(frame), Answer::Ordered(0x03)]
    );
    // A frame that broke off gives nothing, and neither do its bytes.
    assert_eq!(
        sort(&[0x14, 0x00, 0x12, 0x14, 0x00, 0x14, 0x00, 0x00, 0x0F]),
        [Answer::RealTime(0x12), Answer::Automatic(frame)]
    );
    // The letters of a name look like answers to GS r.
    assert_eq!(sort(b"\x5FEPSON\0\x37\x25\0\x37\x22@@@@\0\x00"), [Answer::Cleared, Answer::Ordered(0)]);
    // A block that never ends is none.
    let mut endless = vec![0x5F; 82];
    endless.push(0x12);
    assert_eq!(sort(&endless), [Answer::RealTime(0x12)]);
}

proptest! {
    #[test]
    fn answers_are_found_again_behind_any_garbage(garbage in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut bytes = garbage;
        // No block outlasts this, and no frame.
        bytes.extend([0xFF; 82]);
        bytes.extend([0x37, 0x25, 0x00, 0x12]);
        let sorted = sort(&bytes);
        prop_assert_eq!(&sorted[sorted.len() - 2..], [Answer::Cleared, Answer::RealTime(0x12)]);
    }
}

#[test]
fn a_cleared_printer_prints_nothing_of_what_it_held() {
    let mut interpreter = Interpreter::new(&Profile::MM_80);
    let mut events = Vec::new();
    interpreter.feed(b"half a line", &mut |event| events.push(event));
    interpreter.feed(&command::CLEAR_BUFFER, &mut |event| events.push(event));
    interpreter.feed(b"next\n", &mut |event| events.push(event));
    assert_eq!(events, [Event::Cleared]);
    assert_eq!(interpreter.tear().unwrap().text(), "next\n");
}

#[test]
fn a_head_that_promises_gigabytes_holds_nothing_up() {
    let mut interpreter = Interpreter::new(&Profile::MM_80);
    // GS v 0 of 65,535 x 65,535 bytes: the rows come one by one, and what there is of them is drawn.
    interpreter.feed(&[0x1D, 0x76, 0x30, 0, 0xFF, 0xFF, 0xFF, 0xFF], &mut |_| {});
    interpreter.feed(&vec![0xAA; 200_000], &mut |_| {});
    // Printers forget the rest when the connection ends.
    interpreter.disconnect();
    interpreter.feed(b"next\n", &mut |_| {});
    assert_eq!(interpreter.tear().unwrap().text(), "next\n");
}

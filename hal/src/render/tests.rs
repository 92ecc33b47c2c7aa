//! The paper: bars as the standards have them, and a picture that is what the printer was told.

use super::*;
use crate::document::{Align, Document, Element, Style};

/// Modules as a standard's tables print them.
fn modules(bars: &Bars) -> String {
    bars.iter().map(|black| if *black { '1' } else { '0' }).collect()
}

#[test]
fn an_ean_13_is_as_the_gs1_general_specifications_draw_it() {
    // 4 003994 155486 by the tables of GS1 General Specifications 5.2.1: the first digit chooses sets A B A A B B.
    let left = ["0001101", "0100111", "0111101", "0001011", "0010111", "0011101"];
    let right = ["1100110", "1001110", "1001110", "1011100", "1001000", "1010000"];
    let expected = format!("101{}01010{}101", left.concat(), right.concat());
    assert_eq!(modules(&ean13_bars(b"4003994155486").unwrap()), expected);
    for wrong in [&b"400399415548"[..], b"40039941554867", b"400399415548x", b""] {
        assert_eq!(ean13_bars(wrong), None);
    }
}

#[test]
fn each_symbol_of_code_128_is_of_its_standards_shape() {
    // ISO/IEC 15417: 11 modules a symbol, three bars and three spaces, the bars of an even sum, no two alike.
    let mut seen = std::collections::HashSet::new();
    for value in 0..100_u8 {
        let (bars, text) = code128_bars(&[b'{', b'C', value]).unwrap();
        assert_eq!(text, format!("{value:02}"));
        assert_eq!(bars.len(), 3 * 11 + 13, "start, symbol, check, stop");
        let symbol = &bars[11..22];
        let changes = symbol.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert!(symbol[0] && !symbol[10] && changes == 5, "{value}: {}", modules(&bars));
        assert_eq!(symbol.iter().filter(|black| **black).count() % 2, 0, "{value}: {}", modules(&bars));
        assert!(seen.insert(symbol.to_vec()), "{value} looks like another one");
    }
}

#[test]
fn the_check_symbol_of_code_128_is_the_weighted_sum_modulo_103() {
    // Start C is 105; pairs 12, 34, 56: 105 + 12 + 2 x 34 + 3 x 56 = 353, of which 353 mod 103 = 44.
    let (bars, _) = code128_bars(&[b'{', b'C', 12, 34, 56]).unwrap();
    let (of_44, _) = code128_bars(&[b'{', b'C', 44]).unwrap();
    assert_eq!(bars[44..55], of_44[11..22]);
}

#[test]
fn the_picture_is_the_paper_with_its_margins() {
    let mut document = Document::new();
    document.text("TOTAL", Style::LARGE, Align::Right).push(Element::Cut);
    document.text("second", Style::NORMAL, Align::Left);
    for profile in [Profile::MM_80, Profile::MM_58] {
        let sheets = sheets(&document, &profile).unwrap();
        let cuts = if profile.name == "80mm" { 2 } else { 1 };
        assert_eq!(sheets.len(), cuts, "a printer without a cutter makes one sheet");
        let sheet = &sheets[0];
        let black = |from: usize, to: usize| (from..to).any(|x| (0..48).any(|y| sheet.is_black(x, y)));
        let text_dots = 5 * 2 * 12;
        assert!(black(profile.dots_wide - text_dots, profile.dots_wide), "large text stands at the right");
        assert!(!black(0, profile.dots_wide - text_dots), "and nowhere else");
        let picture = image::load_from_memory(&sheet.png().unwrap()).unwrap().to_rgba8();
        assert!(picture.width() as usize > profile.dots_wide && picture.height() as usize > sheet.dots_high());
        let dark = picture.pixels().filter(|pixel| pixel.0[0] < 128 && pixel.0[3] == 255).count();
        let dots = (0..sheet.dots_high()).flat_map(|y| (0..profile.dots_wide).map(move |x| (x, y)));
        assert_eq!(dark, dots.filter(|(x, y)| sheet.is_black(*x, *y)).count());
    }
}

#[test]
fn every_letter_of_the_western_code_pages_has_its_dots() {
    use crate::escpos::code_page::{CP858, WPC1252};
    // The florin sign and a lone circumflex: no receipt needs them.
    let needed = |character: &char| character.is_alphanumeric() && !"ƒˆ".contains(*character);
    for page in [CP858, WPC1252] {
        let characters = (0x21..=0xFF_u8).filter_map(|byte| page.character(byte)).filter(needed);
        let lacking: String = characters.filter(|character| font().glyph(*character).is_none()).collect();
        assert_eq!(lacking, "", "{}", page.name);
    }
    assert!(font().glyph('€').is_some());
}

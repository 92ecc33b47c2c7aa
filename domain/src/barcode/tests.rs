//! What a code promises: real ones are read, misread ones are found.

use super::*;
use proptest::prelude::*;

fn gtin(text: &str) -> String {
    match Code::parse(text) {
        Ok(Code::Gtin { gtin, .. }) => gtin.to_string(),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn real_codes_are_read() {
    let table = [
        ("4006381333931", "04006381333931"),  // Stabilo, EAN-13
        ("5449000000996", "05449000000996"),  // Coca-Cola, EAN-13
        ("40084077", "00000040084077"),       // EAN-8
        ("96385074", "00000096385074"),       // EAN-8
        ("036000291452", "00036000291452"),   // Kleenex, UPC-A
        ("012345678905", "00012345678905"),   // UPC-A
        ("10012345678902", "10012345678902"), // GTIN-14
        (" 4006381333931\r", "04006381333931"),
    ];
    for (text, expected) in table {
        assert_eq!(gtin(text), expected, "{text}");
    }
}

#[test]
fn a_upc_e_is_expanded_by_its_last_digit() {
    let table = [
        ("04252614", "042100005264"),
        ("01234505", "012000003455"),
        ("01234514", "012100003454"),
        ("01234523", "012200003453"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234558", "012345000058"),
        ("01234565", "012345000065"),
        ("01234572", "012345000072"),
        ("01234589", "012345000089"),
        ("01234596", "012345000096"),
    ];
    for (short, long) in table {
        assert_eq!(gtin(short), gtin(long), "{short}");
    }
}

#[test]
fn the_upc_a_and_the_ean_13_of_one_item_agree() {
    assert_eq!(Code::parse("036000291452"), Code::parse("0036000291452"));
    assert_eq!(Code::parse("036000291452"), Code::parse("00036000291452"));
}

#[test]
fn a_wrong_check_digit_is_said_with_the_right_one() {
    let message = |text: &str| Code::parse(text).unwrap_err().to_string();
    assert_eq!(message("4006381333933"), "EAN-13 4006381333933: check digit is 3, must be 1: scan again");
    assert_eq!(message("036000291453"), "UPC-A 036000291453: check digit is 3, must be 2: scan again");
    assert_eq!(message("40084078"), "EAN-8 40084078: check digit is 8, must be 7: scan again");
    assert!(message("04252613").starts_with("UPC-E 04252613: check digit is 3, must be 4"));
}

#[test]
fn what_is_no_gtin_is_text_or_refused() {
    for text in ["4011", "94011", "EVT-000123", "123456789", "12345678901234567"] {
        assert_eq!(Code::parse(text), Ok(Code::Text(text.parse().unwrap())), "{text}");
    }
    assert_eq!(Code::parse(" \n"), Err(BarcodeError::Empty));
    assert!(matches!(Code::parse(&"9".repeat(81)), Err(BarcodeError::TooLong { chars: 81, .. })));
    for text in ["40\u{1d}11", "Käse", "４０１１"] {
        assert!(matches!(Code::parse(text), Err(BarcodeError::Character { .. })), "{text}");
    }
    assert!("4011".parse::<Gtin>().is_err() && "".parse::<Gtin>().is_err());
}

proptest! {
    #[test]
    fn one_wrong_digit_is_always_found(number in 0u64..1_000_000_000_000, place in 0usize..13, by in 1u8..10) {
        let payload = format!("{number:012}");
        let mut code: Vec<u8> = digits(&payload).unwrap();
        code.push(check_digit(&code));
        let text = |code: &[u8]| code.iter().map(|digit| char::from(b'0' + digit)).collect::<String>();
        prop_assert!(text(&code).parse::<Gtin>().is_ok());
        code[place] = (code[place] + by) % 10;
        prop_assert!(text(&code).parse::<Gtin>().is_err());
    }

    #[test]
    fn nothing_that_is_scanned_panics(text in "\\PC*|[0-9]{0,20}") {
        let _ = Code::parse(&text);
    }
}

//! What a GS1 label promises: each form of it says the same, and what is broken is refused.

use super::*;
use proptest::prelude::*;

fn today() -> BusinessDay {
    "2026-05-03".parse().unwrap()
}

fn said(text: &str) -> Gs1Label {
    read(text, &today()).unwrap().unwrap_or_else(|| panic!("{text} is no element string"))
}

fn refused(text: &str) -> String {
    read(text, &today()).unwrap_err().to_string()
}

#[test]
fn every_form_says_the_same() {
    let forms = [
        "]C101040123451234561726063010AB-123\u{1d}3103000532",
        "]d2010401234512345610AB-123\u{1d}172606303103000532",
        "]e00104012345123456310300053217260630\u{1d}10AB-123",
        "]Q3\u{1d}0104012345123456310300053210AB-123\u{1d}17260630\r",
        "01040123451234561726063010AB-123\u{1d}3103000532",
        "(01)04012345123456(17)260630(10)AB-123(3103)000532",
        "https://example.com/01/04012345123456/10/AB-123?17=260630&3103=000532",
        "HTTP://id.gs1.org/shop/01/4012345123456/10/AB%2D123/?lang=de&3103=000532;17=260630#top",
    ];
    for form in forms {
        let label = said(form);
        assert_eq!(label.gtin.to_string(), "04012345123456", "{form}");
        assert_eq!((label.batch.as_deref(), label.serial), (Some("AB-123"), None), "{form}");
        assert_eq!(label.expiry, Some("2026-06-30".parse().unwrap()), "{form}");
        let weight = LabelWeight { quantity: Quantity::from_milli(532).unwrap(), unit: WeightUnit::Kg };
        assert_eq!((label.weight, label.price), (Some(weight), None), "{form}");
    }
}

#[test]
fn weights_and_prices_have_the_decimals_of_their_identifier() {
    let milli = |text: &str| said(&format!("(01)04012345123456{text}")).weight.map(|w| (w.quantity.milli(), w.unit));
    let table = [
        ("(3100)000012", 12_000, WeightUnit::Kg),
        ("(3102)000150", 1_500, WeightUnit::Kg),
        ("(3103)012345", 12_345, WeightUnit::Kg),
        ("(3104)000005", 1, WeightUnit::Kg), // half a gram goes up
        ("(3105)123456", 1_235, WeightUnit::Kg),
        ("(3202)000150", 1_500, WeightUnit::Lb),
    ];
    for (text, expected, unit) in table {
        assert_eq!(milli(text), Some((expected, unit)), "{text}");
    }
    let minor = |text: &str, currency: &str| {
        let price = said(&format!("(01)04012345123456{text}")).price.unwrap();
        price.minor(currency.parse().unwrap())
    };
    assert_eq!(minor("(3922)00199", "EUR"), Some(199));
    assert_eq!(minor("(3920)12", "EUR"), Some(1_200));
    assert_eq!(minor("(3923)1990", "EUR"), Some(199));
    assert_eq!(minor("(3923)1995", "EUR"), None, "finer than a cent");
    assert_eq!(minor("(3932)978199", "EUR"), Some(199));
    assert_eq!(minor("(3932)840199", "EUR"), None, "dollars in a shop of euros");
    assert_eq!(minor("(3930)3921200", "JPY"), Some(1_200));
}

#[test]
fn what_is_no_element_string_is_left_to_others() {
    for text in ["4006381333931", "4011", "EVT-1", "", "010401234512345", "https://example.com/sale", "(hello)", "(01"]
    {
        assert_eq!(read(text, &today()), Ok(None), "{text}");
    }
}

#[test]
fn a_broken_label_is_refused_with_its_reason() {
    let table = [
        ("]C10104012345123457", "check digit is 7, must be 6"),
        ("]C1010401234512", "(01): it is too short"),
        ("]C110AB", "names no item"),
        ("]C1010401234512345617261332", "'261332' for (17): it is no date"),
        ("]C1010401234512345610AB\u{1d}10CD", "(10) twice"),
        ("]C10104012345123456310200015031030015000", "no Application Identifier at '0'"),
        ("]C1010401234512345631020001503103002500", "(3103) twice"),
        ("]C101040123451234563103000000", "no weight"),
        ("]C10104012345123456\u{1d}05", "no Application Identifier at '05'"),
        ("]C10104012345123456393297X199", "no price"),
        ("]C1010401234512345610ÄB", "letters, digits or signs"),
        ("https://example.com/01/4012345123456/10/A%2", "%-escapes"),
        ("https://example.com/01/4012345123456/99/A", "no Application Identifier at '99'"),
    ];
    for (text, expected) in table {
        assert!(refused(text).contains(expected), "{text}: {}", refused(text));
    }
    assert!(refused(&format!("]C10104012345123456{}", "9".repeat(500))).contains("the most is 500"));
}

#[test]
fn the_same_twice_is_once_and_other_identifiers_are_left_out() {
    let label = said("]C1010401234512345610AB\u{1d}10AB\u{1d}15260630240X-1\u{1d}21S(10)");
    assert_eq!((label.batch.as_deref(), label.serial.as_deref()), (Some("AB"), Some("S(10)")));
    assert_eq!((label.expiry, label.sell_by), (None, None), "best before is no expiry");
}

proptest! {
    #[test]
    fn nothing_that_is_scanned_panics(text in "(\\]C1|\\(01\\)|https://a/01/|)([0-9]{0,30}|\\PC{0,30}|[0-9\u{1d}()/?=%]{0,40})") {
        let _ = read(&text, &today());
    }
}

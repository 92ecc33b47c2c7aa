//! What stands on the paper, line by line, in both tax modes and languages.

use super::*;
use crate::basket::Basket;
use crate::catalogue::PriceBook;
use crate::sale::UnnumberedSale;

fn book(head: &str, taxes: &str) -> PriceBook {
    let json = format!(
        r#"{{"version":7,{head},"taxes":{taxes},"items":[
        {{"gtins":["4006381333931"],"name":"Stabilo point 88","price_minor":199,"tax":"A"}},
        {{"plu":"4011","name":"Bergkäse am Stück, 12 Monate gereift, aus der Region","price_minor":1999,"tax":"B","sold_by":"weight"}}]}}"#
    );
    PriceBook::parse(json.as_bytes()).unwrap()
}

fn german() -> PriceBook {
    let store = r#""store":{"name":"Evertill Markt","address":["Lindenstraße 4","10969 Berlin"],"tax_id":"DE123456789",
        "footer":["Vielen Dank für Ihren Einkauf!"],"locale":"de-DE"},"currency":"EUR","tax_mode":"inclusive","cash_rounding_minor":5"#;
    let vat = |code, rate| format!(r#"{{"code":"{code}","label":"MwSt","rates":[{{"label":"MwSt","rate":{rate}}}]}}"#);
    book(store, &format!("[{},{}]", vat("A", 19_000), vat("B", 7_000)))
}

fn american() -> PriceBook {
    let store = r#""store":{"name":"Evertill","address":["350 Broadway"],"footer":["Thank you!"],"locale":"en-US"},"currency":"USD","tax_mode":"exclusive""#;
    let stacked = r#"[{"code":"A","label":"Sales tax","rates":[{"label":"NY State","rate":4000},{"label":"NYC","rate":4500},{"label":"MCTD","rate":375}]},
        {"code":"B","label":"Untaxed","rates":[]}]"#;
    book(store, stacked)
}

fn sale(book: &PriceBook, tenders: &[Tender]) -> Sale {
    let mut basket = Basket::new(book);
    for (item, quantity) in [(0, "3"), (1, "0.532"), (0, "1")] {
        basket
            .add(book, &book.items()[item], Quantity::parse(quantity).unwrap(), &"2026-05-03".parse().unwrap())
            .unwrap();
    }
    tenders.iter().for_each(|tender| basket.tender(tender.clone()).unwrap());
    UnnumberedSale::of(&basket, None).unwrap().number(1_042)
}

fn text(book: &PriceBook, sale: &Sale, copy: bool, width: usize) -> String {
    let (till, at) = ("eu/DE-0417/2".parse().unwrap(), "2026-05-03T18:04:05.123+02:00".parse().unwrap());
    let business_day = "2026-05-03".parse().unwrap();
    let context = ReceiptContext { till: &till, at: &at, business_day: &business_day, copy, hash: None, sig: None };
    of_sale(sale, &book.store, &context).to_text(width)
}

#[test]
fn a_german_receipt() {
    let book = german();
    let tenders = [
        Tender::Card { amount_minor: 1_000, reference: "A1B2C3".parse().unwrap() },
        Tender::Cash { amount_minor: 1_000 },
    ];
    let expected = "
                 Evertill Markt
                 Lindenstraße 4
                  10969 Berlin
             USt-IdNr. DE123456789
------------------------------------------------
Stabilo point 88                          5,97 A
  3 x 1,99
Bergkäse am Stück, 12 Monate gereift,    10,63 B
aus der Region
  0,532 x 19,99
Stabilo point 88                          1,99 A
------------------------------------------------
SUMME EUR                                18,59
Rundung                                   0,01
Karte                                    10,00
  Ref. A1B2C3
Bar                                      10,00
Rückgeld                                  1,40
------------------------------------------------
Enthaltene Steuer
A MwSt 19 %                               1,27
  netto 6,69, brutto 7,96
B MwSt 7 %                                0,70
  netto 9,93, brutto 10,63
------------------------------------------------
Bon 1042                        03.05.2026 18:04
Kasse 2                                  DE-0417

                 [R2-00001042]

         Vielen Dank für Ihren Einkauf!



- - - - - - - - - - - - - - - - - - - - - - - -
";
    assert_eq!(text(&book, &sale(&book, &tenders), false, WIDTH_80_MM), &expected[1..]);
}

#[test]
fn an_american_receipt_on_narrow_paper_as_a_copy() {
    let book = american();
    let expected = "
            Evertill
          350 Broadway

          *** COPY ***
--------------------------------
Stabilo point 88          5.97 A
  3 x 1.99
Bergkäse am Stück, 12    10.63 B
Monate gereift, aus der
Region
  0.532 x 19.99
Stabilo point 88          1.99 A
--------------------------------
Subtotal                 18.59
A NY State 4 %            0.32
A NYC 4.5 %               0.36
A MCTD 0.375 %            0.03
TOTAL USD                19.30
Cash                     20.00
Change                    0.70
--------------------------------
Receipt 1042    05/03/2026 18:04
Till 2                   DE-0417

         [R2-00001042]

           Thank you!
          *** COPY ***



- - - - - - - - - - - - - - - -
";
    let sale = sale(&book, &[Tender::Cash { amount_minor: 2_000 }]);
    assert_eq!(text(&book, &sale, true, 32), &expected[1..]);
}

/// 3 pens in a 3 for 2, some cheese at half price, and 5 % off all; paid with a voucher and cash.
fn reduced(locale: &str) -> String {
    let promotion =
        r#""promotions":[{"id":"P1","name":"3 für 2","kind":"n_for_m","take":3,"pay":2,"items":["4006381333931"]}],"#;
    let json = serde_json::to_string(&german()).unwrap();
    let json = json.replace("de-DE", locale).replacen('{', &format!("{{{promotion}"), 1);
    let book = PriceBook::parse(json.as_bytes()).unwrap();
    let mut basket = Basket::new(&book);
    for (item, quantity) in [(0, "3"), (1, "0.532")] {
        let quantity = Quantity::parse(quantity).unwrap();
        basket.add(&book, &book.items()[item], quantity, &"2026-05-03".parse().unwrap()).unwrap();
    }
    basket.discount_line(2, Off::Percent(Rate(50_000)), "MHD morgen".parse().unwrap()).unwrap();
    basket.discount_basket(Off::AmountMinor(100), "Kulanz".parse().unwrap()).unwrap();
    let number = crate::voucher::VoucherNumber::mint(1);
    basket.tender(Tender::Voucher { amount_minor: 500, number }).unwrap();
    basket.tender(Tender::Cash { amount_minor: 500 }).unwrap();
    text(&book, &UnnumberedSale::of(&basket, None).unwrap().number(7), false, 40)
}

#[test]
fn what_was_taken_off_stands_under_its_line_and_in_a_sum() {
    let paper = reduced("de-DE");
    let middle: Vec<&str> = paper.lines().skip(4).take(24).collect();
    let number = crate::voucher::VoucherNumber::mint(1);
    let expected = format!(
        "----------------------------------------
Stabilo point 88                  5,97 A
  3 x 1,99
  3 für 2                        -1,99
Bergkäse am Stück, 12 Monate     10,63 B
gereift, aus der Region
  0,532 x 19,99
  Rabatt 50 % (MHD morgen)       -5,32
----------------------------------------
Rabatt (Kulanz)                  -1,00
----------------------------------------
SUMME EUR                         8,29
Rundung                           0,01
Gutschein                         5,00
  {number}
Bar                               5,00
Rückgeld                          1,70
Sie sparen                        8,31
----------------------------------------
Enthaltene Steuer
A MwSt 19 %                       0,57
  netto 2,98, brutto 3,55
B MwSt 7 %                        0,31
  netto 4,43, brutto 4,74"
    );
    assert_eq!(middle.join("\n"), expected);
}

#[test]
fn what_was_saved_is_said_in_the_language_of_the_store() {
    let words = [
        ("en-US", "You save"),
        ("de-AT", "Sie sparen"),
        ("fr-FR", "Vous économisez"),
        ("fr-CA", "Vous économisez"),
        ("es-US", "Usted ahorra"),
    ];
    for (locale, you_save) in words {
        let paper = reduced(locale);
        assert!(paper.lines().any(|line| line.starts_with(you_save)), "{paper}");
    }
}

#[test]
fn no_line_is_wider_than_the_paper() {
    let book = german();
    let sale = sale(&book, &[Tender::Cash { amount_minor: 2_000 }]);
    for width in [0, 16, 21, 32, 42, 48, 64] {
        for line in text(&book, &sale, true, width).lines() {
            assert!(line.chars().count() <= width.max(16), "{width}: {line}");
        }
    }
}

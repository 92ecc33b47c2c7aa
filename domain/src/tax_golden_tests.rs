//! Golden receipts: what the law of each country makes of a small basket, worked out by hand beside its source.

use crate::basket::Basket;
use crate::catalogue::PriceBook;
use crate::quantity::Quantity;
use crate::receipt::{ReceiptContext, of_sale};
use crate::sale::UnnumberedSale;
use crate::tender::Tender;

const WIDTH: usize = 32;

/// A country's book; items are (name, price, tax code).
struct Country {
    locale: &'static str,
    currency: &'static str,
    mode: &'static str,
    coin: i64,
    taxes: &'static str,
    items: &'static [(&'static str, i64, &'static str)],
}

impl Country {
    fn book(&self) -> PriceBook {
        let Country { locale, currency, mode, coin, taxes, items } = self;
        let item = |(place, (name, minor, tax)): (usize, &(&str, i64, &str))| {
            let sold_by = if name.ends_with(" kg") { "weight" } else { "piece" };
            format!(r#"{{"plu":"{place}","name":"{name}","price_minor":{minor},"tax":"{tax}","sold_by":"{sold_by}"}}"#)
        };
        let items: Vec<String> = items.iter().enumerate().map(item).collect();
        let json = format!(
            r#"{{"version":1,"store":{{"name":"S","locale":"{locale}"}},"currency":"{currency}","tax_mode":"{mode}",
            "cash_rounding_minor":{coin},"taxes":{taxes},"items":[{}]}}"#,
            items.join(",")
        );
        PriceBook::parse(json.as_bytes()).unwrap()
    }

    /// The paper from the first line to the taxes, when all items are bought in these quantities.
    fn receipt(&self, quantities: &[&str], tender: Tender) -> String {
        let (book, at) = (self.book(), "2026-05-03T18:04:05.123+02:00".parse().unwrap());
        let mut basket = Basket::new(&book);
        for (item, quantity) in book.items().iter().zip(quantities) {
            basket.add(&book, item, Quantity::parse(quantity).unwrap(), &"2026-05-03".parse().unwrap()).unwrap();
        }
        basket.tender(tender).unwrap();
        let sale = UnnumberedSale::of(&basket, None).unwrap().number(1);
        sale.check().unwrap();
        let (till, day) = ("eu/DE-0417/2".parse().unwrap(), "2026-05-03".parse().unwrap());
        let context = ReceiptContext { till: &till, at: &at, business_day: &day, copy: false, hash: None, sig: None };
        let text = of_sale(&sale, &book.store, &context).to_text(WIDTH);
        let sections: Vec<&str> = text.split(&format!("{}\n", "-".repeat(WIDTH))).collect();
        format!("\n{}", sections[1..sections.len() - 1].join("----\n"))
    }
}

fn cash(amount_minor: i64) -> Tender {
    Tender::Cash { amount_minor }
}

fn card(amount_minor: i64) -> Tender {
    Tender::Card { amount_minor, reference: "A1".parse().unwrap() }
}

const GERMANY: Country = Country {
    locale: "de-DE",
    currency: "EUR",
    mode: "inclusive",
    coin: 1,
    taxes: r#"[{"code":"A","label":"MwSt","rates":[{"label":"MwSt","rate":19000}]},
        {"code":"B","label":"MwSt","rates":[{"label":"MwSt","rate":7000}]}]"#,
    items: &[("Stift", 199, "A"), ("Milch", 129, "B")],
};

/// UStG section 12 (1): 19 %; (2) no. 1 with annex 2 no. 4: milk 7 %.
/// A: 5.97 x 19 / 119 = 0.953. B: 2.58 x 7 / 107 = 0.169.
#[test]
fn germany() {
    let expected = "
Stift                     5,97 A
  3 x 1,99
Milch                     2,58 B
  2 x 1,29
----
SUMME EUR                 8,55
Bar                      10,00
Rückgeld                  1,45
----
Enthaltene Steuer
A MwSt 19 %               0,95
  netto 5,02, brutto 5,97
B MwSt 7 %                0,17
  netto 2,41, brutto 2,58
";
    assert_eq!(GERMANY.receipt(&["3", "2"], cash(1_000)), expected);
}

const FRANCE: Country = Country {
    locale: "fr-FR",
    currency: "EUR",
    mode: "inclusive",
    coin: 1,
    taxes: r#"[{"code":"A","label":"TVA","rates":[{"label":"TVA","rate":20000}]},
        {"code":"B","label":"TVA","rates":[{"label":"TVA","rate":5500}]},
        {"code":"C","label":"TVA","rates":[{"label":"TVA","rate":2100}]}]"#,
    items: &[("Vin", 890, "A"), ("Pain", 120, "B"), ("Journal", 320, "C")],
};

/// CGI art. 278: 20 %; art. 278-0 bis: food 5.5 %; art. 298 septies: press 2.1 %.
/// A: 8.90 x 20 / 120 = 1.483. B: 3.60 x 5.5 / 105.5 = 0.188. C: 3.20 x 2.1 / 102.1 = 0.066.
#[test]
fn france() {
    let expected = "
Vin                       8,90 A
Pain                      3,60 B
  3 x 1,20
Journal                   3,20 C
----
TOTAL EUR                15,70
Carte                    15,70
  Réf. A1
----
Taxes comprises
A TVA 20 %                1,48
  HT 7,42, TTC 8,90
B TVA 5,5 %               0,19
  HT 3,41, TTC 3,60
C TVA 2,1 %               0,07
  HT 3,13, TTC 3,20
";
    assert_eq!(FRANCE.receipt(&["1", "3", "1"], card(1_570)), expected);
}

const NETHERLANDS: Country = Country {
    locale: "en-IE",
    currency: "EUR",
    mode: "inclusive",
    coin: 5,
    taxes: r#"[{"code":"A","label":"BTW","rates":[{"label":"BTW","rate":21000}]},
        {"code":"B","label":"BTW","rates":[{"label":"BTW","rate":9000}]}]"#,
    items: &[("Zeep", 399, "A"), ("Brood", 249, "B")],
};

/// Wet OB 1968 art. 9: 21 %, table I food 9 %. Cash to 0.05: De Nederlandsche Bank, rounding since 1 September 2004.
/// A: 3.99 x 21 / 121 = 0.692. B: 2.49 x 9 / 109 = 0.206. 6.48 -> 6.50 in cash, 6.48 on a card.
#[test]
fn netherlands() {
    let expected = "
Zeep                      3.99 A
Brood                     2.49 B
----
TOTAL EUR                 6.48
Cash rounding             0.02
Cash                     10.00
Change                    3.50
----
Tax included
A BTW 21 %                0.69
  net 3.30, gross 3.99
B BTW 9 %                 0.21
  net 2.28, gross 2.49
";
    assert_eq!(NETHERLANDS.receipt(&["1", "1"], cash(1_000)), expected);
    assert!(!NETHERLANDS.receipt(&["1", "1"], card(648)).contains("rounding"));
}

const FINLAND: Country = Country {
    locale: "en-IE",
    currency: "EUR",
    mode: "inclusive",
    coin: 5,
    taxes: r#"[{"code":"A","label":"ALV","rates":[{"label":"ALV","rate":25500}]},
        {"code":"B","label":"ALV","rates":[{"label":"ALV","rate":13500}]}]"#,
    items: &[("Paristot", 548, "A"), ("Kahvi", 799, "B")],
};

/// AVL 1501/1993 section 84: 25.5 %; section 85: food 13.5 % since 2026. Cash to 0.05: Act 890/2000.
/// A: 5.48 x 25.5 / 125.5 = 1.113. B: 7.99 x 13.5 / 113.5 = 0.950. 13.47 -> 13.45.
#[test]
fn finland() {
    let expected = "
Paristot                  5.48 A
Kahvi                     7.99 B
----
TOTAL EUR                13.47
Cash rounding            -0.02
Cash                     20.00
Change                    6.55
----
Tax included
A ALV 25.5 %              1.11
  net 4.37, gross 5.48
B ALV 13.5 %              0.95
  net 7.04, gross 7.99
";
    assert_eq!(FINLAND.receipt(&["1", "1"], cash(2_000)), expected);
}

const BRITAIN: Country = Country {
    locale: "en-GB",
    currency: "GBP",
    mode: "inclusive",
    coin: 1,
    taxes: r#"[{"code":"S","label":"VAT","rates":[{"label":"VAT","rate":20000}]},
        {"code":"R","label":"VAT","rates":[{"label":"VAT","rate":5000}]},{"code":"Z","label":"VAT","rates":[]}]"#,
    items: &[("Shampoo", 350, "S"), ("Child car seat", 4_500, "R"), ("Milk", 145, "Z")],
};

/// VATA 1994 s. 2: 20 %; schedule 7A group 5: car seats 5 %; schedule 8 group 1: food 0 %.
/// S: 3.50 / 6 = 0.583. R: 45.00 / 21 = 2.143.
#[test]
fn great_britain() {
    let expected = "
Shampoo                   3.50 S
Child car seat           45.00 R
Milk                      2.90 Z
  2 x 1.45
----
TOTAL GBP                51.40
Card                     51.40
  Ref. A1
----
Tax included
S VAT 20 %                0.58
  net 2.92, gross 3.50
R VAT 5 %                 2.14
  net 42.86, gross 45.00
Z VAT 0 %                 0.00
  net 2.90, gross 2.90
";
    assert_eq!(BRITAIN.receipt(&["1", "1", "2"], card(5_140)), expected);
}

const SWITZERLAND: Country = Country {
    locale: "de-CH",
    currency: "CHF",
    mode: "inclusive",
    coin: 5,
    taxes: r#"[{"code":"A","label":"MWST","rates":[{"label":"MWST","rate":8100}]},
        {"code":"B","label":"MWST","rates":[{"label":"MWST","rate":2600}]}]"#,
    items: &[("Messer", 1_290, "A"), ("Käse kg", 1_990, "B")],
};

/// MWSTG art. 25 (1): 8.1 %, (2): food 2.6 %, since 2024. Cash to 0.05: no smaller coin since 2007 (MünzV art. 1).
/// 0.532 x 19.90 = 10.587. A: 12.90 x 8.1 / 108.1 = 0.967. B: 10.59 x 2.6 / 102.6 = 0.268. 23.49 -> 23.50.
#[test]
fn switzerland() {
    let expected = "
Messer                   12.90 A
Käse kg                  10.59 B
  0.532 x 19.90
----
SUMME CHF                23.49
Rundung                   0.01
Bar                      50.00
Rückgeld                 26.50
----
Enthaltene Steuer
A MWST 8.1 %              0.97
  netto 11.93, brutto 12.90
B MWST 2.6 %              0.27
  netto 10.32, brutto 10.59
";
    assert_eq!(SWITZERLAND.receipt(&["1", "0.532"], cash(5_000)), expected);
}

const NEW_YORK_CITY: Country = Country {
    locale: "en-US",
    currency: "USD",
    mode: "exclusive",
    coin: 1,
    taxes: r#"[{"code":"T","label":"Sales tax","rates":[{"label":"NY State","rate":4000},{"label":"NYC","rate":4500},
        {"label":"MCTD","rate":375}]},{"code":"C","label":"Clothing, exempt","rates":[]},
        {"code":"F","label":"Food, exempt","rates":[]}]"#,
    items: &[("Coat", 12_000, "T"), ("Soda", 249, "T"), ("T-shirt", 2_499, "C"), ("Milk", 349, "F")],
};

/// NY Tax Law sections 1105, 1109, 1210: 4 + 4.5 + 0.375 = 8.875 % (Publication 718). Section 1115(a)(30): clothing below
/// 110 dollars is exempt; 1115(a)(1): food is, soft drinks are not.
/// 122.49 x 8.875 % = 10.871. Of 10.87: state 4.899, city 5.512, district 0.459: the largest remainders go up.
#[test]
fn new_york_city() {
    let expected = "
Coat                    120.00 T
Soda                      2.49 T
T-shirt                  24.99 C
Milk                      3.49 F
----
Subtotal                150.97
T NY State 4 %            4.90
T NYC 4.5 %               5.51
T MCTD 0.375 %            0.46
TOTAL USD               161.84
Card                    161.84
  Ref. A1
";
    assert_eq!(NEW_YORK_CITY.receipt(&["1", "1", "1", "1"], card(16_184)), expected);
}

const ONTARIO: Country = Country {
    locale: "en-CA",
    currency: "CAD",
    mode: "exclusive",
    coin: 5,
    taxes: r#"[{"code":"H","label":"HST","rates":[{"label":"HST","rate":13000}]},{"code":"Z","label":"HST","rates":[]}]"#,
    items: &[("Towel", 1_499, "H"), ("Milk", 549, "Z")],
};

/// Excise Tax Act s. 165 (2) and schedule VIII: 13 %; schedule VI part III: basic groceries 0 %. Cash to 0.05: Department
/// of Finance, phasing out the penny, 2013.
/// 14.99 x 13 % = 1.949. 22.43 -> 22.45.
#[test]
fn ontario() {
    let expected = "
Towel                    14.99 H
Milk                      5.49 Z
----
Subtotal                 20.48
H HST 13 %                1.95
TOTAL CAD                22.43
Cash rounding             0.02
Cash                     30.00
Change                    7.55
";
    assert_eq!(ONTARIO.receipt(&["1", "1"], cash(3_000)), expected);
}

const QUEBEC: Country = Country {
    locale: "fr-CA",
    currency: "CAD",
    mode: "exclusive",
    coin: 5,
    taxes: r#"[{"code":"T","label":"TPS et TVQ","rounded":"each","rates":[{"label":"TPS","rate":5000},
        {"label":"TVQ","rate":9975}]},{"code":"Z","label":"TPS et TVQ","rates":[]}]"#,
    items: &[("Gomme", 130, "T"), ("Lait", 389, "Z")],
};

/// Excise Tax Act s. 165 (1): GST 5 %; Act respecting the Québec sales tax s. 16: QST 9.975 %, of the price without GST.
/// They are two taxes, each rounded by itself (ETA s. 165.2 (2)).
/// 1.30 x 5 % = 0.065 -> 0.07; 1.30 x 9.975 % = 0.130; together 0.20, where 14.975 % would be 0.19. 5.39 -> 5.40.
#[test]
fn quebec() {
    let expected = "
Gomme                     1,30 T
Lait                      3,89 Z
----
Sous-total                5,19
T TPS 5 %                 0,07
T TVQ 9,975 %             0,13
TOTAL CAD                 5,39
Arrondi                   0,01
Espèces                  10,00
Monnaie rendue            4,60
";
    assert_eq!(QUEBEC.receipt(&["1", "1"], cash(1_000)), expected);
}

const BRITISH_COLUMBIA: Country = Country {
    locale: "en-CA",
    currency: "CAD",
    mode: "exclusive",
    coin: 5,
    taxes: r#"[{"code":"P","label":"GST and PST","rounded":"each","rates":[{"label":"GST","rate":5000},
        {"label":"PST","rate":7000}]},{"code":"G","label":"GST","rates":[{"label":"GST","rate":5000}]}]"#,
    items: &[("Pan", 2_999, "P"), ("Child's jacket", 4_500, "G")],
};

/// Excise Tax Act s. 165 (1): GST 5 %; PSTA s. 34: 7 %; PSTERR s. 11: children's clothing is exempt from PST.
/// 29.99 x 5 % = 1.4995, x 7 % = 2.0993; 45.00 x 5 % = 2.25. A card is not rounded.
#[test]
fn british_columbia() {
    let expected = "
Pan                      29.99 P
Child's jacket           45.00 G
----
Subtotal                 74.99
P GST 5 %                 1.50
P PST 7 %                 2.10
G GST 5 %                 2.25
TOTAL CAD                80.84
Card                     80.84
  Ref. A1
";
    assert_eq!(BRITISH_COLUMBIA.receipt(&["1", "1"], card(8_084)), expected);
}

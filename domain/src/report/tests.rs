//! What a report promises: its totals are the journal's, always, whoever adds them up and in whatever steps.

mod naive;
mod scene;

use super::*;
use crate::catalogue::StoreInfo;
use crate::entry::Hash;
use crate::receipt::Element;
use proptest::prelude::*;
use scene::Scene;

#[test]
fn a_day_in_a_store_by_hand() {
    let mut scene = Scene::new(1);
    scene.open_shift(10_000);
    scene.sale(&[(0, "2")], "cash", Some("7 Anna")); // 2 x 1.99 at 19 %, paid 3.98 -> 4.00 in coins of 5
    scene.sale(&[(1, "0.5")], "card", Some("8 Ben")); // 10.00 at 7 %
    scene.sale(&[(0, "1"), (1, "0.5")], "cash", Some("7 Anna")); // 11.99 -> 12.00
    scene.void(Some("7 Anna"));
    scene.refund(1, &[(1, 1_000)], Some("8 Ben")); // 1.99 -> 2.00
    scene.movement(Direction::PickUp, 5_000);
    scene.no_sale();
    scene.close_shift(-50);
    let report = Report::of(&scene.entries);
    let tally = |count, amount_minor| Tally { count, amount_minor };
    assert_eq!((report.sales, report.refunds, report.voids), (tally(3, 2_597), tally(1, 199), tally(1, 1_199)));
    assert_eq!((report.turnover_minor(), report.cash_rounding_minor), (Ok(1_199), 2 + 1 - 1 - 1));
    assert_eq!(report.receipts, Some(ReceiptNumbers { first: 1, last: 5 }));
    // 19 %: 3.98 + 1.99 - 1.99 - 1.99 = 1.99; the tax of 3.98 is 0.64, of each 1.99 0.32.
    let groups: Vec<_> =
        report.groups.iter().map(|g| (g.code.as_str(), g.net_minor, g.tax_minor, g.gross_minor)).collect();
    assert_eq!(groups, [("A", 167, 32, 199), ("B", 935, 65, 1_000)]);
    let tenders: Vec<_> = report.tenders.iter().map(|t| (t.kind, t.taken, t.given_back)).collect();
    let card = (TenderKind::Card, tally(1, 1_000), tally(0, 0));
    assert_eq!(tenders, [(TenderKind::Cash, tally(2, 1_600), tally(2, 1_400)), card]);
    assert_eq!((report.picked_up, report.no_sales), (tally(1, 5_000), 1));
    let shift = &report.shifts[0];
    // 100.00 + 4.00 + 12.00 - 12.00 - 2.00 - 50.00
    assert_eq!((shift.expected_minor, shift.counted_minor, shift.over_short_minor), (5_200, 5_150, -50));
    let anna = &report.cashiers[0];
    assert_eq!((anna.cashier.as_deref(), anna.sales, anna.voids), (Some("7 Anna"), tally(2, 1_597), tally(1, 1_199)));
    assert_eq!((report.check(), report.uncounted, report.outside_shifts_minor), (Ok(()), 0, 0));
}

#[test]
fn z_numbers_are_consecutive_and_the_grand_total_is_never_reset() {
    let mut scene = Scene::new(2);
    let mut grand_total = 0;
    for z_number in 1..=3 {
        scene.open_shift(0);
        scene.sale(&[(0, "1")], "cash", None);
        assert_eq!(
            Report::of(&scene.entries).close("2026-05-03".parse().unwrap(), None),
            Err(ReportError::ShiftOpen(z_number))
        );
        scene.close_shift(0);
        grand_total += 199;
        let before = Report::of(&scene.entries);
        let closed = scene.close_day();
        assert_eq!((closed.report.z_number, closed.report.grand_total_minor()), (z_number, Ok(grand_total)));
        assert_eq!(closed.check_against(&before), Ok(()));
        assert!(closed.check_against(&Report::default()).is_err());
        let after = Report::of(&scene.entries);
        assert_eq!((after.z_number, after.grand_total_before_minor), (z_number + 1, grand_total));
        assert_eq!((after.sales, after.receipts), (Tally::default(), None));
    }
    // A fold that begins with the last Z report, because what is older was pruned, says the same.
    let last = scene.entries.iter().rposition(|entry| entry.kind.as_str() == "day_closed").unwrap();
    assert_eq!(Report::of(&scene.entries[last..]), Report::of(&scene.entries));
}

#[test]
fn an_entry_that_cannot_be_counted_is_noted_and_keeps_nobody_from_closing_the_day() {
    let mut scene = Scene::new(3);
    scene.sale(&[(0, "1")], "cash", None);
    let good = Report::of(&scene.entries);
    for (kind, body) in [
        ("sale", "{".to_owned()),
        ("sale", scene.entries[0].body.replace("\"total_minor\":199", "\"total_minor\":198")),
        ("sale", scene.entries[0].body.replace("EUR", "USD")),
        ("refund", "{}".to_owned()),
        (
            "cash_movement",
            r#"{"shift":1,"direction":"paid_in","currency":"EUR","amount_minor":-1,"reason":"x"}"#.to_owned(),
        ),
    ] {
        scene.entry(kind, body);
    }
    scene.entry("of_next_year", "{}".to_owned());
    let report = Report::of(&scene.entries);
    assert_eq!(report, Report { uncounted: 5, ..good });
    assert!(report.close("2026-05-03".parse().unwrap(), None).is_ok());
}

#[test]
fn an_overflow_leaves_nothing_half_counted() {
    let mut scene = Scene::new(4);
    scene.open_shift(0);
    for _ in 0..2 {
        let body =
            format!(r#"{{"shift":1,"direction":"paid_in","currency":"EUR","amount_minor":{},"reason":"x"}}"#, i64::MAX);
        scene.entry("cash_movement", body);
    }
    let report = Report::of(&scene.entries);
    assert_eq!((report.paid_in, report.uncounted), (Tally { count: 1, amount_minor: i64::MAX }, 1));
}

fn store(locale: &str) -> StoreInfo {
    serde_json::from_str(&format!(r#"{{"name":"Evertill Markt","address":["Berlin"],"locale":"{locale}"}}"#)).unwrap()
}

fn printed(report: &Report, locale: &str, closes: bool, copy: bool) -> String {
    let (till, at) = ("eu/DE-0417/2".parse().unwrap(), "2026-05-03T20:04:05+02:00".parse().unwrap());
    let (business_day, hash) = ("2026-05-03".parse().unwrap(), closes.then_some(Hash([0xab; 32])));
    let cashier = closes.then_some("9 Cem");
    let context = ReportContext { till: &till, at: &at, business_day: &business_day, closes, copy, cashier, hash };
    let paper = document(report, &store(locale), &context).unwrap();
    assert!(matches!(paper.elements.last(), Some(Element::Cut)));
    paper.to_text(32)
}

#[test]
fn a_german_z_report() {
    let mut scene = Scene::new(5);
    scene.open_shift(10_000);
    scene.sale(&[(0, "2"), (1, "0.5")], "cash", Some("7 Anna")); // 3.98 + 10.00 -> 14.00
    scene.refund(1, &[(1, 1_000)], Some("7 Anna")); // 1.99 -> 2.00
    scene.close_shift(-5);
    let report = Report::of(&scene.entries);
    let expected = "
         Evertill Markt
             Berlin

          Z-BERICHT 1
      *** COPY / KOPIE ***
--------------------------------
Kasse 2                  DE-0417
Geschäftstag          03.05.2026
                03.05.2026 20:04
Bons                       1 - 2
--------------------------------
Verkäufe (1)               13,98
Rückgaben (1)              -1,99
UMSATZ EUR                 11,99
Rundung                     0,01
--------------------------------
Steuern
A MwSt 19 %
  netto                     1,67
  Steuer                    0,32
  brutto                    1,99
B MwSt 7 %
  netto                     9,35
  Steuer                    0,65
  brutto                   10,00
--------------------------------
Zahlungsmittel
Bar (1)                    14,00
  zurückgegeben (1)        -2,00
--------------------------------
Kassenlade
Schicht 1                  9 Cem
  Wechselgeld             100,00
  Soll                    112,00
  Gezählt                 111,95
  Fehlbetrag               -0,05
--------------------------------
Bedienung
7 Anna (1)                 13,98
  Rückgaben (1)            -1,99
--------------------------------
Gesamtumsatz               11,99
Abgeschlossen von          9 Cem
    Journal abababababababab
      *** COPY / KOPIE ***



- - - - - - - - - - - - - - - -
";
    assert_eq!(printed(&report, "de-DE", true, true), &expected[1..]);
}

#[test]
fn an_x_report_reads_an_empty_day_and_does_not_tell_the_counter_what_to_find() {
    let empty = printed(&Report::default(), "en-GB", false, false);
    assert!(empty.contains("X REPORT") && empty.contains("TURNOVER") && !empty.contains("COPY"), "{empty}");
    let mut scene = Scene::new(6);
    scene.open_shift(10_000);
    scene.sale(&[(0, "1")], "cash", None);
    let open = printed(&Report::of(&scene.entries), "en-GB", false, false);
    assert!(open.contains("Shift 1: Float") && !open.contains("Expected") && !open.contains("102.00"), "{open}");
}

#[test]
fn a_report_of_500_random_events_is_what_a_naive_addition_gives() {
    for seed in 0..12 {
        let scene = Scene::random(seed, 500);
        let report = Report::of(&scene.entries);
        assert_eq!(naive::of_report(&report), naive::of_entries(&scene.entries), "seed {seed}");
        assert_eq!((report.check(), report.uncounted), (Ok(()), 0), "seed {seed}");
        assert!(scene.entries.len() >= 400 && report.z_number > 1, "seed {seed}: too little happened");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_report_is_the_same_in_whatever_steps_it_is_folded_and_saved(seed in any::<u64>(), saved in prop::collection::vec(0usize..120, 0..6)) {
        let scene = Scene::random(seed, 120);
        let mut report = Report::default();
        for (index, entry) in scene.entries.iter().enumerate() {
            if saved.contains(&index) {
                report = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
            }
            report.add(entry);
        }
        prop_assert_eq!(report, Report::of(&scene.entries));
    }
}

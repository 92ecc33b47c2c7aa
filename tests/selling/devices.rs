//! Promise 5 and 12: no printer holds a sale up, an unknown is said, a copy says so, and no drawer is kicked twice.

use super::world::{self, World, key, sell};
use evertill::http::views::{ActView, BasketView, Status};
use evertill_hal::emulator::{EmulatedDisplay, EmulatedScale, Faults};
use evertill_hal::scale::Dialect;
use evertill_hal::{Weighing, WeightUnit};
use serde_json::json;

/// Bananas of the demo's price book, sold by weight.
const WEIGHED: &str = "4011";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paper_out_delays_the_paper_and_not_the_sale() {
    let mut world = World::new().await;
    let client = world.start_till().await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    world.printer.set_faults(Faults { paper_out: true, ..Faults::default() });
    sell(&client, "no-paper", &world::codes()[0]).await;
    let status = world.wait_for(&client, "the word", |status| status.devices.printer.state == "paper_out").await;
    assert!(status.devices.printer.detail.contains("paper"), "{status:?}");
    assert_eq!(world.printer.printed(), 0);
    world.wait_until_kicked(1).await;

    // Killed and started again meanwhile: the job is a row of the journal, the kick is not.
    world.kill_till();
    let client = world.start_till().await;
    world.printer.set_faults(Faults::default());
    world.wait_until_printed(1).await;
    world.wait_for(&client, "the printer", |status| status.devices.printer.state == "ready").await;
    assert_eq!(world.printer.pulses().len(), 1, "a restart never kicks the drawer");
    let sheets = world.printer.take_sheets();
    assert!(!sheets[0].text().contains("KOPIE"), "{}", sheets[0].text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_print_whose_answer_was_lost_is_unknown_and_a_reprint_says_copy() {
    let mut world = World::new().await;
    let client = world.start_till().await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    // The status is asked in three-byte questions; a receipt is longer, so it breaks in the middle of one.
    world.printer.set_faults(Faults { disconnect_after_bytes: Some(200), ..Faults::default() });
    let receipt = sell(&client, "cut-off", &world::codes()[0]).await;
    let doubt = format!("receipt {receipt}: nobody knows");
    let is_said = |status: &Status| status.alarms.iter().any(|alarm| alarm.contains(&doubt));
    world.wait_for(&client, "the word", is_said).await;
    // The printer is well again, and a restart forgets nothing either.
    world.kill_till();
    let client = world.start_till().await;
    world.wait_for(&client, "the word", is_said).await;
    assert_eq!(world.printer.printed(), 0, "an unknown print is not repeated by itself");
    world.printer.set_faults(Faults::default());
    let path = format!("/v1/receipts/{receipt}/copy");
    let _: ActView = client.post(&path, &key("copy-it-once".to_owned()), &json!({})).await.unwrap();
    world.wait_until_printed(1).await;
    let sheets = world.printer.take_sheets();
    assert!(sheets[0].text().contains("KOPIE"), "{}", sheets[0].text());
    world.wait_for(&client, "no alarm any more", |status| !is_said(status)).await;
    world.kill_till();
    let outcomes: Vec<String> = (world.entries().into_iter())
        .filter(|entry| entry.kind.as_str() == "device_outcome")
        .map(|entry| entry.body)
        .collect();
    assert!(outcomes.iter().any(|body| body.contains("unknown")), "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_settles_a_paper_in_doubt_and_only_their_word_prints_it_again() {
    let mut world = World::new().await;
    let client = world.start_till().await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    for (round, is_whole) in [true, false].into_iter().enumerate() {
        world.printer.set_faults(Faults { disconnect_after_bytes: Some(200), ..Faults::default() });
        sell(&client, &format!("cut-off-{round}"), &world::codes()[0]).await;
        let status = world.wait_for(&client, "the word", |status| status.devices.paper_in_doubt.is_some()).await;
        let job = status.devices.paper_in_doubt.unwrap().job;
        world.printer.set_faults(Faults::default());
        world.wait_for(&client, "the printer", |status| status.devices.printer.state == "ready").await;
        assert_eq!(world.printer.printed(), 0, "nothing comes out before somebody looked");
        let path = format!("/v1/papers/{job}/settle");
        for _ in 0..2 {
            let seen = json!({ "whole": is_whole });
            let _: ActView = client.post(&path, &key(format!("settle-{round}")), &seen).await.unwrap();
        }
        world.wait_for(&client, "no doubt any more", |status| status.devices.paper_in_doubt.is_none()).await;
        world.wait_for(&client, "the queue", |status| status.receipts_waiting == 0).await;
        assert_eq!(world.printer.printed(), u64::from(!is_whole));
    }
    let sheets = world.printer.take_sheets();
    assert!(sheets[0].text().contains("KOPIE"), "{}", sheets[0].text());
    let seen = |body: &str| body.contains("saw that it is whole");
    assert_eq!(world.entries().iter().filter(|entry| seen(&entry.body)).count(), 1, "their word is an entry");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drawer_with_a_sensor_says_whether_it_is_open() {
    let mut world = World::new().await;
    world.reconfigure("[drawer]\nkind = \"printer\"", "[drawer]\nkind = \"printer\"\nsensor = \"high-is-open\"");
    let client = world.start_till().await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    world.wait_for(&client, "a shut drawer", |status| status.devices.drawer.state == "closed").await;
    sell(&client, "opens-it", &world::codes()[0]).await;
    world.wait_for(&client, "an open drawer", |status| status.devices.drawer.state == "open").await;
    world.printer.shut_drawer();
    world.wait_for(&client, "a shut drawer", |status| status.devices.drawer.state == "closed").await;
    // A roll that ends soon is told while it prints on.
    world.printer.set_faults(Faults { paper_near_end: true, ..Faults::default() });
    world.wait_for(&client, "the word", |status| status.devices.printer.state == "paper_near_end").await;
    let by_hand = |body: &str| body.contains("opened_by_hand");
    assert!(!world.entries().iter().any(|entry| by_hand(&entry.body)), "the till opened it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_reaches_the_basket_and_a_misread_one_adds_nothing() {
    let mut world = World::new().await;
    let client = world.start_till().await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    // What is scanned before the till has opened the line is not meant for it.
    world.wait_for(&client, "the scanner", |status| status.devices.scanner.state == "ready").await;
    let code = world::codes()[0].trim_start_matches('0').to_owned();
    let misread = format!("{}{}", &code[..code.len() - 1], (code.as_bytes()[code.len() - 1] - b'0' + 1) % 10);
    for scanned in [misread.as_str(), "no such thing", "\u{1b}[2J", &code] {
        world.scanner.scan(scanned).unwrap();
    }
    let basket = world.wait_for_basket(&client, |basket| !basket.lines.is_empty()).await;
    assert_eq!(basket.lines.len(), 1, "{basket:?}");
    assert_eq!(basket.lines[0].quantity_milli, 1_000, "{basket:?}");

    // Pulled out and plugged in again is a normal day.
    world.scanner.unplug();
    world.wait_for(&client, "the word", |status| status.devices.scanner.state != "ready").await;
    world.scanner.plug_in().unwrap();
    world.wait_for(&client, "the scanner", |status| status.devices.scanner.state == "ready").await;
    world.scanner.scan(&code).unwrap();
    let two = |basket: &BasketView| basket.lines.iter().map(|line| line.quantity_milli).sum::<i64>() == 2_000;
    world.wait_for_basket(&client, two).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scale_weighs_what_has_no_weight_and_the_display_shows_it() {
    let mut world = World::new().await;
    let (scale, display) = (world.folder.path().join("scale"), world.folder.path().join("display"));
    let dialect = Dialect::Toledo8217 { unit: WeightUnit::Kilogram, implied_decimals: 3 };
    let scale = EmulatedScale::plugged_in(scale, dialect).unwrap();
    let display = EmulatedDisplay::plugged_in(display).unwrap();
    let devices = format!(
        "[scale]\nkind = \"serial\"\ndialect = \"toledo-8217\"\npath = \"{}\"\n[display]\nkind = \"serial\"\npath = \"{}\"\n[scanner]",
        scale.path().display(),
        display.path().display()
    );
    world.reconfigure("[scanner]", &devices);
    let client = world.start_till().await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;

    let refused = world::scan(&client, "scale-is-empty".to_owned(), WEIGHED).await.unwrap_err().to_string();
    assert!(refused.contains("nothing lies on the scale"), "{refused}");
    scale.put(Weighing::Stable { thousandths: 532, unit: WeightUnit::Kilogram });
    let basket = world::scan(&client, "scale-weighs".to_owned(), WEIGHED).await.unwrap().basket;
    assert_eq!(basket.lines.iter().map(|line| line.quantity_milli).collect::<Vec<_>>(), [532]);
    world.wait_until("the display", || display.lines()[0].starts_with("0,532")).await;
    assert!(display.lines()[1].starts_with("Summe"), "{:?}", display.lines());

    // Without it, goods that say their weight are sold all the same.
    drop(scale);
    let silent = world::scan(&client, "scale-is-gone".to_owned(), WEIGHED).await.unwrap_err().to_string();
    assert!(silent.contains("scale"), "{silent}");
    let typed = world::scan(&client, "weight-typed".to_owned(), &format!("0.1*{WEIGHED}")).await.unwrap();
    assert_eq!(typed.basket.lines.len(), 2, "{typed:?}");
    world.wait_for(&client, "the word", |status| status.devices.scale.state == "offline").await;
}

//! Promise 7: a server that is not the region's gets no word, it is said, and the shop goes on.

use super::world::{self, World, receipt_numbers, sell};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_certificate_is_alarmed_nothing_is_sent_there_and_selling_goes_on() {
    let mut world = World::new().await;
    world.stop_location(0).await;
    world.make_certificates_foreign();
    world.start_location(0).await;
    let client = world.start_till().await;
    world.wait_for(&client, "the price book from ams", |status| status.price_book_version > 0).await;
    for (index, code) in world::codes().iter().take(3).enumerate() {
        sell(&client, &format!("sale-{index}"), code).await;
    }
    let status = world
        .wait_for(&client, "delivery to ams and the alarm", |status| {
            let at = |name: &str| status.sync.locations.iter().find(|location| location.name == name).unwrap().clone();
            let is_said = |alarm: &String| alarm.contains("fra") && alarm.contains("this region's authority");
            at("ams").unsent == 0 && !at("fra").online && status.alarms.iter().any(is_said)
        })
        .await;
    assert!(status.sync.online, "{status:?}");
    world.wait_until_printed(3).await;
    world.kill_till();
    assert_eq!(receipt_numbers(&world.entries()), [1, 2, 3]);
    world.stop_location(0).await;
    let mut lines = Vec::new();
    evertill_head_office::cli::verify_all(&world.location_config(0), |line| lines.push(line)).await.unwrap();
    assert!(lines.is_empty(), "fra got something: {lines:?}");
}

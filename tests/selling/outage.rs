//! Promise 1, 2, 5: whatever is down, the till sells; when it is back, every location has everything once.

use super::world::{self, World, receipt_numbers, sell};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_location_gone_then_both_then_back_and_each_has_every_sale_once() {
    let mut world = World::new().await;
    let codes = world::codes();
    let client = world.start_till().await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    sell(&client, "well", &codes[0]).await;
    world.wait_until_delivered(&client).await;

    world.stop_location(0).await;
    sell(&client, "one-gone", &codes[1]).await;
    world.wait_for(&client, "delivery to ams", |status| unsent(status, "ams") == Some(0)).await;
    let status = client.status().await.unwrap();
    assert!(unsent(&status, "fra") > Some(0), "{status:?}");

    world.stop_location(1).await;
    for (index, code) in codes.iter().take(5).enumerate() {
        sell(&client, &format!("offline-{index}"), code).await;
    }
    world.wait_for(&client, "the word that it is offline", |status| !status.sync.online).await;

    // It starts without anyone to talk to, and sells.
    world.wait_until_printed(7).await;
    world.kill_till();
    let client = world.start_till().await;
    sell(&client, "offline-restarted", &codes[6]).await;

    world.start_location(1).await;
    sell(&client, "one-back", &codes[7]).await;
    world.start_location(0).await;
    world.wait_until_delivered(&client).await;
    world.wait_for(&client, "the word that it is online", |status| status.sync.online).await;
    world.wait_until_printed(9).await;
    world.wait_until_delivered(&client).await;
    world.kill_till();
    assert_eq!(receipt_numbers(&world.entries()), (1..=9).collect::<Vec<u64>>());
    world.check_locations().await;
}

fn unsent(status: &evertill::http::views::Status, location: &str) -> Option<u64> {
    status.sync.locations.iter().find(|state| state.name == location).map(|state| state.unsent)
}

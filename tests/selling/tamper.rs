//! Promise 4: one altered byte of the database, and `till journal verify` names the entry.

use super::world::{self, World, sell};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_altered_byte_is_found_and_the_entry_is_named() {
    let mut world = World::new().await;
    let client = world.start_till().await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    for (index, code) in world::codes().iter().take(5).enumerate() {
        sell(&client, &format!("sale-{index}"), code).await;
    }
    world.wait_until_delivered(&client).await;
    world.kill_till();
    // Reading it folds the write-ahead log in, so that the file alone holds everything.
    let sale = world.entries().into_iter().filter(|entry| entry.kind.as_str() == "sale").nth(2).unwrap();
    let connection = rusqlite::Connection::open(world.journal()).unwrap();
    connection.pragma_update(None, "journal_mode", "DELETE").unwrap();
    drop(connection);

    let path = world.journal();
    let whole = std::fs::read(&path).unwrap();
    // The cashier's thought: one digit of what was paid.
    let needle = b"\"total_minor\":";
    let body_at = find(&whole, sale.body.as_bytes()).expect("a short body lies in the file in one piece");
    let digit_at = body_at + find(sale.body.as_bytes(), needle).unwrap() + needle.len();
    let mut altered = whole.clone();
    altered[digit_at] = if whole[digit_at] == b'9' { b'8' } else { whole[digit_at] + 1 };
    std::fs::write(&path, &altered).unwrap();

    let verified = world.command().args(["journal", "verify"]).output().unwrap();
    let said = String::from_utf8(verified.stdout).unwrap();
    assert_eq!(verified.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("entry {}", sale.seq)), "{said}");

    std::fs::write(&path, &whole).unwrap();
    assert!(world.command().args(["journal", "verify"]).status().unwrap().success());
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

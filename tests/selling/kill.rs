//! Promises 1 to 3: the till is killed at 200 seeded moments while it sells; nothing confirmed is lost, nothing is
//! doubled, no number is missing.

use super::world::{self, World, pay_cash, receipt_numbers, scan};
use evertill::http::client::{Client, ClientError};
use evertill_domain::random::Seeded;
use std::collections::BTreeMap;
use std::time::Duration;

/// How often the till is killed.
const ROUNDS: u64 = 200;
/// The till lives this long at most in a round, in milliseconds, once it answers.
const LIFE_MAX_MS: u64 = 300;
/// More than a cashier does in that time.
const ACTS_MAX: usize = 10_000;
/// Every fourth round or so it is killed while it starts, this many milliseconds after its beginning at most.
const START_MAX_MS: u64 = 60;

/// What the cashier did and saw: key of the payment to the receipt number that the till answered.
type Confirmed = BTreeMap<String, u64>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_no_confirmed_sale_is_lost_doubled_or_renumbered() {
    let seed = std::env::var("EVERTILL_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_123);
    println!("seed {seed}; replay with EVERTILL_SEED={seed} cargo test --test selling killed");
    let mut world = World::new().await;
    let mut random = Seeded::new(seed);
    let (codes, mut confirmed, mut cashier) = (world::codes(), Confirmed::new(), Cashier::default());
    let client = world.start_till().await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    world.kill_till();
    for _ in 0..ROUNDS {
        if random.up_to(3) == 0 {
            world.spawn_till();
            tokio::time::sleep(Duration::from_millis(random.up_to(START_MAX_MS))).await;
            world.kill_till();
            continue;
        }
        let client = world.start_till().await;
        let life = Duration::from_millis(random.up_to(LIFE_MAX_MS));
        // Dropping the cashier in the middle of a request is what a crash looks like from outside.
        let _ = tokio::time::timeout(life, cashier.sell(&client, &codes, &mut confirmed)).await;
        world.kill_till();
    }
    let client = world.start_till().await;
    cashier.finish(&client, &codes, &mut confirmed).await;
    world.wait_until_delivered(&client).await;
    world.kill_till();
    check(&mut world, &confirmed).await;
}

/// Does one thing after the other; what was not answered is asked again, with the same key.
#[derive(Default)]
struct Cashier {
    sale: u64,
    step: u64,
}

impl Cashier {
    async fn sell(&mut self, client: &Client, codes: &[String], confirmed: &mut Confirmed) {
        for _ in 0..ACTS_MAX {
            match self.act(client, codes, confirmed).await {
                Ok(()) => {}
                Err(ClientError::Refused(problem)) => panic!("the till refuses: {problem:?}"),
                Err(_) => return,
            }
        }
    }

    /// Ends the sale that is open.
    async fn finish(&mut self, client: &Client, codes: &[String], confirmed: &mut Confirmed) {
        for _ in 0..3 {
            self.act(client, codes, confirmed).await.unwrap();
            if self.step == 0 {
                return;
            }
        }
        panic!("the last sale did not end");
    }

    /// Two scans, then cash: the third act of a sale. An act counts only once it was answered.
    async fn act(&mut self, client: &Client, codes: &[String], confirmed: &mut Confirmed) -> Result<(), ClientError> {
        let act = format!("sale-{:06}-{}", self.sale, self.step);
        if self.step < 2 {
            // The same act is the same item, however often it is asked.
            let code = &codes[(self.sale * 7 + self.step) as usize % codes.len()];
            scan(client, act, code).await?;
            self.step += 1;
            return Ok(());
        }
        let reply = pay_cash(client, act.clone(), 50_000).await?;
        let sale = reply.sale.expect("500.00 pays for two items");
        confirmed.insert(act, sale.receipt_number);
        (self.sale, self.step) = (self.sale + 1, 0);
        Ok(())
    }
}

async fn check(world: &mut World, confirmed: &Confirmed) {
    let verified = world.command().args(["journal", "verify"]).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    let numbers = receipt_numbers(&world.entries());
    let consecutive: Vec<u64> = (1..=numbers.len() as u64).collect();
    assert_eq!(numbers, consecutive, "no gap, no reuse");
    let seen: Vec<u64> = confirmed.values().copied().collect();
    assert_eq!(seen, consecutive, "each confirmed sale once, and no sale that nobody asked for");
    assert!(numbers.len() > 100, "only {} sales: the machine was too slow for this test to mean much", numbers.len());
    world.check_locations().await;
}

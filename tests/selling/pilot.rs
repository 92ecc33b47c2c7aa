//! A store is led from pool to pool by signed files: between baskets, only to a pool that answers, and back; whatever else comes
//! is refused with its reason, and the last good file stays.

use super::world::{self, LOCATIONS, World, pay_cash, scan, sell};
use crate::publishing;
use evertill_domain::publication::Subject;
use evertill_head_office::Server;
use serde_json::Value;

/// The second pool's servers in both locations, on the same databases as the first pool's.
async fn second_pool(world: &World) -> Vec<Server> {
    let mut servers = Vec::new();
    for index in 0..LOCATIONS.len() {
        let mut config = world.location_config(index);
        config.pool = "v42".parse().unwrap();
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.operators = None;
        servers.push(evertill_head_office::serve(config).await.unwrap());
    }
    servers
}

/// The region's endpoints with both pools.
fn endpoints(world: &World, serial: u64, second: &[Server]) -> String {
    let urls = |addresses: Vec<String>| {
        let at = LOCATIONS.iter().zip(addresses).map(|(name, address)| format!("{name} = [\"https://{address}\"]"));
        at.collect::<Vec<_>>().join(", ")
    };
    let first = urls((0..2).map(|index| world.location_config(index).listen.to_string()).collect());
    let second = urls(second.iter().map(|server| server.local_addr().to_string()).collect());
    format!(
        "schema = 1\nregion = \"eu\"\nserial = {serial}\nmode = \"active-passive\"\norder = [\"fra\", \"ams\"]\n\
         [pool.v41]\nversion = \"4.1\"\nclient = \">=0.1\"\nurls = {{ {first} }}\n\
         [pool.v42]\nversion = \"4.2\"\nclient = \">=0.1\"\nurls = {{ {second} }}\n\
         [pool.v43]\nversion = \"4.3\"\nclient = \">=0.1\"\nurls = {{ fra = [\"https://127.0.0.1:1\"] }}\n\
         [pool.v44]\nversion = \"4.4\"\nclient = \">=9.0\"\nurls = {{ {first} }}\n"
    )
}

fn assignment(serial: u64, next: &str, state: &str) -> String {
    format!(
        "schema = 1\nregion = \"eu\"\nserial = {serial}\nstable = \"v41\"\nnext = \"{next}\"\npercent = 0\nsalt = \"p\"\n\
         include = [\"DE-0417\"]\nstate = \"{state}\"\nrollback_safe = true\n"
    )
}

/// The pools of the journal's moves, from and to.
fn moves(world: &World) -> Vec<(String, String)> {
    let entries = world.entries();
    let bodies = entries.iter().filter(|entry| entry.kind.as_str() == "pool_changed");
    let bodies = bodies.map(|entry| serde_json::from_str::<Value>(&entry.body).unwrap());
    bodies.map(|body| (body["from"].as_str().unwrap().to_owned(), body["to"].as_str().unwrap().to_owned())).collect()
}

/// What `till explain` says.
fn explained(world: &World) -> String {
    let said = world.command().arg("explain").output().unwrap();
    String::from_utf8(said.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_moves_between_baskets_and_comes_back() {
    let mut world = World::new().await;
    let second = second_pool(&world).await;
    let client = world.start_till().await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    let codes = world::codes();
    sell(&client, "before", &codes[0]).await;

    // The basket is open when the assignment comes: the store waits for it.
    scan(&client, "scan-open-basket".to_owned(), &codes[1]).await.unwrap();
    world.publish(Subject::Endpoints, &endpoints(&world, 1, &second)).await;
    world.publish(Subject::Assignment, &assignment(1, "v42", "running")).await;
    world.wait_until("the assignment", || explained(&world).contains("assignment 1")).await;
    assert!(explained(&world).contains("it talks to pool v41") && explained(&world).contains("belongs to pool v42"));
    assert_eq!(moves(&world), []);
    pay_cash(&client, "pay-open-basket".to_owned(), 50_000).await.unwrap();
    let there = || moves(&world) == [("v41".to_owned(), "v42".to_owned())];
    world.wait_until("the move", there).await;
    sell(&client, "there", &codes[2]).await;
    world.wait_until_delivered(&client).await;
    world.wait_until("the word", || explained(&world).contains("it talks to pool v42")).await;

    // It is there after a crash, too; and comes back at once when the pilot is aborted.
    world.kill_till();
    let client = world.start_till().await;
    sell(&client, "again", &codes[3]).await;
    world.wait_until_delivered(&client).await;
    assert_eq!(moves(&world).len(), 1);
    world.publish(Subject::Assignment, &assignment(2, "v42", "aborted")).await;
    world.wait_until("the way back", || moves(&world).last() == Some(&("v42".to_owned(), "v41".to_owned()))).await;
    sell(&client, "back", &codes[4]).await;
    world.wait_until_delivered(&client).await;
    world.kill_till();
    for server in second {
        server.stop().await;
    }
    world.check_locations().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_that_does_not_answer_or_wants_another_agent_is_not_gone_to() {
    let mut world = World::new().await;
    let second = second_pool(&world).await;
    let client = world.start_till().await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    world.publish(Subject::Endpoints, &endpoints(&world, 1, &second)).await;
    for (serial, pool, said) in [
        (1, "v43", "the store is to move to pool v43, which does not answer; it stays in v41"),
        (2, "v44", "the store is to move to pool v44, which serves agents >=9.0"),
    ] {
        world.publish(Subject::Assignment, &assignment(serial, pool, "running")).await;
        let is_said = |alarms: &[String]| alarms.iter().any(|alarm| alarm.contains(said));
        world.wait_for(&client, said, |status| is_said(&status.alarms)).await;
    }
    sell(&client, "stays", &world::codes()[0]).await;
    world.publish(Subject::Assignment, &assignment(3, "v44", "aborted")).await;
    world.wait_for(&client, "the end of the alarm", |status| status.alarms.is_empty()).await;
    assert_eq!(moves(&world), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_from_a_stick_counts_when_the_region_signed_it_and_it_is_newer() {
    let mut world = World::new().await;
    let second = second_pool(&world).await;
    let import = |name: &str, file: &str, claim: Option<&str>| {
        let path = world.folder.path().join(name);
        std::fs::write(&path, file).unwrap();
        let signature = claim.map_or("none".to_owned(), |claim| publishing::minisig(file.as_bytes(), claim));
        std::fs::write(world.folder.path().join(format!("{name}.minisig")), signature).unwrap();
        let said = world.command().arg("import").arg(&path).output().unwrap();
        let text = [said.stdout, said.stderr].concat();
        (said.status.success(), String::from_utf8(text).unwrap())
    };
    let claim = |subject: &str, serial: u64| format!("evertill {subject} region=eu store=* version={serial} since=0");
    let (places, first) = (endpoints(&world, 5, &second), assignment(7, "v42", "running"));
    for (file, signed, said) in [
        (places.clone(), None, "it is not signed"),
        (places.clone(), Some(claim("endpoints", 6)), "it says region eu and serial 5, and is signed as"),
        (places.clone(), Some(claim("endpoints", 5).replace("=eu", "=na")), "which is not for this till"),
        (places.replace("serial = 5", "serial = 0"), Some(claim("endpoints", 5)), "line 3: serial is 0"),
    ] {
        let (taken, text) = import("endpoints.toml", &file, signed.as_deref());
        assert!(!taken && text.contains(said), "{said}: {text}");
    }
    assert_eq!(import("endpoints.toml", &places, Some(&claim("endpoints", 5))).1, "endpoints 5 is in force\n");
    let foreign = first.replace("v42", "v49");
    let (taken, text) = import("assignment.toml", &foreign, Some(&claim("assignment", 7)));
    assert!(!taken && text.contains("line 5: pool v49 is not in the endpoints with serial 5"), "{text}");
    assert!(import("assignment.toml", &first, Some(&claim("assignment", 7))).0);
    let (taken, text) = import("assignment.toml", &assignment(6, "v42", "aborted"), Some(&claim("assignment", 6)));
    assert!(!taken && text.contains("the assignment with serial 6 is refused: 7 is in force"), "{text}");
    // The agent was off meanwhile; it moves at its start, before it sells anything.
    let client = world.start_till().await;
    world.wait_until("the move", || moves(&world).len() == 1).await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    sell(&client, "moved", &world::codes()[0]).await;
    world.wait_until_delivered(&client).await;
}

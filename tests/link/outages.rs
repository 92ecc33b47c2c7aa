//! Promise 1, 2, 9 and 10: each location gets every entry exactly once, whatever happens to the other, to both, to answers on
//! their way, or to the till's clock.

use super::region::Location;
use super::server::Authority;
use super::till::{GivenUp, Till, Year1970, at};
use rcgen::date_time_ymd;
use std::sync::Arc;

async fn both(authority: &Authority) -> (Location, Location, Till) {
    let (fra, ams) = (Location::start("fra", authority).await, Location::start("ams", authority).await);
    let till = Till::start(authority, &[("fra", fra.address), ("ams", ams.address)], GivenUp::Shortly);
    (fra, ams, till)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_one_location_is_down_the_other_gets_everything() {
    let authority = Authority::new();
    let (mut fra, mut ams, mut till) = both(&authority).await;
    till.sell(5).await;
    till.wait_until_delivered("fra").await;
    fra.stop().await;
    till.sell(30).await;
    let state = till.wait_until_delivered("ams").await;
    assert!(state.online && state.alarms.is_empty(), "{state:?}");
    let asks_ams = |state: &evertill::sync::SyncState| state.active == "ams" && !at(state, "fra").online;
    let state = till.wait_for("questions to go to ams", asks_ams).await;
    assert_eq!(at(&state, "fra").unsent, 30);
    fra.up().await;
    till.wait_until_delivered("fra").await;
    for location in [&mut fra, &mut ams] {
        location.check_has_all_of(&till).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_both_were_down_both_have_everything_once() {
    let authority = Authority::new();
    let (mut fra, mut ams, mut till) = both(&authority).await;
    till.sell(3).await;
    for round in 0..3 {
        fra.stop().await;
        ams.stop().await;
        till.sell(40).await;
        till.wait_for("the word that it is offline", |state| !state.online).await;
        // Once the one first, once the other; the last round ends with both.
        let (first, second) = if round % 2 == 0 { (&mut fra, &mut ams) } else { (&mut ams, &mut fra) };
        first.up().await;
        till.sell(10).await;
        till.wait_until_delivered(first.name).await;
        second.up().await;
        till.wait_until_delivered(second.name).await;
    }
    // The epoch's beginning, and what was sold.
    assert_eq!(till.head().head.seq, 1 + 153);
    for location in [&mut fra, &mut ams] {
        location.check_has_all_of(&till).await;
        assert_eq!(till.watermark(location.name).await, 1 + 153);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_location_acknowledged_and_took_to_its_grave_the_other_one_gets_from_the_till() {
    let authority = Authority::new();
    // Once the home of the till dies, once the other one.
    for home_dies in [true, false] {
        let (fra, ams, mut till) = both(&authority).await;
        let (mut dying, mut other) = if home_dies { (fra, ams) } else { (ams, fra) };
        till.sell(5).await;
        till.wait_until_delivered(other.name).await;
        other.stop().await;
        till.sell(60).await;
        till.wait_until_delivered(dying.name).await;
        // Nothing was replicated, and its disk goes with it.
        dying.stop().await;
        drop(dying);
        till.sell(3).await;
        other.up().await;
        till.wait_until_delivered(other.name).await;
        other.check_has_all_of(&till).await;
        assert_eq!(till.watermark(other.name).await, 1 + 68);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_location_that_nobody_uses_and_that_falls_behind_is_told_of() {
    let authority = Authority::new();
    // Active-passive: fra answers everything, ams is only probed.
    let (fra, ams, till) = both(&authority).await;
    ams.sell_pens_at(1, 100).await;
    fra.sell_pens_at(2, 120).await;
    let is_said = |alarm: &String| alarm == "the locations differ in price-book (ams 1, fra 2)";
    till.wait_for("the word that ams lags", |state| state.alarms.iter().any(is_said)).await;
    ams.sell_pens_at(2, 120).await;
    till.wait_for("the word that it does not", |state| state.alarms.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_that_has_nothing_to_send_knows_of_an_outage_all_the_same() {
    let authority = Authority::new();
    let (mut fra, mut ams, mut till) = both(&authority).await;
    till.sell(1).await;
    till.wait_until_delivered("fra").await;
    till.wait_until_delivered("ams").await;
    fra.stop().await;
    till.wait_for("the word that fra is gone", |state| !at(state, "fra").online && state.online).await;
    ams.stop().await;
    till.wait_for("the word that it is offline", |state| !state.online).await;
    fra.up().await;
    let state = till.wait_for("the word that it is online", |state| state.online).await;
    assert_eq!(at(&state, "fra").unsent, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_whose_clock_says_1970_talks_to_servers_whose_certificates_are_years_younger_than_it() {
    let authority = Authority::new();
    let young = authority.issue("localhost", |params| {
        params.not_before = date_time_ymd(2031, 1, 1);
        params.not_after = date_time_ymd(2031, 4, 1);
    });
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut fra = Location::down("fra", &authority, &young, free);
    fra.know_till(true);
    fra.up().await;
    let mut till = Till::start_at(&authority, &[("fra", fra.address)], GivenUp::Shortly, Arc::new(Year1970));
    till.sell(10).await;
    let state = till.wait_until_delivered("fra").await;
    assert!(state.alarms.is_empty(), "{state:?}");
    fra.check_has_all_of(&till).await;
}

use super::*;
use proptest::prelude::*;

fn locations() -> Vec<Location> {
    ["fra", "ams"].iter().map(|name| name.parse().unwrap()).collect()
}

fn failover(store: &str, mode: Mode) -> Failover {
    Failover::new(&store.parse().unwrap(), &locations(), mode, Numbers::default(), 1, 0).unwrap()
}

fn commands(failover: &mut Failover) -> Vec<Command> {
    std::iter::from_fn(|| failover.next_command()).collect()
}

fn open(failover: &mut Failover, location: &Location, now: u64) {
    for _ in 0..3 {
        failover.handle_fault(location, Fault::Location, now);
    }
}

#[test]
fn stores_split_evenly_and_every_till_of_a_store_agrees() {
    let reversed: Vec<Location> = locations().into_iter().rev().collect();
    let mut at_fra = 0;
    for number in 0..1_000 {
        let store: StoreId = format!("DE-{number:04}").parse().unwrap();
        let one = Failover::new(&store, &locations(), Mode::ActiveActive, Numbers::default(), 1, 0).unwrap();
        let other = Failover::new(&store, &reversed, Mode::ActiveActive, Numbers::default(), 2, 9).unwrap();
        assert_eq!(one.home(), other.home());
        at_fra += u32::from(one.home().as_str() == "fra");
    }
    assert!((450..=550).contains(&at_fra), "{at_fra}");
    assert_eq!(failover("DE-0001", Mode::ActivePassive).home().as_str(), "fra");
}

#[test]
fn three_faults_in_a_minute_leave_the_location_and_slower_ones_do_not() {
    let mut failover = failover("DE-0001", Mode::ActivePassive);
    let fra = failover.home().clone();
    for minute in 0..10 {
        failover.handle_fault(&fra, Fault::Location, minute * 40_000);
    }
    assert_eq!(failover.active(), &fra);
    open(&mut failover, &fra, 1_000_000);
    assert_eq!(failover.active().as_str(), "ams");
    assert!(commands(&mut failover).iter().any(|command| matches!(command, Command::Switched { .. })));
}

#[test]
fn one_batch_alone_cannot_eject_a_location_by_its_500() {
    let mut failover = failover("DE-0001", Mode::ActivePassive);
    let fra = failover.home().clone();
    for _ in 0..100 {
        failover.handle_fault(&fra, Fault::Internal { batch: 7 }, 1);
    }
    assert_eq!(failover.breaker(&fra).unwrap().as_str(), "closed");
    for batch in 0..3 {
        failover.handle_fault(&fra, Fault::Internal { batch }, 2);
    }
    assert_eq!(failover.breaker(&fra).unwrap().as_str(), "open");
}

#[test]
fn a_breaker_closes_after_two_good_probes_and_one_good_request() {
    let mut failover = failover("DE-0001", Mode::ActivePassive);
    let fra = failover.home().clone();
    open(&mut failover, &fra, 0);
    let until = failover.poll_timeout().unwrap_or(0).max(60_001);
    failover.handle_time(until);
    assert!(commands(&mut failover).contains(&Command::Probe(fra.clone())));
    failover.handle_probe(&fra, true, until);
    assert!(!failover.lets_through(&fra));
    failover.handle_probe(&fra, true, until + 5_000);
    assert!(failover.lets_through(&fra));
    assert_eq!(failover.breaker(&fra).unwrap().as_str(), "half-open");
    failover.handle_success(&fra, until + 6_000);
    assert_eq!(failover.breaker(&fra).unwrap().as_str(), "closed");
    failover.handle_time(until + 600_000);
    assert_eq!(failover.active().as_str(), "ams", "home must be good for ten minutes first");
}

#[test]
fn a_till_goes_home_after_a_while_and_never_during_a_basket() {
    let mut failover = failover("DE-0001", Mode::ActivePassive);
    let fra = failover.home().clone();
    open(&mut failover, &fra, 0);
    failover.handle_time(60_001);
    failover.handle_probe(&fra, true, 60_002);
    failover.handle_probe(&fra, true, 65_000);
    failover.handle_success(&fra, 66_000);
    failover.handle_basket(true, 66_001);
    let late = 66_000 + 600_000 + 600_000;
    failover.handle_time(late);
    assert_eq!(failover.active().as_str(), "ams");
    failover.handle_basket(false, late + 1);
    assert_eq!(failover.active(), &fra);
}

#[test]
fn three_switches_in_an_hour_pin_the_till_but_never_to_a_dead_location() {
    let numbers = Numbers { failback_after_ms: 0, failback_spread_ms: 0, ..Numbers::default() };
    let store = "DE-0001".parse().unwrap();
    let mut failover = Failover::new(&store, &locations(), Mode::ActivePassive, numbers, 1, 0).unwrap();
    let (fra, ams) = (locations()[0].clone(), locations()[1].clone());
    let mut now = 0;
    let revive = |failover: &mut Failover, location: &Location, now: &mut u64| {
        *now += 100_000;
        failover.handle_time(*now);
        failover.handle_probe(location, true, *now);
        failover.handle_probe(location, true, *now);
        failover.handle_success(location, *now);
    };
    open(&mut failover, &fra, now);
    revive(&mut failover, &fra, &mut now);
    assert_eq!(failover.active(), &fra);
    open(&mut failover, &fra, now);
    assert!(failover.is_pinned(now), "the third switch within the hour");
    revive(&mut failover, &fra, &mut now);
    assert_eq!(failover.active(), &ams, "pinned: it does not go home");
    open(&mut failover, &ams, now);
    assert_eq!(failover.active(), &fra, "but it leaves a dead location");
}

proptest! {
    /// Whatever happens, in whatever order: the active location is a candidate, every location that is not being probed
    /// is probed again within a bounded time, and an open breaker opens again in bounded time.
    #[test]
    fn it_always_probes_again_and_knows_only_its_own_locations(
        steps in prop::collection::vec((0u8..7, 0usize..3, 0u64..200_000), 1..300), seed: u64
    ) {
        let mut all = locations();
        let store = "DE-0417".parse().unwrap();
        let mut failover = Failover::new(&store, &all, Mode::ActiveActive, Numbers::default(), seed, 0).unwrap();
        all.push("nyc".parse().unwrap());
        let mut now = 0;
        for (what, at, wait) in steps {
            now += wait;
            let location = &all[at];
            match what {
                0 => failover.handle_fault(location, Fault::Location, now),
                1 => failover.handle_fault(location, Fault::Internal { batch: wait % 3 }, now),
                2 => failover.handle_success(location, now),
                3 => failover.handle_basket(wait % 2 == 0, now),
                _ => {
                    failover.handle_time(now);
                    while let Some(command) = failover.next_command() {
                        if let Command::Probe(probed) = command {
                            prop_assert_ne!(probed.as_str(), "nyc");
                            failover.handle_probe(&probed, what == 5, now);
                        }
                    }
                }
            }
            prop_assert_ne!(failover.active().as_str(), "nyc");
            prop_assert!(!failover.lets_through(&all[2]));
            for site in &failover.sites {
                match site.breaker {
                    Breaker::Open { until, .. } => prop_assert!(until <= now + 330_000),
                    _ => prop_assert!(site.probing || site.next_probe_at <= now + 36_000),
                }
            }
        }
        let due = failover.poll_timeout();
        prop_assert!(due.is_some_and(|at| at <= now + 330_000) || failover.sites.iter().all(|site| site.probing));
    }
}

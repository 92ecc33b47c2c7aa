//! `cargo xtask demo --region`: two locations as they stand in a data centre (HAProxy, two instances of head office, PostgreSQL,
//! Redis) and a fleet of simulated tills, while a cache, a server, a database and a whole location die.
//!
//! | room | what |
//! |---|---|
//! | [`stage`] | folder, keys, ports, what is published |
//! | [`location`] | one location's servers |

mod location;
mod stage;

use super::interrupt;
use super::programs::{Program, wait_for};
use super::stage::{Binaries, LOCATIONS, OPERATOR, OPERATOR_PASSWORD};
use super::story::Story;
use crate::checks;
use anyhow::Context;
use location::Location;
use serde_json::Value;
use stage::{STORES, Stage, TILLS};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How long the tills of the story sell.
const SELLING: Duration = Duration::from_secs(45);
/// A fleet that nobody stops sells this long.
const STAYING: Duration = Duration::from_secs(24 * 60 * 60);
/// Until what is on its way has arrived.
const DELIVERED_MAX: Duration = Duration::from_secs(180);
/// Servers start in seconds; a crowded machine takes longer.
const PATIENCE: Duration = Duration::from_secs(60);
/// Steps of the bar.
const STEPS: u64 = 9;

/// Runs the demo. With `once` it ends by itself, with exit code 0 only when every check held.
pub fn demo(once: bool) -> anyhow::Result<ExitCode> {
    interrupt::listen()?;
    checks::debian::servers()?;
    println!("Building till and head office ...");
    let stage = Stage::set(Binaries::build()?)?;
    let mut story = Story::new(STEPS);
    story.chapter("A region opens");
    story.tell("Each location has a balancer, two instances of head office, a database and a cache of its own.");
    let mut locations = Vec::new();
    for name in LOCATIONS {
        story.step(&format!("{name} starts"));
        locations.push(Location::start(&stage, name)?);
    }
    story.step("publishing");
    story.tell("Endpoints, cashiers and a price book are signed with the region's key and published at both:");
    stage.publish(&locations)?.lines().for_each(|line| story.detail(line));

    let begun = Instant::now();
    let mut fleet = stage.start_fleet(&locations, SELLING)?;
    story.chapter(&format!("{TILLS} tills of {STORES} stores sell"));
    hinder(&story, &mut locations, begun)?;

    story.step("the tills bring what is missing");
    let summary = wait_for("the end of the fleet's day", SELLING + DELIVERED_MAX, || {
        if fleet.has_ended()? { Ok(Some(stage.summary()?)) } else { Ok(None) }
    })?;
    prove(&mut story, &stage, &locations, &summary)?;
    let is_well = story.finish();
    if once {
        return Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    stay_up(&stage, &locations)?;
    Ok(ExitCode::SUCCESS)
}

/// What happens while they sell.
fn hinder(story: &Story, locations: &mut [Location], begun: Instant) -> anyhow::Result<()> {
    let [fra, ams] = locations else { anyhow::bail!("a region has two locations") };
    at(begun, 5)?;
    story.step("fra loses its cache");
    story.warn("fra's Redis is killed. Price books come from memory and from the database.");
    fra.kill_cache()?;
    at(begun, 10)?;
    story.step("fra loses a server");
    story.warn("One of fra's two instances is killed. HAProxy asks the other one for what it did not answer.");
    fra.kill_instance()?;
    at(begun, 16)?;
    fra.start_what_is_gone()?;
    story.detail("cache and instance are back");
    at(begun, 20)?;
    story.step("ams loses its database");
    story.warn("ams' PostgreSQL is killed. Its tills sell on, and ask fra.");
    ams.kill_database()?;
    at(begun, 28)?;
    ams.start_what_is_gone()?;
    story.detail("the database is back");
    at(begun, 32)?;
    story.step("fra is gone");
    story.warn("Location fra is gone as a whole: balancer, instances, database, cache.");
    fra.kill_all()?;
    at(begun, 40)?;
    fra.start_what_is_gone()?;
    story.detail("fra is back");
    Ok(())
}

/// Waits until so many seconds have passed since `begun`.
fn at(begun: Instant, seconds: u64) -> anyhow::Result<()> {
    wait_for("the time", PATIENCE, || Ok((begun.elapsed() >= Duration::from_secs(seconds)).then_some(())))
}

/// Each sale is at both locations, once.
fn prove(story: &mut Story, stage: &Stage, locations: &[Location], summary: &Value) -> anyhow::Result<()> {
    story.chapter("Proof");
    let number = |name: &str| summary[name].as_u64().with_context(|| format!("the summary tells no {name}"));
    let (sold, delivered) = (number("sold")?, number("delivered")?);
    story.check(delivered == sold && sold > 0, "every sale is at both locations", &format!("{sold} sold"));
    for location in locations {
        let counts =
            location.sql("SELECT COUNT(*), COUNT(DISTINCT (till, epoch, seq)), COUNT(DISTINCT hash) FROM entries")?;
        let expected = format!("{sold}|{sold}|{sold}");
        story.check(counts == expected, &format!("{} has each once", location.name), &counts);
        let tills = location.sql("SELECT COUNT(*) FROM tills")?;
        story.check(tills == TILLS.to_string(), &format!("{} knows every till", location.name), &tills);
        let verified = stage.location_says(location, &["verify"]);
        let whole = verified.as_ref().map_or(0, |text| text.lines().filter(|line| line.ends_with(": whole")).count());
        story.check(whole == TILLS, &format!("every chain at {} verifies", location.name), &format!("{whole} whole"));
    }
    let compared = stage.publications();
    let seen = compared.as_ref().map_or_else(|error| format!("{error:#}"), |text| text.trim().replace('\n', "; "));
    story.check(compared.is_ok(), "both locations have the same publications", &seen);
    Ok(())
}

/// Leaves everything running for the curious, with tills that go on selling, until Ctrl-C.
fn stay_up(stage: &Stage, locations: &[Location]) -> anyhow::Result<()> {
    let fleet: Program = stage.start_fleet(locations, STAYING)?;
    println!("\n  The region stays open, and its tills sell on. Ctrl-C closes it.");
    for location in locations {
        let port = location.office_port();
        println!(
            "    fleet of {}   https://localhost:{port}/   (sign on as {OPERATOR}, password {OPERATOR_PASSWORD})",
            location.name
        );
    }
    println!("    publish        {}", stage.publish_command());
    println!("    logs           {}/*.log", stage.folder().display());
    while !interrupt::is_asked() {
        std::thread::sleep(Duration::from_millis(100));
    }
    drop(fleet);
    println!("\n  Closed.");
    Ok(())
}

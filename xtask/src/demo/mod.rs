//! `cargo xtask demo`: one till sells through an outage of both data centres, on real bytes, real sockets and a real
//! SQLite file, and everything is checked at the end. Needs Unix, for pseudo-terminals and signals.
//!
//! | room | what |
//! |---|---|
//! | [`stage`], [`certificates`], [`programs`] | folder, keys, ports; two locations and a till as processes |
//! | [`devices`] | emulated printer with drawer, emulated scanner |
//! | [`shopping`], [`counter`], [`api`] | the customers, the cashier, the till's API |
//! | [`proof`] | the checks at the end |
//! | [`switches`], [`device_switches`] | outages and broken devices at a click, for who stays |
//! | [`region`] | `demo --region`: two whole locations and a fleet |
//! | [`story`], [`interrupt`] | how it is told, and how it ends early |

mod api;
pub mod certificates;
mod counter;
mod device_switches;
mod devices;
mod interrupt;
pub mod programs;
mod proof;
pub mod region;
mod shopping;
pub mod stage;
mod story;
mod switches;

use anyhow::Context;
use api::{Api, Status};
use counter::Cashier;
use devices::Devices;
use evertill_domain::catalogue::PriceBook;
use programs::{Program, wait_for};
use shopping::Customer;
use stage::{Binaries, LOCATIONS, OPERATOR, OPERATOR_PASSWORD, Stage, TILL};
use std::net::TcpStream;
use std::process::ExitCode;
use std::time::Duration;
use story::Story;
use switches::Switches;

/// Starting, meeting again after an outage: seconds here, a minute on a machine that builds beside it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Steps besides the customers: start, two outages, two returns, proof, pictures.
const OTHER_STEPS: u64 = 7;

/// The two locations; none while one is killed.
struct Locations {
    fra: Option<Program>,
    ams: Option<Program>,
}

impl Locations {
    fn ams(&self) -> anyhow::Result<&Program> {
        self.ams.as_ref().context("ams runs since the start")
    }
}

/// Runs the demo. With `once` it ends by itself, with exit code 0 only when every check held.
pub fn demo(once: bool) -> anyhow::Result<ExitCode> {
    interrupt::listen()?;
    println!("Building till and head office ...");
    let binaries = Binaries::build()?;
    let mut story = Story::new(shopping::everyone().count() as u64 + OTHER_STEPS);
    let devices = Devices::start()?;
    let stage = Stage::set(binaries, &devices.till_toml())?;
    let book = price_book()?;

    open_shop(&story, &stage, &book);
    let mut locations = Locations { fra: Some(stage.start_location("fra")?), ams: Some(stage.start_location("ams")?) };
    wait_for("the locations' start", PATIENCE, || {
        Ok(stage.offices.iter().all(|at| TcpStream::connect(at).is_ok()).then_some(()))
    })?;
    stage.publish()?.lines().for_each(|line| story.detail(line));
    let mut till = stage.start_till()?;
    let api = wait_for("the till's first answer", PATIENCE, || {
        till.ensure_running()?;
        Ok(Api::new(stage.api, &stage.till_data()).ok().filter(|api| api.get::<Status>("/v1/status").is_ok()))
    })?;
    let mut cashier = Cashier { api: &api, devices: &devices, book: &book, story: &story, sold: Vec::new() };
    sell_through_it_all(&mut cashier, &stage, &mut locations)?;

    let sold = std::mem::take(&mut cashier.sold);
    let folder = devices.save_receipts(&crate::root())?;
    proof::check(&mut story, &stage, &devices, &sold)?;
    let is_well = story.finish();
    println!("\n  Receipts as pictures: {}", folder.display());
    if once {
        drop(till);
        return Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    stay_up(&stage, &till, &devices, locations)?;
    Ok(ExitCode::SUCCESS)
}

fn open_shop(story: &Story, stage: &Stage, book: &PriceBook) {
    story.chapter("A shop opens");
    story.tell(&format!("Till {TILL}, a printer with a cash drawer and a scanner, all emulated, all real bytes."));
    story.tell(&format!("Region eu has two locations, {} and {}.", LOCATIONS[0], LOCATIONS[1]));
    story.tell(&format!("The price book has {} items.", book.items().len()));
    story.detail(&format!("everything lies in {}", stage.folder().display()));
    story.step("the till starts");
}

fn sell_through_it_all(cashier: &mut Cashier, stage: &Stage, locations: &mut Locations) -> anyhow::Result<()> {
    let story = cashier.story;
    wait_for("the price book and the scanner at the till", PATIENCE, || {
        let status = status(cashier)?;
        Ok((status.price_book_version > 0 && status.devices.scanner.state == "ready").then_some(()))
    })?;

    story.chapter("Morning: all is well");
    cashier.begin()?;
    serve(cashier, &shopping::MORNING)?;
    story.detail(&format!("a misread barcode: {}", cashier.misread()?));
    let reached = everything_everywhere(cashier, &LOCATIONS)?;
    story.detail(&format!("fra and ams have everything up to entry {reached}"));

    story.chapter("Location fra loses power");
    story.step("fra is killed");
    let fra = locations.fra.take().context("fra runs since the start")?;
    story.warn(&format!("kill -9 {} (fra). Nothing is sent to it any more; selling goes on.", fra.id()));
    fra.kill()?;
    serve(cashier, &shopping::ONE_GONE)?;
    let reached = everything_everywhere(cashier, &["ams"])?;
    story.detail(&format!("ams has everything up to entry {reached}; fra lacks {}", unsent(cashier, "fra")?));

    story.chapter("Location ams hangs");
    story.step("ams hangs");
    story.warn(&format!(
        "kill -STOP {} (ams). Its connections stay open and nothing answers. The till is offline.",
        locations.ams()?.id()
    ));
    locations.ams()?.hang()?;
    serve(cashier, &shopping::OFFLINE)?;
    wait_for("the till's word that it is offline", PATIENCE, || Ok((!status(cashier)?.sync.online).then_some(())))?;
    story.detail(&format!(
        "unsent: {} to fra, {} to ams. All of it is on the till's disk.",
        unsent(cashier, "fra")?,
        unsent(cashier, "ams")?
    ));
    status(cashier)?.alarms.iter().for_each(|alarm| story.detail(&format!("the till says: {alarm}")));

    story.chapter("Both come back");
    story.step("fra and ams come back");
    locations.fra = Some(stage.start_location("fra")?);
    locations.ams()?.wake()?;
    story.tell("fra is started again, ams goes on.");
    serve(cashier, &shopping::EVENING)?;
    story.step("the till brings what is missing");
    let reached = everything_everywhere(cashier, &LOCATIONS)?;
    story.tell(&format!("fra and ams have everything up to entry {reached}."));
    Ok(())
}

fn serve(cashier: &mut Cashier, customers: &[Customer]) -> anyhow::Result<()> {
    customers.iter().try_for_each(|customer| cashier.serve(customer))
}

fn status(cashier: &Cashier) -> anyhow::Result<Status> {
    cashier.api.get("/v1/status")
}

fn unsent(cashier: &Cashier, location: &str) -> anyhow::Result<u64> {
    let status = status(cashier)?;
    let found = status.sync.locations.iter().find(|state| state.name == location);
    found.map(|state| state.unsent).with_context(|| format!("the till does not speak of {location}"))
}

/// Waits until all of `locations` have the till's whole journal; its last number.
fn everything_everywhere(cashier: &Cashier, locations: &[&str]) -> anyhow::Result<u64> {
    wait_for("the delivery of everything", PATIENCE, || {
        let status = status(cashier)?;
        let has_all = |name: &&str| status.sync.locations.iter().any(|state| state.name == *name && state.unsent == 0);
        Ok(locations.iter().all(has_all).then_some(status.head))
    })
}

fn price_book() -> anyhow::Result<PriceBook> {
    let path = crate::root().join("demo/price-book-eu.json");
    let json = std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    PriceBook::parse(&json).with_context(|| format!("{}", path.display()))
}

/// Leaves everything running for the curious, until Ctrl-C.
fn stay_up(stage: &Stage, till: &Program, devices: &Devices, locations: Locations) -> anyhow::Result<()> {
    println!("\n  The shop stays open. Ctrl-C closes it and ends what was started here, process {} first.", till.id());
    let switches = Switches::open(stage, devices, locations)?;
    println!(
        "    page       http://{}/counter   (sign on as 1, PIN 1111; supervisor 2, 2222; manager 3, 3333)",
        stage.api
    );
    println!(
        "    fleet      https://localhost:{}/   (sign on as {OPERATOR}, password {OPERATOR_PASSWORD}; the certificate is the demo's own)",
        stage.offices[0].port()
    );
    println!("    switches   http://{}/   (pull the plug, take the paper out, scan an item)", switches.address());
    println!(
        "    API        http://{}/v1/status   (bearer token in {})",
        stage.api,
        stage.till_data().join("api.token").display()
    );
    println!("    logs       {}/*.log", stage.folder().display());
    switches.serve()?;
    println!("\n  Closed.");
    Ok(())
}

//! What an engineer is told: `till devices`, `till doctor`, `till print-test`, while a till runs and while none does.

use super::world::{self, World, sell};
use evertill_hal::emulator::{EmulatedPrinter, Faults};
use evertill_hal::escpos::Profile;
use serde_json::Value;

/// What `till VERB --json` prints, and its exit code.
fn told(world: &World, verb: &str) -> (Value, i32) {
    let output = world.command().args([verb, "--json"]).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{verb}: {error}"));
    (json, output.status.code().unwrap())
}

/// The doctor's finding of `what`: whether it is well, and what is said.
fn finding(findings: &Value, what: &str) -> (bool, String) {
    let found = findings.as_array().unwrap().iter().find(|finding| finding["what"] == what);
    let found = found.unwrap_or_else(|| panic!("nothing of {what}: {findings}"));
    (found["well"].as_bool().unwrap(), found["said"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_finds_nothing_in_a_till_that_is_well() {
    let mut world = World::new().await;
    let (findings, exit) = told(&world, "doctor");
    assert_eq!(exit, 0, "{findings}");
    assert!(finding(&findings, "printer").1.ends_with("ready"), "{findings}");
    let client = world.start_till().await;
    world.wait_for(&client, "the printer", |status| status.devices.printer.state == "ready").await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    let (findings, exit) = told(&world, "doctor");
    assert_eq!(exit, 0, "{findings}");
    assert!(finding(&findings, "till").1.contains("runs"), "{findings}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_names_what_is_wrong_and_the_remedy() {
    let mut world = World::new().await;
    world.printer.set_faults(Faults { paper_out: true, ..Faults::default() });
    world.scanner.unplug();
    world.stop_location(1).await;
    for is_running in [false, true] {
        if is_running {
            let client = world.start_till().await;
            world.wait_for(&client, "the word", |status| status.devices.printer.state == "paper_out").await;
            world.wait_for(&client, "the word", |status| status.devices.scanner.state == "offline").await;
            world.wait_for(&client, "the word", |status| status.sync.locations.iter().any(|one| !one.online)).await;
        }
        let (findings, exit) = told(&world, "doctor");
        assert_eq!(exit, 1, "{findings}");
        for (what, remedy) in
            [("printer", "put in a new roll"), ("scanner", "check its cable"), ("location ams", "sell on")]
        {
            let (is_well, said) = finding(&findings, what);
            assert!(!is_well && said.contains(remedy), "{what}: {said}");
        }
        let (report, exit) = told(&world, "devices");
        assert_eq!((exit, report["devices"][0]["state"].as_str()), (1, Some("paper_out")), "{report}");
        assert!(report["plugged_in"].is_array(), "{report}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_the_configuration_names_wrongly_is_refused_with_the_key() {
    let world = World::new().await;
    let at = format!("kind = \"tcp\"\naddress = \"{}\"", world.printer.address());
    for (printer, words) in [
        (
            r#"kind = "usb"
path = "usb:4b8:0e15""#,
            "printer.path",
        ),
        (
            r#"kind = "usb"
path = "/dev/usb/lp0"
model = "TM-T99""#,
            "TM-T88VI",
        ),
        (
            r#"kind = "tcp"
address = "printer.local""#,
            "address",
        ),
    ] {
        let config = std::fs::read_to_string(world.till_config()).unwrap();
        world.reconfigure(&at, printer);
        let output = world.command().arg("devices").output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && error.contains(words), "{error}");
        std::fs::write(world.till_config(), config).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_prints_and_opens_its_drawer_over_a_serial_line() {
    let mut world = World::new().await;
    let path = world.folder.path().join("printer");
    let printer = EmulatedPrinter::plugged_in(&path, &Profile::named("TM-T88IV").unwrap()).unwrap();
    world.reconfigure(
        &format!("kind = \"tcp\"\naddress = \"{}\"", world.printer.address()),
        &format!("kind = \"serial\"\npath = \"{}\"\nflow = \"xon-xoff\"\nmodel = \"TM-T88IV\"", path.display()),
    );
    let (page, exit) = told(&world, "print-test");
    assert_eq!(exit, 0, "{page}");
    let client = world.start_till().await;
    world.wait_for(&client, "the price book", |status| status.price_book_version > 0).await;
    let receipt = sell(&client, "over-the-line", &world::codes()[0]).await;
    world.wait_until("the paper", || printer.printed() == 2).await;
    let sheets = printer.take_sheets();
    assert!(sheets[1].text().contains(&receipt.to_string()), "{}", sheets[1].text());
    assert_eq!(printer.pulses().len(), 1);
}

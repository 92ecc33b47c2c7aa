//! What must be true at the end: every confirmed sale is in the till's journal and at both locations, once, in one whole
//! chain; every receipt was printed, and the drawer opened for cash alone.

use super::api::Sale;
use super::devices::Devices;
use super::programs::wait_for;
use super::shopping::{self, Pay};
use super::stage::{LOCATIONS, STORE, Stage, TILL};
use super::story::Story;
use anyhow::Context;
use evertill_domain::entry::Entry;
use evertill_domain::ids::Kind;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// The last entries need a moment to arrive.
const SETTLED_MAX: Duration = Duration::from_secs(30);

/// Checks everything and tells each check.
pub fn check(story: &mut Story, stage: &Stage, devices: &Devices, sold: &[Sale]) -> anyhow::Result<()> {
    story.chapter("Proof");
    story.step("checking");
    let verified = stage.till_says(&["journal", "verify"]);
    let is_whole = verified.is_ok();
    story.check(is_whole, "`till journal verify`: the chain is whole", &first_line(verified));
    let entries = settled(stage, sold.len())?;
    let head = entries.last().context("the journal has entries")?;
    check_sales(story, &entries, sold);
    for location in LOCATIONS {
        let line =
            chain_at(stage, location).unwrap_or_else(|| "`head-office verify` fails or lacks the till".to_owned());
        let expected = expected(head);
        let seen = if line == expected {
            format!("entry {} {}", head.seq, &head.hash.to_string()[..12])
        } else {
            line.clone()
        };
        story.check(
            line == expected,
            &format!("{location} has the till's chain, whole, up to the same last entry"),
            &seen,
        );
        check_completeness(story, stage, location, head, sold.len() as u64);
    }
    check_paper(story, devices, sold.len());
    Ok(())
}

/// The journal once nothing moves any more: the last printer's outcome is an entry too, and has to arrive as well. When
/// it does not settle in time, the journal as it is; the checks then tell what is wrong.
fn settled(stage: &Stage, sales: usize) -> anyhow::Result<Vec<Entry>> {
    let whole = wait_for("rest", SETTLED_MAX, || {
        let entries = journal(stage)?;
        let printed = entries.iter().filter(|entry| entry.kind.as_str() == Kind::DEVICE_OUTCOME).count();
        let arrived = LOCATIONS.iter().all(|location| chain_at(stage, location) == entries.last().map(expected));
        Ok((printed >= sales && arrived).then_some(entries))
    });
    whole.or_else(|_| journal(stage))
}

/// Every confirmed sale is there once, and receipt numbers are consecutive.
fn check_sales(story: &mut Story, entries: &[Entry], sold: &[Sale]) {
    let recorded: Vec<u64> = entries
        .iter()
        .filter(|entry| entry.kind.as_str() == Kind::SALE)
        .filter_map(|entry| serde_json::from_str::<Value>(&entry.body).ok()?["receipt_number"].as_u64())
        .collect();
    let confirmed: Vec<u64> = sold.iter().map(|sale| sale.receipt_number).collect();
    let once: BTreeSet<u64> = recorded.iter().copied().collect();
    story.check(
        recorded == confirmed && once.len() == recorded.len(),
        "the journal has every confirmed sale, once",
        &format!("{} sales", recorded.len()),
    );
    let is_consecutive = recorded.iter().copied().eq(1..=recorded.len() as u64);
    let has_no_gap = entries.iter().map(|entry| entry.seq).eq(1..=entries.len() as u64);
    story.check(
        is_consecutive && has_no_gap,
        "receipts and entries are numbered without a gap",
        &format!("receipts 1 to {}, entries 1 to {}", recorded.len(), entries.len()),
    );
}

/// What a head-office operator would ask: are all sales of the day here?
fn check_completeness(story: &mut Story, stage: &Stage, location: &str, head: &Entry, sales: u64) {
    let day = head.business_day.to_string();
    let said = stage.location_says(location, &["completeness", "--store", STORE, "--day", &day, "--json"]);
    let comparison: Value = said.ok().and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    let report = &comparison["locations"][0]["report"];
    let epochs = report["tills"][0]["epochs"].as_array().cloned().unwrap_or_default();
    let counted: u64 = epochs.iter().filter_map(|epoch| epoch["day"]["sales"].as_u64()).sum();
    let sentence = report["sentence"].as_str().unwrap_or("no answer");
    story.check(
        report["complete"] == true && counted == sales,
        &format!("{location} counts {sales} sales"),
        &format!("{counted}; \"{sentence}\""),
    );
}

/// Each sale gave one receipt, and the drawer opened once for the float and for each cash sale.
fn check_paper(story: &mut Story, devices: &Devices, sales: usize) {
    story.check(
        devices.receipts() == sales,
        "each sale printed one receipt",
        &format!("{} receipts", devices.receipts()),
    );
    let cash = shopping::everyone().filter(|customer| matches!(customer.pay, Pay::Cash(_))).count();
    story.check(
        devices.kicks() == cash + 1,
        "the drawer opened for the float and for each cash sale, once",
        &format!("{} times", devices.kicks()),
    );
}

fn journal(stage: &Stage) -> anyhow::Result<Vec<Entry>> {
    let lines = stage.till_says(&["journal", "export"])?;
    lines.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// What `head-office verify` must say of the till when `head` is its journal's last entry.
fn expected(head: &Entry) -> String {
    format!("{TILL} epoch {} head {} {}: whole", head.epoch, head.seq, head.hash)
}

/// What `head-office verify` says of the till.
fn chain_at(stage: &Stage, location: &str) -> Option<String> {
    let said = stage.location_says(location, &["verify"]).ok()?;
    said.lines().find(|line| line.starts_with(TILL)).map(str::to_owned)
}

fn first_line(said: anyhow::Result<String>) -> String {
    match said {
        Ok(text) => text.lines().last().unwrap_or_default().to_owned(),
        Err(error) => format!("{error:#}"),
    }
}

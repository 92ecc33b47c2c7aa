//! The longest gap in deliveries while a location dies: a till records an entry every few milliseconds, and the newest
//! number that any location acknowledged is watched. The numbers of retry and failover are those of a real shop.

use super::region::{self, AT, DAY, Region};
use super::table::{Reach, Row};
use crate::demo::programs::Program;
use anyhow::Context;
use evertill::journal::{Draft, Journal, Record};
use evertill::sync::SyncState;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A busy till records this often. The gap cannot be seen finer.
const RECORD_EVERY: Duration = Duration::from_millis(10);
/// Before the outage: the bare limit is the longest gap in this time.
const CALM: Duration = Duration::from_secs(3);
/// After it: longer than every deadline of a request.
const OUTAGE: Duration = Duration::from_secs(12);
const START_MAX: Duration = Duration::from_secs(20);

/// How a location dies.
#[derive(Clone, Copy)]
enum Death {
    Killed,
    Hung,
}

/// Measures both rows.
pub fn rows() -> anyhow::Result<Vec<Row>> {
    [(Death::Killed, "location killed", 0.1), (Death::Hung, "location hung", 3.0)]
        .into_iter()
        .map(|(death, name, reach_s)| {
            println!("gap: {name} ...");
            let (calm, gap) = measure(death, true)?;
            let (_, home) = measure(death, false)?;
            let how = format!(
                "an entry every {} ms; the bare limit is the longest gap before the outage; with delivery = \"home\" instead \
                 of \"both\", {home:.2} s",
                RECORD_EVERY.as_millis()
            );
            let what = format!("longest gap in deliveries, {name}");
            Ok(Row::absolute(&what, "s", gap, calm, Reach::AtMost(reach_s), how))
        })
        .collect()
}

/// The longest gap before and after the active location dies, in seconds.
fn measure(death: Death, deliver_to_all: bool) -> anyhow::Result<(f64, f64)> {
    let region = Region::new(&["fra", "ams"])?;
    let (active, other) = (region.start("fra")?, region.start("ams")?);
    let runtime = tokio::runtime::Runtime::new()?;
    let gaps = runtime.block_on(async {
        let journal = region::journal(&region.path("journal.db"))?;
        let handle = region.sync(&journal, deliver_to_all)?;
        let mut state = handle.state.clone();
        let first = state.wait_for(|state| newest(state) > 0);
        tokio::time::timeout(START_MAX, first).await.context("nothing was delivered")??;
        let recorder = tokio::spawn(record(journal));
        let calm = longest_gap(state.clone(), CALM).await;
        let active = die(active, death)?;
        let gap = longest_gap(state, OUTAGE).await;
        recorder.abort();
        handle.stop().await;
        drop(active);
        Ok::<_, anyhow::Error>((calm.as_secs_f64(), gap.as_secs_f64()))
    });
    drop(other);
    gaps
}

fn die(location: Program, death: Death) -> anyhow::Result<Option<Program>> {
    match death {
        Death::Killed => location.kill().map(|()| None),
        Death::Hung => location.hang().map(|()| Some(location)),
    }
}

/// Records entries until it is cut off.
async fn record(journal: Journal) -> anyhow::Result<()> {
    let mut ticks = tokio::time::interval(RECORD_EVERY);
    for number in 0_u64.. {
        ticks.tick().await;
        let record = Record::plain("bench", json!({ "number": number }).to_string());
        let draft = Draft::new(AT.parse()?, DAY.parse()?, record);
        journal.append(format!("bench-{number:08}").parse()?, draft).await?;
    }
    Ok(())
}

/// The longest time in which no location acknowledged anything new.
async fn longest_gap(mut state: watch::Receiver<SyncState>, during: Duration) -> Duration {
    let begun = Instant::now();
    let (mut last, mut known, mut longest) = (begun, newest(&state.borrow_and_update()), Duration::ZERO);
    while let Some(left) = during.checked_sub(begun.elapsed()) {
        let changed = tokio::time::timeout(left, state.changed()).await;
        let now = newest(&state.borrow_and_update());
        if now > known || !matches!(changed, Ok(Ok(()))) {
            longest = longest.max(last.elapsed());
            (last, known) = (Instant::now(), now);
        }
    }
    longest
}

fn newest(state: &SyncState) -> u64 {
    state.locations.iter().map(|location| location.watermark).max().unwrap_or(0)
}

//! Drives `domain::failover`: probes, reports of the pushers, and the gates that they live by.

use super::Shared;
use super::requests::{self, Answer};
use crate::link::Transport;
use evertill_domain::failover::{Command, Drift, Failover, Fault, Numbers, Word};
use evertill_domain::ids::Location;
use evertill_domain::wire::Ready;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// What a pusher saw of its location.
#[derive(Debug)]
pub(super) enum Report {
    /// A request went wrong.
    Fault(Location, Fault),
    /// A request was answered as it should be.
    Success(Location),
}

/// Who may be talked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gates {
    /// Where questions go.
    pub(super) active: Location,
    /// Whether a location's breaker lets requests through.
    pub(super) open: BTreeMap<Location, bool>,
}

impl Gates {
    pub(super) fn of(failover: &Failover, locations: &[Location]) -> Gates {
        let open = locations.iter().map(|location| (location.clone(), failover.lets_through(location))).collect();
        Gates { active: failover.active().clone(), open }
    }
}

/// When nothing is due, look again after this long all the same.
const IDLE: Duration = Duration::from_secs(60);

pub(super) async fn run<T: Transport>(
    shared: Arc<Shared<T>>,
    mut failover: Failover,
    mut reports: mpsc::Receiver<Report>,
    gates: watch::Sender<Gates>,
) {
    let mut basket_open = shared.options.basket_open.clone();
    let mut probes = JoinSet::new();
    let Numbers { drift_grace_ms, drift_clock_ms, .. } = shared.options.failover;
    let mut drift = Drift::new(drift_grace_ms, drift_clock_ms);
    loop {
        failover.handle_time(shared.now());
        while let Some(command) = failover.next_command() {
            perform(&shared, command, &mut probes);
        }
        publish(&shared, &failover, &gates);
        let wait = failover.poll_timeout().map_or(IDLE, |at| Duration::from_millis(at.saturating_sub(shared.now())));
        tokio::select! {
            () = tokio::time::sleep(wait.min(IDLE)) => {}
            Some(report) = reports.recv() => match report {
                Report::Fault(location, fault) => failover.handle_fault(&location, fault, shared.now()),
                Report::Success(location) => failover.handle_success(&location, shared.now()),
            },
            Some(Ok((location, good, word))) = probes.join_next() => {
                failover.handle_probe(&location, good, shared.now());
                if let Some(word) = word {
                    compare(&shared, &mut drift, &location, word);
                }
            }
            Ok(()) = basket_open.changed() => {
                let open = *basket_open.borrow_and_update();
                failover.handle_basket(open, shared.now());
            }
        }
    }
}

fn perform<T: Transport>(
    shared: &Arc<Shared<T>>,
    command: Command,
    probes: &mut JoinSet<(Location, bool, Option<Word>)>,
) {
    let at = || shared.options.clock.now().at.to_string();
    match command {
        Command::Probe(location) => {
            let shared = shared.clone();
            probes.spawn(async move {
                let (good, word) = probe(&shared, &location).await;
                (location, good, word)
            });
        }
        Command::Switched { from, to } => tracing::info!(%from, %to, "questions go to another location"),
        Command::Pinned { at: location } => {
            let sentence = format!("the till changed its location too often and stays at {location}");
            shared.board.alarm(&at(), "pinned", Some(sentence));
        }
    }
}

/// Compares what a location says of itself with what the others said.
fn compare<T>(shared: &Shared<T>, drift: &mut Drift, location: &Location, word: Word) {
    drift.handle_word(location, word, shared.now());
    let at = shared.options.clock.now().at;
    shared.board.alarm(at.as_str(), "drift", drift.sentence(shared.now()));
}

/// What `ready` says, as far as it says it.
fn word(ready: &Ready, now: u64) -> Word {
    let mut said = BTreeMap::from([("version".to_owned(), ready.version.clone())]);
    if !ready.schema.is_empty() {
        said.insert("database".to_owned(), ready.schema.clone());
    }
    let published = ready.published.iter().flatten();
    said.extend(published.map(|(subject, version)| (subject.clone(), version.to_string())));
    let told: Option<jiff::Timestamp> = ready.server_time.parse().ok();
    let ahead_ms = told.map(|told| told.as_millisecond().saturating_sub_unsigned(now));
    Word { said, ahead_ms }
}

/// Whether the location is well, and what it says of itself.
async fn probe<T: Transport>(shared: &Shared<T>, location: &Location) -> (bool, Option<Word>) {
    let pool = shared.options.routes.borrow().pool.clone();
    let reply = shared.options.transport.call(requests::probe(location, &pool, &shared.options.till.store)).await;
    let at = shared.options.clock.now().at;
    let alarm = reply.as_ref().err().and_then(|failure| failure.alarm());
    shared.board.alarm(at.as_str(), location.as_str(), alarm.map(|sentence| format!("{location}: {sentence}")));
    let mut said = None;
    let error = match requests::understand::<Ready>(reply) {
        Answer::Good(ready) => {
            shared.options.transport.acknowledged(&ready.server_time);
            said = Some(word(&ready, shared.now()));
            None
        }
        // It asks for time; giving it up for that would send its load to the other location.
        Answer::Throttled { .. } => None,
        Answer::Fault(sentence) => Some(sentence),
        other => {
            tracing::debug!(%location, ?other, "a probe failed");
            Some("it is not ready".to_owned())
        }
    };
    let good = error.is_none();
    // A till that has nothing to send learns of an outage, and of its end, from its probes alone.
    shared.board.change_location(at.as_str(), location, |state| {
        if let Some(error) = error
            && state.online
        {
            (state.online, state.last_error) = (false, error);
        } else if good && state.unsent == 0 {
            (state.online, state.last_error) = (true, String::new());
        }
    });
    (good, said)
}

fn publish<T>(shared: &Shared<T>, failover: &Failover, gates: &watch::Sender<Gates>) {
    let now = Gates::of(failover, &shared.options.locations);
    gates.send_if_modified(|gates| {
        let changed = *gates != now;
        *gates = now.clone();
        changed
    });
    let at = shared.options.clock.now().at;
    if !failover.is_pinned(shared.now()) {
        shared.board.alarm(at.as_str(), "pinned", None);
    }
    shared.board.change(at.as_str(), |state| {
        state.active = failover.active().to_string();
        for (location, name) in state.locations.iter_mut().zip(&shared.options.locations) {
            location.breaker = failover.breaker(name).map_or("closed", |breaker| breaker.as_str()).to_owned();
        }
    });
}

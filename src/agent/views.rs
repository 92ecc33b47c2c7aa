//! What the API shows of delivery and devices: kept current from what `sync` and `peripherals` publish.

use crate::http::views::{LocationView, PaperView, SyncView};
use crate::http::{DeviceState, DeviceStates};
use crate::peripherals::{self, States};
use crate::sync::SyncState;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The delivery.
pub fn sync(workers: &mut JoinSet<()>, state: Option<watch::Receiver<SyncState>>) -> watch::Receiver<SyncView> {
    let Some(state) = state else {
        let nowhere = SyncView { online: false, since: String::new(), locations: Vec::new() };
        return watch::channel(nowhere).1;
    };
    let (view, seen) = watch::channel(sync_view(&state.borrow()));
    workers.spawn(follow(state, move |state| drop(view.send_replace(sync_view(state)))));
    seen
}

/// What is wrong: `on_start` stays for the life of the agent, the rest as long as it is so.
pub fn alarms(
    workers: &mut JoinSet<()>,
    on_start: Vec<String>,
    sync: Option<watch::Receiver<SyncState>>,
) -> watch::Receiver<Vec<String>> {
    let Some(sync) = sync else { return watch::channel(on_start).1 };
    let of_now = move |sync: &SyncState| on_start.iter().cloned().chain(sync.alarms.clone()).collect::<Vec<_>>();
    let (alarms, seen) = watch::channel(of_now(&sync.borrow()));
    let show = move |state: &SyncState| {
        let now = of_now(state);
        alarms.send_if_modified(|alarms| std::mem::replace(alarms, now.clone()) != now);
    };
    workers.spawn(follow(sync, show));
    seen
}

/// The devices.
pub fn devices(workers: &mut JoinSet<()>, states: watch::Receiver<States>) -> watch::Receiver<DeviceStates> {
    let (view, seen) = watch::channel(device_views(&states.borrow()));
    workers.spawn(follow(states, move |states| drop(view.send_replace(device_views(states)))));
    seen
}

/// Calls `show` at every change, until nobody publishes any more. It gets a copy: a borrow is a read lock, and one who reads
/// again under it waits for ever for a writer that waits for him.
async fn follow<T: Clone>(mut published: watch::Receiver<T>, show: impl Fn(&T)) {
    while published.changed().await.is_ok() {
        let value = published.borrow_and_update().clone();
        show(&value);
    }
}

fn sync_view(state: &SyncState) -> SyncView {
    let location = |location: &crate::sync::LocationState| LocationView {
        name: location.name.clone(),
        online: location.online,
        watermark: location.watermark,
        unsent: location.unsent,
        counted_to: location.counted_to,
    };
    SyncView {
        online: state.online,
        since: state.since.clone(),
        locations: state.locations.iter().map(location).collect(),
    }
}

fn device_views(states: &States) -> DeviceStates {
    let view = |state: &peripherals::DeviceState| DeviceState {
        kind: state.kind.to_owned(),
        state: state.state.to_owned(),
        detail: state.detail.clone(),
    };
    let paper = |paper: &peripherals::PaperInDoubt| PaperView { job: paper.job, sentence: paper.sentence.clone() };
    DeviceStates {
        printer: view(&states.printer),
        drawer: view(&states.drawer),
        scanner: view(&states.scanner),
        display: view(&states.display),
        scale: view(&states.scale),
        paper_in_doubt: states.paper_in_doubt.as_ref().map(paper),
    }
}

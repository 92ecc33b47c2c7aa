//! What the API shows of delivery and devices: kept current from what `sync` and `peripherals` publish.

use crate::http::views::{LocationView, SyncView};
use crate::http::{DeviceState, DeviceStates};
use crate::peripherals::{self, States};
use crate::sync::SyncState;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The delivery and the alarms; `on_start` are those that stay for the life of the agent.
pub fn sync(
    workers: &mut JoinSet<()>,
    state: Option<watch::Receiver<SyncState>>,
    on_start: Vec<String>,
) -> (watch::Receiver<SyncView>, watch::Receiver<Vec<String>>) {
    let nowhere = SyncView { online: false, since: String::new(), locations: Vec::new() };
    let Some(state) = state else {
        return (watch::channel(nowhere).1, watch::channel(on_start).1);
    };
    let (view, seen) = watch::channel(sync_view(&state.borrow()));
    let alarms_of = move |state: &SyncState| on_start.iter().chain(&state.alarms).cloned().collect::<Vec<_>>();
    let (alarms, alarms_seen) = watch::channel(alarms_of(&state.borrow()));
    workers.spawn(follow(state, move |state| {
        view.send_replace(sync_view(state));
        alarms.send_replace(alarms_of(state));
    }));
    (seen, alarms_seen)
}

/// The devices.
pub fn devices(workers: &mut JoinSet<()>, states: watch::Receiver<States>) -> watch::Receiver<DeviceStates> {
    let (view, seen) = watch::channel(device_views(&states.borrow()));
    workers.spawn(follow(states, move |states| drop(view.send_replace(device_views(states)))));
    seen
}

/// Calls `show` at every change, until nobody publishes any more.
async fn follow<T>(mut published: watch::Receiver<T>, show: impl Fn(&T)) {
    while published.changed().await.is_ok() {
        show(&published.borrow_and_update());
    }
}

fn sync_view(state: &SyncState) -> SyncView {
    let location = |location: &crate::sync::LocationState| LocationView {
        name: location.name.clone(),
        online: location.online,
        watermark: location.watermark,
        unsent: location.unsent,
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
    DeviceStates { printer: view(&states.printer), drawer: view(&states.drawer), scanner: view(&states.scanner) }
}

//! Ctrl-C and SIGTERM: noted here, looked at in every wait, so that the demo always ends what it started.

use anyhow::{Context, bail};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

static ASKED: AtomicBool = AtomicBool::new(false);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Begins to listen. Called once.
pub fn listen() -> anyhow::Result<()> {
    ctrlc::set_handler(|| ASKED.store(true, Ordering::Relaxed)).context("Ctrl-C cannot be heard")
}

/// Fails once the demo was asked to end.
pub fn check() -> anyhow::Result<()> {
    if ASKED.load(Ordering::Relaxed) {
        bail!("asked to end");
    }
    Ok(())
}

/// Returns when the demo is asked to end.
pub fn wait() {
    while !ASKED.load(Ordering::Relaxed) {
        std::thread::sleep(LOOK_EVERY);
    }
}

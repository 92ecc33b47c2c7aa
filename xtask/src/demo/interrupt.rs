//! Ctrl-C and SIGTERM: noted here, looked at in every wait, so that the demo always ends what it started.

use anyhow::{Context, bail};
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// Begins to listen. Called once.
pub fn listen() -> anyhow::Result<()> {
    ctrlc::set_handler(|| ASKED.store(true, Ordering::Relaxed)).context("Ctrl-C cannot be heard")
}

/// Fails once the demo was asked to end.
pub fn check() -> anyhow::Result<()> {
    if is_asked() {
        bail!("asked to end");
    }
    Ok(())
}

/// Whether the demo was asked to end.
pub fn is_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

//! A cash drawer on a serial line: any byte opens it, unless it is stuck.
//!
//! A pseudo-terminal has no modem lines, so it cannot tell that it is open.

use super::pty::SerialPlug;
use std::io;
use std::path::{Path, PathBuf};

const READ_BYTES: usize = 64;

/// The drawer. It is unplugged when it is dropped.
#[derive(Debug)]
pub struct EmulatedDrawer {
    plug: SerialPlug,
    stuck: bool,
    open: bool,
}

impl EmulatedDrawer {
    /// A drawer that is plugged in at `link`, a path that must not exist yet.
    pub fn plugged_in(link: impl Into<PathBuf>) -> io::Result<EmulatedDrawer> {
        Ok(EmulatedDrawer { plug: SerialPlug::plugged_in(link)?, stuck: false, open: false })
    }

    /// The path that the driver opens.
    pub fn path(&self) -> &Path {
        self.plug.path()
    }

    /// Plugs it in again.
    pub fn plug_in(&mut self) -> io::Result<()> {
        self.plug.plug_in()
    }

    /// Pulls it out.
    pub fn unplug(&mut self) {
        self.plug.unplug();
    }

    /// Locks it, or unlocks it.
    pub fn set_stuck(&mut self, stuck: bool) {
        self.stuck = stuck;
    }

    /// Takes the bytes that came since the last call; each of them triggers the coil.
    pub fn take_triggers(&mut self) -> io::Result<Vec<u8>> {
        let mut triggers = Vec::new();
        let mut buffer = [0; READ_BYTES];
        loop {
            let count = self.plug.receive(&mut buffer)?;
            if count == 0 {
                self.open |= !triggers.is_empty() && !self.stuck;
                return Ok(triggers);
            }
            triggers.extend(&buffer[..count]);
        }
    }

    /// Whether it stands open, after the triggers that were taken.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Pushes it shut.
    pub fn shut(&mut self) {
        self.open = false;
    }
}

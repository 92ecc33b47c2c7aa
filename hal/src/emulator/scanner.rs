//! A barcode scanner on a serial line.

use super::pty::SerialPlug;
use std::io;
use std::path::{Path, PathBuf};

/// The scanner. It is unplugged when it is dropped.
#[derive(Debug)]
pub struct EmulatedScanner {
    plug: SerialPlug,
}

impl EmulatedScanner {
    /// A scanner that is plugged in at `link`, a path that must not exist yet.
    pub fn plugged_in(link: impl Into<PathBuf>) -> io::Result<EmulatedScanner> {
        Ok(EmulatedScanner { plug: SerialPlug::plugged_in(link)? })
    }

    /// The path that the driver opens.
    pub fn path(&self) -> &Path {
        self.plug.path()
    }

    /// Plugs it in again.
    pub fn plug_in(&mut self) -> io::Result<()> {
        self.plug.plug_in()
    }

    /// Pulls it out: whoever reads it sees the line hang up.
    pub fn unplug(&mut self) {
        self.plug.unplug();
    }

    /// Reads a barcode: sends `payload` and a carriage return, as scanners are set at delivery.
    pub fn scan(&mut self, payload: &str) -> io::Result<()> {
        self.send(format!("{payload}\r").as_bytes())
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.plug.send(bytes)
    }
}

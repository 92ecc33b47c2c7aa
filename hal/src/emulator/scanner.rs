//! A barcode scanner at a pseudo-terminal, which the system treats as a serial line.
//!
//! It is reached by a link of a fixed name, as udev gives one to a real scanner, so that it can be pulled out and plugged
//! in again.

use serialport::{SerialPort, TTYPort};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A reader that does not read fills the line's buffer; a scanner drops the code then, and beeps.
const SEND_MAX: Duration = Duration::from_secs(2);

/// The scanner. It is unplugged when it is dropped.
#[derive(Debug)]
pub struct EmulatedScanner {
    link: PathBuf,
    line: Option<Line>,
}

/// Both ends: ours is written to. The other one is held open, so that codes wait for the driver that opens it.
#[derive(Debug)]
struct Line {
    ours: TTYPort,
    _theirs: TTYPort,
}

impl EmulatedScanner {
    /// A scanner that is plugged in at `link`, a path that must not exist yet.
    pub fn plugged_in(link: impl Into<PathBuf>) -> io::Result<EmulatedScanner> {
        let mut scanner = EmulatedScanner { link: link.into(), line: None };
        scanner.plug_in()?;
        Ok(scanner)
    }

    /// The path that the driver opens.
    pub fn path(&self) -> &Path {
        &self.link
    }

    /// Plugs it in again.
    pub fn plug_in(&mut self) -> io::Result<()> {
        self.unplug();
        let (mut ours, mut theirs) = TTYPort::pair()?;
        // The driver opens the line beside us.
        theirs.set_exclusive(false)?;
        ours.set_timeout(SEND_MAX)?;
        let path = theirs.name().ok_or_else(|| io::Error::other("the pseudo-terminal has no name"))?;
        std::os::unix::fs::symlink(path, &self.link)?;
        self.line = Some(Line { ours, _theirs: theirs });
        Ok(())
    }

    /// Pulls it out: whoever reads it sees the line hang up.
    pub fn unplug(&mut self) {
        if self.line.take().is_some() {
            // Someone may have cleared the folder away.
            let _ = std::fs::remove_file(&self.link);
        }
    }

    /// Reads a barcode: sends `payload` and a carriage return, as scanners are set at delivery.
    pub fn scan(&mut self, payload: &str) -> io::Result<()> {
        self.send(format!("{payload}\r").as_bytes())
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let unplugged = || io::Error::new(io::ErrorKind::NotConnected, "the scanner is unplugged");
        self.line.as_mut().ok_or_else(unplugged)?.ours.write_all(bytes)
    }
}

impl Drop for EmulatedScanner {
    fn drop(&mut self) {
        self.unplug();
    }
}

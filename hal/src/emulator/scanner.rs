//! A barcode scanner at a pseudo-terminal, which the system treats as a serial line.
//!
//! It is reached by a link of a fixed name, as udev gives one to a real scanner, so that it can be pulled out and plugged
//! in again.

use rustix::fs::OFlags;
use rustix::io::ioctl_fionbio;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The scanner. It is unplugged when it is dropped.
#[derive(Debug)]
pub struct EmulatedScanner {
    link: PathBuf,
    line: Option<Line>,
}

/// Both ends: ours is written to. The other one is held open, so that codes wait for the driver that opens it.
#[derive(Debug)]
struct Line {
    ours: File,
    _theirs: File,
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
        // A reader that does not read fills the line; a scanner drops the code then, and does not wait.
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        ioctl_fionbio(&ours, true)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let name = ptsname(&ours, Vec::new())?;
        let path = Path::new(OsStr::from_bytes(name.to_bytes()));
        let no_control = OFlags::NOCTTY.bits().cast_signed();
        let theirs = OpenOptions::new().read(true).write(true).custom_flags(no_control).open(path)?;
        // Bytes pass as they are, as on a real line.
        let mut settings = tcgetattr(&theirs)?;
        settings.make_raw();
        tcsetattr(&theirs, OptionalActions::Now, &settings)?;
        std::os::unix::fs::symlink(path, &self.link)?;
        self.line = Some(Line { ours: ours.into(), _theirs: theirs });
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

//! A device at a pseudo-terminal, which the system treats as a serial line.
//!
//! It is reached by a link of a fixed name, as udev gives one to a real device, so that it can be pulled out and plugged
//! in again.

use rustix::fs::OFlags;
use rustix::io::ioctl_fionbio;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The device's end of a serial line. It is unplugged when it is dropped.
#[derive(Debug)]
pub struct SerialPlug {
    link: PathBuf,
    line: Option<Line>,
}

/// Both ends: ours is the device's. The other one is held open, so that bytes wait for the driver that opens it.
#[derive(Debug)]
struct Line {
    ours: File,
    _theirs: File,
}

impl SerialPlug {
    /// A line that is plugged in at `link`, a path that must not exist yet.
    pub fn plugged_in(link: impl Into<PathBuf>) -> io::Result<SerialPlug> {
        let mut plug = SerialPlug { link: link.into(), line: None };
        plug.plug_in()?;
        Ok(plug)
    }

    /// The path that the driver opens.
    pub fn path(&self) -> &Path {
        &self.link
    }

    /// Plugs it in again.
    pub fn plug_in(&mut self) -> io::Result<()> {
        self.unplug();
        // A till that does not read fills the line; a device drops what it has to say then, and does not wait.
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

    /// Sends bytes to the till as they are.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.ours()?.write_all(bytes)
    }

    /// Takes what the till sent, without waiting: `Ok(0)` when there is nothing.
    pub fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.ours()?.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            read => read,
        }
    }

    fn ours(&mut self) -> io::Result<&mut File> {
        let unplugged = || io::Error::new(io::ErrorKind::NotConnected, "the device is unplugged");
        self.line.as_mut().map(|line| &mut line.ours).ok_or_else(unplugged)
    }
}

impl Drop for SerialPlug {
    fn drop(&mut self) {
        self.unplug();
    }
}

//! A device that is written to and read from, and never keeps its caller longer than he wants.
//!
//! What the system's serial lines do on a write is wait until there is room for the last byte, for ever if the other end
//! has said stop. So the file does not wait at all, and the waiting is done beside it, with a deadline.

use crate::deadline::Deadline;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// An open device file.
#[derive(Debug)]
pub(crate) struct PatientFile {
    file: File,
}

impl PatientFile {
    /// Opens the device at `path` for both directions. It is never created, and never becomes the till's terminal.
    pub(crate) fn open(path: &Path) -> io::Result<PatientFile> {
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
        let file = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)?;
        Ok(PatientFile { file })
    }

    /// Writes some of `bytes` and says how many; `None` when it took none until the deadline.
    pub(crate) fn write(&mut self, bytes: &[u8], deadline: Deadline) -> io::Result<Option<usize>> {
        loop {
            match self.file.write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => return Ok(Some(count)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if !self.wait(PollFlags::OUT, deadline)? {
                        return Ok(None);
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until what was written has left for the device, all but what it holds by its nature; whether it did until the
    /// deadline.
    pub(crate) fn drain(&mut self, deadline: Deadline) -> io::Result<bool> {
        self.wait(PollFlags::OUT, deadline)
    }

    /// Reads what has come; `None` when nothing came until the deadline. `Some(0)` is a device that hung up, or never speaks.
    pub(crate) fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> io::Result<Option<usize>> {
        loop {
            match self.file.read(buffer) {
                Ok(count) => return Ok(Some(count)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if !self.wait(PollFlags::IN, deadline)? {
                        return Ok(None);
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether `event`, or the end of the device, came until the deadline.
    fn wait(&self, event: PollFlags, deadline: Deadline) -> io::Result<bool> {
        loop {
            let Some(left) = deadline.left() else { return Ok(false) };
            let left = Timespec::try_from(left).map_err(|_| io::Error::from(ErrorKind::InvalidInput))?;
            match poll(&mut [PollFd::new(&self.file, event)], Some(&left)) {
                Ok(0) => return Ok(false),
                Ok(_) => return Ok(true),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

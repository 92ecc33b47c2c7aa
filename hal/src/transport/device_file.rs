//! A device file of the USB printer class such as `/dev/usb/lp0`, or a file that stands for a device.
//!
//! Linux's devices are written to without waiting and read back. Whatever else has a path (a pipe, a Windows device) is
//! only written to.

use super::written_file::WrittenFile;
use super::{Transport, WriteError};
use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind};
use crate::plugged::{Address, Class};
use std::path::PathBuf;

#[cfg(unix)]
use unix::ReadBack;
#[cfg(not(unix))]
type ReadBack = std::convert::Infallible;

/// A printer behind a device file, which is looked up and opened for each operation and never created.
#[derive(Debug)]
pub struct DeviceFile {
    address: Address,
    read_back: Option<ReadBack>,
    /// Kept when it is closed: its last write may be stuck.
    written: Option<WrittenFile>,
}

impl DeviceFile {
    /// The printer at `address`.
    pub fn new(address: impl Into<Address>) -> DeviceFile {
        DeviceFile { address: address.into(), read_back: None, written: None }
    }

    fn closed(&self) -> Failure {
        Failure::new(FailureKind::Offline, format!("{}: it is not open", self.address))
    }

    fn written_at(&mut self, path: PathBuf) -> &mut WrittenFile {
        if self.written.as_ref().is_none_or(|written| written.path() != path) {
            self.written = None;
        }
        self.written.get_or_insert_with(|| WrittenFile::new(path))
    }
}

impl Transport for DeviceFile {
    fn open(&mut self, deadline: Deadline) -> Result<(), Failure> {
        self.close();
        let path = self.address.find(Class::Printer)?;
        #[cfg(unix)]
        if ReadBack::serves(&path) {
            self.read_back = Some(ReadBack::open(path)?);
            return Ok(());
        }
        self.written_at(path).open(deadline)
    }

    fn write(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), WriteError> {
        let closed = WriteError { began: false, failure: self.closed() };
        match (&mut self.read_back, &mut self.written) {
            #[cfg(unix)]
            (Some(device), _) => device.write(bytes, deadline),
            (_, Some(file)) => file.write(bytes, deadline),
            _ => Err(closed),
        }
    }

    fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, Failure> {
        let closed = self.closed();
        match (&mut self.read_back, &mut self.written) {
            #[cfg(unix)]
            (Some(device), _) => device.read(buffer, deadline),
            (_, Some(file)) => file.read(buffer, deadline),
            _ => Err(closed),
        }
    }

    fn can_answer(&self) -> bool {
        #[cfg(unix)]
        let answers = self.read_back.as_ref().is_some_and(ReadBack::answers);
        #[cfg(not(unix))]
        let answers = false;
        answers
    }

    fn close(&mut self) {
        self.read_back = None;
        if let Some(file) = &mut self.written {
            file.close();
        }
    }
}

#[cfg(unix)]
mod unix {
    use crate::deadline::Deadline;
    use crate::device::{Failure, FailureKind};
    use crate::patient_file::PatientFile;
    use crate::transport::{WriteError, explain};
    use std::os::unix::fs::FileTypeExt;
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    /// Old answers are thrown away in so many reads at most; a device that floods has more.
    const STALE_READS_MAX: usize = 16;

    /// A device that is written to and read back.
    #[derive(Debug)]
    pub(super) struct ReadBack {
        path: PathBuf,
        file: PatientFile,
        answers: bool,
    }

    impl ReadBack {
        /// Whether `path` is a device that can be had without waiting.
        pub(super) fn serves(path: &Path) -> bool {
            std::fs::metadata(path).is_ok_and(|node| node.file_type().is_char_device())
        }

        /// Opens it, and throws away what it had said before.
        pub(super) fn open(path: PathBuf) -> Result<ReadBack, Failure> {
            let mut file = PatientFile::open(&path).map_err(|error| explain(&path, &error))?;
            let mut stale = [0; 4_096];
            let mut answers = true;
            for _ in 0..STALE_READS_MAX {
                match file.read(&mut stale, Deadline::after(Duration::ZERO)) {
                    Ok(Some(count)) if count > 0 => {}
                    Ok(None) => break,
                    // The driver of a printer with one direction refuses to be read; /dev/null ends at once.
                    Ok(Some(_)) | Err(_) => {
                        answers = false;
                        break;
                    }
                }
            }
            Ok(ReadBack { path, file, answers })
        }

        pub(super) fn answers(&self) -> bool {
            self.answers
        }

        /// What is written is only safe when the driver has passed it on: closing the file throws the rest away.
        pub(super) fn write(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), WriteError> {
            let mut sent = 0;
            let stuck = |path: &Path, began| WriteError {
                began,
                failure: Failure::new(
                    FailureKind::NoAnswer,
                    format!("{}: it took no more bytes until the deadline", path.display()),
                ),
            };
            while sent < bytes.len() {
                match self.file.write(&bytes[sent..], deadline) {
                    Ok(Some(count)) => sent += count,
                    Ok(None) => return Err(stuck(&self.path, sent > 0)),
                    Err(error) => return Err(WriteError { began: sent > 0, failure: explain(&self.path, &error) }),
                }
            }
            match self.file.drain(deadline) {
                Ok(true) => Ok(()),
                Ok(false) => Err(stuck(&self.path, true)),
                Err(error) => Err(WriteError { began: true, failure: explain(&self.path, &error) }),
            }
        }

        pub(super) fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, Failure> {
            let fail = |kind, what: &str| Failure::new(kind, format!("{}: {what}", self.path.display()));
            match self.file.read(buffer, deadline) {
                Ok(Some(0)) => Err(fail(FailureKind::Offline, "it hung up")),
                Ok(Some(count)) => Ok(count),
                Ok(None) => Err(fail(FailureKind::NoAnswer, "no answer until the deadline")),
                Err(error) => Err(explain(&self.path, &error)),
            }
        }
    }
}

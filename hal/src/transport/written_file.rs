//! A device file that is only written to.
//!
//! Writing to one blocks while the printer takes nothing (no paper, buffer full), opening one may block too, and neither
//! can be called off. So each opening gets a thread of its own that opens and writes, in small pieces, and reports back;
//! whoever waits for it stops waiting at the deadline. A thread that was left behind writes no further piece, and until
//! its one blocked call returns the device counts as busy: no second thread is piled on it.
//!
//! Answers cannot be read back this way with a deadline, so a job is done when the operating system has taken it.

use super::{Transport, WriteError, explain};
use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;

/// A blocked write loses at most this much control.
const PIECE_BYTES: usize = 4_096;

/// A printer behind a file that is only written to.
#[derive(Debug)]
pub(super) struct WrittenFile {
    path: PathBuf,
    writer: Option<Writer>,
    /// The end of the last writer, which may be stuck in a blocked call.
    last: Option<Receiver<Ended>>,
}

#[derive(Debug)]
struct Writer {
    jobs: SyncSender<Vec<u8>>,
    /// One report for the opening, and one for each job.
    reports: Receiver<io::Result<()>>,
    shared: Arc<Shared>,
    ended: Receiver<Ended>,
}

/// Never sent: a writer holds the sending end for as long as it lives.
#[derive(Debug)]
enum Ended {}

#[derive(Debug, Default)]
struct Shared {
    /// Nobody waits any more: no further piece may be written.
    called_off: AtomicBool,
    /// A piece of the present job was handed to the device, or is being handed.
    began: AtomicBool,
}

impl WrittenFile {
    /// The printer behind `path`, which is opened when it is needed and never created.
    pub(super) fn new(path: PathBuf) -> WrittenFile {
        WrittenFile { path, writer: None, last: None }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn fail(&self, kind: FailureKind, what: impl std::fmt::Display) -> Failure {
        Failure::new(kind, format!("{}: {what}", self.path.display()))
    }

    fn explain(&self, error: &io::Error) -> Failure {
        explain(&self.path, error)
    }

    /// Waits for the next report; whoever has waited in vain leaves the writer behind.
    fn report(&mut self, deadline: Deadline) -> Result<(), (bool, Failure)> {
        let Some(writer) = &self.writer else {
            return Err((false, self.fail(FailureKind::Offline, "it is not open")));
        };
        let received = match deadline.left() {
            Some(left) => writer.reports.recv_timeout(left),
            None => Err(RecvTimeoutError::Timeout),
        };
        match received {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                // The writer reports the end of a piece before it begins the next, so this is settled.
                let began = writer.shared.began.load(Ordering::SeqCst);
                self.close();
                Err((began, self.explain(&error)))
            }
            Err(_) => {
                writer.shared.called_off.store(true, Ordering::SeqCst);
                let began = writer.shared.began.load(Ordering::SeqCst);
                self.close();
                Err((began, self.fail(FailureKind::NoAnswer, "it took no more bytes until the deadline")))
            }
        }
    }
}

impl Transport for WrittenFile {
    fn open(&mut self, deadline: Deadline) -> Result<(), Failure> {
        self.close();
        if let (Some(last), Some(left)) = (&self.last, deadline.left())
            && matches!(last.recv_timeout(left), Err(RecvTimeoutError::Timeout))
        {
            return Err(self.fail(FailureKind::Busy, "an earlier write has not returned"));
        }
        self.last = None;
        let (jobs, jobs_in) = mpsc::sync_channel(1);
        // Room for every report that can be outstanding, so that a writer that was left behind never waits for a reader.
        let (reports_out, reports) = mpsc::sync_channel(2);
        let shared = Arc::new(Shared::default());
        let (path, theirs) = (self.path.clone(), Arc::clone(&shared));
        let (alive, ended) = mpsc::sync_channel::<Ended>(0);
        thread::Builder::new()
            .name("hal-device-file".to_owned())
            .spawn(move || {
                let _alive = alive;
                write_jobs(&path, &jobs_in, &reports_out, &theirs);
            })
            .map_err(|error| self.fail(FailureKind::Device, error))?;
        self.writer = Some(Writer { jobs, reports, shared, ended });
        self.report(deadline).map_err(|(_, failure)| failure)
    }

    fn write(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), WriteError> {
        let handed = self.writer.as_ref().is_some_and(|writer| writer.jobs.try_send(bytes.to_vec()).is_ok());
        if !handed {
            return Err(WriteError { began: false, failure: self.fail(FailureKind::Offline, "it is not open") });
        }
        self.report(deadline).map_err(|(began, failure)| WriteError { began, failure })
    }

    fn read(&mut self, _buffer: &mut [u8], _deadline: Deadline) -> Result<usize, Failure> {
        Err(self.fail(FailureKind::Unsupported, "a device file is not read back"))
    }

    fn can_answer(&self) -> bool {
        false
    }

    fn close(&mut self) {
        if let Some(Writer { jobs, shared, ended, .. }) = self.writer.take() {
            shared.called_off.store(true, Ordering::SeqCst);
            // The thread ends when its queue does, or when its blocked call returns.
            drop(jobs);
            self.last = Some(ended);
        }
    }
}

/// Opens `path` and writes what comes, reporting the opening and each job.
fn write_jobs(path: &Path, jobs: &Receiver<Vec<u8>>, reports: &SyncSender<io::Result<()>>, shared: &Shared) {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) => {
            let _ = reports.try_send(Err(error));
            return;
        }
    };
    if reports.try_send(Ok(())).is_err() {
        return;
    }
    while let Ok(bytes) = jobs.recv() {
        shared.began.store(false, Ordering::SeqCst);
        let written = write_pieces(&mut file, &bytes, shared);
        if reports.try_send(written).is_err() {
            return;
        }
    }
}

fn write_pieces(file: &mut File, bytes: &[u8], shared: &Shared) -> io::Result<()> {
    let mut sent = 0;
    while sent < bytes.len() {
        // Said before it is asked: whoever calls off either sees that a piece began, or no piece begins.
        shared.began.store(true, Ordering::SeqCst);
        if shared.called_off.load(Ordering::SeqCst) {
            return Err(io::Error::new(ErrorKind::TimedOut, "called off"));
        }
        let piece = &bytes[sent..bytes.len().min(sent + PIECE_BYTES)];
        match file.write(piece) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => sent += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                shared.began.store(sent > 0, Ordering::SeqCst);
                return Err(error);
            }
        }
    }
    file.flush()
}

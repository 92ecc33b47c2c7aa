//! Ways to bring bytes to a printer, each with a deadline on every step.
//!
//! | room | the way |
//! |---|---|
//! | `tcp` | a raw TCP connection |
//! | `serial` | a serial line |
//! | `device_file` | a device of the USB printer class |
//! | `written_file` | a file that is only written to: a pipe, a Windows device |

mod device_file;
mod serial;
mod tcp;
mod written_file;

#[cfg(test)]
mod tests;

pub use device_file::DeviceFile;
pub use serial::Serial;
pub use tcp::Tcp;

use crate::deadline::Deadline;
use crate::device::{Failure, FailureKind};
use crate::plugged::remedy;
use std::io::ErrorKind;
use std::path::Path;

/// A way to bring bytes to a device, and its answers back. It is opened for one operation and closed behind it, so that a
/// device that was unplugged meanwhile is simply opened again, and a printer that serves one connection at a time is free.
pub trait Transport: Send {
    /// Opens the way. What was open is closed first.
    fn open(&mut self, deadline: Deadline) -> Result<(), Failure>;

    /// Writes all of `bytes`.
    fn write(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), WriteError>;

    /// Waits for at least one byte and returns how many came; a device that says nothing until the deadline is a failure.
    fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, Failure>;

    /// Whether answers can come back this way.
    fn can_answer(&self) -> bool;

    /// Closes the way; whatever was not written stays unwritten.
    fn close(&mut self);
}

/// A write that did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{failure}")]
pub struct WriteError {
    /// Whether the device may have got some of the bytes, or may still get them.
    pub began: bool,
    /// What went wrong.
    pub failure: Failure,
}

/// Why the device file at `path` does not serve.
fn explain(path: &Path, error: &std::io::Error) -> Failure {
    let kind = match error.kind() {
        // Linux's printer class driver says so when it finds no paper.
        ErrorKind::StorageFull => FailureKind::PaperOut,
        ErrorKind::ResourceBusy => FailureKind::Busy,
        _ => FailureKind::Offline,
    };
    Failure::new(kind, format!("{}: {}", path.display(), remedy::of(path, error)))
}

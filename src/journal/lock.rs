//! One agent a journal: an exclusive lock on a file beside it, which the system lifts when the process dies.

use super::JournalError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Held as long as the journal is open.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Takes the lock of the journal at `path`, or names the process that has it.
pub(super) fn acquire(path: &Path) -> Result<Lock, JournalError> {
    let lock_path = lock_path(path);
    let open_error = |error: std::io::Error| JournalError::Open {
        path: path.to_owned(),
        detail: format!("its lock file {} cannot be written: {error}", lock_path.display()),
    };
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&lock_path).map_err(open_error)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            // Windows does not let a second process read a locked file; then the name stays unknown.
            let _ = (&file).take(20).read_to_string(&mut pid);
            let pid = if pid.trim().is_empty() { "(unknown)" } else { pid.trim() };
            return Err(JournalError::Locked { path: path.to_owned(), pid: pid.to_owned() });
        }
        Err(TryLockError::Error(error)) => return Err(open_error(error)),
    }
    let write_pid = |file: &mut File| {
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        writeln!(file, "{}", std::process::id())
    };
    write_pid(&mut file).map_err(open_error)?;
    Ok(Lock { _file: file })
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

//! The price book in force, as a file beside the journal.
//!
//! A price book of 50,000 items has 15 MB. In the database it would hold up every sale while it is written; so the
//! database has its version and its hash, and the bytes lie in `price-books/`, on the disk before the commit that puts
//! them in force. A file that is damaged or missing is no price book: it is fetched anew.

use super::JournalError;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

const FOLDER: &str = "price-books";

/// Hash of a price book's bytes.
pub(super) type BookHash = [u8; 32];

/// Writes the book so that it survives a power cut, and gives its hash. `journal` is the database's path.
pub(super) fn write(journal: &Path, version: u64, json: &str) -> Result<BookHash, JournalError> {
    write_file(journal, version, json).map_err(|error| JournalError::Disk { detail: error.to_string() })?;
    Ok(Sha256::digest(json.as_bytes()).into())
}

fn write_file(journal: &Path, version: u64, json: &str) -> io::Result<()> {
    let folder = folder(journal);
    fs::create_dir_all(&folder)?;
    let unfinished = folder.join("unfinished");
    let mut file = File::create(&unfinished)?;
    file.write_all(json.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path(journal, version))?;
    sync_folder(&folder)
}

/// The rename itself must survive, too. Windows keeps no handle to a folder and needs none.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The book of `version`, if its bytes are those that were written.
pub(super) fn read(journal: &Path, version: u64, hash: &BookHash) -> Option<String> {
    let path = path(journal, version);
    let json = match fs::read_to_string(&path) {
        Ok(json) => json,
        Err(error) => {
            tracing::error!(%error, path = %path.display(), "the price book cannot be read; it is fetched anew");
            return None;
        }
    };
    let found: BookHash = Sha256::digest(json.as_bytes()).into();
    if found == *hash {
        return Some(json);
    }
    tracing::error!(path = %path.display(), "the price book's file was altered; it is fetched anew");
    None
}

/// Removes the books of other versions. One that cannot be removed is removed the next time.
pub(super) fn forget_others(journal: &Path, version: u64) {
    let keep = path(journal, version);
    let entries = match fs::read_dir(folder(journal)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return,
        Err(error) => return tracing::warn!(%error, "old price books cannot be looked for"),
    };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| *path != keep) {
        if let Err(error) = fs::remove_file(&path) {
            tracing::warn!(%error, path = %path.display(), "an old price book stays");
        }
    }
}

fn folder(journal: &Path) -> PathBuf {
    journal.with_file_name(FOLDER)
}

fn path(journal: &Path, version: u64) -> PathBuf {
    folder(journal).join(format!("{version}.json"))
}

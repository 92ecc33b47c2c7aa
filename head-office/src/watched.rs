//! A file that is read again when it changes. The last good content stays in force when the new one is broken:
//! a slip of an editor must neither lock 5,000 tills out nor empty the price book.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Makes a `T` of the file's bytes; `current` is what is in force. The error is what a person is told.
pub type Parse<T> = fn(bytes: &[u8], current: &T) -> Result<T, String>;

/// What is in force of a file.
#[derive(Debug)]
pub struct Watched<T> {
    path: PathBuf,
    parse: Parse<T>,
    state: Mutex<State<T>>,
}

#[derive(Debug)]
struct State<T> {
    value: Arc<T>,
    /// When it was last looked at, how the file looked; also if its content was refused, so that it is told once.
    seen: Option<Stamp>,
}

/// How a file looks from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Stamp {
        Stamp { modified: metadata.modified().ok(), length: metadata.len() }
    }
}

impl<T> Watched<T> {
    /// Watches `path`; until its content was read, `start` is in force.
    pub fn new(path: &Path, start: T, parse: Parse<T>) -> Watched<T> {
        Watched { path: path.to_owned(), parse, state: Mutex::new(State { value: Arc::new(start), seen: None }) }
    }

    /// What is in force now.
    pub fn current(&self) -> Arc<T> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).value.clone()
    }

    /// Looks at the file, and reads it if it changed. True when new content came into force.
    ///
    /// # Errors
    /// What is wrong with the file, once for each change; the last good content stays in force.
    pub fn refresh(&self) -> Result<bool, String> {
        let stamp = std::fs::metadata(&self.path).map(|metadata| Stamp::of(&metadata)).ok();
        let current = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if stamp.is_some() && state.seen == stamp {
                return Ok(false);
            }
            state.seen = stamp;
            state.value.clone()
        };
        // Not under the lock: a price book takes its time, and requests go on with the old one.
        let bytes = std::fs::read(&self.path).map_err(|error| format!("it cannot be read ({error})"))?;
        let value = (self.parse)(&bytes, &current)?;
        self.state.lock().unwrap_or_else(PoisonError::into_inner).value = Arc::new(value);
        Ok(true)
    }
}

/// Looks at `file` every `interval`, for ever.
pub async fn keep_fresh<T: Send + Sync + 'static>(file: Arc<Watched<T>>, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        let looked_at = file.clone();
        let path = file.path.display();
        match tokio::task::spawn_blocking(move || looked_at.refresh()).await {
            Ok(Ok(true)) => tracing::info!(%path, "the changed file is in force"),
            Ok(Ok(false)) => {}
            Ok(Err(problem)) => {
                tracing::error!(%path, problem, "the file is refused, the last good one stays in force")
            }
            Err(error) => tracing::error!(%path, %error, "the file could not be looked at"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: &[u8], _current: &u32) -> Result<u32, String> {
        std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).ok_or_else(|| "not a number".to_owned())
    }

    #[test]
    fn a_broken_file_leaves_the_last_good_content_in_force_and_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("n");
        std::fs::write(&path, "7").unwrap();
        let file = Watched::new(&path, 0, number);
        assert_eq!((file.refresh(), *file.current()), (Ok(true), 7));
        assert_eq!(file.refresh(), Ok(false));
        std::fs::write(&path, "seven").unwrap();
        assert_eq!((file.refresh(), *file.current()), (Err("not a number".to_owned()), 7));
        assert_eq!(file.refresh(), Ok(false));
        std::fs::write(&path, "80").unwrap();
        assert_eq!((file.refresh(), *file.current()), (Ok(true), 80));
        std::fs::remove_file(&path).unwrap();
        assert!(file.refresh().is_err() && *file.current() == 80);
    }
}

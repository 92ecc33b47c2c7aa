//! The till's key: 32 random bytes in a file that only the till's user can read. It never leaves the till.

use ed25519_dalek::SigningKey;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Name of the key's file in the data folder.
pub const KEY_FILE: &str = "till.key";

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file can neither be read nor made.
    #[error("the key file {path} cannot be {verb}: {source}; check the owner and rights of the folder")]
    File {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        verb: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is there, and is no key.
    #[error("the key file {path} is not 64 hexadecimal digits: restore it from the till's enrolment, never make it up")]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// Others may read the file.
    #[error(
        "the key file {path} can be read by others: run `chmod 600 {path}`, and have the till enrolled again if it was"
    )]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes for a key: {0}")]
    Random(getrandom::Error),
}

/// Reads the till's key from `data_dir`; makes it at the first start.
pub fn load_or_make(data_dir: &Path) -> Result<SigningKey, IdentityError> {
    let path = data_dir.join(KEY_FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            check_rights(&path)?;
            parse(text.trim()).ok_or(IdentityError::Malformed { path })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(&path),
        Err(source) => Err(IdentityError::File { path, verb: "read", source }),
    }
}

fn parse(text: &str) -> Option<SigningKey> {
    let hash: evertill_domain::entry::Hash = text.parse().ok()?;
    Some(SigningKey::from_bytes(&hash.0))
}

fn make(path: &Path) -> Result<SigningKey, IdentityError> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(IdentityError::Random)?;
    let text = evertill_domain::entry::Hash(secret).to_string();
    write_private(path, &text).map_err(|source| IdentityError::File {
        path: path.to_owned(),
        verb: "written",
        source,
    })?;
    Ok(SigningKey::from_bytes(&secret))
}

/// Writes a new file that only its owner can read, whole or not at all: a power cut must not leave half a key.
pub fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let unfinished = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)
}

#[cfg(unix)]
fn check_rights(path: &Path) -> Result<(), IdentityError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(path).map_err(|source| IdentityError::File {
        path: path.to_owned(),
        verb: "read",
        source,
    })?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(IdentityError::Exposed { path: path.to_owned() });
    }
    Ok(())
}

/// Windows guards the data folder by its access list, which the installer sets.
#[cfg(not(unix))]
fn check_rights(_path: &Path) -> Result<(), IdentityError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let first = load_or_make(folder.path()).unwrap();
        assert_eq!(load_or_make(folder.path()).unwrap().to_bytes(), first.to_bytes());
    }

    #[test]
    fn a_broken_or_exposed_key_is_refused_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEY_FILE);
        write_private(&path, "not a key").unwrap();
        assert!(matches!(load_or_make(folder.path()), Err(IdentityError::Malformed { .. })));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "not a key\n");
        #[cfg(unix)]
        {
            let mut rights = std::fs::metadata(&path).unwrap().permissions();
            std::os::unix::fs::PermissionsExt::set_mode(&mut rights, 0o644);
            std::fs::set_permissions(&path, rights).unwrap();
            assert!(matches!(load_or_make(folder.path()), Err(IdentityError::Exposed { .. })));
        }
    }
}

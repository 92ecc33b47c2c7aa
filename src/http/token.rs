//! The machine token: 256 random bits that prove to the API that a program may read the till's data folder.
//!
//! It is made once, at first start, written whole (a new file, synced, then renamed, so that a power cut leaves either
//! none or all of it) and readable by the service's user alone.

use super::bind::HttpError;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use subtle::ConstantTimeEq;

/// Name of the token's file in the data folder.
pub const TOKEN_FILE: &str = "api.token";
const TOKEN_BYTES: usize = 32;
const TOKEN_DIGITS: usize = TOKEN_BYTES * 2;

/// The secret, as 64 lower-case hexadecimal digits. Never shown by `Debug`.
#[derive(Clone)]
pub struct MachineToken(String);

impl MachineToken {
    /// The token of `data_dir`; made when there is none.
    ///
    /// # Errors
    /// [`HttpError::Token`] when the file cannot be read or made, is no token, or can be read by everyone.
    pub fn open_or_create(data_dir: &Path) -> Result<MachineToken, HttpError> {
        let path = data_dir.join(TOKEN_FILE);
        match path.try_exists() {
            Ok(true) => MachineToken::read(data_dir),
            Ok(false) => create(&path),
            Err(error) => Err(refused(&path, error.to_string())),
        }
    }

    /// The token that an agent made in `data_dir`.
    ///
    /// # Errors
    /// [`HttpError::Token`] as for [`MachineToken::open_or_create`], and when there is none yet.
    pub fn read(data_dir: &Path) -> Result<MachineToken, HttpError> {
        let path = data_dir.join(TOKEN_FILE);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| refused(&path, format!("{error}; it is made by the first `till run`")))?;
        refuse_public_file(&path)?;
        let token = text.trim_end();
        let valid = token.len() == TOKEN_DIGITS && token.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !valid {
            return Err(refused(
                &path,
                "it is not 64 hexadecimal digits: delete it and start the till again".to_owned(),
            ));
        }
        Ok(MachineToken(token.to_owned()))
    }

    /// The digits, for an `Authorization: Bearer` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `offered` is the token, in a time that does not tell how much of it was right.
    pub fn matches(&self, offered: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(offered).into()
    }
}

impl fmt::Debug for MachineToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MachineToken(..)")
    }
}

fn refused(path: &Path, detail: String) -> HttpError {
    HttpError::Token { path: path.to_owned(), detail }
}

fn create(path: &Path) -> Result<MachineToken, HttpError> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| refused(path, format!("the system gives no random bytes: {error}")))?;
    let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    write_private(path, &token).map_err(|error| refused(path, error.to_string()))?;
    Ok(MachineToken(token))
}

fn write_private(path: &Path, token: &str) -> std::io::Result<()> {
    let unfinished: PathBuf = path.with_extension("token.new");
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(token.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)
}

#[cfg(unix)]
fn refuse_public_file(path: &Path) -> Result<(), HttpError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_err(|error| refused(path, error.to_string()))?.permissions().mode();
    // The owner, and later the service's group, may read it; nobody but the owner may write it.
    if mode & 0o027 == 0 {
        return Ok(());
    }
    let remedy = "others may read or change it: delete it, so that a new one is made, and keep it at mode 0600";
    Err(refused(path, remedy.to_owned()))
}

#[cfg(not(unix))]
fn refuse_public_file(_path: &Path) -> Result<(), HttpError> {
    // On Windows the file inherits the access list of the data folder, which the installer restricts.
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_made_once_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let first = MachineToken::open_or_create(folder.path()).unwrap();
        let second = MachineToken::open_or_create(folder.path()).unwrap();
        assert_eq!(first.as_str(), second.as_str());
        assert_eq!(first.as_str().len(), TOKEN_DIGITS);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join(TOKEN_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn two_tills_have_two_tokens() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let a = MachineToken::open_or_create(a.path()).unwrap();
        let b = MachineToken::open_or_create(b.path()).unwrap();
        assert_ne!(a.as_str(), b.as_str());
        assert!(a.matches(a.as_str().as_bytes()) && !a.matches(b.as_str().as_bytes()));
        assert!(!a.matches(b"") && !a.matches(&a.as_str().as_bytes()[..63]));
    }

    #[test]
    fn a_leftover_of_a_power_cut_is_no_token() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("api.token.new"), "00").unwrap();
        assert_eq!(MachineToken::open_or_create(folder.path()).unwrap().as_str().len(), TOKEN_DIGITS);
        assert!(!folder.path().join("api.token.new").exists());
    }

    #[test]
    fn a_short_token_is_refused_with_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(TOKEN_FILE);
        write_private(&path, "1234").unwrap();
        let error = MachineToken::open_or_create(folder.path()).unwrap_err().to_string();
        assert!(error.contains("api.token") && error.contains("delete it"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_token_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        MachineToken::open_or_create(folder.path()).unwrap();
        let path = folder.path().join(TOKEN_FILE);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = MachineToken::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("0600"), "{error}");
    }

    #[test]
    fn logs_do_not_show_the_token() {
        let token = MachineToken("ab".repeat(TOKEN_BYTES));
        assert!(!format!("{token:?}").contains("abab"));
    }
}

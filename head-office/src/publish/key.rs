//! The region's secret key: a minisign key, with a password or without one, in a file of the publisher's.

use evertill_domain::publication::Claim;
use minisign::{KeyPair, PublicKey, SecretKey, SecretKeyBox};
use std::fs::OpenOptions;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

/// Beside each signature; nobody relies on it.
const COMMENT: &str = "signed by evertill head-office";

/// Why the key is of no use.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It cannot be read.
    #[error("{path}: the region's key cannot be read ({source}): make one with `head-office publish-key`")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is none, or is locked.
    #[error("{path}: {message}: is this the secret minisign key of the region, and is key_password_file right?")]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// It is not written over.
    #[error("{path}: a new key cannot be written ({source}): an old one is never written over")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It does not work.
    #[error("nothing can be signed: {0}")]
    Sign(String),
}

/// The key. It is never printed.
pub struct RegionKey {
    secret: SecretKey,
    public: PublicKey,
}

impl std::fmt::Debug for RegionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RegionKey(..)")
    }
}

impl RegionKey {
    /// The key in the file at `path`.
    ///
    /// # Errors
    /// [`KeyError`] when it is none, or the password is wrong or missing.
    pub fn open(path: &Path, password: Option<&str>) -> Result<RegionKey, KeyError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| KeyError::Unreadable { path: path.to_owned(), source })?;
        let wrong = |error: minisign::PError| KeyError::NotAKey { path: path.to_owned(), message: error.to_string() };
        let locked = SecretKeyBox::from_string(&text).map_err(wrong)?;
        let secret = match password {
            Some(password) => locked.into_secret_key(Some(password.to_owned())),
            None => locked.into_unencrypted_secret_key(),
        };
        let secret = secret.map_err(wrong)?;
        let public = PublicKey::from_secret_key(&secret).map_err(wrong)?;
        Ok(RegionKey { secret, public })
    }

    /// Makes a key and writes it to a file that is not there yet, for its owner only.
    ///
    /// # Errors
    /// [`KeyError::Unwritable`], also when there is such a file.
    pub fn create(path: &Path, password: Option<&str>) -> Result<RegionKey, KeyError> {
        let failed = |error: minisign::PError| KeyError::Sign(error.to_string());
        let unwritable = |source| KeyError::Unwritable { path: path.to_owned(), source };
        let KeyPair { sk, .. } = match password {
            Some(password) => KeyPair::generate_encrypted_keypair(Some(password.to_owned())),
            None => KeyPair::generate_unencrypted_keypair(),
        }
        .map_err(failed)?;
        let text = sk.to_box(Some("evertill region key")).map_err(failed)?.to_string();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(unwritable)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(unwritable)?;
        RegionKey::open(path, password)
    }

    /// Its public half, as the line that `publish_keys` wants.
    pub fn public_line(&self) -> String {
        self.public.to_base64()
    }

    /// The signature that says of `bytes` what `claim` says.
    ///
    /// # Errors
    /// [`KeyError::Sign`] without randomness.
    pub fn sign(&self, bytes: &[u8], claim: &Claim) -> Result<String, KeyError> {
        let claim = claim.to_string();
        let signed = minisign::sign(Some(&self.public), &self.secret, Cursor::new(bytes), Some(&claim), Some(COMMENT));
        Ok(signed.map_err(|error| KeyError::Sign(error.to_string()))?.into_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evertill_domain::publication::{PublishKeys, SealError};

    #[test]
    fn what_the_key_signs_its_public_half_believes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("region.key");
        let key = RegionKey::create(&path, None).unwrap();
        let other = RegionKey::create(&folder.path().join("other.key"), None).unwrap();
        let claim: Claim = "evertill price-book region=eu store=* version=8 since=0".parse().unwrap();
        let signature = RegionKey::open(&path, None).unwrap().sign(b"book", &claim).unwrap();
        let keys = |key: &RegionKey| PublishKeys::parse(&[key.public_line()]).unwrap();
        assert_eq!(keys(&key).verify(b"book", &signature), Ok(claim.clone()));
        assert_eq!(keys(&key).verify(b"Book", &signature), Err(SealError::Wrong));
        assert_eq!(keys(&other).verify(b"book", &signature), Err(SealError::Wrong));
        let forged = signature.replace("version=8", "version=9");
        assert_eq!(keys(&key).verify(b"book", &forged), Err(SealError::Wrong), "the comment is signed, too");
        let both = PublishKeys::parse(&[other.public_line(), key.public_line()]).unwrap();
        assert_eq!(both.verify(b"book", &signature), Ok(claim), "keys take turns");
    }

    #[test]
    fn a_key_is_for_its_owner_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("region.key");
        RegionKey::create(&path, None).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(RegionKey::create(&path, None), Err(KeyError::Unwritable { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), before);
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions()) & 0o777,
            0o600
        );
        assert!(RegionKey::open(&path, Some("a password")).is_err(), "it has none");
        std::fs::write(&path, "no key").unwrap();
        assert!(matches!(RegionKey::open(&path, None), Err(KeyError::NotAKey { .. })));
        let nowhere = RegionKey::open(&folder.path().join("nowhere"), None).unwrap_err().to_string();
        assert!(nowhere.contains("publish-key"), "{nowhere}");
    }
}

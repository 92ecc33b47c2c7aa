//! `publish.toml`, on the machine of whoever publishes:
//!
//! ```toml
//! region = "eu"
//! key = "region.key"                  # head-office publish-key region.key
//! key_password_file = "region.pass"   # when the key has a password
//! [[locations]]
//! location = "fra"
//! url = "https://fra.example:8444"    # its operators' port
//! ca = "eu-ca.pem"
//! name = "anna"                       # an operator there
//! password_file = "anna.password"
//! ```

use crate::config::{ConfigError, PeerConfig, PeerWritten, Reading};
use evertill_domain::ids::Region;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// How one publishes. Paths are resolved against the file's folder.
#[derive(Clone)]
pub struct Settings {
    /// For which region.
    pub region: Region,
    /// The file of its secret key.
    pub key: PathBuf,
    /// The key's password, if it has one.
    pub key_password: Option<String>,
    /// Every location of the region.
    pub locations: Vec<PeerConfig>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Settings { region, key, locations, .. } = self;
        f.debug_struct("Settings").field("region", region).field("key", key).field("locations", locations).finish()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    region: Region,
    key: Spanned<PathBuf>,
    key_password_file: Option<Spanned<PathBuf>>,
    locations: Spanned<Vec<PeerWritten>>,
}

impl Settings {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// [`ConfigError`] with the file, the line and the remedy.
    pub fn load(path: &Path) -> Result<Settings, ConfigError> {
        let reading = Reading::of(path)?;
        let (written, file) = reading.parse::<Written>()?;
        let Written { region, key, key_password_file, locations } = written;
        if locations.get_ref().is_empty() {
            return Err(file.refusal(&locations, "name every location of the region in [[locations]]".to_owned()));
        }
        let key_password = key_password_file.map(|at| file.password("key_password_file", &at)).transpose()?;
        let locations = locations.into_inner().into_iter().map(|peer| file.peer(peer)).collect::<Result<_, _>>()?;
        Ok(Settings { region, key: file.named("key", &key)?, key_password, locations })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_told_with_file_line_and_remedy() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["region.key", "ca.pem", "anna.password"] {
            std::fs::write(folder.path().join(name), "x\n").unwrap();
        }
        let good = "region = \"eu\"\nkey = \"region.key\"\nkey_password_file = \"anna.password\"\n[[locations]]\n\
            location = \"fra\"\nurl = \"https://fra:8444\"\nca = \"ca.pem\"\nname = \"anna\"\npassword_file = \"anna.password\"\n";
        let load = |text: &str| {
            let path = folder.path().join("publish.toml");
            std::fs::write(&path, text).unwrap();
            Settings::load(&path).map_err(|error| error.to_string())
        };
        let settings = load(good).unwrap();
        assert_eq!((settings.key_password.as_deref(), settings.locations.len()), (Some("x"), 1));
        assert!(!format!("{settings:?}").contains("\"x\""), "the password is not printed");
        for (text, said) in [
            (good.replace("\"region.key\"", "\"no.key\""), ":2: key: there is no file"),
            (good.replace("https", "http"), ":6: url must begin with https://"),
            (good.split("[[").next().unwrap().to_owned() + "locations = []\n", ":4: name every location"),
            (good.replace("name = \"anna\"\n", ""), "missing field `name`"),
        ] {
            let refused = load(&text).unwrap_err();
            assert!(refused.contains(said), "{refused}");
        }
    }
}

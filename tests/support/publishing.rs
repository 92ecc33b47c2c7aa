//! The key of the tests' region, and its publisher: what tills get in tests comes to them as in a shop.
#![allow(dead_code, clippy::unwrap_used)] // each test binary uses its own part of it, and a failed unwrap is the message

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evertill_domain::publication::{Claim, PublishKeys, Subject};
use evertill_head_office::publish::{Done, PublishError, Publisher, RegionKey};
use std::path::Path;

/// The region's secret key. It signs nothing but tests.
const SECRET_KEY: &str = "untrusted comment: evertill region key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAALnhb085ggEns9Ev5NdSFvizwBINyYHdkEWwaPfdVDkcBDm/bNtU9qsQbNtFlO+Pf6Ok4fJbvUDHuFNEVZxDfLoDCcAjndQE87/O6jpvAkIhAm9lhUvq4VQbvCJUJWdxjyVvUf88dwqI=
";
/// Its public half.
pub const PUBLIC_KEY: &str = "RWQueFvTzmCAScQbNtFlO+Pf6Ok4fJbvUDHuFNEVZxDfLoDCcAjndQE8";
/// The password of the operator `publisher`.
pub const PASSWORD: &str = "evertill-tests";
/// The line that makes somebody that.
const PASSWORD_LINE: &str =
    "password = \"$argon2id$v=19$m=19456,t=2,p=1$o3vhQI+7QddDOoZj/ssy4Q$eewfHaTREtX83mBTzKJEu2rgaelxfiqhATZ/iQGH/NE\"";

/// What believes the region.
pub fn publish_keys() -> PublishKeys {
    PublishKeys::parse(&[PUBLIC_KEY]).unwrap()
}

/// The region's key.
fn region_key() -> RegionKey {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.key");
    std::fs::write(&path, SECRET_KEY).unwrap();
    RegionKey::open(&path, None).unwrap()
}

/// The region's signature of `bytes`, as a file beside them, which says that they are what `claim` says.
pub fn minisig(bytes: &[u8], claim: &str) -> String {
    region_key().sign(bytes, &claim.parse::<Claim>().unwrap()).unwrap()
}

/// The same as an answer's header has it.
pub fn signed(bytes: &[u8], claim: &str) -> String {
    signed_by(&region_key(), bytes, claim)
}

/// The same by any key.
pub fn signed_by(key: &RegionKey, bytes: &[u8], claim: &str) -> String {
    BASE64_STANDARD.encode(key.sign(bytes, &claim.parse::<Claim>().unwrap()).unwrap())
}

/// Writes `operators.toml`, which knows the publisher, into a location's folder.
pub fn write_operators(folder: &Path) {
    let text =
        format!("session_key = \"{}\"\n[operators.publisher]\nrole = \"operator\"\n{PASSWORD_LINE}\n", "11".repeat(32));
    std::fs::write(folder.join("operators.toml"), text).unwrap();
}

/// The region's locations, each with the address of its operators' port.
pub struct Region<'a> {
    pub name: &'a str,
    /// Where key and settings are written, and where the authority's file is.
    pub folder: &'a Path,
    /// The file of the locations' authority.
    pub ca: &'a str,
    pub locations: &'a [(&'a str, String)],
}

/// Somebody who publishes for `region`.
pub fn publisher(region: &Region<'_>) -> Result<Publisher, PublishError> {
    let Region { name: region, folder, ca, locations } = region;
    std::fs::write(folder.join("region.key"), SECRET_KEY).unwrap();
    std::fs::write(folder.join("publisher.password"), PASSWORD).unwrap();
    let location = |(name, url): &(&str, String)| {
        format!(
            "[[locations]]\nlocation = \"{name}\"\nurl = \"{url}\"\nca = \"{ca}\"\nname = \"publisher\"\n\
             password_file = \"publisher.password\"\n"
        )
    };
    let locations: String = locations.iter().map(location).collect();
    let settings = folder.join("publish.toml");
    std::fs::write(&settings, format!("region = \"{region}\"\nkey = \"region.key\"\n{locations}")).unwrap();
    Publisher::load(&settings)
}

/// Publishes `file` for every store, at all locations.
pub async fn publish(region: &Region<'_>, subject: Subject, file: &str) -> Done {
    let done = publisher(region).unwrap().publish(subject, None, file.as_bytes().to_vec()).await.unwrap();
    assert!(done.is_everywhere(), "{done:?}");
    done
}

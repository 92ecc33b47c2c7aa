//! What a mistake in the configuration is answered with.

use super::*;

const GOOD: &str = "region = \"eu\"\nlocation = \"fra\"\npool = \"v41\"\nlisten = \"127.0.0.1:0\"\ndata_dir = \"data\"\n\
    certificate = \"a.pem\"\ncertificate_key = \"a.key\"\ntills = \"tills.toml\"\n";

/// What `load` says to `text`, in a folder that holds the named files.
fn load(text: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.pem", "a.key", "tills.toml"] {
        std::fs::write(folder.path().join(name), "").unwrap();
    }
    let path = folder.path().join("head-office.toml");
    std::fs::write(&path, text).unwrap();
    Config::load(&path).map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

#[test]
fn paths_are_relative_to_the_file() {
    let config = load(GOOD).unwrap();
    assert!(config.database().is_absolute() && config.database().ends_with("data/head-office.db"));
}

#[test]
fn a_mistake_is_told_with_file_line_and_remedy() {
    let cases = [
        (format!("{GOOD}colour = 1\n"), "head-office.toml:9: unknown field `colour`"),
        (GOOD.replace("\"v41\"", "41"), "head-office.toml:3: invalid type: integer `41`"),
        (GOOD.replace("a.key", "b.key"), "head-office.toml:7: certificate_key: there is no file b.key"),
        (GOOD.replace("\"eu\"", "\"EU\""), "head-office.toml:1: region 'EU' is not valid"),
        (GOOD.replace("tills = \"tills.toml\"\n", ""), "missing field `tills`"),
        (
            format!("{GOOD}[postgres]\nurl = \"http://x\"\n"),
            "head-office.toml:10: postgres.url is not like postgres://",
        ),
        (
            format!("{GOOD}[postgres]\nurl = \"postgres://a:b@c/d\"\n"),
            "head-office.toml:10: postgres.url holds a password",
        ),
        (format!("{GOOD}[postgres]\nurl = \"postgres://a@c/d?sslmode=require\"\n"), ":10: postgres.url asks for TLS"),
        (format!("{GOOD}publish_keys = [\"x\"]\n"), ":9: publish_keys: 'x' is no minisign public key"),
        (format!("{GOOD}[cache]\nredis = \"http://x\"\n"), ":10: cache.redis is not like redis://"),
        (format!("{GOOD}[cache]\nredis = \"redis://:geheim@x\"\n"), ":10: cache.redis holds a password"),
        (
            format!("{GOOD}[postgres]\nurl = \"postgres://a@c/d\"\nconnections = 2\n"),
            ":11: postgres.connections must be",
        ),
    ];
    for (text, said) in cases {
        let message = load(&text).unwrap_err();
        assert!(message.contains(said) && message.contains("correct this line"), "{message}");
    }
    assert!(Config::load(Path::new("/nowhere/x.toml")).unwrap_err().to_string().contains("--config"));
}

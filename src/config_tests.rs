use super::*;

const GOOD: &str = r#"till = "eu/DE-0417/2"
data_dir = "data"
[head_office]
ca = "eu-ca.pem"
pool = "v41"
publish_keys = ["RWQueFvTzmCAScQbNtFlO+Pf6Ok4fJbvUDHuFNEVZxDfLoDCcAjndQE8"]
locations = [ { name = "fra", urls = ["https://127.0.0.1:8441"] } ]
[printer]
kind = "tcp"
address = "127.0.0.1:9100"
[drawer]
kind = "printer"
pin = 5
"#;

/// What a person is told about the configuration `text`, without the folder.
fn refusal(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("eu-ca.pem"), "").unwrap();
    let path = folder.path().join("till.toml");
    std::fs::write(&path, text).unwrap();
    let error = Config::load(&path).expect_err("it should be refused").to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_good_file_is_read_and_its_paths_are_its_folders() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("eu-ca.pem"), "").unwrap();
    std::fs::write(folder.path().join("till.toml"), GOOD).unwrap();
    let config = Config::load(&folder.path().join("till.toml")).unwrap();
    assert_eq!(config.data_dir, folder.path().join("data"));
    assert_eq!(config.head_office.mode, Mode::ActiveActive);
    assert!(matches!(config.drawer, Drawer::Printer { pin: Pin::Five, sensor: Sensor::None }));
    assert!(matches!(config.scanner, Scanner::None));
}

#[test]
fn each_mistake_names_the_file_the_line_and_the_remedy() {
    let table = [
        (GOOD.replace("pool =", "pol ="), "till.toml:5: unknown field `pol`"),
        (GOOD.replace("\"eu/DE-0417/2\"", "7"), "till.toml:1: invalid type: integer `7`"),
        (GOOD.replace("eu/DE-0417/2", "eu/DE-0417"), "till.toml:1: till 'eu/DE-0417' is not valid"),
        (GOOD.replace("pin = 5", "pin = 3"), "the drawer's pin is 3, it must be 2 or 5"),
        (GOOD.replace("data_dir = \"data\"\n", ""), "missing field `data_dir`"),
        (GOOD.replace("[printer]", "[printer"), "till.toml:8: "),
        (GOOD.replace("RWQueF", "RWqueF"), "till.toml:6: publish_keys: 'RWqueF"),
        (
            GOOD.replace("[\"RWQueFvTzmCAScQbNtFlO+Pf6Ok4fJbvUDHuFNEVZxDfLoDCcAjndQE8\"]", "[]"),
            "till.toml:6: no key is known",
        ),
        (
            format!("{GOOD}[scale]\nkind = \"serial\"\npath = \"COM5\"\ndialect = \"metric\"\n"),
            "unknown variant `metric`",
        ),
        (format!("{GOOD}[scanner]\nkind = \"keyboard\"\nprefix = \"AB\"\n"), "prefix is 'AB', it must be one of"),
        (GOOD.replace("https://", "http://"), "must begin with https://"),
        (GOOD.replace("eu-ca.pem", "na-ca.pem"), "there is no file"),
        (GOOD.replace("[drawer]", "[drawer]\nspeed = 1"), "unknown field `speed`"),
        (format!("api = \"0.0.0.0:7411\"\n{GOOD}"), "would serve the network"),
        (GOOD.replace("kind = \"tcp\"\naddress = \"127.0.0.1:9100\"", "kind = \"none\""), "needs a printer"),
    ];
    for (text, expected) in table {
        let said = refusal(&text);
        assert!(said.contains(expected), "expected '{expected}' in: {said}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::load(Path::new("/nowhere/till.toml")).unwrap_err().to_string();
    assert!(error.contains("/nowhere/till.toml") && error.contains("--config"), "{error}");
}

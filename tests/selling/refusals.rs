//! Bad input of whoever installs: a wrong configuration, a second agent.

use super::world::World;
use std::process::Command;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_agent_on_the_same_journal_is_refused_by_the_first_ones_process() {
    let mut world = World::new().await;
    world.start_till().await;
    let second = world.command().arg("run").output().unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success());
    assert!(said.contains(&world.till_id().to_string()), "{said}");
}

#[test]
fn a_wrong_configuration_names_file_line_and_remedy_and_exits_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.toml");
    let good = "till = \"eu/DE-0417/2\"\ndata_dir = \"data\"\n[head_office]\nca = \"ca.pem\"\npool = \"v41\"\n\
                locations = [ { name = \"fra\", urls = [\"https://127.0.0.1:1\"] } ]\n\
                publish_keys = [\"RWQueFvTzmCAScQbNtFlO+Pf6Ok4fJbvUDHuFNEVZxDfLoDCcAjndQE8\"]\n";
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, "looked at only when all else is well").unwrap();
    let cases = [
        (good.replace("pool", "pol"), "till.toml:5: unknown field `pol`"),
        (good.replace("\"v41\"", "41"), "till.toml:5: invalid type"),
        (good.replace("eu/DE-0417/2", "DE-0417"), "till.toml:1: "),
        (good.replace("https:", "http:"), "till.toml:6: "),
    ];
    for (text, expected) in cases {
        std::fs::write(&path, &text).unwrap();
        let said = run(&path);
        assert!(said.contains(expected), "{text}\n{said}");
    }
    std::fs::write(&path, good).unwrap();
    std::fs::remove_file(&ca).unwrap();
    assert!(run(&path).contains("there is no file"));
    std::fs::remove_file(&path).unwrap();
    assert!(run(&path).contains("till.toml"));
}

/// What `till run` says when it refuses the configuration at `path`.
fn run(path: &std::path::Path) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_till")).arg("--config").arg(path).arg("run").output().unwrap();
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(2), "{said}");
    said
}

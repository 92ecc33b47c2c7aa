//! A deployment and its way back, half of the pool at a time, and a server that dies, behind the balancer that is shipped and under the load of
//! 500 tills: no request fails, and nothing is there twice.
#![cfg(unix)]
#![allow(clippy::unwrap_used)] // also in the helpers of tests

mod common;

use evertill_head_office::simulate::{self, Wish};
use evertill_testbed::daemon::free_port;
use evertill_testbed::haproxy::shipped;
use evertill_testbed::{Daemon, Haproxy, Postgres};
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

const INSTANCES: [&str; 4] = ["a", "b", "c", "d"];
/// Asked so often, with a pause of [`PAUSE`], the balancer must have noticed.
const ASKS_MAX: u32 = 1_200;
const PAUSE: Duration = Duration::from_millis(50);

/// A location: a database, four instances of the program, a balancer before them.
struct Location {
    folder: TempDir,
    database: String,
    ports: [u16; 4],
    port: u16,
    instances: Vec<Daemon>,
    balancer: Haproxy,
}

impl Location {
    fn start(register: String) -> Location {
        let folder = tempfile::tempdir().unwrap();
        let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (pem, key) = (certificate.cert.pem(), certificate.signing_key.serialize_pem());
        for (name, content) in [("ca.pem", &pem), ("own.key", &key), ("tills.toml", &register)] {
            std::fs::write(folder.path().join(name), content).unwrap();
        }
        let database = Postgres::shared().unwrap().database().unwrap();
        let ports = INSTANCES.map(|_| free_port().unwrap());
        let port = free_port().unwrap();
        let instances =
            (0..INSTANCES.len()).map(|index| instance(folder.path(), &database, ports[index], index)).collect();
        let files = [("fra.pem", format!("{pem}{key}")), ("eu-ca.pem", pem)];
        let balancer = Haproxy::start(&files, |own| shipped(own, port, &ports), port).unwrap();
        Location { folder, database, ports, port, instances, balancer }
    }

    async fn until(&self, index: usize, state: &str) {
        for _ in 0..ASKS_MAX {
            if self.balancer.state_of(INSTANCES[index]).unwrap().starts_with(state) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        let said = self.balancer.state_of(INSTANCES[index]).unwrap();
        unreachable!("instance {} is {said}, not {state}", INSTANCES[index]);
    }

    /// Takes some instances down as a service manager does, and starts others in their place.
    async fn replace(&mut self, indexes: [usize; 2]) {
        for index in indexes {
            self.instances[index].signal(Signal::TERM).unwrap();
        }
        for index in indexes {
            // Drain and exit take some seconds; the load goes on meanwhile.
            let mut old = self.instances.remove(index);
            let old = tokio::task::spawn_blocking(move || old.wait().map(|()| old)).await.unwrap();
            drop(old.unwrap());
            self.instances.insert(index, instance(self.folder.path(), &self.database, self.ports[index], index));
        }
        for index in indexes {
            self.until(index, "UP").await;
        }
    }
}

/// An instance of the program, which answers.
fn instance(folder: &Path, database: &str, port: u16, index: usize) -> Daemon {
    let name = INSTANCES[index];
    let config: PathBuf = folder.join(format!("{name}.toml"));
    let text = format!(
        "region = \"eu\"\nlocation = \"fra\"\npool = \"v41\"\nlisten = \"127.0.0.1:{port}\"\ndata_dir = \"{name}\"\n\
         certificate = \"ca.pem\"\ncertificate_key = \"own.key\"\ntills = \"tills.toml\"\n[postgres]\nurl = \"{database}\"\n"
    );
    std::fs::write(&config, text).unwrap();
    let command = [env!("CARGO_BIN_EXE_head-office"), "--config", config.to_str().unwrap(), "run"].map(str::to_owned);
    let mut daemon = Daemon::start(name, "root", &command, &folder.join(format!("{name}.log")), Signal::TERM).unwrap();
    daemon.wait_until(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()).unwrap();
    daemon
}

fn wish(location: Option<&Location>) -> Wish {
    let text =
        "region = \"eu\"\npool = \"v41\"\nstores = 125\ntills_per_store = 4\nseconds = 60\nsales_per_till_hour = 400\n";
    let here = location.map_or(String::new(), |location| {
        let ca = location.folder.path().join("ca.pem");
        format!("url = [\"fra=https://localhost:{}\"]\nca = \"{}\"\n", location.port, ca.display())
    });
    toml::from_str(&format!("{text}{here}[failover]\nheartbeat_ms = 5000\nprobe_healthy_ms = 5000\n")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_its_way_back_and_a_dead_server_cost_no_request_of_500_tills() {
    let register = wish(None).fleet().unwrap().register();
    let mut location = tokio::task::spawn_blocking(move || Location::start(register)).await.unwrap();
    for index in 0..INSTANCES.len() {
        location.until(index, "UP").await;
    }
    let plan = wish(Some(&location)).plan().unwrap();
    let load = tokio::spawn(simulate::run(plan, |line| println!("{line}")));
    // The deployment, half of the pool at a time; then the way back.
    for half in [[0, 1], [2, 3], [0, 1], [2, 3]] {
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!load.is_finished(), "the load ended before the deployment did");
        location.replace(half).await;
    }
    // A server dies at once, with requests under way: others are asked for them.
    location.instances[0].end(Signal::KILL).unwrap();
    location.until(0, "DOWN").await;
    location.instances[0] = instance(location.folder.path(), &location.database, location.ports[0], 0);
    location.until(0, "UP").await;
    assert!(!load.is_finished(), "the load ended before the deployment did");
    let summary = load.await.unwrap().unwrap();
    let lines = summary.lines().join("\n");
    println!("{lines}");
    assert!(summary.is_whole() && summary.sold > 1_000, "{lines}");
    assert_eq!(summary.failed(), 0, "{lines}");
    let name = location.database.rsplit('/').next().unwrap();
    let count = "SELECT COUNT(*), COUNT(DISTINCT (till, epoch, seq)), COUNT(DISTINCT hash) FROM entries";
    let sold = summary.sold;
    assert_eq!(Postgres::shared().unwrap().psql(name, count).unwrap().trim(), format!("{sold}|{sold}|{sold}"));
}

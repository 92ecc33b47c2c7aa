//! Programs that the tests need beyond Rust, as packages of Debian. On Debian they are installed, said first; elsewhere
//! the check says what is missing.

use crate::process;
use anyhow::bail;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// A slow mirror may take this long.
const INSTALL_MAX: Duration = Duration::from_secs(10 * 60);

/// A program that a test calls, and Debian's package that brings it.
struct Needed {
    program: &'static str,
    package: &'static str,
    reason: &'static str,
}

const NEEDED: [Needed; 8] = [
    Needed { program: "cc", package: "build-essential", reason: "SQLite, zstd and ring are compiled from C" },
    Needed { program: "chromium", package: "chromium", reason: "the cashier's page is tested in a real browser" },
    Needed { program: "chromedriver", package: "chromium-driver", reason: "it drives that browser" },
    Needed {
        program: "setpriv",
        package: "util-linux",
        reason: "it starts test servers so that they end with the test",
    },
    Needed { program: "initdb", package: "postgresql", reason: "head office keeps its entries there" },
    Needed { program: "redis-server", package: "redis-server", reason: "head office's instances share a cache there" },
    Needed { program: "haproxy", package: "haproxy", reason: "tills reach head office through it" },
    Needed { program: "npm", package: "npm", reason: "it fetches axe-core, which judges the page's accessibility" },
];

/// What a region runs on.
const SERVERS: [&str; 4] = ["setpriv", "initdb", "redis-server", "haproxy"];

/// Installs what tests lack, or says that it cannot.
pub fn check() -> anyhow::Result<()> {
    ensure_all(|_| true)
}

/// Installs what a region lacks, or says that it cannot.
pub fn servers() -> anyhow::Result<()> {
    ensure_all(|needed| SERVERS.contains(&needed.program))
}

fn ensure_all(wanted: fn(&Needed) -> bool) -> anyhow::Result<()> {
    let wanted = || NEEDED.iter().filter(|needed| wanted(needed));
    let missing: Vec<&Needed> = wanted().filter(|needed| find(needed.program).is_none()).collect();
    if missing.is_empty() {
        let all: Vec<&str> = wanted().map(|needed| needed.program).collect();
        println!("all there: {}", all.join(", "));
        return Ok(());
    }
    for Needed { program, package, reason } in &missing {
        println!("missing: {program} (package {package}): {reason}");
    }
    let packages: Vec<&str> = missing.iter().map(|needed| needed.package).collect();
    install(&packages)
}

fn install(packages: &[&str]) -> anyhow::Result<()> {
    let list = packages.join(" ");
    if find("apt-get").is_none() {
        bail!("this is no Debian: install what the packages {list} bring, then call again");
    }
    let Some(mut command) = as_root() else {
        bail!("not root, and no sudo without a password: run `apt-get install {list}` as root, then call again");
    };
    println!("installing from Debian: {list}");
    // One shell, so that the lists are fresh: a new machine has none.
    let script = format!("apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq {list}");
    process::run(command.args(["sh", "-c", &script]), INSTALL_MAX)
}

/// What runs its arguments as root, when there is a way without asking a person.
fn as_root() -> Option<Command> {
    let is_root = process::output(Command::new("id").arg("-u"), INSTALL_MAX).is_ok_and(|user| user.trim() == "0");
    if is_root {
        return Some(Command::new("env"));
    }
    process::output(Command::new("sudo").args(["-n", "true"]), INSTALL_MAX).ok()?;
    let mut sudo = Command::new("sudo");
    sudo.arg("-n");
    Some(sudo)
}

/// Where `program` is: on the search path, or where Debian puts what only root calls, and each version of PostgreSQL.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let beside = std::iter::once("/usr/sbin".into()).chain(versions.map(|version| version.path().join("bin")));
    std::env::split_paths(&path).chain(beside).map(|folder| folder.join(program)).find(|file| file.is_file())
}

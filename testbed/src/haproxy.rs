//! HAProxy from Debian's package, with a configuration of the caller's.

use crate::daemon::{Daemon, folder, give_to};
use anyhow::Context;
use rustix::process::Signal;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// The user it runs as, where this process is root.
const SYSTEM_USER: &str = "haproxy";
/// Where Debian puts it; the search path of those who are not root leaves it out.
const PROGRAM: &str = "/usr/sbin/haproxy";
/// An answer on its socket takes no time.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// What is shipped for a location.
const SHIPPED: &str = include_str!("../../packaging/head-office/haproxy.cfg");
/// The instances that it names.
const INSTANCES: [&str; 4] = ["a", "b", "c", "d"];

/// A running balancer.
#[derive(Debug)]
pub struct Haproxy {
    /// Its process, to be hindered.
    pub daemon: Daemon,
    socket: PathBuf,
    _folder: TempDir,
}

/// The configuration that is shipped, with a location's own addresses: it listens on `port`, and up to four instances, `a` to
/// `d`, are on `ports`. Certificates are `fra.pem` and `eu-ca.pem` in its folder, `own`.
///
/// # Panics
/// When the shipped file does not hold what is to be changed.
pub fn shipped(own: &Path, port: u16, ports: &[u16]) -> String {
    let folder = own.display();
    let mut config = SHIPPED.to_owned();
    let mut put = |old: &str, new: String| {
        assert!(config.contains(old), "the shipped configuration has no {old}");
        config = config.replace(old, &new);
    };
    // A balancer of its own may have as many files as it likes, one beside others may not.
    put("maxconn 20000", "maxconn 2000".to_owned());
    put("/run/haproxy/admin.sock mode", format!("{folder}/admin.sock mode"));
    put("bind :8441", format!("bind 127.0.0.1:{port}"));
    put("/etc/haproxy/fra.pem", format!("{folder}/fra.pem"));
    put("/etc/haproxy/eu-ca.pem", format!("{folder}/eu-ca.pem"));
    for (index, name) in INSTANCES.iter().enumerate() {
        let address = format!("10.1.0.1{}:8441", index + 1);
        match ports.get(index) {
            Some(port) => put(&address, format!("127.0.0.1:{port}")),
            None => put(&format!("server {name} {address}"), String::new()),
        }
    }
    config
}

impl Haproxy {
    /// Starts it with what `config` makes of its folder, where `admin.sock` is to be its socket. `files` are put into that
    /// folder first. It listens on `port` of the loopback.
    ///
    /// # Errors
    /// When it is missing, refuses its configuration, or does not listen.
    pub fn start(files: &[(&str, String)], config: impl FnOnce(&Path) -> String, port: u16) -> anyhow::Result<Haproxy> {
        let folder = folder("haproxy")?;
        let path = |name: &str| folder.path().join(name);
        for (name, content) in files {
            std::fs::write(path(name), content)?;
            give_to(SYSTEM_USER, &path(name))?;
        }
        std::fs::write(path("haproxy.cfg"), config(folder.path()))?;
        give_to(SYSTEM_USER, &path("haproxy.cfg"))?;
        give_to(SYSTEM_USER, folder.path())?;
        let command = [PROGRAM, "-db", "-f", &path("haproxy.cfg").display().to_string()].map(str::to_owned);
        let mut daemon = Daemon::start("HAProxy", SYSTEM_USER, &command, &path("haproxy.log"), Signal::TERM)?;
        daemon.wait_until(|| TcpStream::connect(("127.0.0.1", port)).is_ok())?;
        Ok(Haproxy { daemon, socket: path("admin.sock"), _folder: folder })
    }

    /// What it says of `server` of any backend, as `UP`, `DOWN`, `NOLB` or `MAINT`, with its checks' progress behind it.
    ///
    /// # Errors
    /// When it does not answer, or knows no such server.
    pub fn state_of(&self, server: &str) -> anyhow::Result<String> {
        let mut socket = UnixStream::connect(&self.socket).context("HAProxy's socket")?;
        socket.set_read_timeout(Some(ANSWER_MAX))?;
        socket.write_all(b"show stat\n")?;
        let mut table = String::new();
        socket.read_to_string(&mut table)?;
        let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let names = lines.next().context("HAProxy's table is empty")?;
        let column = |name: &str| names.iter().position(|own| own.trim_start_matches("# ") == name);
        let (name, status) = (column("svname").context("no names")?, column("status").context("no states")?);
        let row = lines.find(|row| row.get(name) == Some(&server)).with_context(|| format!("no server {server}"))?;
        Ok(row.get(status).copied().unwrap_or_default().to_owned())
    }
}

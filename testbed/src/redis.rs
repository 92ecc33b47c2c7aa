//! Redis from Debian's package, on a port of the loopback.

use crate::daemon::{Daemon, folder, free_port, give_to};
use anyhow::{Context, ensure};
use rustix::process::Signal;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;
use tempfile::TempDir;

/// The user it runs as, where this process is root.
const SYSTEM_USER: &str = "redis";
const PROGRAM: &str = "/usr/bin/redis-server";
/// It answers at once, or is hindered.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// A running cache.
#[derive(Debug)]
pub struct Redis {
    daemon: Daemon,
    port: u16,
    folder: TempDir,
}

impl Redis {
    /// Starts one that is empty and writes nothing to the disk.
    ///
    /// # Errors
    /// When it is missing, or does not answer.
    pub fn start() -> anyhow::Result<Redis> {
        let folder = folder("redis")?;
        give_to(SYSTEM_USER, folder.path())?;
        let port = free_port()?;
        let daemon = serve(&folder, port)?;
        Ok(Redis { daemon, port, folder })
    }

    /// Its address, as `redis://host:port`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its process, to be hindered.
    pub fn daemon(&mut self) -> &mut Daemon {
        &mut self.daemon
    }

    /// Starts it again, empty, after it was ended.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> anyhow::Result<()> {
        self.daemon = serve(&self.folder, self.port)?;
        Ok(())
    }

    /// Every key that it has.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn keys(&self) -> anyhow::Result<Vec<String>> {
        let mut lines = ask(self.port, &["KEYS", "*"])?;
        let mut line = || lines.next().context("it says less than it promised")?.map_err(anyhow::Error::from);
        let count: usize = line()?.strip_prefix('*').context("no list")?.parse()?;
        (0..count).map(|_| line().and_then(|_length| line())).collect()
    }

    /// Puts `value` under `key`.
    ///
    /// # Errors
    /// When it does not take it.
    pub fn set(&self, key: &str, value: &str) -> anyhow::Result<()> {
        let said = ask(self.port, &["SET", key, value])?.next().context("it says nothing")??;
        ensure!(said == "+OK", "it says {said}");
        Ok(())
    }
}

fn serve(folder: &TempDir, port: u16) -> anyhow::Result<Daemon> {
    let (port_text, path) = (port.to_string(), folder.path().display().to_string());
    let arguments = ["--port", &port_text, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", &path];
    let command: Vec<String> = std::iter::once(PROGRAM).chain(arguments).map(str::to_owned).collect();
    let mut daemon = Daemon::start("Redis", SYSTEM_USER, &command, &folder.path().join("redis.log"), Signal::TERM)?;
    daemon.wait_until(|| {
        ask(port, &["PING"]).is_ok_and(|mut lines| matches!(lines.next(), Some(Ok(said)) if said == "+PONG"))
    })?;
    Ok(daemon)
}

/// Sends a command in Redis' own words (RESP) and gives the lines of its answer.
fn ask(port: u16, words: &[&str]) -> anyhow::Result<impl Iterator<Item = std::io::Result<String>>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(ANSWER_MAX))?;
    let count = words.len();
    let words: String = words.iter().map(|word| format!("${}\r\n{word}\r\n", word.len())).collect();
    write!(stream, "*{count}\r\n{words}")?;
    Ok(BufReader::new(stream).lines())
}

//! A server as a child of this process: started, waited for, stopped and continued, ended.

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A server on a crowded machine may take this long until it answers.
const START_MAX: Duration = Duration::from_secs(60);
/// How often it is asked meanwhile.
const ASK_EVERY: Duration = Duration::from_millis(50);
/// A server that was asked to end has this long.
const END_MAX: Duration = Duration::from_secs(20);

/// A running server.
#[derive(Debug)]
pub struct Daemon {
    name: String,
    child: Child,
    end_by: Signal,
    log: PathBuf,
}

impl Daemon {
    /// Starts `command` as `user`, where this process is root. Its output goes to `log`; it ends by signal `end_by`, also
    /// when this process is gone.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(name: &str, user: &str, command: &[String], log: &Path, end_by: Signal) -> anyhow::Result<Daemon> {
        let output = File::create(log).with_context(|| log.display().to_string())?;
        let all = [vec!["setpriv".to_owned()], privileges(user), vec![format!("--pdeathsig={}", signal_name(end_by))]];
        let mut all = all.concat().into_iter().chain(std::iter::once("--".to_owned())).chain(command.iter().cloned());
        let mut command = Command::new(all.next().context("no program")?);
        command.args(all).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let child = spawn(command).with_context(|| format!("{name} cannot be started"))?;
        Ok(Daemon { name: name.to_owned(), child, end_by, log: log.to_owned() })
    }

    /// Waits until `answers` says yes.
    ///
    /// # Errors
    /// When it ended, or took too long; what it wrote last is in the error.
    pub fn wait_until(&mut self, mut answers: impl FnMut() -> bool) -> anyhow::Result<()> {
        let begun = Instant::now();
        while !answers() {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended at once ({status}): {}", self.name, last_lines(&self.log));
            }
            ensure!(
                begun.elapsed() < START_MAX,
                "{} does not answer after {START_MAX:?}: {}",
                self.name,
                last_lines(&self.log)
            );
            thread::sleep(ASK_EVERY);
        }
        Ok(())
    }

    /// Sends it `signal`.
    ///
    /// # Errors
    /// When it is gone.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).context("the child has no number")?;
        kill_process(pid, signal).with_context(|| format!("{} cannot be signalled", self.name))
    }

    /// Ends it by `signal` and waits until it is gone.
    ///
    /// # Errors
    /// When it does not end.
    pub fn end(&mut self, signal: Signal) -> anyhow::Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        // A stopped process hears nothing but these two.
        self.signal(Signal::CONT)?;
        self.signal(signal)?;
        self.wait()
    }

    /// Waits until it is gone by itself.
    ///
    /// # Errors
    /// When it does not end.
    pub fn wait(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        while self.child.try_wait()?.is_none() {
            ensure!(begun.elapsed() < END_MAX, "{} does not end", self.name);
            thread::sleep(ASK_EVERY);
        }
        Ok(())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It is gone, or is told to go by the last means.
        if self.end(self.end_by).is_err() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// What `setpriv` is told to become `user`: servers like PostgreSQL refuse to run as root.
fn privileges(user: &str) -> Vec<String> {
    if !rustix::process::geteuid().is_root() {
        return Vec::new();
    }
    ["--reuid", user, "--regid", user, "--clear-groups"].map(str::to_owned).to_vec()
}

/// Runs `command` as `user` to its end, where this process is root.
///
/// # Errors
/// With what it complained about, when it failed.
pub fn run_as(user: &str, command: &[String]) -> anyhow::Result<String> {
    let all = [vec!["setpriv".to_owned()], privileges(user), vec!["--".to_owned()], command.to_vec()];
    run(&all.concat())
}

/// Gives `folder` to `user`, where this process runs as root.
///
/// # Errors
/// When there is no such user.
pub fn give_to(user: &str, folder: &Path) -> anyhow::Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let id = |flag: &str| {
        let output = run(&["id", flag, user].map(str::to_owned))?;
        output.trim().parse::<u32>().with_context(|| format!("user {user} has no number"))
    };
    chown(folder, Some(id("-u")?), Some(id("-g")?)).with_context(|| folder.display().to_string())
}

/// A port of the loopback that nobody has at this moment.
///
/// # Errors
/// When there is none.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Runs `command` to its end and gives what it printed.
///
/// # Errors
/// With what it complained about, when it failed.
pub fn run(command: &[String]) -> anyhow::Result<String> {
    let (program, arguments) = command.split_first().context("no program")?;
    let output =
        Command::new(program).args(arguments).stdin(Stdio::null()).output().with_context(|| program.clone())?;
    ensure!(output.status.success(), "{}: {}", command.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A folder for one server, which is gone with it. Others of processes that were killed are swept away first.
///
/// # Errors
/// When the temporary folder cannot be written.
pub fn folder(server: &str) -> anyhow::Result<tempfile::TempDir> {
    let all = std::env::temp_dir().join("evertill-testbed");
    std::fs::create_dir_all(&all)?;
    for entry in std::fs::read_dir(&all)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name.split('-').nth(1).and_then(|pid| pid.parse::<u32>().ok());
        if owner.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            // Another process may sweep at the same time.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let prefix = format!("{server}-{}-", std::process::id());
    Ok(tempfile::Builder::new().prefix(&prefix).tempdir_in(&all)?)
}

/// Starts children from a thread that lives as long as the process: the kernel tells a child of its parent's end when the
/// thread that started it ends, and a test's thread ends with the test.
fn spawn(command: Command) -> anyhow::Result<Child> {
    type Order = (Command, Sender<std::io::Result<Child>>);
    static NURSERY: OnceLock<Sender<Order>> = OnceLock::new();
    let nursery = NURSERY.get_or_init(|| {
        let (sender, orders) = channel::<Order>();
        thread::spawn(move || {
            for (mut command, answer) in orders {
                // Nobody waits for it any more when the receiver is gone.
                let _ = answer.send(command.spawn());
            }
        });
        sender
    });
    let (answer, answered) = channel();
    nursery.send((command, answer)).map_err(|_| anyhow::anyhow!("the thread that starts servers is gone"))?;
    Ok(answered.recv()??)
}

fn signal_name(signal: Signal) -> &'static str {
    match signal {
        Signal::QUIT => "QUIT",
        Signal::INT => "INT",
        _ => "TERM",
    }
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
}

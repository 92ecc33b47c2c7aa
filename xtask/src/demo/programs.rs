//! The programs that the demo starts: two locations and a till. Each stands in a process group of its own, so that
//! Ctrl-C reaches the demo alone, which then ends them in order; and each is ended when its [`Program`] goes.

use super::interrupt;
use anyhow::{Context, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program that was asked to end gets this long.
const STOP_MAX: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// So much of a log is shown when its program ended too early.
const LOG_LINES_SHOWN: usize = 12;

/// A program of the demo, running.
pub struct Program {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Program {
    /// Starts `binary` with `arguments`; what it says goes to `log`, behind what is there.
    pub fn start(name: &str, binary: &Path, arguments: &[&str], log: &Path) -> anyhow::Result<Program> {
        let sink = File::options().create(true).append(true).open(log)?;
        Program::start_into(name, binary, arguments, log, sink.try_clone()?, sink)
    }

    /// The same, with what it tells on standard output in a file of its own, which is written anew.
    pub fn start_telling(
        name: &str,
        binary: &Path,
        arguments: &[&str],
        log: &Path,
        told: &Path,
    ) -> anyhow::Result<Program> {
        let sink = File::options().create(true).append(true).open(log)?;
        Program::start_into(name, binary, arguments, log, File::create(told)?, sink)
    }

    fn start_into(
        name: &str,
        binary: &Path,
        arguments: &[&str],
        log: &Path,
        told: File,
        sink: File,
    ) -> anyhow::Result<Program> {
        let mut command = Command::new(binary);
        command.args(arguments).stdin(Stdio::null()).stdout(told).stderr(sink).process_group(0);
        let child = command.spawn().with_context(|| format!("{} cannot be started", binary.display()))?;
        Ok(Program { name: name.to_owned(), child, log: log.to_owned() })
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Fails with the end of its log when it has ended by itself.
    pub fn ensure_running(&mut self) -> anyhow::Result<()> {
        let ended = self.child.try_wait()?;
        let Some(status) = ended else { return Ok(()) };
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..].join("\n");
        anyhow::bail!("{} ended by itself ({status}). It said last:\n{tail}", self.name)
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Kills it as a power cut would: SIGKILL, without a word.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Stops it as a hang would: its connections stay open and nothing answers.
    pub fn hang(&self) -> anyhow::Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets it go on.
    pub fn wake(&self) -> anyhow::Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        kill_process(Pid::from_child(&self.child), signal).with_context(|| format!("{} takes no signal", self.name))
    }
}

impl Drop for Program {
    /// Asks it to end, and kills it when it does not. A hung one is woken first, or it would not hear.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        // Each of these fails only when it has just ended, which is what is wanted.
        let _ = self.signal(Signal::CONT);
        let _ = self.signal(Signal::TERM);
        let begun = Instant::now();
        while begun.elapsed() < STOP_MAX {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(LOOK_EVERY);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks `look` again and again until it gives something, for `limit` at most.
///
/// # Errors
/// What `look` fails with; that Ctrl-C was pressed; or that `what` did not come in time.
pub fn wait_for<T>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        interrupt::check()?;
        ensure!(begun.elapsed() < limit, "{what} did not happen within {} s", limit.as_secs());
        std::thread::sleep(LOOK_EVERY);
    }
}

//! Other programs, each with a bound on its time: a check that hangs must fail, not wait for a person.

use anyhow::{Context, bail, ensure};
use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A look at a running child costs nothing; this often is soon enough for a person.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The most that is read of a program whose output is wanted.
const OUTPUT_MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A call of cargo in the repository, by the very cargo that runs us.
pub fn cargo<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(crate::root());
    command
}

/// Runs `command` with our own output, for `limit` at most; what it printed is on the screen.
///
/// # Errors
/// Says what cannot be started, what failed, or what took too long and was ended.
pub fn run(command: &mut Command, limit: Duration) -> anyhow::Result<()> {
    let name = shown(command);
    let mut child = command.stdin(Stdio::null()).spawn().with_context(|| format!("`{name}` cannot be started"))?;
    let status = wait(&mut child, limit).with_context(|| format!("`{name}`"))?;
    ensure!(status.success(), "`{name}` failed ({status}); see above");
    Ok(())
}

/// Runs `command` and gives what it wrote to standard output; what it wrote to standard error is in the error.
///
/// # Errors
/// As [`run`], and when the output is not text.
pub fn output(command: &mut Command, limit: Duration) -> anyhow::Result<String> {
    let name = shown(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{name}` cannot be started"))?;
    let stdout = drain(child.stdout.take().context("the child has a standard output")?);
    let stderr = drain(child.stderr.take().context("the child has a standard error")?);
    let status = wait(&mut child, limit).with_context(|| format!("`{name}`"))?;
    let (said, complaint) = (joined(stdout)?, joined(stderr)?);
    ensure!(status.success(), "`{name}` failed ({status}): {}{}", complaint.trim(), said.trim());
    Ok(said)
}

/// Waits until `child` ends, and ends it when `limit` has passed.
///
/// # Errors
/// When it took too long.
pub fn wait(child: &mut Child, limit: Duration) -> anyhow::Result<ExitStatus> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if begun.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("took longer than {} s and was ended", limit.as_secs());
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Reads on a thread of its own, so that a child with much to say never waits for us.
fn drain(stream: impl Read + Send + 'static) -> std::thread::JoinHandle<std::io::Result<Vec<u8>>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.take(OUTPUT_MAX_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    })
}

fn joined(reader: std::thread::JoinHandle<std::io::Result<Vec<u8>>>) -> anyhow::Result<String> {
    let bytes = reader.join().map_err(|_| anyhow::anyhow!("the reader of a child's output broke off"))??;
    String::from_utf8(bytes).context("its output is not UTF-8")
}

/// A command as a person would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy();
    let words = command.get_args().map(|word| word.to_string_lossy());
    std::iter::once(program).chain(words).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_ended() {
        let error = run(Command::new("sleep").arg("600"), Duration::from_millis(10)).unwrap_err();
        assert!(format!("{error:#}").contains("took longer"), "{error:#}");
    }

    #[test]
    fn a_failure_says_what_the_program_complained_of() {
        let error = output(Command::new("sh").args(["-c", "echo broken >&2; exit 3"]), Duration::from_secs(60));
        let said = format!("{:#}", error.unwrap_err());
        assert!(said.contains("broken") && said.contains('3'), "{said}");
    }
}

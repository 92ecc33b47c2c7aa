//! PostgreSQL from Debian's package, on a socket in a folder of its own.

use crate::daemon::{Daemon, folder, free_port, give_to, run, run_as};
use anyhow::Context;
use rustix::process::Signal;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// The user it runs as, where this process is root.
const SYSTEM_USER: &str = "postgres";
/// The owner of all databases.
pub const USER: &str = "evertill";
/// Where Debian puts its programs, one folder a version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// What is called of it.
const PROGRAMS: [&str; 4] = ["initdb", "postgres", "pg_isready", "psql"];

/// How a server is to be.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Whether a loss of power is survived, as a shop has it; without it only a crash of the server is, which is quicker.
    pub durable: bool,
    /// Certificate and key in PEM: then it listens on a port of the loopback, too, with TLS.
    pub tls: Option<(String, String)>,
    /// No file may grow beyond this, as if the disk were full.
    pub file_max_bytes: Option<u64>,
}

/// A running server.
#[derive(Debug)]
pub struct Postgres {
    daemon: Daemon,
    programs: PathBuf,
    folder: TempDir,
    setup: Setup,
    port: u16,
    databases: AtomicU32,
}

impl Postgres {
    /// Starts a server without any data.
    ///
    /// # Errors
    /// When the programs are missing, or it does not start.
    pub fn start(setup: Setup) -> anyhow::Result<Postgres> {
        let programs = programs()?;
        let folder = folder("postgres")?;
        give_to(SYSTEM_USER, folder.path())?;
        let mut initdb = vec![programs.join("initdb").display().to_string()];
        let data = folder.path().join("data").display().to_string();
        let locale =
            ["--auth=trust", "--username", USER, "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata", &data];
        initdb.extend(locale.map(str::to_owned));
        run_as(SYSTEM_USER, &initdb)?;
        if let Some((certificate, key)) = &setup.tls {
            for (name, content) in [("server.crt", certificate), ("server.key", key)] {
                let file = folder.path().join(name);
                std::fs::write(&file, content)?;
                std::fs::set_permissions(&file, Permissions::from_mode(0o600))?;
                give_to(SYSTEM_USER, &file)?;
            }
        }
        let port = free_port()?;
        let daemon = serve(&programs, folder.path(), &setup, port)?;
        Ok(Postgres { daemon, programs, folder, setup, port, databases: AtomicU32::new(0) })
    }

    /// One server for all tests of a process; it ends with the process.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub fn shared() -> anyhow::Result<&'static Postgres> {
        static SHARED: OnceLock<Result<Postgres, String>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| Postgres::start(Setup::default()).map_err(|error| format!("{error:#}")));
        shared.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
    }

    /// Makes a database and gives its address, as `postgres://user@host/name`.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn database(&self) -> anyhow::Result<String> {
        let name = format!("d{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(self.url(&name))
    }

    /// The address of database `name` over TLS.
    pub fn tls_url(&self, name: &str) -> String {
        format!("postgres://{USER}@localhost:{}/{name}", self.port)
    }

    /// The address of database `name`.
    pub fn url(&self, name: &str) -> String {
        let host = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://{USER}@{host}:{}/{name}", self.port)
    }

    /// Runs `sql` in `database` and gives what it answers, a line a row.
    ///
    /// # Errors
    /// With what the server says.
    pub fn psql(&self, database: &str, sql: &str) -> anyhow::Result<String> {
        let host = self.folder.path().display().to_string();
        let port = self.port.to_string();
        let arguments =
            ["--host", &host, "--port", &port, "--username", USER, "--dbname", database, "--tuples-only", "--no-align"];
        let mut command = vec![self.programs.join("psql").display().to_string()];
        command.extend(arguments.map(str::to_owned));
        command.extend(["--quiet", "--set=ON_ERROR_STOP=1", "--command", sql].map(str::to_owned));
        run(&command)
    }

    /// Its process, to be hindered.
    pub fn daemon(&mut self) -> &mut Daemon {
        &mut self.daemon
    }

    /// Starts it again on the same data after it was ended.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> anyhow::Result<()> {
        self.daemon = serve(&self.programs, self.folder.path(), &self.setup, self.port)?;
        Ok(())
    }
}

fn serve(programs: &Path, folder: &Path, setup: &Setup, port: u16) -> anyhow::Result<Daemon> {
    let (data, socket) = (folder.join("data").display().to_string(), folder.display().to_string());
    let mut command = Vec::new();
    if let Some(bytes) = setup.file_max_bytes {
        command.extend(["prlimit".to_owned(), format!("--fsize={bytes}")]);
    }
    command.push(programs.join("postgres").display().to_string());
    command.extend(["-D", &data, "-k", &socket, "-p", &port.to_string()].map(str::to_owned));
    let addresses = if setup.tls.is_some() { "localhost" } else { "" };
    let mut settings = vec![format!("listen_addresses={addresses}"), "max_connections=300".to_owned()];
    if setup.tls.is_some() {
        let file = |name| folder.join(name).display().to_string();
        settings.push("ssl=on".to_owned());
        settings.push(format!("ssl_cert_file={}", file("server.crt")));
        settings.push(format!("ssl_key_file={}", file("server.key")));
    }
    if !setup.durable {
        settings.extend(["fsync=off", "full_page_writes=off"].map(str::to_owned));
    }
    command.extend(settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]));
    let log = folder.join("postgres.log");
    // QUIT ends it at once and leaves no process behind; its journal is replayed at the next start.
    let mut daemon = Daemon::start("PostgreSQL", SYSTEM_USER, &command, &log, Signal::QUIT)?;
    let ask = vec![
        programs.join("pg_isready").display().to_string(),
        "--host".to_owned(),
        socket,
        "--port".to_owned(),
        port.to_string(),
    ];
    daemon.wait_until(|| run(&ask).is_ok())?;
    Ok(daemon)
}

/// The folder of its programs: Debian's of the newest version, or one on the search path.
fn programs() -> anyhow::Result<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = (std::fs::read_dir(DEBIAN).into_iter().flatten().flatten())
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = versions.into_iter().rev().map(|(_, folder)| folder).chain(std::env::split_paths(&path));
    let has_all = |folder: &PathBuf| PROGRAMS.iter().all(|program| folder.join(program).is_file());
    let found = folders.into_iter().find(has_all);
    found.context("PostgreSQL is missing: `cargo xtask test` installs it (Debian's package postgresql)")
}

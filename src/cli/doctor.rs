//! `till doctor`: what is wrong with this till, and the remedy, in one sentence each.

use super::devices;
use super::{EXIT_WELL, EXIT_WRONG, load_key, print_json, running};
use crate::config::Config;
use crate::http::views::Status;
use crate::journal::{self, JOURNAL_FILE};
use crate::peripherals::Look;
use serde::Serialize;
use std::net::{TcpListener, TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::time::Duration;

/// A location's server is tried for so long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// A day of a busy till takes some 50 MB; below this the disk is nearly full.
const FREE_BYTES_MIN: u64 = 500 * 1024 * 1024;
/// A clock before this day is wrong: this program is newer. 2026-01-01, in seconds of Unix time.
const BUILT_AFTER_UNIX_S: u64 = 1_767_225_600;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    /// What.
    what: String,
    /// Whether it is well.
    well: bool,
    /// How it is; what is wrong and the remedy.
    said: String,
}

impl Finding {
    fn well(what: impl Into<String>, said: impl Into<String>) -> Finding {
        Finding { what: what.into(), well: true, said: said.into() }
    }

    fn wrong(what: impl Into<String>, said: impl Into<String>) -> Finding {
        Finding { what: what.into(), well: false, said: said.into() }
    }
}

/// Looks at everything. Exit 1 when something is wrong.
pub fn doctor(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let status = running(config)?;
    let mut findings = vec![clock(), disk(config), key(config), journal(config, status.as_ref())];
    findings.push(api(config, status.as_ref()));
    findings.extend(match &status {
        Some(status) => told_locations(status),
        None => locations(config),
    });
    findings.extend(devices::look(config)?.iter().map(device));
    if json {
        print_json(&findings)?;
    } else {
        for Finding { what, well, said } in &findings {
            println!("{} {what}: {said}", if *well { "ok   " } else { "WRONG" });
        }
    }
    Ok(ExitCode::from(if findings.iter().all(|finding| finding.well) { EXIT_WELL } else { EXIT_WRONG }))
}

fn clock() -> Finding {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    match now {
        Ok(now) if now.as_secs() >= BUILT_AFTER_UNIX_S => Finding::well("clock", "plausible"),
        _ => Finding::wrong("clock", "it is older than this program: set it, or change the battery; selling goes on"),
    }
}

fn disk(config: &Config) -> Finding {
    let folder = config.data_dir.display();
    let probe = tempfile_in(config);
    match (probe, fs4::available_space(&config.data_dir)) {
        (Err(error), _) => Finding::wrong(
            "disk",
            format!("{folder} cannot be written ({error}): give it to the user that the till runs as, or free it"),
        ),
        (Ok(()), Ok(free)) if free < FREE_BYTES_MIN => {
            Finding::wrong("disk", format!("{} MB are free in {folder}: make room today", free / 1_048_576))
        }
        (Ok(()), Ok(free)) => Finding::well("disk", format!("{} MB are free in {folder}", free / 1_048_576)),
        (Ok(()), Err(error)) => Finding::wrong("disk", format!("{folder} does not say what is free ({error})")),
    }
}

/// Writes a byte beside the journal and takes it away again.
fn tempfile_in(config: &Config) -> std::io::Result<()> {
    let path = config.data_dir.join(format!("doctor.{}", std::process::id()));
    std::fs::write(&path, b"?")?;
    std::fs::remove_file(&path)
}

fn key(config: &Config) -> Finding {
    match load_key(config) {
        Ok(_) => Finding::well("key", "there; `till identity` prints the line that head office needs"),
        Err(error) => Finding::wrong("key", error.to_string()),
    }
}

fn journal(config: &Config, status: Option<&Status>) -> Finding {
    let path = config.data_dir.join(JOURNAL_FILE);
    if let Some(status) = status {
        return Finding::well("journal", format!("in use by the running till, at entry {}", status.head));
    }
    if !path.exists() {
        return Finding::well("journal", "none yet: the first `till run` makes it");
    }
    let key = match load_key(config) {
        Ok(key) => key,
        Err(error) => return Finding::wrong("journal", error.to_string()),
    };
    match journal::verify(&path, &config.till, &key.verifying_key()) {
        Ok(report) if report.is_whole() => Finding::well("journal", format!("whole, {} entries", report.entries)),
        Ok(report) => Finding::wrong(
            "journal",
            format!("{} things do not hold: keep the file as it is and call head office", report.findings.len()),
        ),
        Err(error) => Finding::wrong("journal", error.to_string()),
    }
}

fn api(config: &Config, status: Option<&Status>) -> Finding {
    match (status, TcpListener::bind(config.api)) {
        (Some(status), _) if status.alarms.is_empty() => {
            Finding::well("till", format!("runs, version {}", status.version))
        }
        (Some(status), _) => Finding::wrong("till", status.alarms.join("; ")),
        (None, Ok(_)) => Finding::well("till", format!("does not run; {} is free for it", config.api)),
        (None, Err(error)) => Finding::wrong(
            "till",
            format!("{} is taken by another program ({error}): end it, or choose another api in till.toml", config.api),
        ),
    }
}

fn told_locations(status: &Status) -> Vec<Finding> {
    let told = |location: &crate::http::LocationView| {
        let what = format!("location {}", location.name);
        match location.online {
            true => Finding::well(what, format!("answers; unsent: {}", location.unsent)),
            false => Finding::wrong(
                what,
                format!("does not answer; unsent: {}: sell on, everything is sent when it is back", location.unsent),
            ),
        }
    };
    status.sync.locations.iter().map(told).collect()
}

fn locations(config: &Config) -> Vec<Finding> {
    let locations = config.head_office.locations.iter();
    let urls = locations.flat_map(|location| location.urls.iter().map(|url| (&location.name, url)));
    urls.map(|(name, url)| {
        let what = format!("location {name}");
        match reach(url) {
            Ok(()) => Finding::well(what, format!("{url} takes connections")),
            Err(error) => Finding::wrong(
                what,
                format!(
                    "{url} cannot be reached ({error}): look at the cable, the router and the name; sell on meanwhile"
                ),
            ),
        }
    })
    .collect()
}

fn reach(url: &str) -> std::io::Result<()> {
    let authority = url.trim_start_matches("https://").split('/').next().unwrap_or_default();
    let with_port = if authority.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok()) {
        authority.to_owned()
    } else {
        format!("{authority}:443")
    };
    let mut last = std::io::Error::other("the name has no address");
    for address in with_port.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
            Ok(_) => return Ok(()),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn device(look: &Look) -> Finding {
    let said = match (look.state.as_str(), look.detail.as_str()) {
        ("absent", _) => "none configured".to_owned(),
        (state, "") => format!("{}, {}", look.connection, state.replace('_', " ")),
        (_, detail) => format!("{}: {detail}", look.connection),
    };
    Finding { what: look.device.to_owned(), well: look.is_well(), said }
}

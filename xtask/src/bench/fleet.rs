//! 5,000 tills on one instance: its memory, the operators' fleet page meanwhile, and how evenly they come back after an
//! outage. The tills are `head-office simulate`'s, each over a connection of its own, with the numbers of real ones.

use super::region;
use super::table::{Reach, Row};
use crate::demo::certificates::Authority;
use crate::demo::programs::{Program, wait_for};
use crate::process;
use anyhow::{Context, ensure};
use serde_json::Value;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// DESIGN, section 13, and issue 5.
const MEMORY_REACH: Reach = Reach::AtMost(250.0);
const PAGE_REACH: Reach = Reach::AtMost(200.0);
const PEAK_REACH: Reach = Reach::AtMost(3.0);

/// The fleet, how long it sells, and its outage, all in the words of `simulate`.
const FLEET: [&str; 8] = ["--region", "eu", "--stores", "1000", "--tills-per-store", "5", "--pool", "v41"];
const DAY: [&str; 6] = ["--seconds", "200", "--sales-per-till-hour", "120", "--outage", "60:60"];
const DRAIN: [&str; 2] = ["--drain-seconds", "300"];
/// The page is looked at once all tills are connected, and before the outage.
const LOOKED_AT: Duration = Duration::from_secs(35);
const LOOKS: usize = 21;
const ENDED_MAX: Duration = Duration::from_secs(600);
const START_MAX: Duration = Duration::from_secs(20);
const VERB_MAX: Duration = Duration::from_secs(60);

/// The operator of the demo, who signs on by the form.
const SIGN_ON: &str = "name=demo&password=evertill-demo";

struct Site {
    folder: TempDir,
    binary: PathBuf,
    tills: u16,
    office: u16,
}

/// Measures the rows.
pub fn rows() -> anyhow::Result<Vec<Row>> {
    println!("fleet: 5,000 tills sell for 200 s, with an outage of 60 s ...");
    let site = Site::set()?;
    let (config, log) = (site.path("head-office.toml"), site.path("head-office.log"));
    let mut service = Program::start("head office", &site.binary, &["--config", text(&config)?, "run"], &log)?;
    wait_for("the start of head office", START_MAX, || {
        service.ensure_running()?;
        Ok(TcpStream::connect(("127.0.0.1", site.office)).ok())
    })?;
    let (alone_mb, begun) = (memory_mb(&service, "VmRSS")?, Instant::now());
    let mut fleet = site.start_fleet()?;
    wait_for("the tills' connections", ENDED_MAX, || Ok((begun.elapsed() >= LOOKED_AT).then_some(())))?;
    let (page_ms, live_ms, bytes) = tokio::runtime::Runtime::new()?.block_on(site.look())?;
    wait_for("the end of the tills' day", ENDED_MAX, || Ok(fleet.has_ended()?.then_some(())))?;
    let peak_mb = memory_mb(&service, "VmHWM")?;
    let summary: Value = serde_json::from_slice(&std::fs::read(site.path("fleet.json"))?)
        .with_context(|| std::fs::read_to_string(site.path("fleet.log")).unwrap_or_default())?;
    let number = |at: &str| summary.pointer(at).and_then(Value::as_f64).with_context(|| format!("no {at}: {summary}"));
    ensure!(number("/sold")? == number("/delivered")?, "not everything arrived: {summary}");
    let (peak, mean) = (number("/catch_ups/0/peak")?, number("/catch_ups/0/mean")?);
    let answers = format!("answers p50 {} ms, p99 {} ms", number("/answers_ms/50")?, number("/answers_ms/99")?);
    Ok(vec![
        Row::absolute(
            "memory with 5,000 tills connected",
            "MB",
            peak_mb,
            alone_mb,
            MEMORY_REACH,
            format!("the most over the whole run; bare is the instance alone; {answers}"),
        ),
        Row::absolute(
            "fleet page of 5,000 tills",
            "ms",
            page_ms,
            live_ms,
            PAGE_REACH,
            format!(
                "{bytes} bytes, median of {LOOKS} while they sell; bare is /sign-on, a page without a question to the database"
            ),
        ),
        Row::ratio(
            "requests when 5,000 tills come back",
            "/s",
            peak,
            mean,
            PEAK_REACH,
            format!(
                "the busiest second against the mean of the catch-up, which took {} s",
                number("/catch_ups/0/seconds")?
            ),
        ),
    ])
}

impl Site {
    /// Writes what the instance needs.
    fn set() -> anyhow::Result<Site> {
        let folder = region::folder()?;
        let held = [TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?, TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?];
        let (tills, office) = (held[0].local_addr()?.port(), held[1].local_addr()?.port());
        // It was built beside us, in the same profile.
        let binary = std::env::current_exe()?.with_file_name("head-office");
        let site = Site { folder, binary, tills, office };
        let authority = Authority::new("eu")?;
        std::fs::write(site.path("ca.pem"), authority.pem())?;
        authority.issue("fra", site.folder.path())?;
        std::fs::copy(crate::root().join("demo/operators.toml"), site.path("operators.toml"))?;
        let register = [&["simulate", "--register"][..], &FLEET[..6]].concat();
        std::fs::write(site.path("tills.toml"), process::output(Command::new(&site.binary).args(register), VERB_MAX)?)?;
        let config = format!(
            "{}[operators]\nlisten = \"127.0.0.1:{office}\"\nfile = \"operators.toml\"\n",
            crate::demo::stage::head_office_toml("fra", (Ipv4Addr::LOCALHOST, tills).into())
        );
        std::fs::write(site.path("head-office.toml"), config)?;
        Ok(site)
    }

    fn start_fleet(&self) -> anyhow::Result<Program> {
        let (ca, url) = (self.path("ca.pem"), format!("fra=https://localhost:{}", self.tills));
        let to = ["simulate", "--json", "--url", &url, "--ca", text(&ca)?];
        let arguments = [&to[..], &FLEET, &DAY, &DRAIN].concat();
        Program::start_telling("fleet", &self.binary, &arguments, &self.path("fleet.log"), &self.path("fleet.json"))
    }

    /// How long the fleet page takes, and one that asks nothing, in milliseconds; and how long the page is.
    async fn look(&self) -> anyhow::Result<(f64, f64, usize)> {
        let base = format!("https://localhost:{}", self.office);
        let ca = reqwest::Certificate::from_pem(&std::fs::read(self.path("ca.pem"))?)?;
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([ca]);
        let client = client.redirect(reqwest::redirect::Policy::none()).build()?;
        let form = client.post(format!("{base}/sign-on")).header("Origin", &base).body(SIGN_ON);
        let signed_on = form.send().await?;
        let cookie = signed_on.headers().get("set-cookie").context("the sign-on gives a session")?;
        let cookie = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
        let median = async |path: &str| {
            let (mut times, mut bytes) = (Vec::new(), 0);
            for _ in 0..LOOKS {
                let begun = Instant::now();
                let page = client.get(format!("{base}{path}")).header("Cookie", &cookie).send().await?;
                ensure!(page.status().is_success(), "{path} answers with {}", page.status());
                bytes = page.bytes().await?.len();
                times.push(begun.elapsed());
            }
            times.sort();
            Ok((times[LOOKS / 2].as_secs_f64() * 1_000.0, bytes))
        };
        let ((page_ms, bytes), (live_ms, _)) = (median("/fleet").await?, median("/sign-on").await?);
        Ok((page_ms, live_ms, bytes))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// What the kernel says of the memory of `program`, in MB.
fn memory_mb(program: &Program, what: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    let kb: f64 = line.context("the kernel tells it")?.trim().trim_end_matches(" kB").parse()?;
    Ok(kb / 1024.0)
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the path is UTF-8")
}

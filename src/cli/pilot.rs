//! `till explain`: why this till talks to this pool. `till import`: endpoints or an assignment from a USB stick.

use super::{EXIT_WELL, EXIT_WRONG};
use crate::agent::files;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::pilot::target;
use anyhow::Context;
use evertill_domain::piloting::decide::rank;
use evertill_domain::publication::Subject;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The till's pool, and how that came about.
pub fn explain(config: &Config) -> anyhow::Result<ExitCode> {
    let files = files(config);
    let (in_force, wrong) = files.load();
    let (bootstrap, standing) = (target::bootstrap(config), target::standing(config));
    let now = target::at_start(&files, &in_force, &bootstrap);
    let target = target::target(&in_force, &standing, &bootstrap);
    println!("{} is of cohort {}; it talks to pool {}", config.till, standing.cohort, now.pool);
    for (location, urls) in &now.locations {
        println!("  {location}: {}", urls.join(", "));
    }
    let serial = |subject| in_force.serial(subject);
    println!("endpoints {}, assignment {}", serial(Subject::Endpoints), serial(Subject::Assignment));
    if let Some(assignment) = &in_force.assignment {
        println!("rank    {}", rank(&assignment.salt, &standing.store));
        println!("cut-off {}", assignment.cutoff.map_or("none".to_owned(), |cutoff| cutoff.to_string()));
    }
    println!("its store belongs to pool {}: {}", target.routes.pool, target.why);
    if target.routes.pool != now.pool {
        let due = target.effective.as_ref().is_none_or(|effective| effective.is_due(&SystemClock.now().at));
        println!(
            "it moves there {}",
            if due { "between two baskets, when that pool answers" } else { "at the time of the assignment" }
        );
    }
    wrong.iter().for_each(|error| println!("{error}"));
    Ok(ExitCode::from(if wrong.is_empty() { EXIT_WELL } else { EXIT_WRONG }))
}

/// Takes `file` with its signature `FILE.minisig` beside it. A running agent finds it within seconds.
pub fn import(config: &Config, file: &Path) -> anyhow::Result<ExitCode> {
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()));
    let mut beside = file.as_os_str().to_owned();
    beside.push(".minisig");
    let (bytes, signature) = (read(file)?, read(&PathBuf::from(beside))?);
    let signature = String::from_utf8(signature).context("the signature is no text")?;
    let claim =
        config.head_office.publish_keys.verify(&bytes, &signature).with_context(|| file.display().to_string())?;
    let files = files(config);
    let (mut in_force, _) = files.load();
    files.accept(&mut in_force, claim.subject, &bytes, &signature)?;
    println!("{} {} is in force", claim.subject, claim.version);
    Ok(ExitCode::from(EXIT_WELL))
}

//! What the command line does, apart from reading its arguments.

use crate::completeness::compare::{Answer, Comparison, Said};
use crate::completeness::{Report, report};
use crate::config::{Config, ConfigError};
use crate::peers;
use crate::store::postgres::Postgres;
use crate::store::sqlite::{open_for_reading, store_facts, verify};
use crate::store::{ChainReport, StoreError};
use crate::tills::Register;
use evertill_domain::ids::{BusinessDay, StoreId};

/// The completeness of a store's day, read from the database beside a running service, and compared with what the peers of
/// the configuration answer.
///
/// # Errors
/// A broken register, or a database that cannot be read.
pub async fn completeness(config: &Config, store: &StoreId, day: &BusinessDay) -> Result<Comparison, CliError> {
    let report = completeness_here(config, store, day).await?;
    let peers = peers::all(config)?;
    let here = Said { location: config.location.to_string(), answer: Answer::Report(Box::new(report)) };
    Ok(peers::compared(here, &peers, store, day).await)
}

async fn completeness_here(config: &Config, store: &StoreId, day: &BusinessDay) -> Result<Report, CliError> {
    let bytes = std::fs::read(&config.tills)
        .map_err(|source| ConfigError::Unreadable { path: config.tills.clone(), source })?;
    let register = Register::empty(&config.tills, config.region.clone()).read(&bytes)?;
    let (registered, region) = (register.of_store(store), config.region.as_str());
    let facts = match &config.postgres {
        Some(postgres) => Postgres::connect(postgres)?.store_facts(&registered, region, store, day).await?,
        None => store_facts(&open_for_reading(&config.database())?, &registered, region, store, day)?,
    };
    Ok(report(store, day, facts))
}

/// Checks every chain and hands each result as a line of text to `line`. True when all are whole.
///
/// # Errors
/// A database that cannot be read.
pub async fn verify_all(config: &Config, mut line: impl FnMut(String)) -> Result<bool, CliError> {
    let mut each = |chain: &ChainReport| line(chain_line(chain));
    Ok(match &config.postgres {
        Some(postgres) => Postgres::connect(postgres)?.verify(&mut each).await?,
        None => verify(&config.database(), each)?,
    })
}

/// Why a verb failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn chain_line(chain: &ChainReport) -> String {
    let ChainReport { till, epoch, head, set_aside, forks, broken } = chain;
    let mut line = format!("{till} epoch {epoch} head {} {}", head.seq, head.hash);
    if *set_aside > 0 {
        line.push_str(&format!(", {set_aside} set aside"));
    }
    if *forks > 0 {
        line.push_str(&format!(", {forks} of other branches"));
    }
    match broken {
        Some(broken) => line.push_str(&format!(": BROKEN: {broken}")),
        None => line.push_str(": whole"),
    }
    line
}

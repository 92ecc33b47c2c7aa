//! `cargo xtask bench`: what the product costs against the bare limit of this machine, in the same run. A ratio says
//! more than a time: it is the same on a slow disk.
//!
//! The measuring needs the agent as a library and an optimised build, so this command builds itself anew in the profile
//! `measure` and starts that.
//!
//! | room | what |
//! |---|---|
//! | [`commit`] | a sale's commit against bare SQLite |
//! | [`drain`] | a queue of sales over TLS against a bare pipeline |
//! | [`encode`] | a receipt with logo and QR code, made into a printer's bytes |
//! | [`fleet`] | 5,000 tills on one instance: memory, the fleet page, their coming back |
//! | [`gap`] | deliveries while a location dies |
//! | [`ingest`] | many tills' batches into PostgreSQL against bare inserts |
//! | [`price_book`] | 50,000 items: read, searched, and stored beside the sales |
//! | [`region`] | locations and a till to measure with |
//! | [`table`] | the rows as a table and as JSON |

#[cfg(feature = "measure")]
mod commit;
#[cfg(feature = "measure")]
mod drain;
#[cfg(feature = "measure")]
mod encode;
#[cfg(feature = "measure")]
mod fleet;
#[cfg(feature = "measure")]
mod gap;
#[cfg(feature = "measure")]
mod ingest;
#[cfg(feature = "measure")]
mod price_book;
#[cfg(feature = "measure")]
mod region;
#[cfg(feature = "measure")]
mod table;

use crate::process;
use std::process::ExitCode;
use std::time::Duration;

/// An optimised build from cold takes five minutes on two cores, the measuring ten.
const BENCH_MAX: Duration = Duration::from_secs(45 * 60);

/// Builds the optimised bench and runs it.
pub fn bench() -> anyhow::Result<ExitCode> {
    let head_office = ["build", "--profile", "measure", "--package", "evertill-head-office", "--bins"];
    process::run(&mut process::cargo(head_office), BENCH_MAX)?;
    let arguments = ["run", "--profile", "measure", "--package", "xtask", "--features", "measure", "--", "measure"];
    process::run(&mut process::cargo(arguments), BENCH_MAX)?;
    Ok(ExitCode::SUCCESS)
}

/// Measures every row, prints the table and writes target/bench.json.
#[cfg(feature = "measure")]
pub fn measure() -> anyhow::Result<ExitCode> {
    let mut rows = vec![commit::row()?, drain::row()?, encode::row()?];
    rows.extend(ingest::rows()?);
    rows.extend(price_book::rows()?);
    rows.extend(gap::rows()?);
    rows.extend(fleet::rows()?);
    table::print(&rows);
    table::write(&rows)?;
    Ok(ExitCode::SUCCESS)
}

//! `till journal verify` and `till journal export`.

use super::{EXIT_WELL, EXIT_WRONG, load_key};
use crate::config::Config;
use crate::journal::{self, JOURNAL_FILE};
use std::io::{BufWriter, Write};
use std::process::ExitCode;

/// Checks every entry, signature and projection. Exit 1 names what does not hold.
pub fn verify(config: &Config) -> anyhow::Result<ExitCode> {
    let path = config.data_dir.join(JOURNAL_FILE);
    let report = journal::verify(&path, &config.till, &load_key(config)?.verifying_key())?;
    println!("{}: {} entries, {} receipts, {} epochs", path.display(), report.entries, report.receipts, report.epochs);
    for finding in &report.findings {
        println!("  {}: {}", finding.place, finding.detail);
    }
    if report.is_whole() {
        println!("The chain is whole: nothing was altered, dropped or reordered.");
        return Ok(ExitCode::from(EXIT_WELL));
    }
    println!("The journal does not hold. Keep the file as it is and call head office.");
    Ok(ExitCode::from(EXIT_WRONG))
}

/// Writes every entry as one JSON line, oldest first, to standard output.
pub fn export(config: &Config) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    journal::export(&config.data_dir.join(JOURNAL_FILE), |entry| writeln!(out, "{}", entry.to_line()))?;
    out.flush()?;
    Ok(ExitCode::from(EXIT_WELL))
}

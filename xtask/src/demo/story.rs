//! How the demo speaks: chapters, plain sentences, a progress bar below them. Colours only where a terminal shows them
//! and NO_COLOR is not set; without a terminal the sentences alone remain.

use console::style;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// The bar moves at least this often, so that a wait looks like one.
const TICK_EVERY: Duration = Duration::from_millis(120);

/// The teller of the demo.
pub struct Story {
    bar: ProgressBar,
    failures: usize,
    checks: usize,
}

impl Story {
    /// A story of `steps` steps.
    pub fn new(steps: u64) -> Story {
        let bar = ProgressBar::new(steps);
        let look = ProgressStyle::with_template("  {spinner:.cyan} [{bar:32.cyan/blue}] {pos}/{len}  {wide_msg}");
        bar.set_style(look.expect("the template is valid").progress_chars("━╸─"));
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK_EVERY);
        }
        Story { bar, failures: 0, checks: 0 }
    }

    /// A new chapter.
    pub fn chapter(&self, title: &str) {
        self.line(&format!("\n{}", style(title).cyan().bold()));
    }

    /// A sentence.
    pub fn tell(&self, sentence: &str) {
        self.line(&format!("  {sentence}"));
    }

    /// A quieter sentence, for details.
    pub fn detail(&self, sentence: &str) {
        self.line(&format!("    {}", style(sentence).dim()));
    }

    /// A sentence about an outage.
    pub fn warn(&self, sentence: &str) {
        self.line(&format!("  {}", style(sentence).yellow()));
    }

    /// What is being done, or waited for; one step of the bar is behind us.
    pub fn step(&self, doing: &str) {
        self.bar.set_message(doing.to_owned());
        self.bar.inc(1);
    }

    /// Tells whether something that was promised holds.
    pub fn check(&mut self, holds: bool, promise: &str, seen: &str) {
        self.checks += 1;
        if holds {
            self.line(&format!("  {} {promise} {}", style("✓").green().bold(), style(format!("({seen})")).dim()));
        } else {
            self.failures += 1;
            self.line(&format!("  {} {promise}: {}", style("✗").red().bold(), style(seen).red()));
        }
    }

    /// Takes the bar away, says how the checks went, and whether all held.
    pub fn finish(&self) -> bool {
        self.bar.finish_and_clear();
        let held = self.checks - self.failures;
        let verdict = format!("{held} of {} checks held", self.checks);
        let is_well = self.failures == 0 && self.checks > 0;
        self.line(&format!(
            "\n  {}",
            if is_well { style(verdict).green().bold() } else { style(verdict).red().bold() }
        ));
        is_well
    }

    fn line(&self, text: &str) {
        if self.bar.is_hidden() {
            println!("{text}");
        } else {
            self.bar.suspend(|| println!("{text}"));
        }
    }
}

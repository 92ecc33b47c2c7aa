//! README.md shows commands in fenced `sh` blocks; each verb that it names must exist.

use super::STAGE_MAX;
use crate::process;
use anyhow::{Context, ensure};

/// The programs whose verbs are checked, and how their help is asked for.
const PROGRAMS: [(&str, &[&str]); 3] = [
    ("cargo xtask", &["run", "--quiet", "--package", "xtask", "--"]),
    ("till", &["run", "--quiet", "--package", "evertill", "--"]),
    ("head-office", &["run", "--quiet", "--package", "evertill-head-office", "--"]),
];

/// One command of the README: the program, then its words.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    line: usize,
    program: &'static str,
    words: Vec<String>,
}

/// Asks each program for the help of each verb that README.md shows.
pub fn check() -> anyhow::Result<()> {
    let text = std::fs::read_to_string(crate::root().join("README.md")).context("README.md cannot be read")?;
    let commands = commands(&text);
    ensure!(!commands.is_empty(), "README.md shows no command in a fenced `sh` block");
    let wrong: Vec<String> =
        commands.iter().filter_map(|shown| refusal(shown).err()).map(|e| format!("{e:#}")).collect();
    ensure!(wrong.is_empty(), "README.md shows what does not exist:\n{}", wrong.join("\n"));
    println!("{} commands of README.md exist", commands.len());
    Ok(())
}

/// `--help` behind a command exits 0 when every word and option before it is known.
fn refusal(shown: &Shown) -> anyhow::Result<()> {
    let (_, run) = PROGRAMS.iter().find(|(name, _)| *name == shown.program).context("the program is one of ours")?;
    let words = shown.words.iter().map(String::as_str);
    let arguments: Vec<&str> = run.iter().copied().chain(words).chain(["--help"]).collect();
    let said = process::output(&mut process::cargo(arguments), STAGE_MAX);
    said.map(drop).with_context(|| format!("README.md:{}: {} {}", shown.line, shown.program, shown.words.join(" ")))
}

/// The commands of ours in the fenced `sh` blocks.
fn commands(text: &str) -> Vec<Shown> {
    let mut inside = false;
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(fence) = line.trim().strip_prefix("```") {
            inside = !inside && fence == "sh";
            continue;
        }
        if inside {
            found.extend(command(index + 1, line));
        }
    }
    found
}

fn command(line: usize, text: &str) -> Option<Shown> {
    let text = text.split(" #").next()?.trim();
    let text = text.strip_prefix("sudo ").unwrap_or(text);
    let (program, rest) = PROGRAMS.iter().find_map(|(name, _)| {
        let rest = text.strip_prefix(name)?;
        (rest.is_empty() || rest.starts_with(' ')).then_some((*name, rest))
    })?;
    // What stands behind a pipe or a redirection is the shell's.
    let words =
        rest.split(' ').filter(|word| !word.is_empty()).take_while(|word| !matches!(*word, "|" | ">" | "&&" | "&"));
    Some(Shown { line, program, words: words.map(str::to_owned).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_in_sh_blocks_only() {
        let text = "till nonsense\n```sh\ncargo xtask demo --once   # ends by itself\nls\ntill journal export > a.jsonl\n```\n```toml\ntill = 1\n```\n";
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let expected = vec![
            Shown { line: 3, program: "cargo xtask", words: words(&["demo", "--once"]) },
            Shown { line: 5, program: "till", words: words(&["journal", "export"]) },
        ];
        assert_eq!(commands(text), expected);
    }
}

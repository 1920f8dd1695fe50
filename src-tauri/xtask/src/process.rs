//! Running other programs: quietly into a log that is shown when they fail, or openly.
//!
//! Nothing gets standard input, so nothing can wait for an answer that will not come.

use std::env;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::place::{Place, which};

/// How long one quiet program may take where nobody is there to stop it.
const LIMIT_SECONDS: &str = "2400";
/// How much of a log is shown when a program failed.
const SHOWN_LINES: usize = 300;
/// How many failed tests are named after it, and how much of what each said.
const SHOWN_FAILURES: usize = 40;
const SHOWN_OF_PANIC: usize = 300;

/// Cargo itself, in the repository.
pub fn cargo(place: &Place) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(&place.root);
    without_cargos_own(&mut command);
    command
}

/// Takes away what `cargo run` set for this program: passed on, it makes build scripts that watch such
/// variables run again after every change between `cargo xtask` and plain `cargo`.
pub fn without_cargos_own(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let own = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO"
        });
        if own {
            command.env_remove(name);
        }
    }
}

/// Runs a program with its output in `target/xtask/<name>.log`, prints the name and the time it took, and
/// returns the output. A failure shows the output.
pub fn quiet(place: &Place, name: &str, command: &Command) -> Result<String> {
    let finished = record(place, name, command)?;
    if finished.status.success() {
        return Ok(finished.output);
    }
    let lines: Vec<&str> = finished.output.lines().collect();
    let shown = lines.split_at(lines.len().saturating_sub(SHOWN_LINES)).1;
    println!("---- {name}: {} (all of it in {})", finished.status, finished.log.display());
    for line in shown {
        println!("{line}");
    }
    // With many targets the end of the output is not where it went wrong.
    for line in failures(&finished.output) {
        println!("{line}");
    }
    println!("----");
    bail!("{name}: {}", ending(finished.status));
}

/// The tests that failed, and what each that panicked said first.
fn failures(output: &str) -> Vec<String> {
    let lines: Vec<&str> = output.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with("test ") && line.ends_with("FAILED") {
            found.push((*line).to_owned());
        } else if line.starts_with("thread '") && line.contains("panicked at") {
            let said = lines.get(at + 1).copied().unwrap_or_default();
            found.push(format!("{line} {}", said.chars().take(SHOWN_OF_PANIC).collect::<String>()));
        }
    }
    found.truncate(SHOWN_FAILURES);
    found
}

/// What became of a program that ran quietly.
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output and standard error, as they came.
    pub output: String,
    log: PathBuf,
}

/// Like [`quiet`], for a program whose failure is an answer too.
pub fn record(place: &Place, name: &str, command: &Command) -> Result<Finished> {
    let log = place.notes().join(format!("{}.log", slug(name)));
    fs::create_dir_all(place.notes())?;
    let file = File::create(&log).with_context(|| format!("writing {}", log.display()))?;
    print!("  {name} … ");
    io::stdout().flush()?;
    let start = Instant::now();
    let status = limited(command)
        // Colour codes would only litter the logs.
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .status()
        .with_context(|| format!("starting {}", command.get_program().to_string_lossy()))?;
    println!("{}{}", seconds(start.elapsed()), if status.success() { "" } else { ", failed" });
    let output = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    Ok(Finished { status, output, log })
}

/// Runs a program that talks to the person itself.
pub fn open(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("starting {program}"))?;
    if !status.success() {
        bail!("{program}: {}", ending(status));
    }
    Ok(())
}

/// The standard output of a short question to a program; none if it can't be started or fails.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A time in words.
pub fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// The same command under `timeout`, where there is no person to press Ctrl-C. `timeout` ends the whole
/// process group, so that a hanging test leaves no window behind.
fn limited(command: &Command) -> Command {
    let timeout = if io::stdin().is_terminal() { None } else { which("timeout") };
    let mut limited = match timeout {
        Some(timeout) => {
            let mut limited = Command::new(timeout);
            limited.args(["--kill-after=20", LIMIT_SECONDS]).arg(command.get_program());
            limited
        }
        None => Command::new(command.get_program()),
    };
    limited.args(command.get_args());
    if let Some(dir) = command.get_current_dir() {
        limited.current_dir(dir);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(124) => format!("stopped after {LIMIT_SECONDS} s"),
        Some(code) => format!("exit status {code}"),
        None => status.to_string(),
    }
}

fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::{failures, slug};

    #[test]
    fn failed_tests_are_found_among_the_output_of_many_targets() {
        let output = "test a::b ... ok\ntest a::c ... FAILED\n\nthread 'a::c' (7) panicked at tests/a.rs:3:5:\n\
                      assertion failed: x\nstack backtrace:\ntest result: FAILED. 1 passed; 1 failed\n\
                      test result: ok. 40 passed; 0 failed\n";
        let said = "thread 'a::c' (7) panicked at tests/a.rs:3:5: assertion failed: x";
        assert_eq!(failures(output), ["test a::c ... FAILED", said]);
        assert!(failures("test a ... ok\n").is_empty());
    }

    #[test]
    fn a_log_has_a_plain_file_name() {
        assert_eq!(slug("UI: npm ci"), "ui--npm-ci");
        assert_eq!(slug("../a b"), "---a-b");
    }
}

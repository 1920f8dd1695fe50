//! `cargo xtask test`: every check, cheap ones first, the real window last. CI runs this and nothing else.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::node::Node;
use crate::place::Place;
use crate::suite::{self, Outcome, Step};
use crate::tools::NODE;
use crate::{certified, deny, packages, process, tour, types, ui};

/// Where property tests read what their cases are drawn from.
const SEED: &str = "PROPTEST_RNG_SEED";

const STEPS: &[Step<Place>] = &[
    Step { name: "system packages", needs: &[], run: system_packages },
    Step { name: "format", needs: &[], run: format },
    Step { name: "ui with the pinned Node.js", needs: &["system packages"], run: ui_with_pinned_node },
    Step { name: "ui packages", needs: &[], run: ui_packages },
    Step { name: "ui lint", needs: &["ui packages"], run: |place| ui_script(place, "lint") },
    Step { name: "ui check", needs: &["ui packages"], run: |place| ui_script(place, "check") },
    Step { name: "ui test", needs: &["ui packages"], run: |place| ui_script(place, "test") },
    Step { name: "ui build", needs: &["ui packages"], run: ui_build },
    Step { name: "deny", needs: &["system packages"], run: deny::deny },
    Step { name: "advisories of crates", needs: &["system packages"], run: deny::rust_advisories },
    Step { name: "advisories of npm packages", needs: &["ui packages"], run: deny::npm_advisories },
    Step { name: "types", needs: &["system packages"], run: types_drift },
    // The app embeds ui/dist, so nothing that compiles it comes before the pages are built.
    Step { name: "clippy", needs: &["system packages", "ui build"], run: clippy },
    Step { name: "test", needs: &["system packages", "ui build"], run: tests },
    Step { name: "team service on PostgreSQL", needs: &["test"], run: postgres },
    Step { name: "sign-in at a certified server", needs: &["test"], run: certified::certified },
    Step { name: "window", needs: &["system packages", "ui build"], run: window },
];

/// Runs every step, or those whose name contains `part`. True if none failed.
pub fn test(place: &Place, part: &str) -> Result<bool> {
    suite::run(STEPS, part, place)
}

fn system_packages(_: &Place) -> Result<Outcome> {
    packages::ensure(&[packages::BUILD, packages::WINDOW, packages::KEYRING, packages::POSTGRES].concat())?;
    Ok(Outcome::passed())
}

fn format(place: &Place) -> Result<Outcome> {
    cargo(place, "cargo fmt", &["fmt", "--all", "--check", "--", "--color", "never"])
}

fn ui_packages(place: &Place) -> Result<Outcome> {
    let node = Node::find(place)?;
    ui::install(place, &node)?;
    Ok(Outcome::Passed(node.describe()))
}

fn ui_script(place: &Place, name: &str) -> Result<Outcome> {
    let node = Node::find(place)?;
    process::quiet(place, &format!("ui: npm run {name}"), &ui::script(place, &node, name))?;
    Ok(Outcome::passed())
}

fn ui_build(place: &Place) -> Result<Outcome> {
    ui::build(place, &Node::find(place)?)?;
    Ok(Outcome::passed())
}

/// Builds the pages as a machine without Node.js would: this program starts itself anew with a PATH on which
/// there is none, and it has to come to the pinned one by itself.
fn ui_with_pinned_node(place: &Place) -> Result<Outcome> {
    if env::var_os("CI").is_none_or(|value| value.is_empty()) {
        return Ok(Outcome::Skipped("only in CI".to_owned()));
    }
    if !cfg!(target_os = "linux") {
        return Ok(Outcome::Skipped("a Node.js is fetched on Linux only".to_owned()));
    }
    let mut xtask = Command::new(env::current_exe()?);
    xtask.args(["ui", "--fresh"]).env("PATH", path_without_node(place)?);
    let output = process::quiet(place, "ui with no Node.js on the PATH", &xtask)?;
    let by = output.lines().find_map(|line| line.trim().strip_prefix("ui/dist was built by "));
    let by = by.context("the pages were not built")?;
    let pinned = NODE.program(place)?;
    ensure!(by.contains(&pinned.display().to_string()), "the pages were built by {by}");
    Ok(Outcome::Passed(by.to_owned()))
}

/// The PATH, but each of its folders with a Node.js in it is replaced by one of links to everything else
/// that it holds.
fn path_without_node(place: &Place) -> Result<std::ffi::OsString> {
    const HIDDEN: &[&str] = &["node", "nodejs", "npm", "npx", "corepack", "yarn", "pnpm"];
    let shadows = place.notes().join("path");
    if shadows.exists() {
        fs::remove_dir_all(&shadows)?;
    }
    let mut dirs: Vec<PathBuf> = Vec::new();
    for (number, dir) in env::split_paths(&env::var_os("PATH").unwrap_or_default()).enumerate() {
        if !HIDDEN.iter().any(|name| dir.join(name).exists()) {
            dirs.push(dir);
            continue;
        }
        let shadow = shadows.join(number.to_string());
        fs::create_dir_all(&shadow)?;
        for entry in fs::read_dir(&dir)? {
            let entry = entry?;
            if !HIDDEN.iter().any(|name| entry.file_name() == *name) {
                link(&entry.path(), &shadow.join(entry.file_name()))?;
            }
        }
        dirs.push(shadow);
    }
    Ok(env::join_paths(dirs)?)
}

#[cfg(unix)]
fn link(to: &std::path::Path, at: &std::path::Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, at)
}

#[cfg(not(unix))]
fn link(_: &std::path::Path, _: &std::path::Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

fn types_drift(place: &Place) -> Result<Outcome> {
    types::check(place)?;
    Ok(Outcome::passed())
}

fn clippy(place: &Place) -> Result<Outcome> {
    cargo(place, "cargo clippy", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    // Not among `--all-targets`: the manifest keeps it out of a plain `cargo test`.
    let window = ["clippy", "--workspace", "--test", "window", "--", "-D", "warnings"];
    cargo(place, "cargo clippy, window tests", &window)
}

fn tests(place: &Place) -> Result<Outcome> {
    let mut command = process::cargo(place);
    command.args(["test", "--workspace", "--no-fail-fast"]);
    // Property tests draw the same cases at each run: one that fails is the change's doing. Plain `cargo test` draws
    // others each time.
    if env::var_os(SEED).is_none() {
        command.env(SEED, "1");
    }
    counted(&process::quiet(place, "cargo test", &command)?)
}

/// The service's tests on `PostgreSQL` pass over themselves where it is missing: here that is said aloud, and where it is
/// there, some have to have run.
fn postgres(place: &Place) -> Result<Outcome> {
    if !packages::has_postgres() {
        return Ok(Outcome::NotChecked("PostgreSQL is not installed; CI has it".to_owned()));
    }
    let mut command = process::cargo(place);
    command.args(["test", "-p", "partner-service", "postgres"]);
    counted(&process::quiet(place, "cargo test, team service on PostgreSQL", &command)?)
}

/// The window tests start their own displays, two at a time: more would only wait for each other.
fn window(place: &Place) -> Result<Outcome> {
    if !cfg!(target_os = "linux") {
        return Ok(Outcome::NotChecked("the window tests drive WebKitGTK under Xvfb".to_owned()));
    }
    let mut command = process::cargo(place);
    command.args(["test", "--workspace", "--test", "window", "--", "--test-threads=2"]);
    command.env(tour::OUT, place.tour());
    counted(&process::quiet(place, "window tests", &command)?)
}

fn cargo(place: &Place, name: &str, arguments: &[&str]) -> Result<Outcome> {
    let mut command = process::cargo(place);
    process::quiet(place, name, command.args(arguments))?;
    Ok(Outcome::passed())
}

/// How many tests cargo says it ran; none at all is a failure of the set-up, not a success.
pub fn counted(output: &str) -> Result<Outcome> {
    let tests = passed_tests(output);
    ensure!(tests > 0, "no test ran");
    Ok(Outcome::Passed(format!("{tests} tests")))
}

fn passed_tests(output: &str) -> u32 {
    output
        .lines()
        .filter_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next()?.parse::<u32>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_over_all_targets() {
        let output = "running 2 tests\ntest a ... ok\n\
                      test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
                      test result: ok. 40 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(passed_tests(output), 42);
        assert!(counted("test result: ok. 0 passed; 0 failed").is_err());
    }

    /// Protects the order: what a step needs comes before it, under the name that it is called by.
    #[test]
    fn steps_need_only_what_comes_before() {
        for (index, step) in STEPS.iter().enumerate() {
            for need in step.needs {
                assert!(STEPS[..index].iter().any(|before| before.name == *need), "{} → {need}", step.name);
            }
        }
    }
}

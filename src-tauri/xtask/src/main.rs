//! `cargo xtask`: the project's own tasks, from a bare machine to a green test run.
//!
//! Purpose: set-up, build, start and test in one command each, the same on a person's machine and in CI.
//! Border: it starts other programs and reads their exit status; it knows nothing of the product's code.
//! Absent on purpose: releases and packages (they come with the installer), and any name of a registry's
//! host (each package client uses the configuration that the machine has).
#![cfg_attr(test, allow(clippy::unwrap_used))]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program talks by printing")]

mod bench;
mod certified;
mod deny;
mod fuzz;
mod node;
mod packages;
mod place;
mod process;
mod run;
mod shots;
mod stamp;
mod suite;
mod test;
mod tools;
mod tour;
mod types;
mod ui;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <task>

  run [-- ARGS]      set up what is missing, build, and start Partner Console (with no display: the tour)
  test [PART]        set up what is missing and run every check, or only the steps whose name contains PART
  bench [PART…]      measure start, memory, search and what keys show, or only the rows that are named so, or whose
                     name contains PART
  fuzz [TARGET] [SECONDS]
                     look for bytes that what reads from outside does not withstand: with every fuzzer of tests/fuzz
                     or one, a minute each or as long as is said
  shots [PART] [WORLD]
                     take pictures of every screen and dialog, or of those whose name contains PART, or only over the
                     data that is named so (Sample, Team, Cloud, …, 'Sample pt', 'Sample 200 %'); see
                     target/shots/index.html
  tour               the app does the main job by itself in a virtual display; see target/tour/index.html
  ui [--fresh]       install the window's packages and build its pages (--fresh: though nothing changed)
  types [--check]    write the window's TypeScript types from the Rust ones (--check: only compare)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let place = place::Place::find();
    let outcome = match arguments.as_slice() {
        ["run"] => run::run(&place, &[]).map(passed),
        ["run", "--", rest @ ..] => run::run(&place, rest).map(passed),
        ["test"] => test::test(&place, ""),
        ["test", part] => test::test(&place, part),
        ["bench", parts @ ..] => bench::bench(&place, parts),
        ["fuzz"] => fuzz::fuzz(&place, None, None).map(passed),
        ["fuzz", target] => fuzz::fuzz(&place, Some(target), None).map(passed),
        ["fuzz", target, seconds] => fuzz::fuzz(&place, Some(target), Some(seconds)).map(passed),
        ["shots"] => shots::shots(&place, "", "").map(passed),
        ["shots", part] => shots::shots(&place, part, "").map(passed),
        ["shots", part, world] => shots::shots(&place, part, world).map(passed),
        ["tour"] => tour::tour(&place).map(passed),
        ["ui"] => ui::ui(&place, false).map(passed),
        ["ui", "--fresh"] => ui::ui(&place, true).map(passed),
        ["types"] => types::write(&place).map(passed),
        ["types", "--check"] => types::check(&place).map(passed),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        // The table said what failed, and its last line stays the last.
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A task that ended without an error did what it was to do.
fn passed((): ()) -> bool {
    true
}

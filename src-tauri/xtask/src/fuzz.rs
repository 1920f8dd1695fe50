//! `cargo xtask fuzz [TARGET] [SECONDS]`: looks for bytes that what reads from outside does not withstand.
//!
//! libFuzzer, told by the compiler's coverage which bytes lead further. No sanitizer: nothing of ours is `unsafe`, so
//! what there is to find is a panic, a hang or memory without end, and the stable compiler builds it. What is found lies
//! in `target/fuzz/found`; once it is mended it joins `tests/fuzz/corpus`, which `cargo xtask test` runs as well.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::place::Place;
use crate::{packages, process};

/// How long each target is run where nothing else is said, in seconds.
const SECONDS: &str = "60";
/// What the compiler adds: counters of the ways that were taken, and what was compared with what. As cargo-fuzz sets it.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// The most that a target may hold and an input may take, and the longest input: in MiB, seconds and bytes.
const BOUNDS: [&str; 3] = ["-rss_limit_mb=1024", "-timeout=10", "-max_len=32768"];

/// Runs a target, or each of them, for so many seconds.
pub fn fuzz(place: &Place, target: Option<&str>, seconds: Option<&str>) -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "the fuzzers are built for Linux");
    let seconds: u32 = seconds.unwrap_or(SECONDS).parse().context("SECONDS is a number")?;
    let all = targets(place)?;
    let chosen: Vec<&String> =
        all.iter().filter(|name| target.is_none_or(|target| target == *name)).collect();
    ensure!(!chosen.is_empty(), "there is no such target; there are: {}", all.join(", "));
    packages::ensure(packages::BUILD)?;
    let (host, folder) = (host()?, place.target.join("fuzz"));
    let mut cargo = process::cargo(place);
    // Named, so that what runs while it is built is left as it is.
    cargo.args([
        "build",
        "--release",
        "--locked",
        "--manifest-path",
        "tests/fuzz/Cargo.toml",
        "--target",
        &host,
    ]);
    cargo.arg("--target-dir").arg(&folder).env("RUSTFLAGS", COVERAGE);
    process::quiet(place, "fuzz: build", &cargo)?;
    let found = folder.join("found");
    fs::create_dir_all(&found)?;
    for name in chosen {
        // Inputs that lead further are kept beside the corpus, for the next time.
        let kept = folder.join("corpus").join(name);
        fs::create_dir_all(&kept)?;
        let mut fuzzer = Command::new(folder.join(&host).join("release").join(name));
        fuzzer.arg(&kept).arg(place.root.join("tests/fuzz/corpus").join(name)).args(BOUNDS);
        fuzzer.arg(format!("-max_total_time={seconds}"));
        fuzzer.arg(format!("-artifact_prefix={}/{name}-", found.display()));
        let output = process::quiet(place, &format!("fuzz: {name}"), &fuzzer)?;
        println!("    {}", output.lines().rfind(|line| line.starts_with("Done")).unwrap_or_default());
    }
    Ok(())
}

fn targets(place: &Place) -> Result<Vec<String>> {
    let folder = fs::read_dir(place.root.join("tests/fuzz/targets"))?;
    let mut names = Vec::new();
    for entry in folder {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".rs").map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// The machine as the compiler calls it.
fn host() -> Result<String> {
    let told = Command::new("rustc").arg("-vV").output().context("starting rustc")?;
    let told = String::from_utf8(told.stdout)?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc says no host")
}

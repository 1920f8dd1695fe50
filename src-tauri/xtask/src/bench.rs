//! `cargo xtask bench`: measures the app as it is shipped, each figure against a floor in the same run, and holds it
//! against its bar. `docs/performance.md` says what the rows mean.
//!
//! Two programs measure: `partner-bench` the engine, the bench target `window` of the app's package the window. They
//! print a line of JSON for each row; here it is held against its bar and goes into `target/bench/report.json`, beside
//! the rows that other benches left there.

mod machine;
mod plot;
mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::node::Node;
use crate::place::Place;
use crate::{packages, process, stamp, ui};

use report::{Report, Row};

/// The program that the window's driver opens; it reads the same variable.
const PROGRAM: &str = "PARTNER_CONSOLE_PROGRAM";

/// How the document shows the picture of the rows.
const PLOT: &str = "![How much of its bar each row takes up](performance.svg)\n";

/// Who measures a row, and on which data folders.
struct Bench {
    row: &'static str,
    by: By,
    data: &'static [Data],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Engine,
    /// The same program, at a database server of its own.
    Postgres,
    Window,
}

/// A data folder that is filled once and kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Data {
    /// So many projects.
    Projects(u32),
    /// 100,000 projects and a run of 5,000 items.
    Long,
}

const ALL: Data = Data::Projects(100_000);

const BENCHES: &[Bench] = &[
    Bench { row: "start_10", by: By::Window, data: &[Data::Projects(10)] },
    Bench { row: "start_10k", by: By::Window, data: &[Data::Projects(10_000)] },
    Bench { row: "start_100k", by: By::Window, data: &[ALL] },
    Bench { row: "memory_100k", by: By::Window, data: &[ALL] },
    Bench { row: "read_call", by: By::Window, data: &[ALL] },
    Bench { row: "search_100k", by: By::Engine, data: &[ALL] },
    Bench { row: "ticks_100", by: By::Engine, data: &[ALL] },
    Bench { row: "ticks_100_syncing", by: By::Engine, data: &[ALL] },
    Bench { row: "sync_first_100k", by: By::Engine, data: &[ALL] },
    Bench { row: "sync_next_10", by: By::Engine, data: &[ALL] },
    Bench { row: "service_writes_1", by: By::Postgres, data: &[] },
    Bench { row: "service_writes_2", by: By::Postgres, data: &[] },
    Bench { row: "service_hot", by: By::Postgres, data: &[] },
    Bench { row: "ingest_rate", by: By::Postgres, data: &[] },
    Bench { row: "ingest_p99", by: By::Postgres, data: &[] },
    Bench { row: "ingest_verify", by: By::Engine, data: &[] },
    Bench { row: "tick_to_paint_p95", by: By::Window, data: &[Data::Long] },
    Bench { row: "filter_to_paint_p95", by: By::Window, data: &[ALL] },
    Bench { row: "scroll_blank_frames", by: By::Window, data: &[Data::Long] },
    Bench { row: "bundle", by: By::Window, data: &[] },
];

/// The rows that are named so; a part that is no row's name stands for all whose name contains it; no part for all.
fn chosen(parts: &[&str]) -> Result<Vec<&'static Bench>> {
    let is_named = |bench: &&Bench, part: &str| {
        bench.row == part || !BENCHES.iter().any(|one| one.row == part) && bench.row.contains(part)
    };
    for part in parts {
        let names: Vec<&str> = BENCHES.iter().map(|bench| bench.row).collect();
        let known = BENCHES.iter().any(|bench| is_named(&bench, part));
        ensure!(known, "no row's name contains {part:?}; there are: {}", names.join(", "));
    }
    let wanted = |bench: &&Bench| parts.is_empty() || parts.iter().any(|part| is_named(bench, part));
    Ok(BENCHES.iter().filter(wanted).collect())
}

/// Measures the rows that are named by `parts`. True if every bar is met.
pub fn bench(place: &Place, parts: &[&str]) -> Result<bool> {
    let chosen = chosen(parts)?;
    ensure!(cfg!(target_os = "linux"), "the bench drives WebKitGTK under Xvfb: it needs Linux");
    packages::ensure(&[packages::BUILD, packages::WINDOW].concat())?;
    if chosen.iter().any(|bench| bench.by == By::Postgres) {
        packages::ensure(packages::POSTGRES)?;
    }
    let node = Node::find(place)?;
    ui::install(place, &node)?;
    ui::build(place, &node)?;
    let window = build(place, &chosen)?;
    let folder = fill(place, &chosen)?;

    let mut report = Report::read(&place.bench().join("report.json"))?;
    let mut measured = Vec::new();
    for bench in chosen {
        let command = match bench.by {
            By::Engine | By::Postgres => {
                let mut engine = engine(place, &["rows"]);
                engine.arg(name(&folder, ALL)).arg(bench.row);
                engine
            }
            By::Window => {
                let mut window = Command::new(&window);
                window.arg(&folder).arg(release(place, "blank")).arg(bench.row);
                window.env(PROGRAM, release(place, "partner-console"));
                window
            }
        };
        let output = process::quiet(place, bench.row, &command)?;
        let line = output.lines().find(|line| line.starts_with('{')).context("it printed no row")?;
        let row = Row::read(line)?;
        println!("    {}", row.told());
        report.merge(row.clone());
        report.write()?;
        measured.push(row);
    }
    println!("\n{}", report::table(&measured));
    if parts.is_empty() {
        let docs = place.root.join("docs");
        fs::write(docs.join("performance.svg"), plot::svg(&measured))?;
        let told = format!("Measured on {}\n\n{}\n{PLOT}", machine::told(), report::table(&measured));
        report::put_into(&docs.join("performance.md"), &told)?;
    }
    let missed: Vec<&str> = measured.iter().filter(|row| !row.ok).map(|row| &*row.name).collect();
    if missed.is_empty() {
        println!("every bar is met");
    } else {
        println!("missed: {}", missed.join(", "));
    }
    Ok(missed.is_empty())
}

/// Builds what is measured, as it is shipped; and the program that drives the window, as quickly as it can be. All in
/// one go, so that nothing is compiled twice. Answers where the driving program is.
fn build(place: &Place, chosen: &[&Bench]) -> Result<PathBuf> {
    let drives = chosen.iter().any(|bench| bench.by == By::Window);
    let mut cargo = process::cargo(place);
    cargo.args(["build", "--release", "--package", "partner-bench", "--bin", "partner-bench"]);
    if drives {
        cargo.args(["--package", "partner-console", "--features", "partner-console/bench"]);
        cargo.args(["--bin", "partner-console", "--bin", "blank"]);
    }
    process::quiet(place, "bench: build what is measured", &cargo)?;
    if !drives {
        return Ok(PathBuf::new());
    }
    let mut cargo = process::cargo(place);
    cargo.args(["build", "--package", "partner-console", "--bench", "window"]);
    cargo.arg("--message-format=json-render-diagnostics");
    let output = process::quiet(place, "bench: build what drives the window", &cargo)?;
    let artifacts = output.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs = artifacts.filter(|artifact| artifact["target"]["kind"][0] == "bench");
    let program = programs.find_map(|artifact| Some(artifact["executable"].as_str()?.to_owned()));
    Ok(program.context("cargo named no program that drives the window")?.into())
}

/// Fills the data folders that are missing. They are kept as long as nothing changes that decides what is in them.
fn fill(place: &Place, chosen: &[&Bench]) -> Result<PathBuf> {
    let files = [
        "src-tauri/core/src/store/migrations",
        "src-tauri/service/src/storage/sqlite/schema",
        "src-tauri/bench/src/fill.rs",
    ];
    let files = files.map(|file| place.root.join(file));
    let key = stamp::stamp(&place.root, &files, &[])?;
    let kept = place.bench().join("data");
    let folder = kept.join(&key);
    if kept.exists() && !folder.exists() {
        fs::remove_dir_all(&kept)?;
    }
    fs::create_dir_all(&folder)?;
    for data in chosen.iter().flat_map(|bench| bench.data) {
        let made = name(&folder, *data);
        if made.exists() {
            continue;
        }
        let part = made.with_extension("part");
        if part.exists() {
            fs::remove_dir_all(&part)?;
        }
        let filled = name(&folder, ALL);
        match data {
            Data::Projects(projects) => fill_with(place, *projects, &part)?,
            Data::Long => {
                if !filled.exists() {
                    let part = filled.with_extension("part");
                    fill_with(place, 100_000, &part)?;
                    fs::rename(&part, &filled)?;
                }
                copy(&filled, &part)?;
                let mut lengthen = engine(place, &["lengthen"]);
                process::quiet(place, "bench: add a run of 5,000 items", lengthen.arg(&part))?;
            }
        }
        // Renamed when whole: one that was cut short is made anew.
        fs::rename(&part, &made)?;
    }
    Ok(folder)
}

fn fill_with(place: &Place, projects: u32, folder: &Path) -> Result<()> {
    let mut fill = engine(place, &["fill"]);
    fill.arg(projects.to_string()).arg(folder);
    process::quiet(place, &format!("bench: fill a folder with {projects} projects"), &fill)?;
    Ok(())
}

fn name(folder: &Path, data: Data) -> PathBuf {
    match data {
        Data::Projects(projects) => folder.join(projects.to_string()),
        Data::Long => folder.join("long"),
    }
}

fn engine(place: &Place, words: &[&str]) -> Command {
    let mut command = Command::new(release(place, "partner-bench"));
    command.args(words);
    command
}

fn release(place: &Place, program: &str) -> PathBuf {
    place.target.join("release").join(program)
}

/// Copies a data folder that nobody has open, without its backups.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if entry.file_name() != "backups" {
                copy(&entry.path(), &target)?;
            }
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects a row whose name is the beginning of others': it can be measured alone.
    #[test]
    fn rows_are_chosen_by_name_or_by_a_part_of_it() {
        let rows = |parts: &[&str]| chosen(parts).unwrap().iter().map(|bench| bench.row).collect::<Vec<_>>();
        assert_eq!(rows(&["start_10"]), ["start_10"]);
        assert_eq!(rows(&["start"]), ["start_10", "start_10k", "start_100k"]);
        assert_eq!(rows(&["read", "bundle"]), ["read_call", "bundle"]);
        assert_eq!(rows(&[]).len(), BENCHES.len());
        assert!(chosen(&["start", "nothing"]).is_err());
    }
}

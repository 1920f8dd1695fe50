//! `start_*`: from the start of the process to the second animation frame with a list to work with, against the blank
//! window, in turn. The clock is the parent's on both sides.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::Given;
use crate::driver::{DATA, Desktop, kill, program, tree};
use crate::row::{Row, percentile};

/// Starts of each, after one that is not counted.
const STARTS: usize = 15;

/// A program whose window can be used. Dropping it ends it and all that it started.
pub struct Started {
    child: Child,
    /// From its start until then.
    pub took: Duration,
}

impl Started {
    /// Starts a program over a data folder and waits until its window can be used.
    pub fn start(desktop: &Desktop, program: &Path, data: &Path) -> Result<Self> {
        let mut command = desktop.command(program);
        command.env(DATA, data).stdout(Stdio::piped()).stderr(Stdio::null());
        let began = Instant::now();
        let mut child = command.spawn().with_context(|| format!("starting {}", program.display()))?;
        let said = child.stdout.take().context("no standard output")?;
        let mut started = Self { child, took: Duration::ZERO };
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        started.took = began.elapsed();
        ensure!(line.trim() == "usable", "{} ended without a window", program.display());
        Ok(started)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        for pid in tree(self.child.id()) {
            kill(pid);
        }
        let _ = self.child.wait();
    }
}

/// Measures it.
pub async fn row(name: &'static str, data: &str, given: &Given) -> Result<Row> {
    let desktop = Desktop::new().await?;
    let (app, blank) = (given.data(data), desktop.data("blank")?);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for start in 0..=STARTS {
        let one = Started::start(&desktop, &program(), &app)?.took;
        let other = Started::start(&desktop, &given.blank, &blank)?.took;
        if start > 0 {
            ours.push(one.as_secs_f64() * 1_000.0);
            theirs.push(other.as_secs_f64() * 1_000.0);
        }
    }
    Ok(Row::lower(name, "ms", percentile(&ours, 50), Some(percentile(&theirs, 50)), Some(1.25)))
}

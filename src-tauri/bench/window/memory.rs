//! `memory_100k`: what the process and all that it started hold three seconds after the window can be used, shared
//! pages counted by their share (PSS), against the blank window.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::Given;
use crate::driver::{Desktop, program, tree};
use crate::row::{Row, percentile};
use crate::start::Started;

/// Starts of each.
const STARTS: usize = 5;
/// How long after.
const AFTER: Duration = Duration::from_secs(3);

/// Measures it.
pub async fn row(given: &Given) -> Result<Row> {
    let desktop = Desktop::new().await?;
    let (app, blank) = (given.data("100000"), desktop.data("blank")?);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        ours.push(held(&desktop, &program(), &app).await?);
        theirs.push(held(&desktop, &given.blank, &blank).await?);
    }
    Ok(Row::lower("memory_100k", "MB", percentile(&ours, 50), Some(percentile(&theirs, 50)), Some(1.3)))
}

async fn held(desktop: &Desktop, program: &Path, data: &Path) -> Result<f64> {
    let started = Started::start(desktop, program, data)?;
    tokio::time::sleep(AFTER).await;
    let shares = tree(started.pid()).into_iter().map(share);
    Ok(shares.sum::<Result<f64>>()? / 1_024.0)
}

/// A process' share of memory in KB.
fn share(pid: u32) -> Result<f64> {
    let about = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = about.lines().find_map(|line| line.strip_prefix("Pss:")).context("no share is told")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

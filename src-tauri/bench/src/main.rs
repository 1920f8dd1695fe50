//! What `cargo xtask bench` measures without a window, and the stores that it measures on.
//!
//! ```text
//! partner-bench fill PROJECTS FOLDER    fills a data folder through the service and the engine, as they are
//! partner-bench lengthen FOLDER         adds a run of 5,000 items to one
//! partner-bench rows FOLDER NAME…       measures on one; a line of JSON for each row
//! ```
//!
//! Absent on purpose: the window (the bench target `window` of the app's package), bars that are met or missed and
//! the report (`cargo xtask bench`).

#![cfg_attr(test, allow(clippy::unwrap_used))]
#![expect(clippy::print_stdout, reason = "a command-line program talks by printing")]

mod desk;
mod fill;
mod ingest;
mod measure;
mod raw;
mod search;
mod service;
mod sync;
mod ticks;

use std::path::Path;

use anyhow::{Context, Result, bail};

use measure::Row;

#[tokio::main]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["fill", projects, folder] => {
            fill::fill(Path::new(folder), projects.parse().context("a number of projects")?).await
        }
        ["lengthen", folder] => fill::lengthen(Path::new(folder)).await,
        ["rows", folder, names @ ..] => {
            for name in names {
                let row = measure(name, Path::new(folder)).await?;
                println!("{}", serde_json::to_string(&row)?);
            }
            Ok(())
        }
        _ => bail!("partner-bench fill PROJECTS FOLDER | lengthen FOLDER | rows FOLDER NAME…"),
    }
}

async fn measure(name: &str, folder: &Path) -> Result<Row> {
    match name {
        "search_100k" => search::row(folder).await,
        "sync_first_100k" => sync::first(folder).await,
        "sync_next_10" => sync::next(folder).await,
        "service_writes_1" => service::writes("service_writes_1", 1).await,
        "service_writes_2" => service::writes("service_writes_2", 2).await,
        "service_hot" => service::hot().await,
        "ingest_rate" => ingest::rate().await,
        "ingest_p99" => ingest::p99().await,
        "ingest_verify" => ingest::verify(),
        "ticks_100" => ticks::row(folder, ticks::Service::Paused).await,
        "ticks_100_syncing" => ticks::row(folder, ticks::Service::Answers).await,
        other => bail!("there is no row {other}"),
    }
}

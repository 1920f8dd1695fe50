//! The rows of `cargo xtask bench` that need the window: the app as it is shipped, against a blank window beside it,
//! and as a person uses it.
//!
//! ```text
//! window FOLDER BLANK NAME…    measures; a line of JSON for each row
//! ```
//!
//! FOLDER holds the data folders that `partner-bench` filled: `10`, `10000`, `100000` and `long`. BLANK is the program
//! of the blank window; that of the app is named by the variable that the driver reads.

#![allow(clippy::unwrap_used, reason = "shared with the tests")]
#![expect(clippy::print_stdout, reason = "a command-line program talks by printing")]

mod bundle;
mod memory;
mod paint;
mod read;
mod row;
mod scroll;
mod start;

/// The driver of the window tests.
#[path = "../../../tests/window"]
mod window {
    pub mod driver;
}

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use row::Row;
use window::driver;

/// Where everything is.
pub struct Given {
    folder: PathBuf,
    /// The program of the blank window.
    pub blank: PathBuf,
}

impl Given {
    /// A data folder.
    pub fn data(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    // Cargo adds a word of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [folder, blank, names @ ..] => {
            let given = Given { folder: Path::new(folder).to_owned(), blank: Path::new(blank).to_owned() };
            for name in names {
                let row = measure(name, &given).await?;
                println!("{}", serde_json::to_string(&row)?);
            }
            Ok(())
        }
        _ => bail!("window FOLDER BLANK NAME…"),
    }
}

async fn measure(name: &str, given: &Given) -> Result<Row> {
    match name {
        "start_10" => start::row("start_10", "10", given).await,
        "start_10k" => start::row("start_10k", "10000", given).await,
        "start_100k" => start::row("start_100k", "100000", given).await,
        "memory_100k" => memory::row(given).await,
        "read_call" => read::row(given).await,
        "tick_to_paint_p95" => paint::tick(given).await,
        "filter_to_paint_p95" => paint::filter(given).await,
        "scroll_blank_frames" => scroll::row(given).await,
        "bundle" => bundle::row(given),
        other => bail!("there is no row {other}"),
    }
}

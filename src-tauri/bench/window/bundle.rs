//! `bundle`: the size of the program that is shipped, its pages in it, against that of the blank window.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::Given;
use crate::driver::program;
use crate::row::Row;

/// Measures it.
pub fn row(given: &Given) -> Result<Row> {
    let (ours, theirs) = (size(&program())?, size(&given.blank)?);
    Ok(Row::lower("bundle", "MB", ours, Some(theirs), None))
}

#[expect(clippy::cast_precision_loss, reason = "no program has 2^52 bytes")]
fn size(program: &Path) -> Result<f64> {
    let about = fs::metadata(program).with_context(|| program.display().to_string())?;
    Ok(about.len() as f64 / 1e6)
}

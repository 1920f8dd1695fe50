//! `cargo xtask types`: the window's TypeScript types and client, generated from the Rust side and committed.
//!
//! The generator is the example `types` of the crate `partner-core`: it writes every generated file into the
//! folder that it is given, and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::place::Place;
use crate::process;

/// Where the committed files stand, beside others that people wrote.
const COMMITTED: &str = "ui/src/ipc";

/// Writes the files that have changed.
pub fn write(place: &Place) -> Result<()> {
    let committed = place.root.join(COMMITTED);
    let fresh = generated(place)?;
    for name in drifted(&fresh, |name| read(&committed.join(name))) {
        fs::write(committed.join(name), &fresh[name])?;
        println!("  wrote {COMMITTED}/{name}");
    }
    Ok(())
}

/// Fails if what is committed is not what would be written.
pub fn check(place: &Place) -> Result<()> {
    let committed = place.root.join(COMMITTED);
    let fresh = generated(place)?;
    let drifted = drifted(&fresh, |name| read(&committed.join(name)));
    if !drifted.is_empty() {
        bail!("{} in {COMMITTED} drifted from the Rust side: run `cargo xtask types`", drifted.join(", "));
    }
    Ok(())
}

/// What the generator writes: each file's name and text.
fn generated(place: &Place) -> Result<BTreeMap<String, String>> {
    let into = place.notes().join("types");
    if into.exists() {
        fs::remove_dir_all(&into)?;
    }
    fs::create_dir_all(&into)?;
    let mut cargo = process::cargo(place);
    cargo
        .args(["run", "--package", "partner-core", "--features", "ts", "--example", "types", "--"])
        .arg(&into);
    process::quiet(place, "types: generate", &cargo)?;
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(&into)? {
        let path: PathBuf = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).context("a file with an odd name")?;
        files.insert(name.to_owned(), read(&path).context("reading what was generated")?);
    }
    ensure!(!files.is_empty(), "the generator wrote nothing");
    Ok(files)
}

/// The names of generated files that differ from what is committed, or are missing there.
fn drifted(fresh: &BTreeMap<String, String>, committed: impl Fn(&str) -> Option<String>) -> Vec<&str> {
    let differs = |(name, text): &(&String, &String)| committed(name).as_ref() != Some(*text);
    fresh.iter().filter(differs).map(|(name, _)| name.as_str()).collect()
}

/// A file's text with one kind of line ends, whatever git made of them.
fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects the border to the window: a changed and a missing file are both drift.
    #[test]
    fn drift_is_a_changed_or_a_missing_file() {
        let of = |files: &[(&str, &str)]| -> BTreeMap<String, String> {
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let fresh = of(&[("a.ts", "1"), ("b.ts", "2"), ("c.ts", "3")]);
        assert!(drifted(&fresh, |name| fresh.get(name).cloned()).is_empty());
        let committed = of(&[("a.ts", "1"), ("b.ts", "changed"), ("ours.ts", "4")]);
        assert_eq!(drifted(&fresh, |name| committed.get(name).cloned()), ["b.ts", "c.ts"]);
    }
}

//! `cargo xtask types`: the window's TypeScript types, generated from the Rust ones and committed.
//!
//! The generator is the example `types` of the crate `partner-core`: it writes every file into the folder
//! that it is given, and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::place::Place;
use crate::process;

/// Where the committed types stand. Only generated files are in this folder.
const COMMITTED: &str = "ui/src/ipc/types";

/// Writes the types.
pub fn write(place: &Place) -> Result<()> {
    let committed = place.root.join(COMMITTED);
    generate(place, &committed)?;
    println!("  wrote {COMMITTED}");
    Ok(())
}

/// Fails if what is committed is not what would be written.
pub fn check(place: &Place) -> Result<()> {
    let fresh = place.notes().join("types");
    generate(place, &fresh)?;
    let differing = differing(&files(&fresh)?, &files(&place.root.join(COMMITTED))?);
    if !differing.is_empty() {
        bail!("{COMMITTED} has drifted ({}): run `cargo xtask types`", differing.join(", "));
    }
    Ok(())
}

fn generate(place: &Place, into: &Path) -> Result<()> {
    if into.exists() {
        fs::remove_dir_all(into)?;
    }
    fs::create_dir_all(into)?;
    let mut cargo = process::cargo(place);
    cargo.args(["run", "--quiet", "--package", "partner-core", "--example", "types", "--"]).arg(into);
    process::quiet(place, "types: generate", &cargo)?;
    Ok(())
}

/// Every file under a folder: its path inside, and its text with one kind of line ends.
fn files(dir: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![dir.to_owned()];
    while let Some(folder) = folders.pop().filter(|folder| folder.is_dir()) {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(dir)?.to_string_lossy().into_owned();
                found.insert(name, fs::read_to_string(&path)?.replace("\r\n", "\n"));
            }
        }
    }
    Ok(found)
}

/// The names of files that are missing on one side or differ.
fn differing(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> Vec<String> {
    let mut names: Vec<String> = one.keys().chain(other.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| one.get(name) != other.get(name));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects the border to the window: a changed, a missing and a left-over file are all drift.
    #[test]
    fn drift_is_found_on_both_sides() {
        let of = |files: &[(&str, &str)]| -> BTreeMap<String, String> {
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let fresh = of(&[("a.ts", "1"), ("b.ts", "2"), ("c.ts", "3")]);
        assert!(differing(&fresh, &fresh).is_empty());
        let committed = of(&[("a.ts", "1"), ("b.ts", "changed"), ("old.ts", "4")]);
        assert_eq!(differing(&fresh, &committed), ["b.ts", "c.ts", "old.ts"]);
    }
}

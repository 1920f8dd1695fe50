//! The window's pages: its packages by `npm ci`, the built pages in `ui/dist`. Neither is done again while
//! nothing that it depends on has changed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::node::Node;
use crate::place::Place;
use crate::{process, stamp};

/// What stands beside the sources and is made from them.
const MADE: &[&str] = &["node_modules", "dist", "coverage"];

/// `cargo xtask ui`.
pub fn ui(place: &Place, fresh: bool) -> Result<()> {
    let node = Node::find(place)?;
    if fresh {
        for path in [installed_stamp(place), built_stamp(place)] {
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
    }
    install(place, &node)?;
    build(place, &node)
}

/// Brings `ui/node_modules` to what the lock file says. Whether that was done is noted inside that folder,
/// which npm empties first: an interrupted or foreign installation leaves no note.
pub fn install(place: &Place, node: &Node) -> Result<()> {
    let stamp = installed(place, node)?;
    if stamp::is_at(&installed_stamp(place), &stamp) {
        return Ok(());
    }
    let mut npm = node.npm(place);
    npm.args(["ci", "--no-audit", "--no-fund"]);
    process::quiet(place, "ui: npm ci", &npm)?;
    stamp::put(&installed_stamp(place), &stamp)?;
    Ok(())
}

/// Builds `ui/dist`, which the app embeds.
pub fn build(place: &Place, node: &Node) -> Result<()> {
    let inputs = built_from(place, node)?;
    let kept = built_stamp(place);
    let before = format!("{inputs} {}", pages(place)?);
    if stamp::is_at(&kept, &before) {
        return Ok(());
    }
    process::quiet(place, "ui: build", &script(place, node, "build"))?;
    ensure!(place.ui().join("dist/index.html").is_file(), "the build left no ui/dist/index.html");
    stamp::put(&kept, &format!("{inputs} {}", pages(place)?))?;
    println!("  ui/dist was built by {}", node.describe());
    Ok(())
}

/// One of the scripts in `ui/package.json`.
pub fn script(place: &Place, node: &Node, name: &str) -> Command {
    let mut npm = node.npm(place);
    npm.args(["run", "--silent", name]);
    npm
}

fn installed_stamp(place: &Place) -> PathBuf {
    place.ui().join("node_modules/.xtask-stamp")
}

fn built_stamp(place: &Place) -> PathBuf {
    place.notes().join("ui-built.stamp")
}

fn installed(place: &Place, node: &Node) -> Result<String> {
    let ui = place.ui();
    let files = ["package.json", "package-lock.json", ".npmrc"].map(|name| ui.join(name));
    Ok(stamp::stamp(&ui, &files, &[&node.describe()])?)
}

fn built_from(place: &Place, node: &Node) -> Result<String> {
    let ui = place.ui();
    let mut files = Vec::new();
    for entry in fs::read_dir(&ui)? {
        let entry = entry?;
        if !MADE.iter().any(|made| entry.file_name() == *made) {
            files.push(entry.path());
        }
    }
    Ok(stamp::stamp(&ui, &files, &[&node.describe()])?)
}

/// The built pages themselves belong to the stamp: whoever built them otherwise gets them built again.
fn pages(place: &Place) -> Result<String> {
    let dist = place.ui().join("dist");
    Ok(stamp::stamp(&dist, std::slice::from_ref(&dist), &[])?)
}

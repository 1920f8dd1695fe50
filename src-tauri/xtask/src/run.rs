//! `cargo xtask run`: from whatever the machine is to the app's window.

use std::env;

use anyhow::Result;

use crate::node::Node;
use crate::place::Place;
use crate::{packages, process, tour, ui};

/// Sets up, builds and starts the app; with no display, the tour takes its place.
pub fn run(place: &Place, arguments: &[&str]) -> Result<()> {
    if !has_display() {
        println!(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can be shown."
        );
        println!("Starting the tour instead: the app does the main job by itself in a virtual display.");
        return tour::tour(place);
    }
    packages::ensure(packages::BUILD)?;
    let node = Node::find(place)?;
    ui::install(place, &node)?;
    ui::build(place, &node)?;
    let mut cargo = process::cargo(place);
    cargo.args(["run", "--package", "partner-console", "--bin", "partner-console", "--"]).args(arguments);
    process::open(&mut cargo)
}

fn has_display() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

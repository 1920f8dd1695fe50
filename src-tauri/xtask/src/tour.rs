//! `cargo xtask tour`: the app does the main job by itself in a virtual display and leaves a picture of every
//! step. The journey is the test `tour` of the target `window`; this task sets up, starts it and says where
//! to look.

use std::fs;

use anyhow::{Result, ensure};

use crate::node::Node;
use crate::place::Place;
use crate::{packages, process, ui};

/// Where the journey leaves its report; the tests read the same variable.
pub const OUT: &str = "PARTNER_TOUR_OUT";

/// Sets up, builds, and takes the tour.
pub fn tour(place: &Place) -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "the tour drives WebKitGTK under Xvfb: it needs Linux");
    packages::ensure(&[packages::BUILD, packages::WINDOW].concat())?;
    let node = Node::find(place)?;
    ui::install(place, &node)?;
    ui::build(place, &node)?;
    let out = place.tour();
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    let mut cargo = process::cargo(place);
    cargo.args(["test", "--package", "partner-console", "--test", "window", "--", "tour", "--nocapture"]);
    cargo.env(OUT, &out).stdin(std::process::Stdio::null());
    let taken = process::open(&mut cargo);
    // A filter that matches no test succeeds; only a report shows that the tour was taken.
    ensure!(out.join("report.json").is_file(), "the tour left no report{}", failure(&taken));
    println!("\nLook through {}", out.join("index.html").display());
    taken
}

fn failure(outcome: &Result<()>) -> String {
    outcome.as_ref().err().map(|error| format!(" ({error:#})")).unwrap_or_default()
}

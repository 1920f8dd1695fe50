//! `cargo xtask shots`: pictures of every screen and dialog in a virtual display, side by side on one page. The walk
//! is the test `shots` of the target `window`; this task sets up, starts it and says where to look.

use anyhow::{Result, ensure};

use crate::node::Node;
use crate::place::Place;
use crate::{packages, process, ui};

/// Where the pictures go, and which; the test reads the same variables.
const OUT: &str = "PARTNER_SHOTS_OUT";
const PART: &str = "PARTNER_SHOTS_PART";
const WORLD: &str = "PARTNER_SHOTS_WORLD";

/// Sets up, builds, and takes the pictures of all places whose name contains `part`, over all data or over `world`.
pub fn shots(place: &Place, part: &str, world: &str) -> Result<()> {
    ensure!(cfg!(target_os = "linux"), "the pictures are taken of WebKitGTK under Xvfb: it needs Linux");
    packages::ensure(&[packages::BUILD, packages::WINDOW].concat())?;
    let node = Node::find(place)?;
    ui::install(place, &node)?;
    ui::build(place, &node)?;
    let out = place.shots();
    let mut cargo = process::cargo(place);
    let test =
        ["--package", "partner-console", "--test", "window", "--", "--ignored", "--exact", "shots::shots"];
    cargo.arg("test").args(test).arg("--nocapture");
    cargo.env(OUT, &out).env(PART, part).env(WORLD, world).stdin(std::process::Stdio::null());
    let taken = process::open(&mut cargo);
    let page = out.join("index.html");
    if page.is_file() {
        println!("\nLook through {}", page.display());
    }
    taken
}

//! The sign-in against a certified `OpenID` provider: npm's `oidc-provider`, in a folder of its own beside the tests,
//! run by the pinned Node.js.

use anyhow::{Context as _, Result};

use crate::node::Node;
use crate::place::Place;
use crate::suite::Outcome;
use crate::{process, stamp};

/// Where the provider stands.
const FOLDER: &str = "tests/sign_in/provider";
/// Tells the tests which Node.js to start it with.
const NODE: &str = "PARTNER_NODE";

/// Installs the provider and runs the tests that need it. Where it cannot be had, they are not checked, and said so.
pub fn certified(place: &Place) -> Result<Outcome> {
    let node = match install(place) {
        Ok(node) => node,
        Err(error) => return Ok(Outcome::NotChecked(format!("oidc-provider cannot be had: {error:#}"))),
    };
    let mut cargo = process::cargo(place);
    cargo.args(["test", "--package", "partner-console", "--test", "sign_in", "--", "--ignored", "certified"]);
    cargo.env(NODE, node.program());
    let output = process::quiet(place, "sign-in at a certified server", &cargo)?;
    crate::test::counted(&output)
}

fn install(place: &Place) -> Result<Node> {
    let node = Node::pinned(place)?;
    let folder = place.root.join(FOLDER);
    let files = ["package.json", "package-lock.json", ".npmrc"].map(|name| folder.join(name));
    let wanted = stamp::stamp(&folder, &files, &[&node.describe()])?;
    let kept = folder.join("node_modules/.xtask-stamp");
    if !stamp::is_at(&kept, &wanted) {
        let mut npm = node.npm(place);
        npm.current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]);
        process::quiet(place, "oidc-provider: npm ci", &npm)?;
        stamp::put(&kept, &wanted).context("noting what was installed")?;
    }
    Ok(node)
}

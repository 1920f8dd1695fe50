//! Help in place: the page that tells of a step, for those of the process and for what is done with an installation.
//!
//! Talkdesk's documented addresses are what the workspace begins with: whoever corrects one among its documentation
//! pages corrects it here, too. Where no page was found it is the complete guide, whose address the workspace enters.

use std::collections::BTreeMap;

use serde::Serialize;

use super::STEPS;
use crate::workspace::{Workspace, built_in_pages};

/// What is done with an installation, and the page below docs.talkdesk.com that tells of it.
pub const INSTALLATION: [(&str, &str); 7] = [
    ("installation.match", "reference/app-installed"),
    ("installation.answer", "docs/events-api"),
    ("installation.token", "reference/cc-jwt"),
    ("installation.received", "docs/events-api"),
    ("installation.deployed", "docs/events-api"),
    ("installation.in_use", "docs/events-api"),
    ("installation.acknowledge", "docs/events-api"),
];

/// The page that tells of a step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Guide {
    /// Its title, as Talkdesk or the workspace has it; empty where it is the complete guide.
    pub title: String,
    /// Its https address; empty until the workspace enters it.
    pub url: String,
}

/// The page of every step, by the step's id.
pub fn guides(workspace: &Workspace) -> BTreeMap<&'static str, Guide> {
    let steps = STEPS.iter().map(|step| (step.id, step.page));
    steps.chain(INSTALLATION).map(|(step, page)| (step, guide(workspace, page))).collect()
}

fn guide(workspace: &Workspace, page: &str) -> Guide {
    if page.is_empty() {
        return Guide { title: String::new(), url: workspace.addresses.guide.clone() };
    }
    let url = format!("https://docs.talkdesk.com/{page}");
    let built_in = built_in_pages().iter().find(|known| known.details.url == url);
    let known = built_in.and_then(|known| workspace.pages().into_iter().find(|own| own.id == known.id));
    match known.filter(|known| !known.details.url.is_empty()) {
        Some(known) => Guide { title: known.details.title.clone(), url: known.details.url.clone() },
        // One that the workspace removed from its list is at its documented address all the same.
        None => Guide { title: page.to_owned(), url },
    }
}

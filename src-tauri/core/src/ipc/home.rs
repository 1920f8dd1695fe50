//! Home: what needs someone now, the process map, and what happened last.

mod needs;
mod process;

use domain::ids::VersionId;
use domain::project::Project;
use serde::Serialize;

use super::beside::{self, Mention};
use super::common::{Nothing, People, ProjectHead, VersionHead};
use super::{View, with_view};
use crate::engine::Engine;
use crate::error::Error;

pub(crate) use needs::needs;
use needs::open_work;
pub use needs::{Need, NeedKind, Work, WorkKind};
use process::process_view;
pub use process::{ProcessView, StepView};

/// Home.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Home {
    /// What needs someone now, by deadline, then by weight.
    pub needs: Vec<Need>,
    /// What lies on this person's own desk.
    pub work: Vec<Work>,
    /// Comments that mention this person and were not seen.
    pub mentions: Vec<Mention>,
    /// Versions that were worked on last.
    pub recent: Vec<Recent>,
    /// The partner process of the version that was worked on last.
    pub process: Option<ProcessView>,
    /// All projects that are not put away.
    pub projects: u32,
}

/// A version that was worked on.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Recent {
    /// Its project.
    pub project: ProjectHead,
    /// How it stands.
    pub version: VersionHead,
}

impl Recent {
    fn of(project: &Project, version: VersionId) -> Option<Self> {
        let version = VersionHead::of(project, project.version(version)?);
        Some(Self { project: project.into(), version })
    }
}

/// The pinned projects that this workspace has, each by its newest version; one without a version is in no state yet.
pub(super) async fn pins(engine: &Engine, _: Nothing) -> Result<Vec<Recent>, Error> {
    let pins = engine.settings().pins;
    with_view(engine, move |view, _| {
        let mut found = Vec::new();
        for id in pins {
            let Some(project) = view.project(id)? else { continue };
            found.extend(newest(&project).and_then(|version| Recent::of(&project, version)));
        }
        Ok(found)
    })
    .await
}

pub(super) async fn home(engine: &Engine, _: Nothing) -> Result<Home, Error> {
    let (now, pinned) = (engine.now(), engine.settings().pinned);
    with_view(engine, move |view, me| {
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let recent = recent(view)?;
        // A project that is not in this workspace, or has no version yet, was pinned in vain.
        let pinned = pinned.map(|id| view.project(id)).transpose()?.flatten();
        let pinned = pinned.and_then(|project| newest(&project).map(|version| (project, version)));
        let process = match pinned.as_ref().or_else(|| recent.first()) {
            Some((project, version)) => process_view(view, project, *version, &people)?,
            None => None,
        };
        let (needs, work) = open_work(view, now, me)?;
        Ok(Home {
            needs,
            work,
            mentions: beside::mentions(view, &people, me)?,
            recent: recent.iter().filter_map(|(project, version)| Recent::of(project, *version)).collect(),
            process,
            projects: view.project_counts(false)?.values().sum(),
        })
    })
    .await
}

/// The versions that were worked on last, with their projects.
fn recent(view: View<'_>) -> Result<Vec<(Project, VersionId)>, Error> {
    let mut recent = Vec::new();
    for id in view.recent_projects(6)? {
        let Some(project) = view.project(id)? else { continue };
        if let Some(version) = newest(&project) {
            recent.push((project, version));
        }
    }
    Ok(recent)
}

fn newest(project: &Project) -> Option<VersionId> {
    project.newest().map(|version| version.id)
}

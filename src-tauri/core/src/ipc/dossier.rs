//! A version's dossier: everything that was decided about it and by whom, on one page.

use domain::checklist::{Happening, Run, Tested};
use domain::project::{Project, Version};
use serde::Serialize;

use super::activity::{ActivityView, of_kinds};
use super::common::{By, People, ProjectHead, RunHead, VersionArgs, VersionHead};
use super::install::{LinkView, UseView, link_view, uses};
use super::preflight::{CheckView, checks};
use super::review::{FindingView, GoLiveView, TrackView, findings, go_live, track_view};
use super::{View, checklist, with_project};
use crate::engine::Engine;
use crate::error::Error;

/// Where a person went another way than the rules of ours.
const OVERRIDES: [&str; 4] = ["version.unlock", "check.waive", "check.unwaive", "review.correct_answer"];

/// A version's dossier.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DossierView {
    /// Its project.
    pub project: ProjectHead,
    /// How it stands.
    pub version: VersionHead,
    /// The tracks with their rounds and answers.
    pub tracks: Vec<TrackView>,
    /// Findings with their replies, newest first.
    pub findings: Vec<FindingView>,
    /// The checks as they go now, with what is waived.
    pub checks: Vec<CheckView>,
    /// Its checklist runs.
    pub runs: Vec<DossierRun>,
    /// Overrides and corrections, newest first.
    pub overrides: Vec<ActivityView>,
    /// Its links, the one in force first.
    pub links: Vec<LinkView>,
    /// What was done with them, newest first.
    pub uses: Vec<UseView>,
    /// Go-live and listing.
    pub go_live: GoLiveView,
}

/// A checklist run, and on what it was done by whom.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DossierRun {
    /// How it stands.
    pub head: RunHead,
    /// Who gave results.
    pub people: Vec<String>,
    /// What they were given on, each once, in order.
    pub tested: Vec<Tested>,
    /// Started by whom.
    pub started: By,
    /// Signed by whom.
    pub signed: Option<By>,
}

pub(super) async fn dossier(engine: &Engine, args: VersionArgs) -> Result<DossierView, Error> {
    let now = engine.now();
    with_project(engine, args.project, move |view, me, project| {
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let most = workspace.as_ref().map(|workspace| workspace.policies.overdue_days).unwrap_or_default();
        let head = VersionHead::of(project, version);
        let customers = workspace.as_ref().map(|workspace| &workspace.customers[..]).unwrap_or_default();
        let links = || project.links.iter().rev().filter(|link| link.version == version.id);
        Ok(DossierView {
            project: project.into(),
            tracks: head
                .tracks
                .iter()
                .map(|track| track_view(project, version, track, &people, now, most))
                .collect(),
            version: head,
            findings: findings(project, version, &people)
                .into_iter()
                .filter(|finding| finding.number == version.number)
                .collect(),
            checks: checks(view, project, version)?
                .into_iter()
                .map(|check| CheckView::of(check, &people))
                .collect(),
            runs: runs(view, project, version, &people)?,
            overrides: of_kinds(view, project.id, version.id, &OVERRIDES, &people)?,
            uses: uses(links(), customers, &people),
            links: links().map(|link| link_view(link, &people)).collect(),
            go_live: go_live(version, &people),
        })
    })
    .await
}

fn runs(
    view: View<'_>,
    project: &Project,
    version: &Version,
    people: &People<'_>,
) -> Result<Vec<DossierRun>, Error> {
    let mut runs = view.runs_of(project.id, version.id)?;
    runs.sort_by_key(|run| run.started.at);
    Ok(runs.iter().map(|run| told(run, project, version, people)).collect())
}

fn told(run: &Run, project: &Project, version: &Version, people: &People<'_>) -> DossierRun {
    let mut entries: Vec<_> = run.items.values().flat_map(|log| &log.entries).collect();
    entries.sort_by_key(|entry| entry.mark.at);
    let (mut names, mut all) = (Vec::new(), Vec::new());
    for entry in entries.into_iter().filter(|entry| entry.undone.is_none()) {
        let Happening::Result { tested, .. } = &entry.what else { continue };
        let name = people.name(entry.mark.by);
        if !names.contains(&name) {
            names.push(name);
        }
        if !all.contains(tested) {
            all.push(tested.clone());
        }
    }
    DossierRun {
        head: checklist::head(run, project, version),
        people: names,
        tested: all,
        started: people.by(&run.started),
        signed: run.signed.as_ref().map(|mark| people.by(mark)),
    }
}

//! Home: what needs someone now, the process map, and what happened last.

use std::collections::BTreeSet;

use domain::checklist::{ItemStatus, Run};
use domain::fields::{TrackName, missing};
use domain::ids::{CommandId, ProjectId, RunId, VersionId};
use domain::process::{self, ProcessFacts, ProcessStep, Proof, STEPS};
use domain::project::{FindingStatus, Project, Version};
use domain::status::{self, Status, TrackState};
use domain::templates;
use domain::{Envelope, Timestamp};
use serde::{Deserialize, Serialize};

use super::common::{By, Nothing, People, ProjectHead, VersionHead};
use super::review::{ReviewRow, review_row};
use super::{View, with_view};
use crate::engine::Engine;
use crate::error::Error;
use crate::store::ActivityFilter;

/// Home.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Home {
    /// What needs someone now, the most pressing first.
    pub needs: Vec<Need>,
    /// Versions that were worked on last.
    pub recent: Vec<Recent>,
    /// The partner process of the version that was worked on last.
    pub process: Option<ProcessView>,
    /// All projects that are not put away.
    pub projects: u32,
}

/// Something that needs someone.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Need {
    /// What.
    pub kind: NeedKind,
    /// The project.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// The version.
    pub version: VersionId,
    /// Its number.
    pub number: String,
    /// The run it is about.
    pub run: Option<RunId>,
    /// The track it is about.
    pub track: Option<TrackName>,
    /// How many findings, items or fields.
    pub count: u32,
    /// Since when.
    pub since: Timestamp,
    /// Working days in that state.
    pub days: u32,
}

/// What can need someone, the most pressing first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum NeedKind {
    /// A track was rejected: findings to mend, then a new round.
    Rejected,
    /// Talkdesk's answer is overdue by the workspace's own measure.
    Overdue,
    /// A go-live date waits for approval.
    ApproveGoLive,
    /// A go-live date was approved: see it live.
    ConfirmLive,
    /// Disputed, failed or retest items.
    ItemsToSettle,
    /// Installable, and no link is recorded.
    NoLink,
    /// Everything is filled: the version can be submitted.
    ReadyToSubmit,
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

/// The partner process of a version.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProcessView {
    /// Its project.
    pub project: ProjectHead,
    /// How it stands.
    pub version: VersionHead,
    /// The steps in the order of the page.
    pub steps: Vec<StepView>,
    /// Steps done.
    pub done: u32,
    /// The address of the guide; empty until entered.
    pub guide: String,
    /// The address of the ticket form; empty until entered.
    pub ticket_form: String,
}

/// A step.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct StepView {
    /// What it is.
    pub step: ProcessStep,
    /// Whether it is done.
    pub done: bool,
    /// Done by what the data shows.
    pub by_evidence: bool,
    /// Ticked by whom.
    pub ticked: Option<By>,
}

/// What happened, all or of a project.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ActivityArgs {
    /// Only of this project and its runs.
    pub project: Option<ProjectId>,
    /// Rows, 1 to 500.
    pub limit: u32,
}

/// Something that someone did.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ActivityView {
    /// The command.
    pub id: CommandId,
    /// Its number, once the service took it.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub number: Option<u64>,
    /// Who, when.
    pub by: By,
    /// What, as it was sent. An unknown kind is *by a newer version*.
    pub command: Envelope,
    /// Whether this version knows the kind.
    pub known: bool,
    /// The project it is about, by name.
    pub project: Option<String>,
    /// The version it is about, by number.
    pub version: Option<String>,
}

pub(super) async fn home(engine: &Engine, _: Nothing) -> Result<Home, Error> {
    let now = engine.now();
    with_view(engine, move |view, me| {
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let recent = recent(view)?;
        let process = match recent.first() {
            Some((project, version)) => process_view(view, project, *version, &people)?,
            None => None,
        };
        Ok(Home {
            needs: needs(view, now)?,
            recent: recent
                .iter()
                .filter_map(|(project, version)| {
                    let version = VersionHead::of(project, project.version(*version)?);
                    Some(Recent { project: project.into(), version })
                })
                .collect(),
            process,
            projects: view.project_counts(false)?.values().sum(),
        })
    })
    .await
}

/// Versions that are looked at for what they need: a partner has 1 to 20 apps.
const MOST: usize = 500;

/// The versions that were worked on last, with their projects.
fn recent(view: View<'_>) -> Result<Vec<(Project, VersionId)>, Error> {
    let mut recent = Vec::new();
    for id in view.recent_projects(6)? {
        let Some(project) = view.project(id)? else { continue };
        let newest = project.versions.iter().rev().find(|version| version.discarded.is_none());
        if let Some(version) = newest.map(|version| version.id) {
            recent.push((project, version));
        }
    }
    Ok(recent)
}

/// What needs someone now, over all projects.
pub(crate) fn needs(view: View<'_>, now: Timestamp) -> Result<Vec<Need>, Error> {
    let most = view.workspace()?.map(|workspace| workspace.policies.overdue_days).unwrap_or_default();
    let mut needs = Vec::new();
    for row in view.open_versions(MOST)? {
        let Some(project) = view.project(row.project)? else { continue };
        let Some(version) = project.version(row.version) else { continue };
        let runs = view.runs_of(project.id, version.id)?;
        needs_of(&project, version, &runs, &review_row(&project, version, now, most), &mut needs);
    }
    needs.sort_by_key(|need| (need.kind, need.since));
    Ok(needs)
}

fn needs_of(project: &Project, version: &Version, runs: &[Run], row: &ReviewRow, needs: &mut Vec<Need>) {
    let mut need = |kind, track: Option<TrackName>, run: Option<RunId>, count: usize| {
        needs.push(Need {
            kind,
            project: project.id,
            name: project.details.name.clone(),
            version: version.id,
            number: version.number.clone(),
            run,
            track,
            count: u32::try_from(count).unwrap_or(u32::MAX),
            since: row.version.since,
            days: row.days,
        });
    };
    for track in TrackName::ALL {
        if version.track(track).state() == TrackState::Rejected {
            let open = project.findings.iter().filter(|finding| {
                finding.status == FindingStatus::Open && finding.track.is_none_or(|found| found == track)
            });
            need(NeedKind::Rejected, Some(track), None, open.count());
        }
    }
    if row.overdue {
        need(NeedKind::Overdue, None, None, 0);
    }
    let live = &version.go_live;
    if row.version.status == Status::Approved && live.proposed.is_some() {
        let kind = if live.approved.is_none() { NeedKind::ApproveGoLive } else { NeedKind::ConfirmLive };
        need(kind, None, None, 0);
    }
    for run in runs.iter().filter(|run| run.signed.is_none()) {
        let summary = run.summary();
        let settle = [ItemStatus::Fail, ItemStatus::Disputed, ItemStatus::Retest];
        let count: u32 = settle.iter().map(|status| summary.count(*status)).sum();
        if count > 0 {
            need(NeedKind::ItemsToSettle, None, Some(run.id), count as usize);
        }
    }
    if status::installable_by_all(version) && project.link_of(version.id).is_none() {
        need(NeedKind::NoLink, None, None, 0);
    }
    for track in TrackName::ALL {
        let untouched = version.track(track).state() == TrackState::NotSubmitted;
        if untouched && row.version.status == Status::Draft && missing(&version.information, track).is_empty()
        {
            need(NeedKind::ReadyToSubmit, Some(track), None, 0);
        }
    }
}

fn process_view(
    view: View<'_>,
    project: &Project,
    version: VersionId,
    people: &People<'_>,
) -> Result<Option<ProcessView>, Error> {
    let Some(version) = project.version(version) else { return Ok(None) };
    let Some(workspace) = view.workspace()? else { return Ok(None) };
    let runs = view.runs_of(project.id, version.id)?;
    let states = process::progress(&ProcessFacts {
        workspace_ticks: &workspace.steps,
        project_ticks: Some(&project.steps),
        version_ticks: Some(&version.steps),
        seen: proofs(project, version, &runs),
    });
    let steps: Vec<StepView> = STEPS
        .iter()
        .zip(states)
        .map(|(step, state)| StepView {
            step: *step,
            done: state.done,
            by_evidence: state.by_evidence,
            ticked: state.ticked.as_ref().map(|mark| people.by(mark)),
        })
        .collect();
    Ok(Some(ProcessView {
        project: project.into(),
        version: VersionHead::of(project, version),
        done: u32::try_from(steps.iter().filter(|step| step.done).count()).unwrap_or(u32::MAX),
        steps,
        guide: workspace.addresses.guide,
        ticket_form: workspace.addresses.ticket_form,
    }))
}

/// What the data shows of the partner process.
fn proofs(project: &Project, version: &Version, runs: &[Run]) -> BTreeSet<Proof> {
    use domain::fields::FieldKey;
    let complete = TrackName::ALL.iter().all(|track| missing(&version.information, *track).is_empty());
    let carried = domain::carry::open_fields(version).is_empty();
    let link = project.link_of(version.id);
    let seen = [
        (Proof::GuidelinesDone, list_done(runs, templates::CERTIFICATION)),
        (Proof::TechnicalUxDone, list_done(runs, templates::TECHNICAL_UX)),
        (Proof::QaDone, runs.iter().any(|run| run.kind == templates::TemplateKind::Qa && run_done(run))),
        (Proof::InformationComplete, complete),
        (Proof::InformationCarried, complete && carried),
        (Proof::TechnicalApproved, version.technical.state() == TrackState::Approved),
        (Proof::LinkRecorded, link.is_some()),
        (Proof::LinkUsed, link.is_some_and(|link| !link.uses.is_empty())),
        (Proof::CallbackSet, !version.information.text(FieldKey::EventsCallbackUrl).is_empty()),
        (Proof::Submitted, version.marketplace.state() != TrackState::NotSubmitted),
        (Proof::Published, matches!(status::status(project, version), Status::Published)),
    ];
    seen.into_iter().filter(|(_, seen)| *seen).map(|(proof, _)| proof).collect()
}

fn passed(status: ItemStatus) -> bool {
    matches!(status, ItemStatus::Pass | ItemStatus::NotApplicable)
}

fn run_done(run: &Run) -> bool {
    run.all_items().filter(|item| item.required).all(|item| passed(run.status(&item.id)))
}

/// Whether every required item of a built-in list is passed in some run: its own, or one that shows it as a section.
fn list_done(runs: &[Run], list: domain::ids::TemplateId) -> bool {
    let Some(template) = templates::by_id(list) else { return false };
    template.items().filter(|item| item.required).all(|item| {
        runs.iter().any(|run| {
            run.all_items().any(|shown| {
                let same = (run.template == list && shown.id == item.id)
                    || shown
                        .shown_from
                        .as_ref()
                        .is_some_and(|from| from.template == list && from.item == item.id);
                same && passed(run.status(&shown.id))
            })
        })
    })
}

pub(super) async fn activity(engine: &Engine, args: ActivityArgs) -> Result<Vec<ActivityView>, Error> {
    with_view(engine, move |view, me| {
        let workspace = view.workspace()?;
        activity_of(view, args.project, args.limit.clamp(1, 500), &People::new(workspace.as_ref(), me))
    })
    .await
}

/// What happened last, newest first.
pub(super) fn activity_of(
    view: View<'_>,
    project: Option<ProjectId>,
    limit: u32,
    people: &People<'_>,
) -> Result<Vec<ActivityView>, Error> {
    let mut shown = Vec::new();
    let filter = ActivityFilter { project, before: None, limit: limit as usize };
    for row in view.activity(&filter)? {
        let found = row.project.map(|id| view.project(id)).transpose()?.flatten();
        let version =
            row.envelope.args.get("version").and_then(|id| id.as_str()).and_then(|id| id.parse().ok());
        let number = version.and_then(|id| found.as_ref()?.version(id)).map(|version| version.number.clone());
        shown.push(ActivityView {
            id: row.envelope.id,
            number: row.number,
            by: By { id: row.actor, name: people.name(row.actor), me: people.is_me(row.actor), at: row.at },
            known: row.envelope.command().is_ok(),
            project: found.as_ref().map(|project| project.details.name.clone()),
            version: number,
            command: row.envelope,
        });
    }
    Ok(shown)
}

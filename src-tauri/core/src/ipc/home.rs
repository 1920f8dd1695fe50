//! Home: what needs someone now, the process map, and what happened last.

use std::collections::BTreeSet;

use domain::Timestamp;
use domain::checklist::{ItemStatus, Run};
use domain::fields::{TrackName, missing};
use domain::ids::{DocumentId, MemberId, ProjectId, RunId, TicketId, VersionId};
use domain::process::{self, ProcessFacts, ProcessStep, Proof, STEPS};
use domain::project::{Project, Version};
use domain::status::{self, Status, TrackState};
use domain::templates;
use domain::workspace::Workspace;
use serde::Serialize;

use super::beside::{self, Mention};
use super::common::{By, Nothing, People, ProjectHead, VersionHead};
use super::partner::{self, DocumentEnd};
use super::review::is_overdue;
use super::{View, with_view};
use crate::engine::Engine;
use crate::error::Error;
use crate::store::{OpenRun, VersionRow};
use crate::time;

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

/// Something that needs someone.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Need {
    /// What.
    pub kind: NeedKind,
    /// The project, where it is about one.
    pub project: Option<ProjectId>,
    /// The name of the project, the document or the ticket.
    pub name: String,
    /// The version, where it is about one.
    pub version: Option<VersionId>,
    /// The number of the version or the ticket.
    pub number: String,
    /// The run it is about.
    pub run: Option<RunId>,
    /// The track it is about.
    pub track: Option<TrackName>,
    /// The partner document it is about.
    pub document: Option<DocumentId>,
    /// The ticket it is about.
    pub ticket: Option<TicketId>,
    /// How many findings, items or fields.
    pub count: u32,
    /// Since when.
    pub since: Timestamp,
    /// Working days in that state.
    pub days: u32,
    /// Until when it has to be done, where there is a date.
    pub due: Option<Timestamp>,
    /// Who looks after it.
    pub assignee: Option<MemberId>,
}

/// Something on a person's own desk.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Work {
    /// What.
    pub kind: WorkKind,
    /// The project's name.
    pub name: String,
    /// The version's number.
    pub number: String,
    /// The project.
    pub project: ProjectId,
    /// The version.
    pub version: VersionId,
    /// The run it is about.
    pub run: Option<RunId>,
    /// How many items or fields.
    pub count: u32,
    /// When it was touched last.
    pub at: Timestamp,
}

/// What can lie on a desk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// Checklist items assigned to the person and not settled.
    Items,
    /// Carrying to Partner Project was begun and is not at its end.
    Carry,
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
    /// A partner document is over, or will be soon.
    Document,
    /// A ticket waits for Talkdesk for longer than the workspace's own measure.
    Ticket,
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
        if let Some(version) = newest(&project) {
            recent.push((project, version));
        }
    }
    Ok(recent)
}

fn newest(project: &Project) -> Option<VersionId> {
    project.versions.iter().rev().find(|version| version.discarded.is_none()).map(|version| version.id)
}

/// What needs someone now, over all projects.
pub(crate) fn needs(view: View<'_>, now: Timestamp, me: MemberId) -> Result<Vec<Need>, Error> {
    open_work(view, now, me).map(|(needs, _)| needs)
}

/// What needs someone now over all projects, and what lies on one person's desk.
fn open_work(view: View<'_>, now: Timestamp, me: MemberId) -> Result<(Vec<Need>, Vec<Work>), Error> {
    let workspace = view.workspace()?;
    let most = workspace.as_ref().map(|workspace| workspace.policies.overdue_days).unwrap_or_default();
    let mut needs = workspace.map(|workspace| needs_of_partner(&workspace, now)).unwrap_or_default();
    let mut work = Vec::new();
    for row in view.open_versions(MOST)? {
        let runs = view.open_runs(row.project, row.version)?;
        needs_of(&row, &runs, now, most, &mut needs);
        work_of(&row, runs, me, &mut work);
    }
    needs.sort_by_key(|need| (urgency(need, now), need.since));
    work.sort_by_key(|work| std::cmp::Reverse(work.at));
    Ok((needs, work))
}

/// How near a date has to be to come before everything that has none.
const NEAR: i64 = 7 * DAY;
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// What is due soon comes first, by its date; then what has none, by its weight; then what is due later.
fn urgency(need: &Need, now: Timestamp) -> (u8, Timestamp, NeedKind) {
    match need.due {
        Some(due) if due.0 - now.0 < NEAR => (0, due, need.kind),
        None => (1, Timestamp(0), need.kind),
        Some(due) => (2, due, need.kind),
    }
}

fn work_of(row: &VersionRow, runs: Vec<OpenRun>, me: MemberId, work: &mut Vec<Work>) {
    let mut lies = |kind, run: Option<RunId>, count: u32, at| {
        if count > 0 {
            work.push(Work {
                kind,
                name: row.name.clone(),
                number: row.number.clone(),
                project: row.project,
                version: row.version,
                run,
                count,
                at,
            });
        }
    };
    for run in runs {
        let mine = run.assigned.get(&me).copied().unwrap_or_default();
        lies(WorkKind::Items, Some(run.id), mine, run.updated_at);
    }
    if let Some((last, open)) = row.needs.carrying {
        lies(WorkKind::Carry, None, open, last);
    }
}

/// Documents that are over or will be soon, tickets on which Talkdesk is silent.
fn needs_of_partner(workspace: &Workspace, now: Timestamp) -> Vec<Need> {
    let plain = |kind, name: &str, number: &str| Need {
        kind,
        project: None,
        name: name.to_owned(),
        version: None,
        number: number.to_owned(),
        run: None,
        track: None,
        document: None,
        ticket: None,
        count: 0,
        since: now,
        days: 0,
        due: None,
        assignee: None,
    };
    let policies = &workspace.policies;
    let documents = partner::documents(workspace, now).into_iter().filter_map(|document| {
        // It holds to the end of its last day.
        let due =
            time::day_start(document.details.valid_until.as_deref()?).map(|start| Timestamp(start.0 + DAY));
        (document.end != DocumentEnd::Far).then(|| Need {
            document: Some(document.id),
            days: u32::try_from(document.days_left.unwrap_or_default().abs()).unwrap_or(u32::MAX),
            due,
            ..plain(NeedKind::Document, &document.details.name, "")
        })
    });
    let silent =
        workspace.tickets.iter().filter(|ticket| partner::is_silent(ticket, now, policies.silent_days));
    let tickets = silent.map(|ticket| {
        let since = partner::silent_since(ticket);
        Need {
            ticket: Some(ticket.id),
            project: ticket.details.about.project,
            version: ticket.details.about.version,
            since,
            days: time::working_days(since, now),
            due: Some(time::after_working_days(since, policies.silent_days)),
            ..plain(NeedKind::Ticket, &ticket.details.subject, &ticket.details.number)
        }
    });
    documents.chain(tickets).collect()
}

fn needs_of(row: &VersionRow, runs: &[OpenRun], now: Timestamp, most: u32, needs: &mut Vec<Need>) {
    let wants = &row.needs;
    let go_live = wants.go_live.as_ref().and_then(|date| time::day_start(date));
    let days = time::working_days(row.since, now);
    let mut need = |kind, track: Option<TrackName>, run: Option<RunId>, count: u32| {
        let due = match kind {
            NeedKind::Overdue => Some(time::after_working_days(row.since, most)),
            NeedKind::ApproveGoLive | NeedKind::ConfirmLive => go_live,
            _ => None,
        };
        needs.push(Need {
            kind,
            project: Some(row.project),
            name: row.name.clone(),
            version: Some(row.version),
            number: row.number.clone(),
            run,
            track,
            document: None,
            ticket: None,
            count,
            since: row.since,
            days,
            due,
            assignee: row.assignee,
        });
    };
    for (track, open) in &wants.rejected {
        need(NeedKind::Rejected, Some(*track), None, *open);
    }
    if is_overdue(row.status, days, most) {
        need(NeedKind::Overdue, None, None, 0);
    }
    if row.status == Status::Approved && wants.go_live.is_some() {
        let kind = if wants.approved { NeedKind::ConfirmLive } else { NeedKind::ApproveGoLive };
        need(kind, None, None, 0);
    }
    for run in runs.iter().filter(|run| run.to_settle > 0) {
        need(NeedKind::ItemsToSettle, None, Some(run.id), run.to_settle);
    }
    if wants.no_link {
        need(NeedKind::NoLink, None, None, 0);
    }
    for track in &wants.ready {
        need(NeedKind::ReadyToSubmit, Some(*track), None, 0);
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
        seen: proofs(&workspace, project, version, &runs),
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
fn proofs(workspace: &Workspace, project: &Project, version: &Version, runs: &[Run]) -> BTreeSet<Proof> {
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
    seen.into_iter()
        .chain(partner::proofs(workspace))
        .filter(|(_, seen)| *seen)
        .map(|(proof, _)| proof)
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn need(kind: NeedKind, days: Option<i64>) -> Need {
        Need {
            kind,
            project: Some(ProjectId::from_u128(1)),
            name: String::new(),
            version: Some(VersionId::from_u128(2)),
            number: String::new(),
            run: None,
            track: None,
            document: None,
            ticket: None,
            count: 0,
            since: NOW,
            days: 0,
            due: days.map(|days| Timestamp(NOW.0 + days * DAY)),
            assignee: None,
        }
    }

    #[test]
    fn what_is_due_soon_comes_before_what_is_only_heavy_and_that_before_what_has_time() {
        use NeedKind::{ApproveGoLive, ConfirmLive, NoLink, Overdue, Rejected};
        let mut needs = [
            need(ApproveGoLive, Some(30)),
            need(NoLink, None),
            need(Rejected, None),
            need(ConfirmLive, Some(3)),
            need(Overdue, Some(-2)),
        ];
        needs.sort_by_key(|need| urgency(need, NOW));
        let kinds = needs.map(|need| need.kind);
        assert_eq!(kinds, [Overdue, ConfirmLive, Rejected, NoLink, ApproveGoLive]);
    }
}

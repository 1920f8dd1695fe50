//! The partner process of a version: its steps, and what the data shows of them.

use std::collections::BTreeSet;

use domain::checklist::{ItemStatus, Run};
use domain::fields::{TrackName, missing};
use domain::ids::VersionId;
use domain::process::{self, ProcessFacts, ProcessStep, Proof, STEPS};
use domain::project::{Project, Version};
use domain::status::{self, Status, TrackState};
use domain::templates;
use domain::workspace::{AccountOwner, Workspace};
use serde::Serialize;

use super::super::common::{By, People, ProjectHead, VersionHead};
use super::super::{View, partner};
use crate::error::Error;
use crate::store::InstallationsSeen;

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

pub(super) fn process_view(
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
        seen: proofs(
            &workspace,
            project,
            version,
            &runs,
            view.installations_seen(project.id, &version.number)?,
        ),
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
fn proofs(
    workspace: &Workspace,
    project: &Project,
    version: &Version,
    runs: &[Run],
    installed: InstallationsSeen,
) -> BTreeSet<Proof> {
    use domain::fields::FieldKey;
    let complete = TrackName::ALL.iter().all(|track| missing(&version.information, *track).is_empty());
    let carried = domain::carry::open_fields(version).is_empty();
    let link = project.link_of(version.id);
    let tested = workspace.accounts.iter().any(|account| {
        let here = |name: &String| name.eq_ignore_ascii_case(account.name.trim());
        account.owner == AccountOwner::Own && installed.accounts.iter().any(here)
    });
    let seen = [
        (Proof::GuidelinesDone, list_done(runs, templates::CERTIFICATION)),
        (Proof::TechnicalUxDone, list_done(runs, templates::TECHNICAL_UX)),
        (Proof::QaDone, runs.iter().any(|run| run.kind == templates::TemplateKind::Qa && run_done(run))),
        (Proof::ProjectKnown, project.app.is_some() || !project.links.is_empty()),
        (Proof::AppIdKnown, project.app.is_some()),
        (Proof::InformationComplete, complete),
        (Proof::InformationCarried, complete && carried),
        (Proof::TechnicalApproved, version.technical.state() == TrackState::Approved),
        (Proof::LinkRecorded, link.is_some()),
        (Proof::LinkUsed, link.is_some_and(|link| !link.uses.is_empty())),
        (Proof::CallbackSet, !version.information.text(FieldKey::EventsCallbackUrl).is_empty()),
        (Proof::CodeReceived, project.versions.iter().any(code_received)),
        (Proof::TestInstalled, tested),
        (Proof::Submitted, version.marketplace.state() != TrackState::NotSubmitted),
        (Proof::Published, matches!(status::status(project, version), Status::Published)),
    ];
    seen.into_iter()
        .chain(partner::proofs(workspace))
        .filter(|(_, seen)| *seen)
        .map(|(proof, _)| proof)
        .chain(installed.proofs)
        .collect()
}

fn code_received(version: &Version) -> bool {
    version.sso.as_ref().is_some_and(|check| check.report.received_code())
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

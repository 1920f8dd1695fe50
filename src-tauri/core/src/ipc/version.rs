//! The version screen: three parts as forms, what is missing, what differs.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::fields::{FIELDS, FieldKey, Information, Problem, problems};
use domain::preflight::{Check, CheckState};
use domain::project::{FindingStatus, Project, Version};
use serde::Serialize;

use super::common::{By, People, ProjectHead, RunHead, VersionArgs, VersionHead};
use super::preflight::{self, PreflightView};
use super::{checklist, with_project};
use crate::engine::Engine;
use crate::error::Error;

/// A version's content and what is wrong with it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VersionView {
    /// Its project.
    pub project: ProjectHead,
    /// How it stands.
    pub version: VersionHead,
    /// All versions of the project, newest first.
    pub siblings: Vec<Sibling>,
    /// The content.
    pub information: Information,
    /// The predecessor's content.
    pub before: Option<Information>,
    /// Fields that differ from the predecessor.
    pub changed: Vec<FieldKey>,
    /// What is wrong, over all fields.
    pub problems: Vec<Problem>,
    /// Who changed which field last.
    pub edits: BTreeMap<FieldKey, By>,
    /// What stands on Partner Project.
    pub carried: CarriedView,
    /// Runs against this version.
    pub runs: Vec<RunHead>,
    /// What warns, and does not bar.
    pub warnings: Vec<Warning>,
    /// The last preflight.
    pub preflight: PreflightView,
    /// Whether the workspace makes its own warnings a gate.
    pub gate: bool,
    /// The version that went live since this draft was begun, which it can be put on top of.
    pub rebase: Option<RebaseView>,
}

/// What a draft that was set aside can be put on top of.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RebaseView {
    /// The version that went live meanwhile.
    pub onto: domain::ids::VersionId,
    /// Its number.
    pub number: String,
    /// Its content.
    pub information: Information,
    /// Fields that it changed and the draft did not: the draft takes them over.
    pub theirs: Vec<FieldKey>,
    /// Fields that both changed, each otherwise: a person decides.
    pub both: Vec<FieldKey>,
}

fn rebase(project: &Project, version: &Version) -> Option<RebaseView> {
    let onto = domain::status::predecessor(project)?;
    let draft = domain::status::status(project, version) == domain::status::Status::Draft;
    if !draft || onto.id == version.id || version.predecessor == Some(onto.id) {
        return None;
    }
    let before = version.predecessor.and_then(|id| project.version(id)).map(|v| v.information.clone());
    let before = before.unwrap_or_default();
    let ours = version.information.differences(&before);
    let apart = onto.information.differences(&version.information);
    let changed = onto.information.differences(&before).into_iter().filter(|field| apart.contains(field));
    let (both, theirs) = changed.partition(|field| ours.contains(field));
    let information = onto.information.clone();
    Some(RebaseView { onto: onto.id, number: onto.number.clone(), information, theirs, both })
}

/// Another version of the project.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Sibling {
    /// Which.
    pub id: domain::ids::VersionId,
    /// Its number.
    pub number: String,
    /// How it stands.
    pub status: domain::status::Status,
}

/// What a person entered on Partner Project, against what stands here.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CarriedView {
    /// When anything was carried last.
    pub last: Option<Timestamp>,
    /// Fields whose value differs from what was carried, or that never were.
    pub differ: Vec<FieldKey>,
}

/// Something of ours that is not done.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Warning {
    /// What.
    pub code: WarningCode,
    /// The run it is about.
    pub run: Option<domain::ids::RunId>,
    /// The run's name.
    pub name: String,
    /// How many.
    pub count: u32,
}

/// What can warn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// No QA checklist was started.
    NoChecklist,
    /// Items failed, blocked, disputed or to be tested again.
    ToSettle,
    /// Items untested.
    Untested,
    /// Findings open.
    OpenFindings,
    /// Checks that found something.
    Checks,
    /// Checks that found something and were waived.
    Waived,
    /// Checks that need the network and were not run, or before an address changed.
    NotRun,
    /// Fields that are not on Partner Project as they stand here.
    NotCarried,
}

pub(super) async fn version(engine: &Engine, args: VersionArgs) -> Result<VersionView, Error> {
    with_project(engine, args.project, move |view, me, project| {
        let version = project.version(args.version).ok_or_else(Error::not_found)?;
        let workspace = view.workspace()?;
        let people = People::new(workspace.as_ref(), me);
        let runs = checklist::heads_of(view, project, version)?;
        let before = version.predecessor.and_then(|id| project.version(id)).map(|v| v.information.clone());
        let checks = preflight::checks(view, project, version)?;
        Ok(VersionView {
            project: project.into(),
            version: VersionHead::of(project, version),
            siblings: siblings(project),
            changed: before
                .as_ref()
                .map(|before| version.information.differences(before))
                .unwrap_or_default(),
            information: version.information.clone(),
            before,
            problems: FIELDS
                .iter()
                .flat_map(|field| problems(field.key, version.information.get(field.key).as_ref()))
                .collect(),
            edits: version.edits.iter().map(|(key, mark)| (*key, people.by(mark))).collect(),
            carried: carried(version),
            warnings: warnings(project, version, &runs, &checks),
            preflight: PreflightView::of(version, &checks, &people),
            runs,
            rebase: rebase(project, version),
            gate: workspace.is_some_and(|workspace| workspace.policies.gate),
        })
    })
    .await
}

pub(super) fn siblings(project: &Project) -> Vec<Sibling> {
    let sibling = |version: &Version| Sibling {
        id: version.id,
        number: version.number.clone(),
        status: domain::status::status(project, version),
    };
    project.versions.iter().rev().map(sibling).collect()
}

fn carried(version: &Version) -> CarriedView {
    CarriedView {
        last: version.carried.values().map(|carried| carried.mark.at).max(),
        differ: domain::carry::open_fields(version),
    }
}

pub(super) fn warnings(
    project: &Project,
    version: &Version,
    runs: &[RunHead],
    checks: &[Check],
) -> Vec<Warning> {
    use domain::checklist::ItemStatus::{Blocked, Disputed, Fail, Retest, Untested};
    let mut warnings = Vec::new();
    let mut warn = |code, run: Option<&RunHead>, count: u32| {
        if count > 0 {
            let name = run.map(|run| run.name.clone()).unwrap_or_default();
            warnings.push(Warning { code, run: run.map(|run| run.id), name, count });
        }
    };
    if runs.is_empty() {
        warn(WarningCode::NoChecklist, None, 1);
    }
    for run in runs {
        let count = |status| run.summary.count(status);
        warn(
            WarningCode::ToSettle,
            Some(run),
            count(Fail) + count(Blocked) + count(Disputed) + count(Retest),
        );
        warn(WarningCode::Untested, Some(run), count(Untested));
    }
    let bad = |check: &&Check| matches!(check.state, CheckState::Warn | CheckState::Fail);
    let (waived, left): (Vec<&Check>, Vec<&Check>) =
        checks.iter().filter(bad).partition(|check| check.waiver.is_some());
    warn(WarningCode::Checks, None, u32::try_from(left.len()).unwrap_or(u32::MAX));
    warn(WarningCode::Waived, None, u32::try_from(waived.len()).unwrap_or(u32::MAX));
    let not_run = checks.iter().filter(|check| check.code.is_run() && check.state == CheckState::NotRun);
    warn(WarningCode::NotRun, None, u32::try_from(not_run.count()).unwrap_or(u32::MAX));
    let open = project.findings.iter().filter(|finding| finding.status == FindingStatus::Open).count();
    warn(WarningCode::OpenFindings, None, u32::try_from(open).unwrap_or(u32::MAX));
    let differ = carried(version).differ.len();
    warn(WarningCode::NotCarried, None, u32::try_from(differ).unwrap_or(u32::MAX));
    warnings
}

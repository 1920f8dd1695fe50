//! What lists show of projects, versions and runs: pure functions of their states, kept in tables of their own.

mod installation;

use std::collections::BTreeMap;

use domain::alert::Snoozed;
use domain::checklist::{ItemStatus, Run, RunSummary, Tested};
use domain::fields::{Part, TrackName, completeness};
use domain::ids::{MemberId, ProjectId, RunId, VersionId};
use domain::project::{FindingStatus, Project, Version, last_change};
use domain::status::{self, ActsNext, Status, TrackState};
use domain::templates::TemplateKind;
use domain::{Mark, Timestamp};
use serde::{Deserialize, Serialize};

pub use installation::{DeadlineRow, DeliveryRow, EventRow, InstallationRow, InstallationsSeen, Listed};

/// A project in a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProjectRow {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// Who looks after it.
    pub owner: String,
    /// Put away.
    pub archived: bool,
    /// The newest version that was not put away.
    pub newest: Option<NewestVersion>,
    /// The number that is on `AppConnect`.
    pub published: Option<String>,
    /// Findings that are open.
    pub open_findings: u32,
    /// When it changed last.
    pub updated_at: Timestamp,
}

/// A project's newest version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NewestVersion {
    /// Its id.
    pub id: VersionId,
    /// Its number.
    pub number: String,
    /// How it stands.
    pub status: Status,
    /// Since when.
    pub since: Timestamp,
    /// How complete the general part is, in percent.
    pub general: u32,
    /// The technical part.
    pub technical: u32,
    /// The marketplace part.
    pub marketplace: u32,
}

impl ProjectRow {
    /// The row of a project.
    pub fn of(project: &Project) -> Self {
        let newest = project.versions.iter().rev().find(|version| version.discarded.is_none());
        let open = project.findings.iter().filter(|finding| finding.status == FindingStatus::Open).count();
        Self {
            id: project.id,
            name: project.details.name.clone(),
            slug: project.details.slug.clone(),
            owner: project.details.owner.clone(),
            archived: project.archived.is_some(),
            newest: newest.map(|version| NewestVersion::of(project, version)),
            published: status::predecessor(project).map(|version| version.number.clone()),
            open_findings: u32::try_from(open).unwrap_or(u32::MAX),
            updated_at: updated_at(project),
        }
    }
}

impl NewestVersion {
    fn of(project: &Project, version: &Version) -> Self {
        let percent = |part| completeness(&version.information, part).percent;
        Self {
            id: version.id,
            number: version.number.clone(),
            status: status::status(project, version),
            since: status::since(project, version),
            general: percent(Part::General),
            technical: percent(Part::Technical),
            marketplace: percent(Part::Marketplace),
        }
    }
}

fn updated_at(project: &Project) -> Timestamp {
    let versions = project.versions.iter().flat_map(|version| {
        let marks = [
            version.discarded,
            version.go_live.approved,
            version.go_live.confirmed,
            version.go_live.delisted,
        ];
        marks
            .into_iter()
            .flatten()
            .chain(version.go_live.proposed.as_ref().map(|date| date.mark))
            .map(|mark| mark.at)
            .chain([last_change(version)])
            .chain(version.technical.since())
            .chain(version.marketplace.since())
    });
    let findings = project.findings.iter().flat_map(|finding| [Some(finding.created), finding.changed]);
    let links = project.links.iter().flat_map(|link| {
        std::iter::once(Some(link.created)).chain(link.uses.iter().map(|used| Some(used.mark)))
    });
    let marks: Vec<Mark> =
        findings.chain(links).chain([project.archived, Some(project.created)]).flatten().collect();
    versions.chain(marks.iter().map(|mark| mark.at)).max().unwrap_or_default()
}

/// A version in a list over all projects.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VersionRow {
    /// Its project.
    pub project: ProjectId,
    /// The project's name.
    pub name: String,
    /// Its id.
    pub version: VersionId,
    /// Its number.
    pub number: String,
    /// How it stands.
    pub status: Status,
    /// How the technical track stands.
    pub technical: TrackState,
    /// How the marketplace track stands.
    pub marketplace: TrackState,
    /// Since when the version has had its status.
    pub since: Timestamp,
    /// Who acts next.
    pub acts_next: ActsNext,
    /// The rounds so far, of the track that has more.
    pub rounds: u32,
    /// Its findings that are open.
    pub open_findings: u32,
    /// Who looks after it.
    pub assignee: Option<MemberId>,
    /// What it may need of somebody.
    pub needs: VersionNeeds,
    /// What was put off of its project.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "ts", ts(skip))]
    pub snoozed: BTreeMap<String, Snoozed>,
}

/// What a version may need of somebody, as far as its project tells; the moment, the workspace and the runs tell the
/// rest.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VersionNeeds {
    /// Tracks that were rejected, with the findings that are open for them.
    pub rejected: Vec<(TrackName, u32)>,
    /// The go-live date that Talkdesk proposed.
    pub go_live: Option<String>,
    /// Whether the partner approved it.
    pub approved: bool,
    /// Installable, and no link is recorded.
    pub no_link: bool,
    /// Tracks of a draft that can be submitted.
    pub ready: Vec<TrackName>,
    /// When something was entered on Partner Project last, and how many fields are not there as they stand here.
    pub carrying: Option<(Timestamp, u32)>,
}

impl VersionNeeds {
    fn of(project: &Project, version: &Version, status: Status) -> Self {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let in_state = |wanted: TrackState| {
            TrackName::ALL.into_iter().filter(move |track| version.track(*track).state() == wanted)
        };
        let open = |track: TrackName| {
            let open = project.findings.iter().filter(|finding| {
                finding.status == FindingStatus::Open && finding.track.is_none_or(|found| found == track)
            });
            count(open.count())
        };
        let is_ready = |track: &TrackName| {
            status == Status::Draft && domain::fields::missing(&version.information, *track).is_empty()
        };
        let carried = version.carried.values().map(|carried| carried.mark.at).max();
        let carried = carried.filter(|_| matches!(status, Status::Draft | Status::Rejected));
        Self {
            rejected: in_state(TrackState::Rejected).map(|track| (track, open(track))).collect(),
            go_live: version.go_live.proposed.as_ref().map(|dated| dated.date.clone()),
            approved: version.go_live.approved.is_some(),
            no_link: status::installable_by_all(version) && project.link_of(version.id).is_none(),
            ready: in_state(TrackState::NotSubmitted).filter(is_ready).collect(),
            carrying: carried.map(|last| (last, count(domain::carry::open_fields(version).len()))),
        }
    }
}

impl VersionRow {
    /// The rows of a project's versions.
    pub fn all(project: &Project) -> Vec<Self> {
        project.versions.iter().map(|version| Self::of(project, version)).collect()
    }

    fn of(project: &Project, version: &Version) -> Self {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let open = |finding: &&domain::project::Finding| {
            finding.version == version.id && finding.status == FindingStatus::Open
        };
        let status = status::status(project, version);
        Self {
            project: project.id,
            name: project.details.name.clone(),
            version: version.id,
            number: version.number.clone(),
            status,
            technical: version.technical.state(),
            marketplace: version.marketplace.state(),
            since: status::since(project, version),
            acts_next: status::acts_next(project, version),
            rounds: count(version.technical.0.len().max(version.marketplace.0.len())),
            open_findings: count(project.findings.iter().filter(open).count()),
            assignee: version.assignee,
            needs: VersionNeeds::of(project, version, status),
            snoozed: project.snoozed.clone(),
        }
    }
}

/// A run in a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RunRow {
    /// Its id.
    pub id: RunId,
    /// Its project.
    pub project: ProjectId,
    /// The project's name.
    pub project_name: String,
    /// The version tested.
    pub version: VersionId,
    /// The version's number.
    pub number: String,
    /// The list's name.
    pub name: String,
    /// The list's kind.
    pub kind: TemplateKind,
    /// What is tested now.
    pub tested: Tested,
    /// How it stands.
    pub summary: RunSummary,
    /// Items that are not settled, by who looks after them.
    pub assigned: BTreeMap<MemberId, u32>,
    /// Whether it was signed.
    pub signed: bool,
    /// When it changed last.
    pub updated_at: Timestamp,
}

impl RunRow {
    /// The row of a run, beside what its project and version are called.
    pub fn of(run: &Run, project_name: String, number: String) -> Self {
        RunStored::of(run).named(project_name, number)
    }
}

/// What is kept of a run; the names come from its project and version when it is read.
#[derive(Serialize, Deserialize)]
pub(super) struct RunStored {
    project: ProjectId,
    version: VersionId,
    tested: Tested,
    summary: RunSummary,
    /// Items that are not settled, by who looks after them.
    assigned: BTreeMap<MemberId, u32>,
    pub(super) updated_at: Timestamp,
}

/// What a run that was not signed leaves to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenRun {
    /// Which.
    pub id: RunId,
    /// Its items that failed, are disputed or have to be tested again.
    pub to_settle: u32,
    /// Items that are not settled, by who looks after them.
    pub assigned: BTreeMap<MemberId, u32>,
    /// When it changed last.
    pub updated_at: Timestamp,
}

impl RunStored {
    pub(super) fn of(run: &Run) -> Self {
        let entries = run.items.values().flat_map(|log| &log.entries);
        let marks = entries.flat_map(|entry| [Some(entry.mark), entry.undone]);
        let updated = marks.chain([run.signed]).flatten().map(|mark| mark.at).max();
        Self {
            project: run.project,
            version: run.version,
            tested: run.tested.clone(),
            summary: run.summary(),
            assigned: assigned(run),
            updated_at: updated.unwrap_or(run.started.at).max(run.started.at),
        }
    }

    pub(super) fn open(self) -> Option<OpenRun> {
        let to_settle = [ItemStatus::Fail, ItemStatus::Disputed, ItemStatus::Retest];
        (!self.summary.signed).then(|| OpenRun {
            id: self.summary.run,
            to_settle: to_settle.iter().map(|status| self.summary.count(*status)).sum(),
            assigned: self.assigned,
            updated_at: self.updated_at,
        })
    }

    pub(super) fn named(self, project_name: String, number: String) -> RunRow {
        RunRow {
            id: self.summary.run,
            project: self.project,
            project_name,
            version: self.version,
            number,
            name: self.summary.name.clone(),
            kind: self.summary.kind,
            tested: self.tested,
            signed: self.summary.signed,
            summary: self.summary,
            assigned: self.assigned,
            updated_at: self.updated_at,
        }
    }
}

fn assigned(run: &Run) -> BTreeMap<MemberId, u32> {
    let mut assigned = BTreeMap::new();
    for (id, log) in &run.items {
        if let Some(member) = log.assignee()
            && !matches!(run.status(id), ItemStatus::Pass | ItemStatus::NotApplicable)
        {
            *assigned.entry(member).or_default() += 1;
        }
    }
    assigned
}

/// A word of an enumeration as it stands in JSON.
pub(crate) fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

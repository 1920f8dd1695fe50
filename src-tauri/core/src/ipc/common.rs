//! What several screens show: who and when, the heads of projects and versions, rows of runs.

use std::collections::BTreeMap;

use domain::carry;
use domain::checklist::{RunSummary, Tested};
use domain::fields::{Completeness, Part, Problem, TrackName, completeness, missing};
use domain::ids::{CommandId, MemberId, ProjectId, RunId, TemplateId, VersionId};
use domain::project::{AppAt, Project, Version};
use domain::redact::Redaction;
use domain::status::{self, ActsNext, Status, TrackState};
use domain::templates::TemplateKind;
use domain::workspace::Workspace;
use domain::{Mark, Rule, Timestamp};
use serde::{Deserialize, Serialize};

/// No arguments.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Nothing {}

/// Done; there is nothing more to say.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Done {}

/// Names a project.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProjectArgs {
    /// Which.
    pub project: ProjectId,
}

/// Names a version.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VersionArgs {
    /// Of which project.
    pub project: ProjectId,
    /// Which.
    pub version: VersionId,
}

/// Who and when, by name.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct By {
    /// The person.
    pub id: MemberId,
    /// The person's name; empty where it is not known here.
    pub name: String,
    /// Whether it is the person at this computer.
    pub me: bool,
    /// When.
    pub at: Timestamp,
}

/// Who blanked something, and why.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RedactedView {
    /// The command that did it: what a form says that it knew.
    pub command: CommandId,
    /// Who, when.
    pub by: By,
    /// Why.
    pub reason: String,
}

/// People's names, to word marks with.
pub struct People<'a> {
    workspace: Option<&'a Workspace>,
    me: MemberId,
}

impl<'a> People<'a> {
    /// Of a workspace, seen by one member.
    pub fn new(workspace: Option<&'a Workspace>, me: MemberId) -> Self {
        Self { workspace, me }
    }
    /// A mark with the person's name.
    pub fn by(&self, mark: &Mark) -> By {
        self.who(mark.by, mark.at)
    }
    /// A person, and when they did it.
    pub fn who(&self, id: MemberId, at: Timestamp) -> By {
        By { id, name: self.name(id), me: self.is_me(id), at }
    }
    /// Who blanked something.
    pub fn redacted(&self, redaction: &Redaction) -> RedactedView {
        let Redaction { mark, reason } = redaction;
        RedactedView { command: mark.command, by: self.by(mark), reason: reason.clone() }
    }
    /// Whether it is the person at this computer.
    pub fn is_me(&self, id: MemberId) -> bool {
        id == self.me
    }
    /// A person's name.
    pub fn name(&self, id: MemberId) -> String {
        let members = self.workspace.map_or(&[][..], |workspace| &workspace.members);
        members.iter().find(|member| member.id == id).map(|member| member.name.clone()).unwrap_or_default()
    }
}

/// The head of a project.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ProjectHead {
    /// Which.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// Its owner.
    pub owner: String,
    /// Whether it was put away.
    pub archived: bool,
    /// The app at Talkdesk that it is, where somebody named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub app: Option<AppAt>,
}

impl From<&Project> for ProjectHead {
    fn from(project: &Project) -> Self {
        Self {
            id: project.id,
            name: project.details.name.clone(),
            slug: project.details.slug.clone(),
            owner: project.details.owner.clone(),
            archived: project.archived.is_some(),
            app: project.app.as_ref().map(|app| app.at.clone()),
        }
    }
}

/// The head of a version: what lists, timelines and toolbars show.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct VersionHead {
    /// Which.
    pub id: VersionId,
    /// Its number.
    pub number: String,
    /// How it stands.
    pub status: Status,
    /// Since when.
    pub since: Timestamp,
    /// Who acts next.
    pub acts_next: ActsNext,
    /// The predecessor's number.
    pub predecessor: Option<String>,
    /// Release notes.
    pub notes: String,
    /// The parts.
    pub parts: Vec<PartHead>,
    /// The tracks.
    pub tracks: Vec<TrackHead>,
    /// Over all parts.
    pub completeness: Completeness,
    /// Whether every account may install it.
    pub installable: bool,
    /// Whether a link is in force.
    pub has_link: bool,
    /// What stands on Partner Project.
    pub carried: CarriedHead,
    /// Last change of the content.
    pub changed: Timestamp,
}

/// What a person entered on Partner Project, against what stands here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CarriedHead {
    /// When anything was entered there last.
    pub last: Option<Timestamp>,
    /// Fields that are not there as they stand here.
    pub open: u32,
}

impl CarriedHead {
    fn of(version: &Version) -> Self {
        Self {
            last: version.carried.values().map(|carried| carried.mark.at).max(),
            open: u32::try_from(carry::open_fields(version).len()).unwrap_or(u32::MAX),
        }
    }
}

/// A part of a version's content.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PartHead {
    /// Which.
    pub part: Part,
    /// How complete.
    pub completeness: Completeness,
    /// Problems to mend.
    pub missing: u32,
    /// Whose rule locks it, if one does.
    pub lock: Option<Rule>,
}

/// A track of a version.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct TrackHead {
    /// Which.
    pub track: TrackName,
    /// How it stands.
    pub state: TrackState,
    /// Since when, where it was ever submitted.
    pub since: Option<Timestamp>,
    /// Rounds so far.
    pub rounds: u32,
    /// What is missing before it can be submitted.
    pub missing: Vec<Problem>,
}

impl VersionHead {
    /// Of a version.
    pub fn of(project: &Project, version: &Version) -> Self {
        let parts: Vec<PartHead> = Part::ALL.iter().map(|part| part_head(project, version, *part)).collect();
        Self {
            id: version.id,
            number: version.number.clone(),
            status: status::status(project, version),
            since: status::since(project, version),
            acts_next: status::acts_next(project, version),
            predecessor: version.predecessor.and_then(|id| project.version(id)).map(|v| v.number.clone()),
            notes: version.notes.clone(),
            completeness: Completeness::sum(parts.iter().map(|part| part.completeness)),
            parts,
            tracks: TrackName::ALL.iter().map(|track| track_head(version, *track)).collect(),
            installable: status::installable_by_all(version),
            has_link: project.link_of(version.id).is_some(),
            carried: CarriedHead::of(version),
            changed: domain::project::last_change(version),
        }
    }
}

fn part_head(project: &Project, version: &Version, part: Part) -> PartHead {
    let missing = domain::fields::FIELDS
        .iter()
        .filter(|field| field.part == part)
        .map(|field| domain::fields::problems(field.key, version.information.get(field.key).as_ref()).len())
        .sum::<usize>();
    PartHead {
        part,
        completeness: completeness(&version.information, part),
        missing: u32::try_from(missing).unwrap_or(u32::MAX),
        lock: status::lock(project, version, part),
    }
}

fn track_head(version: &Version, track: TrackName) -> TrackHead {
    let rounds = version.track(track);
    TrackHead {
        track,
        state: rounds.state(),
        since: rounds.since(),
        rounds: u32::try_from(rounds.0.len()).unwrap_or(u32::MAX),
        missing: missing(&version.information, track),
    }
}

/// A checklist run in a list.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RunHead {
    /// Which.
    pub id: RunId,
    /// Of which project.
    pub project: ProjectId,
    /// Its name.
    pub project_name: String,
    /// Against which version.
    pub version: VersionId,
    /// Its number.
    pub number: String,
    /// The template.
    pub template: TemplateId,
    /// The template's kind.
    pub kind: TemplateKind,
    /// The template's name.
    pub name: String,
    /// What is tested now.
    pub tested: Tested,
    /// How it stands.
    pub summary: RunSummary,
    /// Items that are not settled, by who looks after them.
    pub assigned: BTreeMap<MemberId, u32>,
    /// Items done.
    pub done: u32,
    /// Last change.
    pub changed: Timestamp,
}

/// Numbers by word, such as versions by status.
pub type Counts = BTreeMap<String, u32>;

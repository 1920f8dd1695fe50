//! Small values that every aggregate shares: moments, marks, roles, and where a thing stands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fields::FieldKey;
use crate::ids::{CommandId, InstallationId, MemberId, ProjectId, RunId, VersionId, WorkspaceId};

/// Fields that a newer version wrote and this one does not know: kept, so that a round trip loses nothing.
pub type Extra = Map<String, Value>;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Timestamp(#[cfg_attr(feature = "ts", ts(type = "number"))] pub i64);

/// Who did something and when. At the service `at` is its own clock; on a desktop, until confirmed, the desktop's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Mark {
    /// The person.
    pub by: MemberId,
    /// The moment.
    pub at: Timestamp,
    /// The command that did it.
    pub command: CommandId,
}

/// What a member may do. One person may hold all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Members, connections, policies, retention.
    Admin,
    /// Everything of projects, recording Talkdesk's answers included.
    PartnerManager,
    /// Technical part, events, tests, installations.
    Developer,
    /// Checklists, evidence, findings.
    Qa,
    /// Findings before a review, never a track of Talkdesk.
    InternalReviewer,
    /// Reads.
    Viewer,
}

impl Role {
    /// Every role, as the person who works alone on one computer holds them.
    pub const ALL: [Self; 6] =
        [Self::Admin, Self::PartnerManager, Self::Developer, Self::Qa, Self::InternalReviewer, Self::Viewer];
}

/// The unit of consistency that a command changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum AggregateRef {
    /// The organisation, its customers and templates.
    Workspace(WorkspaceId),
    /// A project with its versions, rounds, findings and links.
    Project(ProjectId),
    /// A checklist run.
    Run(RunId),
    /// An installation with its events.
    Installation(InstallationId),
}

/// Where a person goes to mend what a refusal or a problem names.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Place {
    /// The project, where it is not the one at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub project: Option<ProjectId>,
    /// The version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub version: Option<VersionId>,
    /// The field of the app information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub field: Option<FieldKey>,
    /// The entry of a list field, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub index: Option<u32>,
    /// The input of a form that is no field of the app information: `name`, `number`, `url`, `reason` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub input: Option<String>,
    /// The checklist run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub run: Option<RunId>,
    /// The checklist item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub item: Option<String>,
}

impl Place {
    /// A form input.
    pub fn input(name: &str) -> Self {
        Self { input: Some(name.to_owned()), ..Self::default() }
    }
    /// A field of the app information.
    pub fn field(field: FieldKey) -> Self {
        Self { field: Some(field), ..Self::default() }
    }
    /// An entry of a list field.
    pub fn entry(field: FieldKey, index: usize) -> Self {
        Self { field: Some(field), index: u32::try_from(index).ok(), ..Self::default() }
    }
    /// A checklist item.
    pub fn item(item: &str) -> Self {
        Self { item: Some(item.to_owned()), ..Self::default() }
    }
}

/// Words to put into a message, by name.
pub type Params = BTreeMap<String, String>;

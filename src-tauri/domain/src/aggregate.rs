//! The unit of consistency, as it is stored and as the reducer changes it.

use serde_json::Value;

use crate::checklist::Run;
use crate::comment::Comment;
use crate::common::AggregateRef;
use crate::installation::Installation;
use crate::project::Project;
use crate::redact::{Redacted, Words};
use crate::workspace::Workspace;

/// An aggregate's state.
#[derive(Clone, PartialEq, Debug)]
pub enum Aggregate {
    /// The organisation.
    Workspace(Box<Workspace>),
    /// An app.
    Project(Box<Project>),
    /// A checklist run.
    Run(Box<Run>),
    /// An installation.
    Installation(Box<Installation>),
}

impl Aggregate {
    /// Reads a stored state of that kind.
    pub fn read(of: AggregateRef, json: &str) -> serde_json::Result<Self> {
        Ok(match of {
            AggregateRef::Workspace(_) => Self::Workspace(serde_json::from_str(json)?),
            AggregateRef::Project(_) => Self::Project(serde_json::from_str(json)?),
            AggregateRef::Run(_) => Self::Run(serde_json::from_str(json)?),
            AggregateRef::Installation(_) => Self::Installation(serde_json::from_str(json)?),
        })
    }

    /// The state as it is stored.
    pub fn write(&self) -> serde_json::Result<String> {
        match self {
            Self::Workspace(state) => serde_json::to_string(state),
            Self::Project(state) => serde_json::to_string(state),
            Self::Run(state) => serde_json::to_string(state),
            Self::Installation(state) => serde_json::to_string(state),
        }
    }

    /// The state as it is sent.
    pub fn to_value(&self) -> serde_json::Result<Value> {
        match self {
            Self::Workspace(state) => serde_json::to_value(state),
            Self::Project(state) => serde_json::to_value(state),
            Self::Run(state) => serde_json::to_value(state),
            Self::Installation(state) => serde_json::to_value(state),
        }
    }

    /// Which it is.
    pub fn of(&self) -> AggregateRef {
        match self {
            Self::Workspace(state) => AggregateRef::Workspace(state.id),
            Self::Project(state) => AggregateRef::Project(state.id),
            Self::Run(state) => AggregateRef::Run(state.id),
            Self::Installation(state) => AggregateRef::Installation(state.id),
        }
    }

    /// What was redacted of it.
    pub fn redactions(&self) -> Vec<Redacted> {
        let (all, comments) = match self {
            Self::Workspace(state) => (&state.redactions, &state.comments),
            Self::Project(state) => (&state.redactions, &state.comments),
            Self::Run(state) => (&state.redactions, &state.comments),
            Self::Installation(_) => return Vec::new(),
        };
        let comment = |known: &Comment| {
            let redaction = known.redacted.clone()?;
            Some(Redacted { words: Words::Comment { comment: known.id }, redaction })
        };
        all.iter().cloned().chain(comments.iter().filter_map(comment)).collect()
    }
}

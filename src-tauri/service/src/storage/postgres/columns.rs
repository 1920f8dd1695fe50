//! What a batch writes, column by column: one statement takes all rows of a table.

use uuid::Uuid;

use crate::error::StoreError;
use crate::storage::{Entry, Held, Taken, key, signed};

/// Rows of `command`.
#[derive(Default)]
pub(super) struct Commands {
    pub(super) numbers: Vec<i64>,
    pub(super) ids: Vec<Uuid>,
    pub(super) actors: Vec<Uuid>,
    pub(super) taken_at: Vec<i64>,
    pub(super) kinds: Vec<&'static str>,
    pub(super) aggregates: Vec<Uuid>,
    pub(super) envelopes: Vec<String>,
}

impl Commands {
    pub(super) fn of(taken: &Taken) -> Result<Self, StoreError> {
        let mut columns = Self::default();
        for command in &taken.commands {
            let (kind, aggregate) = key(command.envelope.aggregate);
            columns.numbers.push(signed(command.number));
            columns.ids.push(command.envelope.id.0);
            columns.actors.push(command.actor.0);
            columns.taken_at.push(command.taken_at.0);
            columns.kinds.push(kind);
            columns.aggregates.push(aggregate);
            columns.envelopes.push(serde_json::to_string(&command.envelope)?);
        }
        Ok(columns)
    }
}

/// Rows of `aggregate`.
#[derive(Default)]
pub(super) struct States<'a> {
    pub(super) kinds: Vec<&'static str>,
    pub(super) ids: Vec<Uuid>,
    pub(super) revisions: Vec<i64>,
    pub(super) numbers: Vec<i64>,
    pub(super) json: Vec<&'a str>,
}

/// Rows of `project_name`.
#[derive(Default)]
pub(super) struct Names<'a> {
    pub(super) projects: Vec<Uuid>,
    pub(super) folded: Vec<&'a str>,
    pub(super) slugs: Vec<&'a str>,
}

/// Rows of `run_of`.
#[derive(Default)]
pub(super) struct Runs {
    pub(super) ids: Vec<Uuid>,
    pub(super) projects: Vec<Uuid>,
    pub(super) versions: Vec<Uuid>,
    pub(super) started: Vec<i64>,
}

/// The rows of what was changed.
pub(super) fn changed(taken: &Taken) -> (States<'_>, Names<'_>, Runs) {
    let (mut states, mut names, mut runs) = (States::default(), Names::default(), Runs::default());
    for written in &taken.aggregates {
        let Held { of, revision, json } = &written.state;
        let (kind, id) = key(*of);
        states.kinds.push(kind);
        states.ids.push(id);
        states.revisions.push(signed(*revision));
        states.numbers.push(signed(written.number));
        states.json.push(json);
        match &written.entry {
            Entry::None => {}
            Entry::Project { name_folded, slug } => {
                names.projects.push(id);
                names.folded.push(name_folded);
                names.slugs.push(slug);
            }
            Entry::Run { project, version, started } => {
                runs.ids.push(id);
                runs.projects.push(project.0);
                runs.versions.push(version.0);
                runs.started.push(signed(*started));
            }
        }
    }
    (states, names, runs)
}

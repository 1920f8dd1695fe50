//! States in memory, folded from the feed by the domain's reducer: what the service must agree with.

use std::collections::BTreeMap;
use std::convert::Infallible;

use domain::checklist::Run;
use domain::ids::{ProjectId, RunId, VersionId};
use domain::project::Project;
use domain::protocol::Change;
use domain::workspace::Workspace;
use domain::{Actor, Aggregate, AggregateRef, Facts, Outside, Role};

use crate::world::workspace;

#[derive(Default)]
pub struct Folded {
    pub states: BTreeMap<AggregateRef, Aggregate>,
    pub revisions: BTreeMap<AggregateRef, u64>,
    /// In the order in which they were started.
    runs: Vec<RunId>,
}

impl Folded {
    /// Applies a change of the feed, which the reducer must not refuse.
    pub fn apply(&mut self, change: &Change, roles: &[Role]) {
        let command = change.command.command().unwrap();
        let actor = Actor { member: change.actor, roles: roles.to_vec() };
        let Ok(facts) = Facts::gather(&command, actor, change.taken_at, self);
        let mut state = self.states.remove(&command.aggregate);
        if let (None, AggregateRef::Run(run)) = (&state, command.aggregate) {
            self.runs.push(run);
        }
        domain::apply(&mut state, &command, &facts).unwrap();
        self.states.insert(command.aggregate, state.unwrap());
        *self.revisions.entry(command.aggregate).or_default() += 1;
    }

    pub fn project(&self, id: ProjectId) -> Option<&Project> {
        match self.states.get(&AggregateRef::Project(id)) {
            Some(Aggregate::Project(project)) => Some(project),
            _ => None,
        }
    }

    pub fn run(&self, id: RunId) -> Option<&Run> {
        match self.states.get(&AggregateRef::Run(id)) {
            Some(Aggregate::Run(run)) => Some(run),
            _ => None,
        }
    }

    fn another(&self, except: ProjectId, has: impl Fn(&Project) -> bool) -> bool {
        self.states
            .values()
            .any(|state| matches!(state, Aggregate::Project(project) if project.id != except && has(project)))
    }
}

impl Outside for Folded {
    type Error = Infallible;

    fn workspace(&self) -> Result<Option<Workspace>, Infallible> {
        Ok(match self.states.get(&workspace()) {
            Some(Aggregate::Workspace(workspace)) => Some((**workspace).clone()),
            _ => None,
        })
    }
    fn project(&self, id: ProjectId) -> Result<Option<Project>, Infallible> {
        Ok(Self::project(self, id).cloned())
    }
    fn run(&self, id: RunId) -> Result<Option<Run>, Infallible> {
        Ok(Self::run(self, id).cloned())
    }
    fn runs_of(&self, project: ProjectId, version: VersionId) -> Result<Vec<Run>, Infallible> {
        let runs = self.runs.iter().filter_map(|id| Self::run(self, *id));
        Ok(runs.filter(|run| run.project == project && run.version == version).cloned().collect())
    }
    fn name_taken(&self, name: &str, except: ProjectId) -> Result<bool, Infallible> {
        Ok(self.another(except, |project| project.details.name.to_lowercase() == name.to_lowercase()))
    }
    fn slug_taken(&self, slug: &str, except: ProjectId) -> Result<bool, Infallible> {
        Ok(self.another(except, |project| project.details.slug == slug))
    }
}

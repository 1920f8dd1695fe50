//! What the reducer asks of the world, answered from the transaction in which the command is taken.

use domain::checklist::Run;
use domain::ids::{ProjectId, RunId, VersionId, WorkspaceId};
use domain::project::Project;
use domain::workspace::Workspace;
use domain::{Aggregate, AggregateRef, Outside};
use rusqlite::{Transaction, params};

use super::aggregate;
use crate::error::StoreError;

/// Look-ups within one workspace.
pub(crate) struct LookUps<'a> {
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) workspace: WorkspaceId,
}

impl LookUps<'_> {
    fn read(&self, aggregate: AggregateRef) -> Result<Option<Aggregate>, StoreError> {
        Ok(aggregate::read(self.tx, self.workspace, aggregate)?.map(|stored| stored.state))
    }

    fn another_has(&self, column: &str, value: &str, except: ProjectId) -> Result<bool, StoreError> {
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM project_name WHERE workspace = ?1 AND {column} = ?2 AND project <> ?3)"
        );
        let row = params![self.workspace.0, value, except.0];
        Ok(self.tx.prepare_cached(&sql)?.query_row(row, |row| row.get(0))?)
    }
}

impl Outside for LookUps<'_> {
    type Error = StoreError;

    fn workspace(&self) -> Result<Option<Workspace>, StoreError> {
        Ok(match self.read(AggregateRef::Workspace(self.workspace))? {
            Some(Aggregate::Workspace(workspace)) => Some(*workspace),
            _ => None,
        })
    }

    fn project(&self, id: ProjectId) -> Result<Option<Project>, StoreError> {
        Ok(match self.read(AggregateRef::Project(id))? {
            Some(Aggregate::Project(project)) => Some(*project),
            _ => None,
        })
    }

    fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        Ok(match self.read(AggregateRef::Run(id))? {
            Some(Aggregate::Run(run)) => Some(*run),
            _ => None,
        })
    }

    /// In the order in which they were started: a round keeps their summaries in this order.
    fn runs_of(&self, project: ProjectId, version: VersionId) -> Result<Vec<Run>, StoreError> {
        let sql =
            "SELECT run FROM run_of WHERE workspace = ?1 AND project = ?2 AND version = ?3 ORDER BY started";
        let mut statement = self.tx.prepare_cached(sql)?;
        let ids = statement
            .query_map(params![self.workspace.0, project.0, version.0], |row| row.get(0).map(RunId))?
            .collect::<Result<Vec<_>, _>>()?;
        let runs = ids.into_iter().map(|id| self.run(id).transpose());
        runs.flatten().collect()
    }

    fn name_taken(&self, name: &str, except: ProjectId) -> Result<bool, StoreError> {
        self.another_has("name_folded", &aggregate::folded(name), except)
    }

    fn slug_taken(&self, slug: &str, except: ProjectId) -> Result<bool, StoreError> {
        self.another_has("slug", slug, except)
    }
}

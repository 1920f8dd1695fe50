//! What screens read: one consistent state of the store, confirmed with what is pending on top.

use std::collections::BTreeMap;

use domain::checklist::Run;
use domain::ids::{CommandId, CommentId, InstallationId, MemberId, ProjectId, RunId, VersionId};
use domain::installation::Installation;
use domain::project::Project;
use domain::protocol::FailingApp;
use domain::workspace::Workspace;
use domain::{Aggregate, AggregateRef, Outside};
use rusqlite::Connection;
use serde_json::Value;
use uuid::Uuid;

use super::outbox::{Counts, OutboxRow};
use super::table::activity::{self, ActivityFilter, ActivityRow, Stretch};
use super::table::delivery::{self, DeliveryFilter};
use super::table::document::{self, Hit};
use super::table::feed::{self, Position};
use super::table::project_row::{self, Page, ProjectQuery};
use super::table::{draft, installation_row, mention, met, outbox, run_row, setting, shown, version_row};
use super::{
    InstallationRow, InstallationsSeen, Listed, OpenRun, ProjectRow, RunRow, StoreError, VersionRow,
};

/// Look-ups; over a read's connection or inside a write's transaction.
#[derive(Clone, Copy)]
pub struct View<'a> {
    connection: &'a Connection,
}

impl<'a> View<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self { connection }
    }

    /// The workspace's name (empty before it was read), and how many commands wait to be sent.
    pub fn glance(self) -> Result<(String, usize), StoreError> {
        let name = self.workspace()?.map(|workspace| workspace.name).unwrap_or_default();
        Ok((name, self.counts()?.queued))
    }

    pub(super) fn connection(self) -> &'a Connection {
        self.connection
    }

    /// The workspace; none before the first start is through.
    pub fn workspace(&self) -> Result<Option<Workspace>, StoreError> {
        shown::workspace(self.connection)
    }

    /// An aggregate, whichever kind it is.
    pub fn aggregate(&self, of: AggregateRef) -> Result<Option<Aggregate>, StoreError> {
        shown::get(self.connection, of)
    }

    /// A project.
    pub fn project(&self, id: ProjectId) -> Result<Option<Project>, StoreError> {
        shown::project(self.connection, id)
    }

    /// A run.
    pub fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        shown::run(self.connection, id)
    }

    /// An installation.
    pub fn installation(&self, id: InstallationId) -> Result<Option<Installation>, StoreError> {
        shown::installation(self.connection, id)
    }

    /// What a project's installations show, of which some may be of that version.
    pub fn installations_seen(
        &self,
        project: ProjectId,
        version: &str,
    ) -> Result<InstallationsSeen, StoreError> {
        installation_row::seen(self.connection, project, version)
    }

    /// All installations, last changed first.
    pub fn installation_rows(&self) -> Result<Vec<InstallationRow>, StoreError> {
        installation_row::all(self.connection)
    }

    /// A page of all deliveries, those of installations' events among them, newest first.
    pub fn deliveries(
        &self,
        filter: &DeliveryFilter,
        offset: usize,
        limit: usize,
    ) -> Result<Page<Listed>, StoreError> {
        delivery::page(self.connection, filter, offset, limit)
    }

    /// A delivery that is no event of an installation, and it as it came, sealed, where that is kept here.
    pub fn delivery(&self, id: Uuid) -> Result<Option<delivery::Kept>, StoreError> {
        delivery::get(self.connection, id)
    }

    /// All runs of a version.
    pub fn runs_of(&self, project: ProjectId, version: VersionId) -> Result<Vec<Run>, StoreError> {
        let runs = self.run_ids_of(project, version)?.into_iter().map(|id| self.run(id));
        Ok(runs.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    pub(super) fn run_ids_of(self, project: ProjectId, version: VersionId) -> Result<Vec<RunId>, StoreError> {
        run_row::of_version(self.connection, project, version)
    }

    /// A page of projects, by name.
    pub fn project_rows(&self, query: &ProjectQuery) -> Result<Page<ProjectRow>, StoreError> {
        project_row::page(self.connection, query)
    }

    /// Projects by the status of their newest version; those without one under `none`.
    pub fn project_counts(&self, archived: bool) -> Result<BTreeMap<String, u32>, StoreError> {
        project_row::counts(self.connection, archived)
    }

    /// Projects that were worked on last.
    pub fn recent_projects(&self, limit: usize) -> Result<Vec<ProjectId>, StoreError> {
        project_row::recent(self.connection, limit)
    }

    /// Versions that are not over, last changed first.
    pub fn open_versions(&self, limit: usize) -> Result<Vec<VersionRow>, StoreError> {
        version_row::open(self.connection, limit)
    }

    /// A version's runs that were not signed.
    pub fn open_runs(&self, project: ProjectId, version: VersionId) -> Result<Vec<OpenRun>, StoreError> {
        run_row::open_of_version(self.connection, project, version)
    }

    /// One project as lists show it.
    pub fn project_row(&self, id: ProjectId) -> Result<Option<ProjectRow>, StoreError> {
        project_row::get(self.connection, id)
    }

    /// All runs, last changed first.
    pub fn run_rows(&self) -> Result<Vec<RunRow>, StoreError> {
        run_row::all(self.connection)
    }

    /// Versions in review, rejected, or approved and not live, over all projects at hand; longest first.
    pub fn review_rows(&self) -> Result<Vec<VersionRow>, StoreError> {
        version_row::in_review(self.connection)
    }

    /// How many these are.
    pub fn count_reviews(&self) -> Result<usize, StoreError> {
        version_row::count_in_review(self.connection)
    }

    /// What the service has not taken yet, in the order of making.
    pub fn outbox(&self) -> Result<Vec<OutboxRow>, StoreError> {
        outbox::open(self.connection)
    }

    /// The same, of what only waits for its turn no more than the next `most`.
    pub fn outbox_shown(&self, most: usize) -> Result<Vec<OutboxRow>, StoreError> {
        outbox::shown(self.connection, most)
    }

    /// Whether nothing that was done to an aggregate is on its way to the service, or about to go.
    pub fn is_sent(&self, of: AggregateRef) -> Result<bool, StoreError> {
        Ok(outbox::pending(self.connection, of)?.iter().all(|row| row.waits_for.is_some()))
    }

    /// One entry of the outbox, done or not.
    pub fn outbox_row(&self, id: CommandId) -> Result<Option<OutboxRow>, StoreError> {
        outbox::get(self.connection, id)
    }

    /// Everything open that needs this entry, directly or by way of others.
    pub fn dependents(&self, id: CommandId) -> Result<Vec<CommandId>, StoreError> {
        Ok(super::outbox::dependents(&outbox::open(self.connection)?, id))
    }

    /// What others changed of the same thing, before a change made here reached the service; oldest first.
    pub fn met(&self, id: CommandId) -> Result<Vec<ActivityRow>, StoreError> {
        met::of(self.connection, id)
    }

    /// What had set that which stood before a change was made here.
    pub fn base(&self, row: &OutboxRow) -> Result<Option<ActivityRow>, StoreError> {
        met::base(self.connection, row)
    }

    /// What the service took although others had changed the same: the newest, by the time of the answer.
    pub fn met_and_taken(&self, limit: usize) -> Result<Vec<OutboxRow>, StoreError> {
        outbox::met_and_taken(self.connection, limit)
    }

    /// How many customers have the app, of these projects that any has.
    pub fn installations_of(&self, projects: &[ProjectId]) -> Result<BTreeMap<ProjectId, u32>, StoreError> {
        installation_row::counts(self.connection, projects)
    }

    /// How the outbox stands, in numbers.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let (queued, conflicted, refused) = outbox::counts(self.connection)?;
        Ok(Counts { queued, conflicted, refused })
    }

    /// What was done, newest first, what is pending on top: a page of it.
    pub fn activity(
        &self,
        filter: &ActivityFilter,
        offset: usize,
        limit: usize,
    ) -> Result<Page<ActivityRow>, StoreError> {
        let mut rows = self.not_in_activity(filter)?;
        let total = rows.len() + activity::total(self.connection, filter)?;
        let skip = offset.saturating_sub(rows.len());
        rows.drain(..offset.min(rows.len()));
        rows.truncate(limit);
        let rest = limit - rows.len();
        if rest > 0 {
            rows.extend(activity::page(self.connection, filter, skip, rest)?);
        }
        Ok(Page { rows, total })
    }

    /// When it was done, in the same order.
    pub fn activity_times(&self, filter: &ActivityFilter) -> Result<Vec<Stretch>, StoreError> {
        let mut all = Vec::new();
        for row in self.not_in_activity(filter)? {
            Stretch::gather(&mut all, row.at);
        }
        activity::stretches(self.connection, filter, &mut all)?;
        Ok(all)
    }

    /// What the activity's table does not hold yet, newest first.
    fn not_in_activity(self, filter: &ActivityFilter) -> Result<Vec<ActivityRow>, StoreError> {
        let head = self.feed()?.map_or(0, |at| at.head);
        let mut rows = Vec::new();
        for row in outbox::not_in_activity(self.connection, head)? {
            if let Some(number) = row.number
                && activity::holds(self.connection, number)?
            {
                continue;
            }
            let row = ActivityRow {
                project: activity::project_of(self.connection, &row.envelope)?,
                number: row.number,
                id: row.id,
                actor: row.actor,
                at: row.made_at,
                pending: row.number.is_none(),
                envelope: row.envelope,
            };
            if filter.takes(&row) {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// Finds things by the beginnings of words, accents and case aside; names first.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<Hit>, StoreError> {
        document::search(self.connection, text, limit)
    }

    /// Comments that mention a person who has not seen them, newest first, with what they stand in.
    pub fn mentions(
        &self,
        member: MemberId,
        limit: usize,
    ) -> Result<Vec<(AggregateRef, CommentId)>, StoreError> {
        mention::of(self.connection, member, limit)
    }

    /// A setting.
    pub fn setting(&self, key: &str) -> Result<Option<Value>, StoreError> {
        setting::get(self.connection, key)
    }

    /// The apps behind the relay that take nothing, as the service said last.
    pub fn failing(&self) -> Result<Vec<FailingApp>, StoreError> {
        let kept = self.setting(super::feed::FAILING)?;
        // What another version of the console kept is asked for anew.
        Ok(kept.and_then(|apps| serde_json::from_value(apps).ok()).unwrap_or_default())
    }

    /// What a person typed and did not hand in yet.
    pub fn draft(&self, key: &str) -> Result<Option<String>, StoreError> {
        draft::get(self.connection, key)
    }

    /// What a person typed and did not hand in yet, of everything whose key begins so.
    pub fn drafts(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        draft::all(self.connection, prefix)
    }

    /// Where we are in the service's feed; none before the first contact.
    pub fn feed(&self) -> Result<Option<Position>, StoreError> {
        feed::get(self.connection)
    }
}

impl Outside for View<'_> {
    type Error = StoreError;

    fn workspace(&self) -> Result<Option<Workspace>, StoreError> {
        View::workspace(self)
    }
    fn project(&self, id: ProjectId) -> Result<Option<Project>, StoreError> {
        View::project(self, id)
    }
    fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        View::run(self, id)
    }
    fn runs_of(&self, project: ProjectId, version: VersionId) -> Result<Vec<Run>, StoreError> {
        View::runs_of(self, project, version)
    }
    fn name_taken(&self, name: &str, except: ProjectId) -> Result<bool, StoreError> {
        project_row::name_taken(self.connection, name, &[except])
    }
    fn slug_taken(&self, slug: &str, except: ProjectId) -> Result<bool, StoreError> {
        project_row::slug_taken(self.connection, slug, &[except])
    }
}

//! What is known while a batch is taken: what was looked up, and over it what the batch itself did.
//!
//! Whatever is asked for and not known yet is noted as missed, and answered as if it were not there; nobody acts on
//! such an answer before it was looked up.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::mem;

use domain::checklist::Run;
use domain::command::Command;
use domain::ids::{CommandId, ProjectId, RunId, VersionId, WorkspaceId};
use domain::project::Project;
use domain::workspace::Workspace;
use domain::{Aggregate, AggregateRef, Facts, Outside, Refusal, Timestamp};

use crate::error::StoreError;
use crate::storage::{self, Entry, Found, Held, Taken, Wanted, Written, folded};

/// An aggregate, and how the batch changed it.
struct Current {
    state: Option<Aggregate>,
    revision: u64,
    /// The numbers of the batch's first and last command that changed it.
    changed: Option<(u64, u64)>,
}

/// What is known.
#[derive(Default)]
pub(super) struct Known {
    commands: BTreeMap<CommandId, Option<storage::Command>>,
    aggregates: BTreeMap<AggregateRef, Current>,
    names: BTreeMap<String, Vec<ProjectId>>,
    slugs: BTreeMap<String, Vec<ProjectId>>,
    runs_of: BTreeMap<(ProjectId, VersionId), Vec<RunId>>,
    /// Name and slug of each project that the batch changed.
    named: BTreeMap<ProjectId, (String, String)>,
    /// The batch's own commands, in their order.
    taken: Vec<CommandId>,
    missed: RefCell<Wanted>,
}

impl Known {
    /// Whether everything that was asked for was known.
    pub(super) fn knew_all(&self) -> bool {
        self.missed.borrow().is_empty()
    }

    /// What was asked for and is not known; after this it is to be looked up and [added](Self::add).
    pub(super) fn missed(&self) -> Wanted {
        mem::take(&mut *self.missed.borrow_mut())
    }

    /// Adds what was looked up. What the batch did meanwhile stands over it.
    pub(super) fn add(&mut self, wanted: Wanted, found: Found) -> Result<(), StoreError> {
        self.commands.extend(wanted.commands.into_iter().map(|id| (id, None)));
        for command in found.commands {
            self.commands.insert(command.envelope.id, Some(command));
        }
        let none = |of| (of, Current { state: None, revision: 0, changed: None });
        self.aggregates.extend(wanted.aggregates.into_iter().map(none));
        for Held { of, revision, json } in found.aggregates {
            let state = Some(Aggregate::read(of, &json)?);
            self.aggregates.insert(of, Current { state, revision, changed: None });
        }
        self.names.extend(wanted.names.into_iter().map(|name| (name, Vec::new())));
        for (name, project) in found.names {
            self.names.entry(name).or_default().push(project);
        }
        self.slugs.extend(wanted.slugs.into_iter().map(|slug| (slug, Vec::new())));
        for (slug, project) in found.slugs {
            self.slugs.entry(slug).or_default().push(project);
        }
        self.runs_of.extend(wanted.runs_of.into_iter().map(|of| (of, Vec::new())));
        for (of, run) in found.runs_of {
            self.runs_of.entry(of).or_default().push(run);
        }
        Ok(())
    }

    /// The command that was taken under this id.
    pub(super) fn command(&self, id: CommandId) -> Option<&storage::Command> {
        let known = self.commands.get(&id);
        if known.is_none() {
            self.missed.borrow_mut().commands.insert(id);
        }
        known?.as_ref()
    }

    /// Sees to it that an aggregate is looked up.
    pub(super) fn look_at(&self, of: AggregateRef) {
        self.state(of);
    }

    fn state(&self, of: AggregateRef) -> Option<&Aggregate> {
        let known = self.aggregates.get(&of);
        if known.is_none() {
            self.missed.borrow_mut().aggregates.insert(of);
        }
        known?.state.as_ref()
    }

    /// Applies a command to its aggregate, which is known.
    pub(super) fn apply(&mut self, command: &Command, facts: &Facts, number: u64) -> Result<(), Refusal> {
        let known = self.aggregates.entry(command.aggregate);
        let known = known.or_insert(Current { state: None, revision: 0, changed: None });
        domain::apply(&mut known.state, command, facts)?;
        known.revision += 1;
        known.changed = Some((known.changed.map_or(number, |(first, _)| first), number));
        if let Some(Aggregate::Project(project)) = &known.state {
            let details = &project.details;
            self.named.insert(project.id, (folded(&details.name), details.slug.clone()));
        }
        Ok(())
    }

    /// Notes a command as taken.
    pub(super) fn note(&mut self, command: storage::Command) {
        let id = command.envelope.id;
        self.commands.insert(id, Some(command));
        self.taken.push(id);
    }

    /// What the batch changed, to be written.
    pub(super) fn taken(mut self, head: u64, last_at: Timestamp) -> Result<Taken, StoreError> {
        let commands = self.taken.iter().filter_map(|id| self.commands.remove(id).flatten()).collect();
        let mut aggregates = Vec::new();
        for (of, Current { state, revision, changed }) in self.aggregates {
            let (Some(state), Some((first, number))) = (state, changed) else { continue };
            let entry = match &state {
                Aggregate::Workspace(_) | Aggregate::Installation(_) => Entry::None,
                Aggregate::Project(project) => {
                    let (name_folded, slug) = self.named.remove(&project.id).unwrap_or_default();
                    Entry::Project { name_folded, slug }
                }
                Aggregate::Run(run) => {
                    Entry::Run { project: run.project, version: run.version, started: first }
                }
            };
            aggregates.push(Written { state: Held { of, revision, json: state.write()? }, number, entry });
        }
        Ok(Taken { head, last_at, commands, aggregates, people: None })
    }

    /// What lies outside an aggregate of this workspace.
    pub(super) fn within(&self, workspace: WorkspaceId) -> Within<'_> {
        Within { known: self, workspace }
    }
}

/// What the reducer asks of the world.
pub(super) struct Within<'a> {
    known: &'a Known,
    workspace: WorkspaceId,
}

impl Outside for Within<'_> {
    type Error = Infallible;

    fn workspace(&self) -> Result<Option<Workspace>, Infallible> {
        Ok(match self.known.state(AggregateRef::Workspace(self.workspace)) {
            Some(Aggregate::Workspace(workspace)) => Some((**workspace).clone()),
            _ => None,
        })
    }

    fn project(&self, id: ProjectId) -> Result<Option<Project>, Infallible> {
        Ok(match self.known.state(AggregateRef::Project(id)) {
            Some(Aggregate::Project(project)) => Some((**project).clone()),
            _ => None,
        })
    }

    fn run(&self, id: RunId) -> Result<Option<Run>, Infallible> {
        Ok(match self.known.state(AggregateRef::Run(id)) {
            Some(Aggregate::Run(run)) => Some((**run).clone()),
            _ => None,
        })
    }

    fn runs_of(&self, project: ProjectId, version: VersionId) -> Result<Vec<Run>, Infallible> {
        let Some(stored) = self.known.runs_of.get(&(project, version)) else {
            self.known.missed.borrow_mut().runs_of.insert((project, version));
            return Ok(Vec::new());
        };
        // The batch's own, which may or may not stand among the stored ones by now.
        let own = self.known.aggregates.values().filter_map(|known| match (&known.state, known.changed) {
            (Some(Aggregate::Run(run)), Some(_)) if (run.project, run.version) == (project, version) => {
                Some(run.id)
            }
            _ => None,
        });
        let ids: BTreeSet<RunId> = stored.iter().copied().chain(own).collect();
        let runs: Result<Vec<_>, _> = ids.into_iter().map(|id| self.run(id)).collect();
        Ok(runs?.into_iter().flatten().collect())
    }

    fn name_taken(&self, name: &str, except: ProjectId) -> Result<bool, Infallible> {
        let name = folded(name);
        let Some(stored) = self.known.names.get(&name) else {
            self.known.missed.borrow_mut().names.insert(name);
            return Ok(false);
        };
        Ok(self.another(stored, except, |(own, _)| *own == name))
    }

    fn slug_taken(&self, slug: &str, except: ProjectId) -> Result<bool, Infallible> {
        let Some(stored) = self.known.slugs.get(slug) else {
            self.known.missed.borrow_mut().slugs.insert(slug.to_owned());
            return Ok(false);
        };
        Ok(self.another(stored, except, |(_, own)| own == slug))
    }
}

impl Within<'_> {
    /// Whether another project has it: as the batch left it, else as it is stored.
    fn another(
        &self,
        stored: &[ProjectId],
        except: ProjectId,
        has: impl Fn(&(String, String)) -> bool,
    ) -> bool {
        let named = &self.known.named;
        stored.iter().any(|project| *project != except && !named.contains_key(project))
            || named.iter().any(|(project, own)| *project != except && has(own))
    }
}

//! Facts: the typed answer to what lies outside the aggregate that a command changes.
//!
//! Gathered in this one place on both sides, from whatever store is at hand, inside the transaction that applies
//! the command. The reducer itself asks nobody.

use crate::checklist::Run;
use crate::command::{Body, Command};
use crate::common::{AggregateRef, Role, Timestamp};
use crate::fields::FieldKey;
use crate::ids::{MemberId, ProjectId, RunId, VersionId, WorkspaceId};
use crate::project::{Project, ProjectDetails};
use crate::redact::Redacted;
use crate::templates::Template;
use crate::workspace::{InstallCase, Policies, TicketAbout, Workspace};

/// Who acts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    /// The person.
    pub member: MemberId,
    /// The roles in force.
    pub roles: Vec<Role>,
}

/// What the reducer knows of the world.
#[derive(Clone, PartialEq, Debug)]
pub struct Facts {
    /// Who acts.
    pub actor: Actor,
    /// The moment: the service's clock with authority, the desktop's until then.
    pub at: Timestamp,
    /// Whether another project has the name, where a name is set or submitted.
    pub name_taken: bool,
    /// Whether another project has the slug.
    pub slug_taken: bool,
    /// What was taken out of the command's words since it was made, as it says itself.
    pub redacted: Vec<Redacted>,
    /// What the workspace decided for itself.
    pub policies: Policies,
    /// The template that a run starts from, or takes.
    pub template: Option<Template>,
    /// The number of the version that a run is against.
    pub version_number: Option<String>,
    /// The run whose results are carried over, and its version's number.
    pub previous_run: Option<(Run, String)>,
    /// The runs of the version that is submitted.
    pub runs: Vec<Run>,
    /// Whether what is named beyond the aggregate is there: a customer with these contacts, what a ticket or an install
    /// case is about, whose an installation is, who looks after it.
    pub named_known: bool,
    /// The install cases of the workspace, where it is said whose an installation is.
    pub cases: Option<(WorkspaceId, Vec<InstallCase>)>,
}

/// Look-ups into a store.
pub trait Outside {
    /// What can go wrong.
    type Error;
    /// The workspace.
    fn workspace(&self) -> Result<Option<Workspace>, Self::Error>;
    /// A project.
    fn project(&self, id: ProjectId) -> Result<Option<Project>, Self::Error>;
    /// A run.
    fn run(&self, id: RunId) -> Result<Option<Run>, Self::Error>;
    /// All runs of a version.
    fn runs_of(&self, project: ProjectId, version: VersionId) -> Result<Vec<Run>, Self::Error>;
    /// Whether a project other than this one has the name, letters' case aside.
    fn name_taken(&self, name: &str, except: ProjectId) -> Result<bool, Self::Error>;
    /// Whether a project other than this one has the slug.
    fn slug_taken(&self, slug: &str, except: ProjectId) -> Result<bool, Self::Error>;
}

impl Facts {
    /// Facts that know nothing but who and when.
    pub fn plain(actor: Actor, at: Timestamp) -> Self {
        Self {
            actor,
            at,
            name_taken: false,
            slug_taken: false,
            redacted: Vec::new(),
            policies: Policies::default(),
            template: None,
            version_number: None,
            previous_run: None,
            runs: Vec::new(),
            named_known: false,
            cases: None,
        }
    }

    /// Gathers what a command needs to know, and nothing else: a tick asks the store for nothing.
    pub fn gather<O: Outside>(
        command: &Command,
        actor: Actor,
        at: Timestamp,
        store: &O,
    ) -> Result<Self, O::Error> {
        let mut facts = Self::plain(actor, at);
        match (&command.body, command.aggregate) {
            (
                Body::ProjectCreate { details } | Body::ProjectEdit { details, .. },
                AggregateRef::Project(project),
            ) => {
                let ProjectDetails { name, slug, .. } = details;
                facts.name_taken = store.name_taken(name.trim(), project)?;
                facts.slug_taken = !slug.trim().is_empty() && store.slug_taken(slug.trim(), project)?;
            }
            (Body::MarkSubmitted { version, .. }, AggregateRef::Project(project)) => {
                facts.policies = store.workspace()?.map(|workspace| workspace.policies).unwrap_or_default();
                facts.runs = store.runs_of(project, *version)?;
                if let Some(found) =
                    store.project(project)?.as_ref().and_then(|found| found.version(*version))
                {
                    let text = |key| found.information.text(key).trim().to_owned();
                    let (name, slug) = (text(FieldKey::DisplayName), text(FieldKey::Slug));
                    facts.name_taken = !name.is_empty() && store.name_taken(&name, project)?;
                    facts.slug_taken = !slug.is_empty() && store.slug_taken(&slug, project)?;
                }
                // One order on both sides: it goes into the round's copy.
                facts.runs.sort_by_key(|run| (run.started.at, run.id));
            }
            (Body::LinkNoteUse { customer: Some(customer), contacts, .. }, _) => {
                let workspace = store.workspace()?;
                let known = workspace.as_ref().and_then(|workspace| workspace.customer(*customer));
                facts.named_known = known.is_some_and(|known| {
                    contacts.iter().all(|contact| known.details.contact(*contact).is_some())
                });
            }
            (Body::InstallationMatch { customer, project }, _) => {
                let workspace = store.workspace()?;
                let known = |id| workspace.as_ref().is_some_and(|known| known.customer(id).is_some());
                facts.named_known = customer.is_none_or(known)
                    && match project {
                        Some(project) => store.project(*project)?.is_some(),
                        None => true,
                    };
                facts.cases = workspace.map(|workspace| (workspace.id, workspace.cases));
            }
            (Body::CaseSet { details, .. }, _) => {
                let project = store.project(details.project)?;
                facts.named_known = project.is_some_and(|known| {
                    details.version.is_none_or(|version| known.version(version).is_some())
                });
            }
            (Body::AlertAssign { to: Some(to), .. }, AggregateRef::Installation(_)) => {
                let workspace = store.workspace()?;
                let mut members = workspace.iter().flat_map(|workspace| &workspace.members);
                facts.named_known = members.any(|known| known.id == *to && known.left.is_none());
            }
            (Body::TicketSet { details, .. }, _) => {
                let TicketAbout { project, version, finding, .. } = details.about;
                let found = project.map(|id| store.project(id)).transpose()?.flatten();
                facts.named_known = match (project, found) {
                    (None, _) => version.is_none() && finding.is_none(),
                    (Some(_), None) => false,
                    (Some(_), Some(found)) => {
                        version.is_none_or(|id| found.version(id).is_some())
                            && finding.is_none_or(|id| found.findings.iter().any(|known| known.id == id))
                    }
                };
            }
            (Body::RunStart { project, version, template, template_version, previous, .. }, _) => {
                let found = store.project(*project)?;
                let number = |id| {
                    found
                        .as_ref()
                        .and_then(|project| project.version(id))
                        .map(|version| version.number.clone())
                };
                facts.version_number = number(*version);
                if let Some(workspace) = store.workspace()? {
                    facts.template = workspace.template(*template, Some(*template_version)).cloned();
                }
                if let Some(previous) = previous
                    && let Some(run) = store.run(*previous)?
                {
                    let number = number(run.version).unwrap_or_default();
                    facts.previous_run = Some((run, number));
                }
            }
            (Body::RunTakeTemplate { template, template_version }, AggregateRef::Run(run)) => {
                if let Some(workspace) = store.workspace()? {
                    facts.template = workspace.template(*template, Some(*template_version)).cloned();
                }
                if let Some(run) = store.run(run)? {
                    facts.version_number = store
                        .project(run.project)?
                        .as_ref()
                        .and_then(|project| project.version(run.version))
                        .map(|version| version.number.clone());
                }
            }
            _ => {}
        }
        Ok(facts)
    }
}

//! What a data folder holds before a test begins, made by the engine itself with no window: only what the test
//! is about goes through the screen.

mod unreachable;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use domain::checklist::Tested;
use domain::fields::{FIELDS, FieldValue};
use domain::ids::{ProjectId, RunId, TemplateId, VersionId};
use domain::project::ProjectDetails;
use domain::templates::{self, Item, Section, Template};
use domain::{AggregateRef, Body, Timestamp};
use partner_console::embedded;
use partner_core::engine::{Clock, Embedded, Engine, Host, Options};
use partner_core::ipc::{self, boot::Phase};
use serde_json::Value;
use uuid::Uuid;

use crate::files;
use unreachable::Unreachable;

/// The person at the desk of every test.
pub const PERSON: &str = "Partner manager";
/// Their organisation.
pub const WORKSPACE: &str = "Sample Apps";

/// An engine over a data folder that no window has open.
pub struct Given {
    engine: Engine,
    data: PathBuf,
}

impl Given {
    /// A new workspace on this computer.
    pub async fn workspace(data: &Path) -> Result<Self> {
        let given = Self::start(data, Arc::new(embedded::Service)).await;
        given.engine.start_here(WORKSPACE, PERSON).await?;
        Ok(given)
    }

    /// The workspace that is there, or none yet.
    pub async fn again(data: &Path) -> Self {
        Self::start(data, Arc::new(embedded::Service)).await
    }

    /// The workspace that is there, at another moment: how things stood then, or will.
    pub async fn at(data: &Path, moment: Timestamp) -> Self {
        Self::start_at(data, Arc::new(embedded::Service), Arc::new(move || moment)).await
    }

    /// The workspace that is there, while its service answers nothing: what is done stays unsent.
    pub async fn unsent(data: &Path) -> Self {
        Self::start(data, Arc::new(Unreachable)).await
    }

    async fn start(data: &Path, embedded: Arc<dyn Embedded>) -> Self {
        Self::start_at(data, embedded, partner_service::system_clock()).await
    }

    async fn start_at(data: &Path, embedded: Arc<dyn Embedded>, clock: Clock) -> Self {
        let keychain = Arc::new(partner_core::vault::NoKeychain);
        let options = Options { data: data.to_owned(), host: Arc::new(NoDesktop), embedded, clock, keychain };
        let engine = Engine::start(options).await;
        if let Ok(Phase::Recovery(found)) = engine.phase().await {
            panic!("{} did not open: {found:?}", data.display());
        }
        Self { engine, data: data.to_owned() }
    }

    /// Makes a change.
    pub async fn change(&self, aggregate: AggregateRef, body: Body) -> Result<()> {
        self.engine.change(aggregate, body).await?;
        Ok(())
    }

    /// Makes a call, as the window does.
    pub async fn call(&self, name: &str, args: Value) -> Result<Value> {
        let reply = ipc::call(&self.engine, name, args).await;
        let reply = reply.map_err(|error| anyhow::anyhow!("{name}: {error:?}"))?;
        Ok(serde_json::from_str(&reply)?)
    }

    /// What the workspace itself is changed by.
    pub fn workspace_ref(&self) -> Result<AggregateRef> {
        Ok(AggregateRef::Workspace(self.engine.workspace_id()?))
    }

    /// A project.
    pub async fn project(&self, name: &str) -> Result<ProjectId> {
        self.project_named(name, &name.to_lowercase().replace(' ', "-")).await
    }

    /// A project whose slug does not follow its name.
    pub async fn project_named(&self, name: &str, slug: &str) -> Result<ProjectId> {
        let project = ProjectId(Uuid::now_v7());
        let details =
            ProjectDetails { name: name.to_owned(), slug: slug.to_owned(), owner: PERSON.to_owned() };
        self.change(AggregateRef::Project(project), Body::ProjectCreate { details }).await?;
        Ok(project)
    }

    /// A version of a project.
    pub async fn version(&self, project: ProjectId, number: &str) -> Result<VersionId> {
        let version = VersionId(Uuid::now_v7());
        let body = Body::VersionCreate { version, number: number.to_owned() };
        self.change(AggregateRef::Project(project), body).await?;
        Ok(version)
    }

    /// A field of a version, filled with a text.
    pub async fn set_text(
        &self,
        project: ProjectId,
        version: VersionId,
        field: &str,
        text: &str,
    ) -> Result<()> {
        let field = FIELDS.iter().find(|spec| spec.name == field).context("there is no such field")?.key;
        let value = Some(FieldValue::Text(text.to_owned()));
        self.change(AggregateRef::Project(project), Body::SetField { version, field, value, expects: None })
            .await
    }

    /// A run of the QA checklist, with nothing ticked.
    pub async fn run(&self, project: ProjectId, version: VersionId) -> Result<RunId> {
        let template = templates::by_id(templates::QA).context("there is no QA checklist")?;
        self.start_run(project, version, template).await
    }

    /// A run of a list of so many items, with nothing ticked.
    pub async fn run_of(
        &self,
        project: ProjectId,
        version: VersionId,
        items: usize,
        id: impl Fn(usize) -> String,
    ) -> Result<RunId> {
        let mut template = templates::by_id(templates::QA).context("there is no QA checklist")?.clone();
        template.id = TemplateId(Uuid::now_v7());
        template.version = 1;
        "A long list".clone_into(&mut template.name);
        let (section, item) = (template.sections[0].clone(), template.sections[0].items[0].clone());
        let item =
            |n| Item { id: id(n), text: format!("What has to be true, number {}", n + 1), ..item.clone() };
        template.sections = vec![Section { items: (0..items).map(item).collect(), ..section }];
        let body = Body::TemplateAdd { template: Box::new(template.clone()) };
        self.change(self.workspace_ref()?, body).await?;
        self.start_run(project, version, &template).await
    }

    /// A run of a list, with nothing ticked.
    pub async fn start_run(
        &self,
        project: ProjectId,
        version: VersionId,
        template: &Template,
    ) -> Result<RunId> {
        let run = RunId(Uuid::now_v7());
        let body = Body::RunStart {
            project,
            version,
            template: template.id,
            template_version: template.version,
            previous: None,
            tested: Tested { build: "118".to_owned(), ..Tested::default() },
        };
        self.change(AggregateRef::Run(run), body).await?;
        Ok(run)
    }

    /// Ends it, once the service has taken everything.
    pub async fn close(self) -> Result<()> {
        files::wait_sent(&self.data).await?;
        self.abandon().await;
        Ok(())
    }

    /// Ends it with what is not sent yet.
    pub async fn abandon(self) {
        self.engine.close().await;
    }
}

/// No desktop: nothing is opened, and there is nothing to end.
struct NoDesktop;

impl Host for NoDesktop {
    fn open(&self, _: &str) -> Result<(), String> {
        Err("no desktop".to_owned())
    }

    fn quit(&self) {}

    fn carry(&self, _: ProjectId, _: VersionId) -> Result<(), String> {
        Err("no desktop".to_owned())
    }

    fn notify(&self, _: &str, _: &str, _: Option<String>) -> Result<(), String> {
        Err("no desktop".to_owned())
    }

    fn downloads(&self) -> Option<PathBuf> {
        None
    }
}

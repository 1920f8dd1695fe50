//! What the tests of store and sync share: a person, commands, and a partner service made of the reducer and a
//! vector, which fails when it is told to.

mod service;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use domain::checklist::{Outcome, Tested};
use domain::fields::{FieldKey, FieldValue};
use domain::ids::{CommandId, MemberId, ProjectId, RunId, VersionId, WorkspaceId};
use domain::project::ProjectDetails;
use domain::workspace::Member;
use domain::{Actor, AggregateRef, Body, Command, Role, Timestamp, templates};
use uuid::Uuid;

use crate::store::{Store, SubmitError, Submitted, submit};

pub use service::{Fake, Trouble};

/// The workspace of every test.
pub const WORKSPACE: WorkspaceId = WorkspaceId::from_u128(1);

/// What most tests begin with.
#[derive(Clone, Copy, Debug)]
pub struct Furniture {
    pub project: ProjectId,
    pub version: VersionId,
    pub run: RunId,
}

/// A person who may do everything.
pub fn person(n: u128) -> Actor {
    Actor { member: MemberId(Uuid::from_u128(0x1000 + n)), roles: Role::ALL.to_vec() }
}

/// A clock that moves a second at each look.
pub fn clock() -> crate::sync::Clock {
    let now = AtomicI64::new(1_700_000_000_000);
    Arc::new(move || Timestamp(now.fetch_add(1_000, Ordering::SeqCst)))
}

/// Ids that no other call gave.
pub fn fresh() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(0xF000_0000_0000 + u128::from(NEXT.fetch_add(1, Ordering::SeqCst)))
}

pub fn command(aggregate: AggregateRef, body: Body) -> Command {
    Command { id: CommandId(fresh()), aggregate, body }
}

/// A desktop's person at work: every call is one command through the local write path.
#[derive(Clone)]
pub struct Desk {
    pub store: Store,
    pub actor: Actor,
    pub clock: crate::sync::Clock,
}

impl Desk {
    pub fn new(store: Store) -> Self {
        Self { store, actor: person(1), clock: clock() }
    }

    pub async fn submit(&self, command: Command) -> Result<Submitted, SubmitError> {
        let (actor, at) = (self.actor.clone(), (self.clock)());
        self.store.write(move |tx| submit(tx, &actor, at, command, || CommandId(fresh()))).await
    }

    pub async fn go(&self, aggregate: AggregateRef, body: Body) -> CommandId {
        self.submit(command(aggregate, body)).await.unwrap().id
    }

    pub async fn workspace(&self) -> CommandId {
        let member = Member::new(self.actor.member, "Partner manager".into(), Role::ALL.to_vec());
        let body = Body::WorkspaceCreate { name: "Sample Apps".into(), sample: false, member };
        self.go(AggregateRef::Workspace(WORKSPACE), body).await
    }

    pub async fn project(&self, name: &str) -> ProjectId {
        let id = ProjectId(fresh());
        self.go(AggregateRef::Project(id), create(name)).await;
        id
    }

    pub async fn version(&self, project: ProjectId, number: &str) -> VersionId {
        let version = VersionId(fresh());
        let body = Body::VersionCreate { version, number: number.into() };
        self.go(AggregateRef::Project(project), body).await;
        version
    }

    /// Sets a field on top of what is shown.
    pub async fn set(
        &self,
        project: ProjectId,
        version: VersionId,
        field: FieldKey,
        text: &str,
    ) -> CommandId {
        let seen = self
            .store
            .read(move |view| {
                Ok::<_, crate::store::StoreError>(
                    view.project(project)?
                        .and_then(|p| p.version(version).and_then(|v| v.information.get(field))),
                )
            })
            .await
            .unwrap();
        self.go(AggregateRef::Project(project), set_field(version, field, text, seen)).await
    }

    pub async fn run(&self, project: ProjectId, version: VersionId) -> RunId {
        let run = RunId(fresh());
        self.go(AggregateRef::Run(run), start(project, version)).await;
        run
    }

    pub async fn tick(&self, run: RunId, item: &str, outcome: Outcome, knew: Vec<CommandId>) -> CommandId {
        self.go(AggregateRef::Run(run), tick(item, outcome, knew)).await
    }
}

pub fn create(name: &str) -> Body {
    let details = ProjectDetails { name: name.into(), slug: String::new(), owner: String::new() };
    Body::ProjectCreate { details }
}

pub fn set_field(version: VersionId, field: FieldKey, text: &str, expects: Option<FieldValue>) -> Body {
    Body::SetField { version, field, value: Some(FieldValue::Text(text.into())), expects }
}

pub fn start(project: ProjectId, version: VersionId) -> Body {
    start_with(qa(), project, version)
}

pub fn start_with(template: &templates::Template, project: ProjectId, version: VersionId) -> Body {
    Body::RunStart {
        project,
        version,
        template: template.id,
        template_version: template.version,
        previous: None,
        tested: Tested::default(),
    }
}

pub fn tick(item: &str, outcome: Outcome, knew: Vec<CommandId>) -> Body {
    Body::SetResult { item: item.into(), outcome, reason: "n/a".into(), knew }
}

/// The QA checklist.
pub fn qa() -> &'static templates::Template {
    templates::by_id(templates::QA).unwrap()
}

/// The first items of the QA checklist.
pub fn items() -> Vec<String> {
    qa().items().map(|item| item.id.clone()).collect()
}

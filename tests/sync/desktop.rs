//! A desktop without its window: a store, a person, a sync.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use domain::checklist::{Outcome, Tested};
use domain::fields::{FieldKey, FieldValue};
use domain::ids::{CommandId, MemberId, ProjectId, RunId, VersionId};
use domain::project::ProjectDetails;
use domain::protocol::{Changes, PROTOCOL, PROTOCOL_HEADER, Snapshot};
use domain::workspace::Member;
use domain::{Actor, AggregateRef, Body, Command, Role, Timestamp, templates};
use partner_core::store::outbox::OutboxRow;
use partner_core::store::{FILE, Store, StoreError, SubmitError, recover, submit};
use partner_core::sync::{self, Clock, Sync, SyncState, Transport};
use serde_json::Value;
use tempfile::TempDir;
use uuid::Uuid;

use crate::WORKSPACE;

pub type States = BTreeMap<AggregateRef, Value>;

pub struct Desktop {
    dir: TempDir,
    pub store: Store,
    actor: Actor,
    clock: Clock,
}

/// The time, a millisecond later at each look at least: a round may well begin and end within one.
fn now() -> Timestamp {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let time = i64::try_from(since.as_millis()).unwrap();
    let last = LAST.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(time.max(last + 1)));
    Timestamp(time.max(last.unwrap() + 1))
}

fn clock() -> Clock {
    Arc::new(now)
}

impl Desktop {
    pub fn open(member: MemberId) -> Self {
        Self::open_as(member, Role::ALL.to_vec(), clock())
    }

    pub fn open_as(member: MemberId, roles: Vec<Role>, clock: Clock) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        Self { dir, store, actor: Actor { member, roles }, clock }
    }

    /// Ended and started again.
    pub fn restarted(self) -> Self {
        self.store.close();
        Self { store: Store::open(self.dir.path()).unwrap(), ..self }
    }

    /// Its store's header is overwritten; what it had comes through.
    pub fn broken_and_recovered(self) -> Self {
        self.store.close();
        let file = self.dir.path().join(FILE);
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[..100].fill(0);
        std::fs::write(&file, bytes).unwrap();
        assert!(Store::open(self.dir.path()).is_err());
        assert!(recover(self.dir.path(), now()).unwrap().complete);
        Self { store: Store::open(self.dir.path()).unwrap(), ..self }
    }

    pub fn sync(&self, transport: Arc<dyn Transport>) -> Sync {
        sync::start(self.store.clone(), transport, self.clock.clone())
    }

    /// Waits until everything was sent and read: no longer than it should ever take.
    pub async fn settled(&self, sync: &Sync) {
        let began = now();
        sync.waker().wake();
        let mut status = sync.watch();
        let done = status.wait_for(|now| {
            now.state == SyncState::Idle && now.queued == 0 && now.last_synced_at.is_some_and(|at| at > began)
        });
        // What is refused or waits for it stays: the sync is done with it all the same.
        let done = tokio::time::timeout(Duration::from_secs(30), done).await.is_ok();
        let left = self.open_rows().await;
        assert!(done, "the sync does not settle: {:?} since {began:?}, {left:?}", sync.status());
    }

    pub async fn submit(&self, aggregate: AggregateRef, body: Body) -> Result<CommandId, SubmitError> {
        self.send(Command { id: CommandId(Uuid::now_v7()), aggregate, body }).await
    }

    pub async fn send(&self, command: Command) -> Result<CommandId, SubmitError> {
        let (actor, at) = (self.actor.clone(), (self.clock)());
        let done = self.store.write(move |tx| submit(tx, &actor, at, command, || CommandId(Uuid::now_v7())));
        done.await.map(|done| done.id)
    }

    pub async fn go(&self, aggregate: AggregateRef, body: Body) -> CommandId {
        self.submit(aggregate, body).await.unwrap()
    }

    /// All of these, on one aggregate and on the disk at once.
    pub async fn go_all(&self, aggregate: AggregateRef, bodies: Vec<Body>) {
        let (actor, clock) = (self.actor.clone(), self.clock.clone());
        let done = self.store.write(move |tx| {
            bodies.into_iter().try_for_each(|body| {
                let command = Command { id: CommandId(Uuid::now_v7()), aggregate, body };
                submit(tx, &actor, clock(), command, || CommandId(Uuid::now_v7())).map(drop)
            })
        });
        done.await.unwrap();
    }

    pub async fn workspace(&self) {
        let member = Member::new(self.actor.member, "Partner manager".to_owned(), Role::ALL.to_vec());
        let body = Body::WorkspaceCreate { name: "Sample Apps".to_owned(), sample: false, member };
        self.go(AggregateRef::Workspace(WORKSPACE), body).await;
    }

    pub async fn furnish(&self, name: &str) -> (ProjectId, VersionId, RunId) {
        let (project, version, run) =
            (ProjectId(Uuid::now_v7()), VersionId(Uuid::now_v7()), RunId(Uuid::now_v7()));
        self.go(AggregateRef::Project(project), create(name)).await;
        let body = Body::VersionCreate { version, number: "1.0.0".to_owned() };
        self.go(AggregateRef::Project(project), body).await;
        let template = templates::by_id(templates::QA).unwrap();
        let body = Body::RunStart {
            project,
            version,
            template: template.id,
            template_version: template.version,
            previous: None,
            tested: Tested::default(),
        };
        self.go(AggregateRef::Run(run), body).await;
        (project, version, run)
    }

    pub async fn open_rows(&self) -> Vec<OutboxRow> {
        let rows = self.store.read(|view| {
            let rows = view.outbox()?;
            Ok::<_, StoreError>(rows)
        });
        rows.await.unwrap()
    }

    /// These aggregates, as they are shown.
    pub async fn states(&self, which: impl Iterator<Item = AggregateRef>) -> States {
        let which: Vec<AggregateRef> = which.collect();
        self.store
            .read(move |view| {
                let mut states = States::new();
                for of in which {
                    if let Some(state) = view.aggregate(of)? {
                        states.insert(of, state.to_value()?);
                    }
                }
                Ok::<_, StoreError>(states)
            })
            .await
            .unwrap()
    }
}

/// Everything that the service has.
pub async fn states(transport: &dyn Transport) -> States {
    let mut known = States::new();
    let mut after = 0;
    loop {
        let request = http::Request::get(format!("/v1/snapshot?after={after}"))
            .header(PROTOCOL_HEADER, PROTOCOL)
            .body(Bytes::new())
            .unwrap();
        let answer = transport.send(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        let page: Snapshot = serde_json::from_slice(answer.body()).unwrap();
        after = page.states.iter().map(|state| state.number).max().unwrap_or(after);
        known.extend(page.states.into_iter().map(|state| (state.aggregate, state.state)));
        if !page.more {
            return known;
        }
    }
}

/// The commands that the service took, in order.
pub async fn taken(transport: &dyn Transport) -> Vec<CommandId> {
    let mut known = Vec::new();
    loop {
        let after = known.len();
        let request = http::Request::get(format!("/v1/changes?after={after}"))
            .header(PROTOCOL_HEADER, PROTOCOL)
            .body(Bytes::new())
            .unwrap();
        let answer = transport.send(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        let page: Changes = serde_json::from_slice(answer.body()).unwrap();
        // Numbers have no gaps: how many there were is where the next page begins.
        known.extend(page.changes.iter().map(|change| change.command.id));
        if !page.more {
            return known;
        }
    }
}

pub fn create(name: &str) -> Body {
    let details = ProjectDetails { name: name.to_owned(), slug: String::new(), owner: String::new() };
    Body::ProjectCreate { details }
}

/// Notes of a version, where there were none.
pub fn set_notes(version: VersionId, text: &str) -> Body {
    let value = Some(FieldValue::Text(text.to_owned()));
    Body::SetField { version, field: FieldKey::Notes, value, expects: None }
}

pub fn item(n: usize) -> String {
    let items: Vec<_> = templates::by_id(templates::QA).unwrap().items().collect();
    items[n % items.len()].id.clone()
}

/// A result on the n-th item, by somebody who saw none.
pub fn tick(n: usize) -> Body {
    let outcome = if n.is_multiple_of(2) { Outcome::Pass } else { Outcome::Blocked };
    Body::SetResult {
        item: item(if n < 3 { 0 } else { n }),
        outcome,
        reason: String::new(),
        knew: Vec::new(),
    }
}

/// A note on the n-th item.
pub fn note(n: usize, text: &str) -> Body {
    Body::Note { item: item(n), text: text.to_owned(), knew: None }
}

/// A result on the n-th item with words of its own: never merged with another.
pub fn blocked(n: usize, because: &str) -> Body {
    Body::SetResult { item: item(n), outcome: Outcome::Blocked, reason: because.to_owned(), knew: Vec::new() }
}

//! Desktops and services of different versions at one real service: an older desktop reads on and keeps what it cannot
//! send; what a newer one did is kept and shown; what an older service does not know is refused alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use domain::ids::ProjectId;
use domain::protocol::PROTOCOL_HEADER;
use domain::{AggregateRef, Body};
use http::header::AUTHORIZATION;
use http::{Request, Response, StatusCode};
use partner_core::store::ActivityFilter;
use partner_core::store::outbox::OutboxState;
use partner_core::sync::{InProcess, Sending, SyncState, Transport};
use partner_service::{Service, system_clock};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::desktop::{Desktop, create, states};
use crate::{member, people, token};

/// The way to the service, as an end of another version would have it.
struct Aged {
    inside: InProcess<axum::Router>,
    token: String,
    /// The desktop speaks a protocol that the service takes no commands by any more.
    old_desktop: AtomicBool,
    /// The service knows neither archiving nor anything that was added since.
    old_service: AtomicBool,
}

impl Aged {
    fn over(service: &Service, person: u128) -> Arc<Self> {
        Arc::new(Self {
            inside: InProcess::new(service.router()),
            token: format!("Bearer {}", token(person)),
            old_desktop: AtomicBool::new(false),
            old_service: AtomicBool::new(false),
        })
    }
}

/// The kind as a later version might call it: the service of today does not know it.
fn unknown(body: &[u8]) -> Bytes {
    let mut batch: Value = serde_json::from_slice(body).unwrap();
    for command in batch["commands"].as_array_mut().unwrap() {
        if command["kind"] == "project.set_archived" {
            command["kind"] = json!("project.set_archived_for");
        }
    }
    batch.to_string().into()
}

impl Transport for Aged {
    fn send(&self, mut request: Request<Bytes>) -> Sending<'_> {
        request.headers_mut().insert(AUTHORIZATION, self.token.parse().unwrap());
        if self.old_desktop.load(Ordering::SeqCst) {
            request.headers_mut().insert(PROTOCOL_HEADER, "0".parse().unwrap());
        }
        Box::pin(async move {
            if self.old_service.load(Ordering::SeqCst) {
                let path = request.uri().path().to_owned();
                if !["/v1/me", "/v1/commands", "/v1/changes", "/v1/snapshot"].contains(&path.as_str()) {
                    let fault = json!({ "code": "not_found", "params": {} }).to_string();
                    let mut answer = Response::new(Bytes::from(fault));
                    *answer.status_mut() = StatusCode::NOT_FOUND;
                    return Ok(answer);
                }
                if path == "/v1/commands" {
                    let body = unknown(request.body());
                    *request.body_mut() = body;
                }
            }
            self.inside.send(request).await
        })
    }
}

struct Place {
    dir: tempfile::TempDir,
    service: Service,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let service = Service::open(&dir.path().join("service.db"), people(), system_clock()).unwrap();
        Self { dir, service }
    }

    /// What a service of a later version wrote: a command and a field that nobody here knows.
    fn newer_wrote(&self, project: ProjectId) {
        let store = rusqlite::Connection::open(self.dir.path().join("service.db")).unwrap();
        let head: i64 = store.query_row("SELECT head FROM workspace", [], |row| row.get(0)).unwrap();
        let id = Uuid::now_v7();
        let envelope = json!({
            "id": id, "kind": "project.rate", "v": 7, "aggregate": { "kind": "project", "id": project },
            "made_at": 0, "needs": [], "args": { "stars": 5 }, "of_tomorrow": true,
        });
        store
            .execute(
                "INSERT INTO command (workspace, number, id, actor, taken_at, aggregate_kind, aggregate, envelope)
                 SELECT id, ?1, ?2, ?3, 0, 'project', ?4, ?5 FROM workspace",
                rusqlite::params![head + 1, id, member(2).0, project.0, envelope.to_string()],
            )
            .unwrap();
        let changed = store
            .execute(
                "UPDATE aggregate SET state = json_set(state, '$.stars', 5), revision = revision + 1, number = ?1
                 WHERE id = ?2",
                rusqlite::params![head + 1, project.0],
            )
            .unwrap();
        assert_eq!(changed, 1);
        store.execute("UPDATE workspace SET head = ?1", [head + 1]).unwrap();
    }
}

#[tokio::test]
async fn an_older_desktop_reads_on_and_sends_once_it_is_updated() {
    let place = Place::new();
    let (older, newer) = (Desktop::open(member(1)), Desktop::open(member(2)));
    let (way, theirs) = (Aged::over(&place.service, 1), Aged::over(&place.service, 2));
    way.old_desktop.store(true, Ordering::SeqCst);
    let their_sync = newer.sync(theirs.clone());
    newer.workspace().await;
    let (first, ..) = newer.furnish("Call Notes").await;
    newer.settled(&their_sync).await;

    // It reads, what is done here goes on, nothing of it is sent, and it says what helps.
    let sync = older.sync(way.clone());
    let mut status = sync.watch();
    let project = ProjectId(Uuid::now_v7());
    status.wait_for(|now| now.last_synced_at.is_some()).await.unwrap();
    older.go(AggregateRef::Project(project), create("Queue Lens")).await;
    sync.waker().wake();
    status.wait_for(|now| now.state == SyncState::UpdateNeeded && now.queued == 1).await.unwrap();
    let both = [first, project].map(AggregateRef::Project);
    assert_eq!(older.states(both.into_iter()).await.len(), 2);
    let (later, ..) = newer.furnish("Survey Sense").await;
    newer.settled(&their_sync).await;
    sync.waker().wake();
    let shown = async || older.states([AggregateRef::Project(later)].into_iter()).await.len() == 1;
    while !shown().await {
        status.changed().await.unwrap();
    }
    assert!(!states(&*theirs).await.contains_key(&AggregateRef::Project(project)), "nothing was sent");
    let [row] = &older.open_rows().await[..] else { panic!("one waits") };
    assert_eq!(row.state, OutboxState::Queued, "it is kept as it was made");

    // Updated, everything goes.
    way.old_desktop.store(false, Ordering::SeqCst);
    older.settled(&sync).await;
    assert!(older.open_rows().await.is_empty());
    newer.settled(&their_sync).await;
    let known = states(&*theirs).await;
    for desktop in [&older, &newer] {
        assert_eq!(desktop.states(known.keys().copied()).await, known);
    }
    sync.stop().await;
    their_sync.stop().await;
}

#[tokio::test]
async fn what_a_newer_service_holds_is_kept_through_the_work_of_an_older_desktop() {
    let place = Place::new();
    let (desktop, way) = (Desktop::open(member(1)), Aged::over(&place.service, 1));
    let sync = desktop.sync(way.clone());
    desktop.workspace().await;
    let (project, version, _) = desktop.furnish("Call Notes").await;
    desktop.settled(&sync).await;
    place.newer_wrote(project);
    desktop.settled(&sync).await;
    // Shown as by a newer version, its state taken; work on top of it keeps what nobody here knows.
    let all = ActivityFilter::default();
    let rows = desktop.store.read(move |view| view.activity(&all, 0, 1)).await.unwrap().rows;
    assert_eq!((rows[0].envelope.kind.as_str(), rows[0].envelope.command().is_err()), ("project.rate", true));
    desktop.go(AggregateRef::Project(project), crate::desktop::set_notes(version, "mine")).await;
    desktop.settled(&sync).await;
    let known = states(&*way).await;
    assert_eq!(known[&AggregateRef::Project(project)]["stars"], 5);
    assert_eq!(desktop.states(known.keys().copied()).await, known);
    // And a desktop that begins only now comes to the same.
    let (fresh, theirs) = (Desktop::open(member(2)), Aged::over(&place.service, 2));
    let their_sync = fresh.sync(theirs);
    fresh.settled(&their_sync).await;
    assert_eq!(fresh.states(known.keys().copied()).await, known);
    sync.stop().await;
    their_sync.stop().await;
}

#[tokio::test]
async fn what_an_older_service_does_not_know_is_refused_alone_and_sent_once_it_is_updated() {
    let place = Place::new();
    let (desktop, way) = (Desktop::open(member(1)), Aged::over(&place.service, 1));
    way.old_service.store(true, Ordering::SeqCst);
    let sync = desktop.sync(way.clone());
    desktop.workspace().await;
    let (project, ..) = desktop.furnish("Call Notes").await;
    let of = AggregateRef::Project(project);
    let refused = desktop.go(of, Body::ProjectSetArchived { archived: true }).await;
    let other = AggregateRef::Project(ProjectId(Uuid::now_v7()));
    desktop.go(other, create("Queue Lens")).await;
    desktop.settled(&sync).await;
    let [row] = &desktop.open_rows().await[..] else { panic!("one stays") };
    assert_eq!((row.id, row.state), (refused, OutboxState::Refused));
    assert!(states(&*way).await.contains_key(&other), "the others went on");

    way.old_service.store(false, Ordering::SeqCst);
    desktop.store.write(move |tx| partner_core::store::outbox::retry(tx, refused)).await.unwrap();
    desktop.settled(&sync).await;
    assert!(desktop.open_rows().await.is_empty());
    let known = states(&*way).await;
    assert!(known[&of]["archived"].is_object());
    assert_eq!(desktop.states(known.keys().copied()).await, known);
    sync.stop().await;
}

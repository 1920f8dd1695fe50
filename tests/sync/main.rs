//! Desktops and the real partner service: in this process and over a socket, with answers lost on the way, with the
//! service restored from a backup, with two people at once, over networks of every kind.

#![allow(clippy::unwrap_used, missing_docs)]

mod converge;
mod desktop;
mod flaky;
mod long_queue;
mod network;
#[path = "../shared/passing.rs"]
mod passing;
mod proxy;
mod redacted;
mod versions;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::checklist::ItemStatus;
use domain::ids::{MemberId, ProjectId, RunId, VersionId, WorkspaceId};
use domain::{AggregateRef, Role};
use partner_core::secret::Secret;
use partner_core::store::outbox::OutboxState;
use partner_core::sync::{Http, InProcess, SyncState, Transport};
use partner_service::{Identities, Service, TokenEntry, TokenHash, system_clock};
use tempfile::TempDir;
use tokio::sync::oneshot;
use url::Url;
use uuid::Uuid;

use desktop::{Desktop, blocked, create, note, set_notes, states, tick};
use flaky::Flaky;

const WORKSPACE: WorkspaceId = WorkspaceId(Uuid::from_u128(1));

fn member(n: u128) -> MemberId {
    MemberId(Uuid::from_u128(0x100 + n))
}

fn token(n: u128) -> String {
    format!("token-of-person-{n}")
}

fn embedded() -> Identities {
    Identities::Embedded {
        workspace: WORKSPACE,
        member: member(1),
        name: "Partner manager".to_owned(),
        roles: Role::ALL.to_vec(),
    }
}

fn people() -> Identities {
    let entry = |n, roles: &[Role]| TokenEntry {
        token_sha256: TokenHash::of(&token(n)),
        workspace: WORKSPACE,
        member: member(n),
        name: format!("Person {n}"),
        roles: roles.to_vec(),
    };
    Identities::Tokens(vec![entry(1, &Role::ALL), entry(2, &Role::ALL), entry(3, &[Role::Viewer])])
}

/// A desktop's way to a service, or to what stands in its place.
fn http(address: SocketAddr, token: &str) -> Http {
    let base = Url::parse(&format!("http://{address}/")).unwrap();
    Http::new(base, Secret::new(token.to_owned())).unwrap()
}

/// The service on a socket of its own.
struct Served {
    dir: TempDir,
    service: Service,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Served {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let service = Service::open(&dir.path().join("service.db"), people(), system_clock()).unwrap();
        let listener = partner_service::listen(
            SocketAddr::from(([127, 0, 0, 1], 0)),
            partner_service::Reach::ThisMachine,
        )
        .await
        .unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = service.clone();
        let task = tokio::spawn(async move {
            partner_service::serve(listener, &serving, async {
                let _ = stopped.await;
            })
            .await
        });
        Self { dir, service, address, stop: Some(stop), task }
    }

    fn transport(&self, token: &str) -> Arc<dyn Transport> {
        Arc::new(http(self.address, token))
    }

    async fn stop(mut self) {
        drop(self.stop.take());
        self.task.await.unwrap().unwrap();
        drop(self.service);
        drop(self.dir);
    }
}

#[tokio::test]
async fn the_embedded_service_takes_what_is_done_as_it_is_done() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::open(&dir.path().join("service.db"), embedded(), system_clock()).unwrap();
    let transport: Arc<dyn Transport> = Arc::new(InProcess::new(service.router()));
    let desktop = Desktop::open(member(1));
    let sync = desktop.sync(transport.clone());
    desktop.workspace().await;
    let (project, version, run) = desktop.furnish("Call Notes").await;
    for n in 0..30 {
        desktop.go(AggregateRef::Run(run), tick(n)).await;
        sync.waker().wake();
    }
    desktop.go(AggregateRef::Project(project), set_notes(version, "first")).await;
    sync.waker().wake();
    desktop.settled(&sync).await;
    assert_eq!(desktop.open_rows().await.len(), 0);
    let known = states(&*transport).await;
    assert_eq!(known.len(), 3);
    assert_eq!(desktop.states(known.keys().copied()).await, known);
    assert_eq!(sync.status().state, SyncState::Idle);

    // Damaged and made anew: everything comes back from the service.
    sync.stop().await;
    let desktop = desktop.broken_and_recovered();
    let sync = desktop.sync(transport.clone());
    desktop.settled(&sync).await;
    assert_eq!(desktop.states(known.keys().copied()).await, known);
    assert_eq!(states(&*transport).await, known, "sent again, taken once");
    sync.stop().await;
}

#[tokio::test]
async fn two_people_at_one_service_over_http() {
    let served = Served::start().await;
    let (first, second) = (Desktop::open(member(1)), Desktop::open(member(2)));
    let sync = first.sync(served.transport(&token(1)));
    first.workspace().await;
    let (project, version, run) = first.furnish("Call Notes").await;
    sync.waker().wake();
    first.settled(&sync).await;

    let their_sync = second.sync(served.transport(&token(2)));
    second.settled(&their_sync).await;
    sync.stop().await;
    their_sync.stop().await;
    // Both away: one note each in one field, one result each on one item.
    first.go(AggregateRef::Project(project), set_notes(version, "mine")).await;
    second.go(AggregateRef::Project(project), set_notes(version, "theirs")).await;
    first.go(AggregateRef::Run(run), tick(1)).await;
    second.go(AggregateRef::Run(run), tick(2)).await;
    // Back, one after the other.
    let sync = first.sync(served.transport(&token(1)));
    first.settled(&sync).await;
    let their_sync = second.sync(served.transport(&token(2)));
    second.settled(&their_sync).await;
    let [row] = &second.open_rows().await[..] else { panic!("one conflict") };
    assert_eq!(row.state, OutboxState::Conflicted);
    assert_eq!(their_sync.status().conflicted, 1);

    let id = row.id;
    second.store.write(move |tx| partner_core::store::outbox::retry(tx, id)).await.unwrap();
    their_sync.waker().wake();
    second.settled(&their_sync).await;
    sync.waker().wake();
    first.settled(&sync).await;
    let known = states(&*served.transport(&token(3))).await;
    for desktop in [&first, &second] {
        assert_eq!(desktop.states(known.keys().copied()).await, known);
    }
    let shown = first.store.read(move |view| view.project(project)).await.unwrap().unwrap();
    assert_eq!(shown.version(version).unwrap().information.text(domain::fields::FieldKey::Notes), "theirs");
    // One result each, neither knowing the other's: disputed, for both.
    let shown = first.store.read(move |view| view.run(run)).await.unwrap().unwrap();
    let disputed = shown.all_items().filter(|item| shown.status(&item.id) == ItemStatus::Disputed);
    assert_eq!(disputed.count(), 1);
    sync.stop().await;
    their_sync.stop().await;
    served.stop().await;
}

/// What one does shows at the other within a second (within five on a machine that is busy): nobody waits for the next
/// look, half a minute away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_work_comes_by_itself() {
    let served = Served::start().await;
    let (first, second) = (Desktop::open(member(1)), Desktop::open(member(2)));
    let sync = first.sync(served.transport(&token(1)));
    let their_sync = second.sync(served.transport(&token(2)));
    first.workspace().await;
    let (_, _, run) = first.furnish("Call Notes").await;
    sync.waker().wake();
    let mut quickest = Duration::MAX;
    for n in 3..6 {
        first.go(AggregateRef::Run(run), note(n, &format!("note {n}"))).await;
        sync.waker().wake();
        let seen = async {
            loop {
                let shown = second.states([AggregateRef::Run(run)].into_iter()).await;
                if shown
                    .get(&AggregateRef::Run(run))
                    .is_some_and(|run| run.to_string().contains(&format!("note {n}")))
                {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let began = Instant::now();
        tokio::time::timeout(Duration::from_secs(5), seen).await.expect("seen by itself");
        quickest = quickest.min(began.elapsed());
    }
    assert!(quickest < Duration::from_secs(1), "{quickest:?}");
    sync.stop().await;
    their_sync.stop().await;
    served.stop().await;
}

#[tokio::test]
async fn who_is_not_known_is_told_so_and_keeps_what_was_done() {
    let served = Served::start().await;
    let desktop = Desktop::open(member(1));
    let sync = desktop.sync(served.transport("no token of anybody"));
    desktop.workspace().await;
    sync.waker().wake();
    let mut status = sync.watch();
    status.wait_for(|now| now.state == SyncState::SignedOut && now.queued == 1).await.unwrap();
    sync.stop().await;
    let sync = desktop.sync(served.transport(&token(1)));
    desktop.settled(&sync).await;
    assert!(desktop.open_rows().await.is_empty());

    // A viewer reads; what a viewer does is refused by the service, whatever the desktop thought.
    let viewer = Desktop::open(member(3));
    let view = viewer.sync(served.transport(&token(3)));
    viewer.settled(&view).await;
    viewer.go(AggregateRef::Project(ProjectId(Uuid::now_v7())), create("Queue Lens")).await;
    view.waker().wake();
    viewer.settled(&view).await;
    assert_eq!(viewer.open_rows().await[0].state, OutboxState::Refused);
    view.stop().await;

    // Gone: offline, and everything goes on here.
    served.stop().await;
    desktop.furnish("Shift Planner").await;
    sync.waker().wake();
    let mut status = sync.watch();
    status.wait_for(|now| matches!(now.state, SyncState::Offline { .. }) && now.queued == 3).await.unwrap();
    sync.stop().await;
}

/// The service's database goes back to a backup: it gets another epoch, and back what it lost.
#[tokio::test]
async fn a_service_restored_from_a_backup_gets_back_what_it_lost() {
    let dir = tempfile::tempdir().unwrap();
    let (file, backup) = (dir.path().join("service.db"), dir.path().join("backup.db"));
    let service = Service::open(&file, embedded(), system_clock()).unwrap();
    let desktop = Desktop::open(member(1));
    let transport: Arc<dyn Transport> = Arc::new(InProcess::new(service.router()));
    let sync = desktop.sync(transport.clone());
    desktop.workspace().await;
    let (_, _, run) = desktop.furnish("Call Notes").await;
    sync.waker().wake();
    desktop.settled(&sync).await;
    service.backup_to(&backup).unwrap();
    for n in 0..5 {
        desktop.go(AggregateRef::Run(run), note(n, "lost and found")).await;
    }
    sync.waker().wake();
    desktop.settled(&sync).await;
    let entries = |states: &desktop::States| {
        states[&AggregateRef::Run(run)]["items"].to_string().matches("lost and found").count()
    };
    assert_eq!(entries(&states(&*transport).await), 5);
    sync.stop().await;
    drop((service, transport));

    let service = Service::open_restored(&backup, &file, embedded(), system_clock()).unwrap();
    let transport: Arc<dyn Transport> = Arc::new(InProcess::new(service.router()));
    assert_eq!(entries(&states(&*transport).await), 0);
    let sync = desktop.sync(transport.clone());
    desktop.settled(&sync).await;
    let known = states(&*transport).await;
    assert_eq!(entries(&known), 5);
    assert_eq!(desktop.states(known.keys().copied()).await, known);
    assert!(desktop.open_rows().await.is_empty());
    sync.stop().await;
}

/// Two desktops work at once, one answer in three is lost, and the desktops are ended and started again meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_lost_on_the_way_everything_is_done_once() {
    let dir = tempfile::tempdir().unwrap();
    let service = Service::open(&dir.path().join("service.db"), people(), system_clock()).unwrap();
    let plain = |n| Flaky::over(service.router(), &token(n), 0);
    let first = Desktop::open(member(1));
    let sync = first.sync(plain(1));
    first.workspace().await;
    let (_, _, run): (ProjectId, VersionId, RunId) = first.furnish("Call Notes").await;
    sync.waker().wake();
    first.settled(&sync).await;
    sync.stop().await;

    let work = |mut desktop: Desktop, n: u128| {
        let transport = Flaky::over(service.router(), &token(n), 3);
        tokio::spawn(async move {
            for turn in 0..6 {
                let sync = desktop.sync(transport.clone());
                for step in 0..10 {
                    let at = usize::try_from(n).unwrap() * 100 + turn * 10 + step;
                    desktop.go(AggregateRef::Run(run), blocked(at, &format!("result {at}"))).await;
                    sync.waker().wake();
                    tokio::time::sleep(Duration::from_millis(3)).await;
                }
                sync.stop().await;
                desktop = desktop.restarted();
            }
            desktop
        })
    };
    let second = Desktop::open(member(2));
    let sync = second.sync(plain(2));
    second.settled(&sync).await;
    sync.stop().await;
    let (first, second) = (work(first, 1), work(second, 2));
    let (first, second) = (first.await.unwrap(), second.await.unwrap());
    for (desktop, n) in [(&first, 1), (&second, 2), (&first, 1)] {
        let sync = desktop.sync(plain(n));
        desktop.settled(&sync).await;
        sync.stop().await;
        assert!(desktop.open_rows().await.is_empty());
    }
    let known = states(&*plain(3)).await;
    for desktop in [&first, &second] {
        assert_eq!(desktop.states(known.keys().copied()).await, known);
    }
    let items = known[&AggregateRef::Run(run)]["items"].to_string();
    for at in [1, 2].into_iter().flat_map(|n| (n * 100)..(n * 100 + 60)) {
        assert_eq!(items.matches(&format!("\"result {at}\"")).count(), 1, "result {at}");
    }
}

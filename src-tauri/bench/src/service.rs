//! `service_writes_1`, `service_writes_2`: what the team's service takes on `PostgreSQL` with one and two replicas,
//! against a server that writes the same rows in the same transaction and does nothing else. `service_hot`: a batch
//! into one workspace, over and over.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use axum::Router;
use bytes::Bytes;
use domain::command::Envelope;
use domain::ids::{CommandId, MemberId, ProjectId, WorkspaceId};
use domain::project::ProjectDetails;
use domain::protocol::{BATCH as MOST, Outcome, PROTOCOL, PROTOCOL_HEADER, Results};
use domain::workspace::Member;
use domain::{AggregateRef, Body, Command, Role};
use http::Request;
use local_postgres::Server;
use partner_core::secret::Secret;
use partner_core::sync::{Http, Transport};
use partner_service::{
    Identities, Rates, Reach, Service, TokenEntry, TokenHash, listen, serve, system_clock,
};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use url::Url;
use uuid::Uuid;

use crate::desk::now;
use crate::measure::{Row, median};
use crate::raw;

/// Where commands are sent.
const COMMANDS: &str = "/v1/commands";
/// Workspaces that write at once.
const WORKSPACES: usize = 64;
/// Commands of a batch.
const BATCH: usize = 100;
const _: () = assert!(BATCH <= MOST);
/// Batches of each workspace in a round, and rounds, of either side in turn.
const BATCHES: usize = 4;
const ROUNDS: usize = 3;
/// How often, and after which pause, a batch is sent again.
const AGAIN: usize = 200;
const PAUSE: Duration = Duration::from_millis(100);
/// Batches into the one workspace, after a few that are not counted.
const HOT: usize = 100;
const WARM: usize = 10;

/// A person of a workspace; the token is the member's id.
fn person(n: usize) -> (WorkspaceId, MemberId) {
    let id = |space: u128| space << 64 | n as u128;
    (WorkspaceId::from_u128(id(1)), MemberId::from_u128(id(2)))
}

pub fn people(workspaces: usize) -> Identities {
    let entry = |n| {
        let (workspace, member) = person(n);
        let token_sha256 = TokenHash::of(&member.to_string());
        TokenEntry { token_sha256, workspace, member, name: format!("Person {n}"), roles: Role::ALL.to_vec() }
    };
    Identities::Tokens((0..workspaces).map(entry).collect())
}

/// A server on a port of its own, until it is dropped.
pub struct Served {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Served {
    pub fn new(address: SocketAddr, stop: oneshot::Sender<()>, task: JoinHandle<()>) -> Self {
        Self { address, stop: Some(stop), task }
    }

    pub async fn end(mut self) {
        drop(self.stop.take());
        let _ = (&mut self.task).await;
    }
}

async fn replica(database: &str, workspaces: usize) -> Result<Served> {
    serve_service(Service::connect(database, people(workspaces), system_clock()).await?).await
}

/// Serves it, to whoever asks however often.
pub async fn serve_service(service: Service) -> Result<Served> {
    let service = service.limited(Rates { person: 0, address: 0, hook: 0 });
    let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0)), Reach::ThisMachine).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        let _ = serve(listener, &service, stopped).await;
    });
    Ok(Served::new(address, stop, task))
}

/// Serves routes that are no service's.
pub async fn serve_routes(routes: Router) -> Result<Served> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        let _ = axum::serve(listener, routes).with_graceful_shutdown(stopped).await;
    });
    Ok(Served::new(address, stop, task))
}

/// The one who writes into workspace `n`.
pub fn desktop(at: SocketAddr, n: usize) -> Result<Arc<dyn Transport>> {
    let (workspace, member) = person(n);
    let base = Url::parse(&format!("http://{at}/"))?;
    Ok(Arc::new(Http::new(base, Secret::new(member.to_string()))?.of(workspace)))
}

pub fn envelope(aggregate: AggregateRef, body: Body) -> Envelope {
    Envelope::new(&Command { id: CommandId(Uuid::now_v7()), aggregate, body }, now(), Vec::new())
}

/// A new project, and what makes it.
pub fn a_project() -> (ProjectId, Body) {
    let id = ProjectId(Uuid::now_v7());
    let (name, slug) = (format!("Project {}", id.0.simple()), format!("project-{}", id.0.simple()));
    (id, Body::ProjectCreate { details: ProjectDetails { name, slug, owner: "Product".to_owned() } })
}

/// A batch of new projects.
fn batch() -> Result<Bytes> {
    let project = |_| {
        let (id, create) = a_project();
        envelope(AggregateRef::Project(id), create)
    };
    body(&(0..BATCH).map(project).collect::<Vec<_>>())
}

pub fn body(commands: &[Envelope]) -> Result<Bytes> {
    Ok(serde_json::to_vec(&serde_json::json!({ "commands": commands }))?.into())
}

pub async fn post(to: &dyn Transport, path: &str, body: Bytes) -> Result<Bytes> {
    let request = Request::post(path)
        .header(PROTOCOL_HEADER, PROTOCOL)
        .header("content-type", "application/json")
        .body(body)?;
    let answer = to.send(request).await?;
    ensure!(answer.status().is_success(), "it answers {}", answer.status());
    Ok(answer.into_body())
}

/// Sends a batch until it is taken, as a desktop does: a service that has its hands full says so (503), and what was
/// sent twice is done once. The time counts.
async fn insist(to: &dyn Transport, body: Bytes) -> Result<()> {
    for _ in 0..AGAIN {
        match post(to, COMMANDS, body.clone()).await {
            Err(error) if error.to_string().contains("503") => tokio::time::sleep(PAUSE).await,
            done => return done.map(drop),
        }
    }
    bail!("it has its hands full for good")
}

/// Sends commands of which the service has to take each.
pub async fn taken(to: &dyn Transport, commands: Bytes) -> Result<()> {
    let results: Results = serde_json::from_slice(&post(to, COMMANDS, commands).await?)?;
    let refused = results.results.iter().find(|one| !matches!(one.outcome, Outcome::Taken { .. }));
    ensure!(refused.is_none(), "{refused:?}");
    Ok(())
}

/// The workspace itself, before anything is written into it.
pub async fn begin(to: &dyn Transport, n: usize) -> Result<()> {
    let (workspace, member) = person(n);
    let member = Member::new(member, format!("Person {n}"), Role::ALL.to_vec());
    let create = Body::WorkspaceCreate { name: format!("Workspace {n}"), sample: false, member };
    taken(to, body(&[envelope(AggregateRef::Workspace(workspace), create)])?).await
}

/// Every workspace sends its batches, one after the other, all of them at once; gives the time of a batch.
async fn round(at: &[SocketAddr]) -> Result<Duration> {
    let mut desktops = Vec::new();
    for n in 0..WORKSPACES {
        let batches = (0..BATCHES).map(|_| batch()).collect::<Result<Vec<_>>>()?;
        desktops.push((desktop(at[n % at.len()], n)?, batches));
    }
    let began = Instant::now();
    let mut sending = JoinSet::new();
    for (desktop, batches) in desktops {
        sending.spawn(async move {
            for batch in batches {
                insist(&*desktop, batch).await?;
            }
            Ok::<_, anyhow::Error>(())
        });
    }
    while let Some(sent) = sending.join_next().await {
        sent??;
    }
    Ok(began.elapsed() / u32::try_from(WORKSPACES * BATCHES)?)
}

pub fn postgres() -> Result<Server> {
    let durable = [("fsync", "on"), ("full_page_writes", "on")];
    Server::start(&durable).map_err(|error| anyhow::anyhow!("{error}"))
}

pub fn database(server: &Server) -> Result<String> {
    server.database().map_err(|error| anyhow::anyhow!("{error}"))
}

/// Measures `service_writes_N`.
pub async fn writes(name: &'static str, replicas: usize) -> Result<Row> {
    let server = postgres()?;
    let (ours, theirs) = (database(&server)?, database(&server)?);
    let mut running = Vec::new();
    for _ in 0..replicas {
        running.push(replica(&ours, WORKSPACES).await?);
    }
    for n in 0..WORKSPACES {
        begin(&*desktop(running[0].address, n)?, n).await?;
    }
    // The tables are the service's own, and so is a state as large as those that it writes.
    drop(Service::connect(&theirs, people(WORKSPACES), system_clock()).await?);
    taken(&*desktop(running[0].address, 0)?, batch()?).await?;
    let state = raw::a_state(&ours).await?;
    let mut alone = Vec::new();
    for _ in 0..replicas {
        alone.push(raw::serve(&theirs, state.clone()).await?);
    }
    let at = |all: &[Served]| all.iter().map(|one| one.address).collect::<Vec<_>>();
    let (at_ours, at_theirs) = (at(&running), at(&alone));
    let (mut took, mut floor) = (Vec::new(), Vec::new());
    for n in 0..=ROUNDS {
        let (mine, other) = (round(&at_ours).await?, round(&at_theirs).await?);
        // The first warms connections and statements.
        if n > 0 {
            took.push(mine);
            floor.push(other);
        }
    }
    let (written, wanted) = (raw::rows(&ours).await?, raw::rows(&theirs).await?);
    // Beside the rounds: the workspaces themselves, and one batch.
    let beside = i64::try_from(WORKSPACES + BATCH)?;
    ensure!(written == wanted + beside, "{written} rows here, {wanted} there");
    for one in running.into_iter().chain(alone) {
        one.end().await;
    }
    Ok(Row {
        name,
        unit: "ms",
        value: median(&took),
        floor: Some(median(&floor)),
        bar: Some(2.0),
        better: "lower",
    })
}

/// Measures `service_hot`.
pub async fn hot() -> Result<Row> {
    let postgres = postgres()?;
    let served = replica(&database(&postgres)?, 1).await?;
    let desktop = desktop(served.address, 0)?;
    begin(&*desktop, 0).await?;
    let batches = (0..WARM + HOT).map(|_| batch()).collect::<Result<Vec<_>>>()?;
    let mut took = Vec::new();
    for batch in batches {
        let began = Instant::now();
        post(&*desktop, COMMANDS, batch).await?;
        took.push(began.elapsed());
    }
    served.end().await;
    let counted = took.get(WARM..).context("nothing was measured")?;
    Ok(Row {
        name: "service_hot",
        unit: "ms",
        value: median(counted),
        floor: None,
        bar: Some(2.0),
        better: "lower",
    })
}

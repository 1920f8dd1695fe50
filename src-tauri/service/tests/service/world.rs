//! A service over a store of its own, with people, and a clock that goes on by a second at each look.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::body::Body as HttpBody;
use axum::http::{Request, StatusCode};
use domain::checklist::{Outcome as TestResult, Tested};
use domain::command::Envelope;
use domain::ids::{CommandId, MemberId, ProjectId, RunId, VersionId, WorkspaceId};
use domain::project::ProjectDetails;
use domain::protocol::{Changes, Me, Outcome, PROTOCOL_HEADER, Results, Snapshot, State};
use domain::workspace::Member;
use domain::{AggregateRef, Body, Command, RefusalCode, Role, Timestamp};
use http_body_util::BodyExt;
use local_postgres::Server;
use partner_service::{Clock, Identities, OpenError, Service, TokenEntry, TokenHash};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

pub const WORKSPACE: WorkspaceId = WorkspaceId::from_u128(1);
pub const MANAGER: MemberId = MemberId::from_u128(2);
pub const QA: MemberId = MemberId::from_u128(3);
pub const VIEWER: MemberId = MemberId::from_u128(4);
/// Only an admin: secrets are not an admin's.
pub const ADMIN: MemberId = MemberId::from_u128(7);
pub const DEVELOPER: MemberId = MemberId::from_u128(8);
/// Belongs to another workspace.
pub const STRANGER: MemberId = MemberId::from_u128(5);
pub const OTHER_WORKSPACE: WorkspaceId = WorkspaceId::from_u128(6);

/// On which storage a test runs: [`both`](crate::both) runs it on each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum On {
    Sqlite,
    Postgres,
}

/// Where a store stands.
#[derive(Clone)]
pub enum Store {
    File(PathBuf),
    Database(String),
}

pub struct World {
    pub folder: TempDir,
    pub store: Store,
    pub service: Service,
    pub now: Arc<AtomicI64>,
}

/// The people of the tests; the token of each is the member's id.
pub fn people() -> Vec<TokenEntry> {
    let person = |workspace, member: MemberId, name: &str, roles: &[Role]| TokenEntry {
        token_sha256: TokenHash::of(&member.to_string()),
        workspace,
        member,
        name: name.to_owned(),
        roles: roles.to_vec(),
    };
    vec![
        person(WORKSPACE, MANAGER, "Manager", &Role::ALL),
        person(WORKSPACE, QA, "Tester", &[Role::Qa]),
        person(WORKSPACE, VIEWER, "Viewer", &[Role::Viewer]),
        person(WORKSPACE, ADMIN, "Admin", &[Role::Admin]),
        person(WORKSPACE, DEVELOPER, "Developer", &[Role::Developer]),
        person(OTHER_WORKSPACE, STRANGER, "Stranger", &Role::ALL),
    ]
}

pub fn embedded() -> Identities {
    Identities::Embedded {
        workspace: WORKSPACE,
        member: MANAGER,
        name: "Manager".to_owned(),
        roles: Role::ALL.to_vec(),
    }
}

impl Store {
    /// An empty one.
    pub fn new(on: On, folder: &TempDir) -> Self {
        match on {
            On::Sqlite => Self::File(folder.path().join("service.db")),
            On::Postgres => Self::Database(server().database().unwrap()),
        }
    }

    pub async fn open(&self, identities: Identities, clock: Clock) -> Result<Service, OpenError> {
        match self {
            Self::File(path) => Service::open(path, identities, clock),
            Self::Database(address) => Service::connect(address, identities, clock).await,
        }
    }

    /// As the program's option takes it.
    pub fn argument(&self) -> &OsStr {
        match self {
            Self::File(path) => path.as_os_str(),
            Self::Database(address) => address.as_ref(),
        }
    }

    /// Changes what is stored behind the service's back; gives how many rows.
    pub async fn change(&self, sql: &str) -> u64 {
        match self {
            Self::File(path) => rusqlite::Connection::open(path).unwrap().execute(sql, []).unwrap() as u64,
            Self::Database(address) => {
                let (client, connection) =
                    tokio_postgres::connect(address, tokio_postgres::NoTls).await.unwrap();
                let connection = tokio::spawn(connection);
                let changed = client.execute(sql, &[]).await.unwrap();
                drop(client);
                connection.await.unwrap().unwrap();
                changed
            }
        }
    }
}

/// The `PostgreSQL` of this process.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| Server::start(&[]).unwrap())
}

/// Whether tests can run on this storage here.
pub fn can_run(on: On) -> bool {
    on == On::Sqlite || local_postgres::can_run()
}

impl World {
    pub async fn new(on: On) -> Self {
        Self::with(on, Identities::Tokens(people())).await
    }

    pub async fn with(on: On, identities: Identities) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now = Arc::new(AtomicI64::new(1_000_000));
        let store = Store::new(on, &folder);
        let service = store.open(identities, clock(&now)).await.unwrap();
        Self { folder, store, service, now }
    }

    /// Around a service that was opened elsewhere.
    pub fn of(service: Service) -> Self {
        let store = Store::File(PathBuf::new());
        Self { folder: tempfile::tempdir().unwrap(), store, service, now: Arc::default() }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("service.db")
    }

    pub fn clock(&self) -> Clock {
        clock(&self.now)
    }

    /// A second service on the same store.
    pub async fn open(&self) -> Result<Service, OpenError> {
        self.store.open(Identities::Tokens(people()), self.clock()).await
    }

    /// The world after the service was closed and opened again.
    pub async fn reopened(self) -> Self {
        let Self { folder, store, service, now } = self;
        drop(service);
        let service = store.open(Identities::Tokens(people()), clock(&now)).await.unwrap();
        Self { folder, store, service, now }
    }

    pub async fn send(&self, commands: &[Envelope]) -> Results {
        self.send_as(MANAGER, commands).await
    }

    pub async fn send_as(&self, member: MemberId, commands: &[Envelope]) -> Results {
        let body = serde_json::to_vec(&json!({ "commands": commands })).unwrap();
        let (status, answer) = call(&self.service, post(member, body)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        serde_json::from_value(answer).unwrap()
    }

    /// Sends commands of which each has to be taken; gives the last number.
    pub async fn take(&self, commands: &[Envelope]) -> u64 {
        let results = self.send(commands).await;
        for result in &results.results {
            assert!(matches!(result.outcome, Outcome::Taken { .. }), "{result:?}");
        }
        results.head
    }

    pub async fn get<T: DeserializeOwned>(&self, uri: &str) -> T {
        let (status, answer) = call(&self.service, get(MANAGER, uri)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        serde_json::from_value(answer).unwrap()
    }

    pub async fn me(&self) -> Me {
        self.get("/v1/me").await
    }

    /// The whole feed, page by page.
    pub async fn changes(&self) -> Changes {
        let mut all: Changes = self.get("/v1/changes").await;
        while all.more {
            let after = all.changes.last().unwrap().number;
            let page: Changes = self.get(&format!("/v1/changes?after={after}")).await;
            all.changes.extend(page.changes);
            all.states.extend(page.states);
            all.more = page.more;
        }
        all
    }

    /// Every state, by number.
    pub async fn states(&self) -> Vec<State> {
        let mut states: Vec<State> = Vec::new();
        loop {
            let after = states.last().map_or(0, |state| state.number);
            let page: Snapshot = self.get(&format!("/v1/snapshot?after={after}")).await;
            states.extend(page.states);
            if !page.more {
                return states;
            }
        }
    }
}

fn clock(now: &Arc<AtomicI64>) -> Clock {
    let now = Arc::clone(now);
    Arc::new(move || Timestamp(now.fetch_add(1_000, Ordering::SeqCst)))
}

pub async fn call(service: &Service, request: Request<HttpBody>) -> (StatusCode, Value) {
    let response = service.router().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, without_request(serde_json::from_slice(&body).unwrap()))
}

/// A fault without the request's id, which each of them has.
pub fn without_request(mut answer: Value) -> Value {
    if answer.get("code").is_some() {
        let request = answer.as_object_mut().unwrap().shift_remove("request").unwrap();
        assert!(Uuid::parse_str(request.as_str().unwrap()).is_ok(), "{request}");
    }
    answer
}

pub fn get(member: MemberId, uri: &str) -> Request<HttpBody> {
    request("GET", member, uri, Vec::new())
}

pub fn post(member: MemberId, body: Vec<u8>) -> Request<HttpBody> {
    request("POST", member, "/v1/commands", body)
}

pub fn request(method: &str, member: MemberId, uri: &str, body: Vec<u8>) -> Request<HttpBody> {
    Request::builder()
        .method(method)
        .uri(uri)
        .header(PROTOCOL_HEADER, "1")
        .header("authorization", format!("Bearer {member}"))
        .body(HttpBody::from(body))
        .unwrap()
}

/// A command with the id `n`, which stands in no other number space.
pub fn command(n: u128, aggregate: AggregateRef, body: Body) -> Envelope {
    let command = Command { id: command_id(n), aggregate, body };
    Envelope::new(&command, Timestamp(5), Vec::new())
}

pub fn command_id(n: u128) -> CommandId {
    CommandId::from_u128(0xC0_0000 + n)
}

pub fn project(n: u128) -> AggregateRef {
    AggregateRef::Project(ProjectId::from_u128(0xA0_0000 + n))
}

pub fn project_id(n: u128) -> ProjectId {
    ProjectId::from_u128(0xA0_0000 + n)
}

pub fn version_id(n: u128) -> VersionId {
    VersionId::from_u128(0xB0_0000 + n)
}

pub fn run(n: u128) -> AggregateRef {
    AggregateRef::Run(RunId::from_u128(0xD0_0000 + n))
}

pub fn workspace() -> AggregateRef {
    AggregateRef::Workspace(WORKSPACE)
}

pub fn create_workspace() -> Body {
    let member = Member::new(MANAGER, "Manager".to_owned(), Role::ALL.to_vec());
    Body::WorkspaceCreate { name: "Sample Apps".to_owned(), sample: true, member }
}

pub fn details(name: &str, slug: &str) -> ProjectDetails {
    ProjectDetails { name: name.to_owned(), slug: slug.to_owned(), owner: String::new() }
}

pub fn create_project(name: &str) -> Body {
    Body::ProjectCreate { details: details(name, "") }
}

pub fn create_version(n: u128, number: &str) -> Body {
    Body::VersionCreate { version: version_id(n), number: number.to_owned() }
}

pub fn start_run(project: u128, version: u128) -> Body {
    Body::RunStart {
        project: project_id(project),
        version: version_id(version),
        template: domain::templates::QA,
        template_version: 1,
        previous: None,
        tested: Tested::default(),
    }
}

/// Item `n` of the QA checklist.
pub fn item(n: usize) -> String {
    domain::templates::by_id(domain::templates::QA).unwrap().items().nth(n).unwrap().id.clone()
}

pub fn tick(item: String) -> Body {
    Body::SetResult { item, outcome: TestResult::Pass, reason: String::new(), knew: Vec::new() }
}

/// Project 1 with version 1 and run 1, as commands 1 to 4.
pub fn started() -> Vec<Envelope> {
    vec![
        command(1, workspace(), create_workspace()),
        command(2, project(1), create_project("Call Notes")),
        command(3, project(1), create_version(1, "1.0.0")),
        command(4, run(1), start_run(1, 1)),
    ]
}

pub fn outcome_of(results: &Results, at: usize) -> &Outcome {
    &results.results[at].outcome
}

/// The code of a refusal, where it is one.
pub fn refusal(outcome: &Outcome) -> Option<RefusalCode> {
    if let Outcome::Refused { refusal } = outcome { Some(refusal.code) } else { None }
}

pub fn number(outcome: &Outcome) -> Option<u64> {
    if let Outcome::Taken { number, .. } = outcome { Some(*number) } else { None }
}

/// The state of an aggregate among others, read.
pub fn state_of(states: &[State], aggregate: AggregateRef) -> domain::Aggregate {
    let state = states.iter().find(|state| state.aggregate == aggregate).unwrap();
    domain::Aggregate::read(aggregate, &state.state.to_string()).unwrap()
}

/// An id that nothing else has.
pub fn nobody() -> Uuid {
    Uuid::from_u128(0xFFFF)
}

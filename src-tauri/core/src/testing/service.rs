//! The fake partner service.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use domain::checklist::Run;
use domain::command::Envelope;
use domain::files::BlobId;
use domain::ids::{CommandId, MemberId, ProjectId, RunId, VersionId};
use domain::project::Project;
use domain::protocol::{
    Change, Changes, CommandResult, Commands, FailingApp, FailingApps, Fault, FaultCode, Me, Outcome,
    Results, Snapshot, State,
};
use domain::refusal::RefusalCode;
use domain::workspace::Workspace;
use domain::{Actor, Aggregate, AggregateRef, Command, Facts, Outside, Params, Refusal, Timestamp, apply};
use http::{Method, Request, Response, StatusCode};
use serde::Serialize;
use uuid::Uuid;

use crate::sync::{Sending, Transport, TransportError};

/// What goes wrong with a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// Nothing goes wrong.
    None,
    /// It never arrives.
    Unreachable,
    /// It is carried out, and the answer is lost.
    LostReply,
    /// It is not carried out; an answer with this status.
    Status(u16),
    /// Likewise: the service's own word that it does not know who asks.
    SignedOut,
    /// Likewise: that the person is no member any more.
    Removed,
    /// Likewise, with a `Retry-After` of so many seconds.
    Busy(u64),
}

/// A partner service in memory, over the one reducer.
pub struct Fake {
    world: Mutex<World>,
    actor: Actor,
}

#[derive(Clone)]
struct World {
    epoch: Uuid,
    now: i64,
    page: usize,
    least_protocol: u32,
    largest: usize,
    states: BTreeMap<AggregateRef, (u64, u64, Aggregate)>,
    feed: Vec<Change>,
    failing: Option<Vec<FailingApp>>,
    blobs: BTreeMap<BlobId, Vec<u8>>,
    parts: BTreeMap<BlobId, Vec<u8>>,
    troubles: VecDeque<Trouble>,
    asked: Vec<String>,
    times: Vec<tokio::time::Instant>,
}

impl Fake {
    pub fn new(actor: Actor) -> Self {
        let world = World {
            epoch: super::fresh(),
            now: 1_800_000_000_000,
            page: 500,
            least_protocol: 1,
            largest: usize::MAX,
            states: BTreeMap::new(),
            feed: Vec::new(),
            failing: None,
            blobs: BTreeMap::new(),
            parts: BTreeMap::new(),
            troubles: VecDeque::new(),
            asked: Vec::new(),
            times: Vec::new(),
        };
        Self { world: Mutex::new(world), actor }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes wrong with the next requests, one each.
    pub fn trouble(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.world().troubles.extend(troubles);
    }
    pub fn no_more_trouble(&self) {
        self.world().troubles.clear();
    }
    /// Its clock stands here from now on, and moves a little with each command.
    pub fn stands_at(&self, at: Timestamp) {
        self.world().now = at.0;
    }
    /// At most so many rows a page.
    pub fn pages_of(&self, rows: usize) {
        self.world().page = rows;
    }
    /// Its apps behind the relay that take nothing; without a relay it knows of none.
    pub fn failing(&self, apps: Option<Vec<FailingApp>>) {
        self.world().failing = apps;
    }
    /// The least protocol that may send.
    pub fn least_protocol(&self, least: u32) {
        self.world().least_protocol = least;
    }
    /// The largest body that is read, in bytes.
    pub fn largest(&self, bytes: usize) {
        self.world().largest = bytes;
    }
    /// What was asked since it was last looked at: `GET /v1/me` …
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.world().asked)
    }
    /// When it was asked, since it was last looked at.
    pub fn times(&self) -> Vec<tokio::time::Instant> {
        std::mem::take(&mut self.world().times)
    }
    /// The commands taken, in order.
    pub fn taken(&self) -> Vec<CommandId> {
        self.world().feed.iter().map(|change| change.command.id).collect()
    }
    /// The files that it has.
    pub fn blobs(&self) -> BTreeMap<BlobId, Vec<u8>> {
        self.world().blobs.clone()
    }
    /// It has this under the hash, right or wrong.
    pub fn set_blob(&self, id: BlobId, bytes: Option<&[u8]>) {
        let mut world = self.world();
        world.parts.remove(&id);
        match bytes {
            Some(bytes) => _ = world.blobs.insert(id, bytes.to_vec()),
            None => _ = world.blobs.remove(&id),
        }
    }
    /// Every state, as it is sent.
    pub fn states(&self) -> BTreeMap<AggregateRef, serde_json::Value> {
        self.world().states.iter().map(|(of, (.., state))| (*of, state.to_value().unwrap())).collect()
    }
    /// Somebody else does something.
    pub fn other(&self, actor: &Actor, command: &Command) -> Outcome {
        self.world().take(actor, Envelope::new(command, Timestamp(0), Vec::new()))
    }
    /// Something by a newer version of the console, which this one cannot read.
    pub fn by_a_newer_version(&self, project: ProjectId) {
        let mut world = self.world();
        let number = world.feed.len() as u64 + 1;
        let command = Envelope {
            id: CommandId(super::fresh()),
            kind: "project.rate".into(),
            v: 7,
            aggregate: AggregateRef::Project(project),
            made_at: Timestamp(0),
            needs: Vec::new(),
            args: serde_json::json!({ "stars": 5 }),
            extra: serde_json::Map::new(),
        };
        if let Some((revision, last, Aggregate::Project(state))) =
            world.states.get_mut(&AggregateRef::Project(project))
        {
            (*revision, *last) = (*revision + 1, number);
            state.extra.insert("stars".into(), 5.into());
        }
        let change = Change { number, actor: MemberId::from_u128(7), taken_at: Timestamp(0), command };
        world.feed.push(change);
    }
    /// A backup, to go back to.
    pub fn back_up(&self) -> impl FnOnce(&Self) + use<> {
        let backup = self.world().clone();
        move |fake| *fake.world() = World { epoch: super::fresh(), ..backup }
    }
    /// A backup that was put back without another epoch.
    pub fn back_up_without_epoch(&self) -> impl FnOnce(&Self) + use<> {
        let backup = self.world().clone();
        move |fake| *fake.world() = backup
    }
}

impl Transport for Fake {
    fn send(&self, request: Request<Bytes>) -> Sending<'_> {
        let mut world = self.world();
        world.asked.push(format!("{} {}", request.method(), request.uri().path()));
        world.times.push(tokio::time::Instant::now());
        let trouble = world.troubles.pop_front().unwrap_or(Trouble::None);
        let answer = match trouble {
            Trouble::Unreachable => Err(TransportError::Lost("unreachable".into())),
            Trouble::Status(status) => Ok(plain(status)),
            Trouble::SignedOut => Ok(fault(FaultCode::SignedOut, StatusCode::UNAUTHORIZED)),
            Trouble::Removed => Ok(fault(FaultCode::Forbidden, StatusCode::FORBIDDEN)),
            Trouble::Busy(seconds) => {
                let mut answer = plain(429);
                answer.headers_mut().insert("retry-after", seconds.into());
                Ok(answer)
            }
            Trouble::None => Ok(world.answer(&self.actor, &request)),
            Trouble::LostReply => {
                world.answer(&self.actor, &request);
                Err(TransportError::Lost("the answer was lost".into()))
            }
        };
        Box::pin(std::future::ready(answer))
    }
}

fn fault(code: FaultCode, status: StatusCode) -> Response<Bytes> {
    let mut answer = json(&Fault { code, request: None, params: Params::new() });
    *answer.status_mut() = status;
    answer
}

fn plain(status: u16) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::new()).unwrap()
}

fn json(body: &impl Serialize) -> Response<Bytes> {
    Response::new(serde_json::to_vec(body).unwrap().into())
}

impl World {
    fn head(&self) -> u64 {
        self.feed.len() as u64
    }

    fn answer(&mut self, actor: &Actor, request: &Request<Bytes>) -> Response<Bytes> {
        let after = request.uri().query().unwrap_or_default();
        let after = after.split('&').find_map(|part| part.strip_prefix("after=")?.parse().ok()).unwrap_or(0);
        match request.uri().path() {
            "/v1/me" => json(&Me {
                workspace: super::WORKSPACE,
                member: actor.member,
                name: String::new(),
                roles: actor.roles.clone(),
                epoch: self.epoch,
                head: self.head(),
                least_protocol: self.least_protocol,
            }),
            "/v1/commands" if self.least_protocol > 1 => plain(426),
            "/v1/commands" if request.body().len() > self.largest => plain(413),
            "/v1/commands" => {
                let batch: Commands = serde_json::from_slice(request.body()).unwrap();
                let results = batch.commands.into_iter().map(|command| {
                    let id = command.id;
                    CommandResult { id, outcome: self.take(actor, command) }
                });
                let results = results.collect();
                json(&Results { epoch: self.epoch, head: self.head(), results })
            }
            "/v1/failing" => match self.failing.clone() {
                Some(apps) => json(&FailingApps { apps }),
                None => plain(404),
            },
            "/v1/changes" => json(&self.changes(after)),
            "/v1/snapshot" => {
                let mut states: Vec<State> = self.states.keys().map(|of| self.state(*of)).collect();
                states.retain(|state| state.number > after);
                states.sort_by_key(|state| state.number);
                let more = states.len() > self.page;
                states.truncate(self.page);
                json(&Snapshot { epoch: self.epoch, head: self.head(), more, states })
            }
            path => match path.strip_prefix("/v1/blobs/").and_then(|id| id.parse().ok()) {
                Some(id) => self.blob(id, request),
                None => plain(404),
            },
        }
    }

    fn blob(&mut self, id: BlobId, request: &Request<Bytes>) -> Response<Bytes> {
        let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let numbers = |text: String| -> Vec<usize> {
            text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect()
        };
        let so_far = self.parts.get(&id).map_or(0, Vec::len);
        let offset = |status, so_far: usize| {
            let mut answer = plain(status);
            answer.headers_mut().insert(domain::protocol::OFFSET_HEADER, so_far.into());
            answer
        };
        match *request.method() {
            Method::HEAD if self.blobs.contains_key(&id) => plain(200),
            Method::HEAD => offset(404, so_far),
            Method::PUT => {
                let range = numbers(header("content-range").unwrap());
                if range[0] != so_far && range[0] != 0 {
                    return offset(409, so_far);
                }
                let part = self.parts.entry(id).or_default();
                part.truncate(range[0]);
                part.extend_from_slice(request.body());
                if part.len() < range[2] {
                    return offset(202, part.len());
                }
                let whole = self.parts.remove(&id).unwrap();
                if crate::blobs::Blobs::id(&whole) != id {
                    return plain(400);
                }
                self.blobs.insert(id, whole);
                plain(201)
            }
            _ => {
                let Some(bytes) = self.blobs.get(&id) else { return plain(404) };
                let range = numbers(header("range").unwrap());
                let end = (range[1] + 1).min(bytes.len());
                let mut answer = plain(206);
                *answer.body_mut() = Bytes::copy_from_slice(&bytes[range[0]..end]);
                let range = format!("bytes {}-{}/{}", range[0], end - 1, bytes.len());
                answer.headers_mut().insert("content-range", range.parse().unwrap());
                answer
            }
        }
    }

    fn changes(&self, after: u64) -> Changes {
        let left = self.feed.iter().filter(|change| change.number > after);
        let changes: Vec<Change> = left.clone().take(self.page).cloned().collect();
        let more = left.count() > changes.len();
        let mut touched: Vec<AggregateRef> = changes.iter().map(|change| change.command.aggregate).collect();
        touched.sort();
        touched.dedup();
        let states = touched.into_iter().map(|of| self.state(of)).collect();
        Changes { epoch: self.epoch, head: self.head(), deliveries: 0, more, changes, states }
    }

    fn state(&self, of: AggregateRef) -> State {
        let (revision, number, state) = &self.states[&of];
        State { aggregate: of, revision: *revision, number: *number, state: state.to_value().unwrap() }
    }

    fn take(&mut self, actor: &Actor, sent: Envelope) -> Outcome {
        if let Some(known) = self.feed.iter().find(|change| change.command.id == sent.id) {
            return if known.command.args == sent.args && known.actor == actor.member {
                Outcome::Taken { number: known.number, taken_at: known.taken_at }
            } else {
                Outcome::Refused { refusal: Refusal::ours(RefusalCode::IdReused) }
            };
        }
        let taken = |id: &CommandId| self.feed.iter().any(|change| change.command.id == *id);
        if let Some(on) = sent.needs.iter().find(|need| !taken(need)) {
            return Outcome::Waiting { on: *on };
        }
        let Ok(command) = sent.command() else {
            return Outcome::Refused { refusal: Refusal::ours(RefusalCode::UnknownCommand) };
        };
        if sent.blobs().iter().any(|id| !self.blobs.contains_key(id)) {
            return Outcome::Refused { refusal: Refusal::ours(RefusalCode::BlobMissing) };
        }
        self.now += 1;
        let at = Timestamp(self.now);
        let facts = Facts::gather(&command, actor.clone(), at, self).unwrap();
        let known = self.states.get(&command.aggregate);
        let revision = known.map_or(0, |(revision, ..)| *revision);
        let mut state = known.map(|(.., state)| state.clone());
        if let Err(refusal) = apply(&mut state, &command, &facts) {
            return Outcome::Refused { refusal };
        }
        let number = self.head() + 1;
        self.states.insert(command.aggregate, (revision + 1, number, state.unwrap()));
        self.feed.push(Change { number, actor: actor.member, taken_at: at, command: sent });
        Outcome::Taken { number, taken_at: at }
    }
}

impl Outside for World {
    type Error = std::convert::Infallible;

    fn workspace(&self) -> Result<Option<Workspace>, Self::Error> {
        Ok(self.states.values().find_map(|(.., state)| match state {
            Aggregate::Workspace(workspace) => Some((**workspace).clone()),
            _ => None,
        }))
    }
    fn project(&self, id: ProjectId) -> Result<Option<Project>, Self::Error> {
        Ok(self.states.get(&AggregateRef::Project(id)).and_then(|(.., state)| match state {
            Aggregate::Project(project) => Some((**project).clone()),
            _ => None,
        }))
    }
    fn run(&self, id: RunId) -> Result<Option<Run>, Self::Error> {
        Ok(self.states.get(&AggregateRef::Run(id)).and_then(|(.., state)| match state {
            Aggregate::Run(run) => Some((**run).clone()),
            _ => None,
        }))
    }
    fn runs_of(&self, project: ProjectId, version: VersionId) -> Result<Vec<Run>, Self::Error> {
        let runs = self.states.values().filter_map(|(.., state)| match state {
            Aggregate::Run(run) if run.project == project && run.version == version => Some((**run).clone()),
            _ => None,
        });
        Ok(runs.collect())
    }
    fn name_taken(&self, name: &str, except: ProjectId) -> Result<bool, Self::Error> {
        Ok(self.other_project(except, |project| project.details.name.to_lowercase() == name.to_lowercase()))
    }
    fn slug_taken(&self, slug: &str, except: ProjectId) -> Result<bool, Self::Error> {
        Ok(self.other_project(except, |project| project.details.slug == slug))
    }
}

impl World {
    fn other_project(&self, except: ProjectId, is: impl Fn(&Project) -> bool) -> bool {
        self.states.values().any(
            |(.., state)| matches!(state, Aggregate::Project(project) if project.id != except && is(project)),
        )
    }
}
